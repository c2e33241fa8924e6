from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from pinakes.media.preview import FilmStrip, Waveform, jpeg
from tests.media.makers import photo, tone


def opened(data):
    with Image.open(BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


def test_a_preview_is_a_jpeg_without_metadata():
    with Image.open(BytesIO(jpeg(photo()))) as image:
        assert image.format == "JPEG"
        assert dict(image.getexif()) == {}
        assert "icc_profile" not in image.info


@pytest.mark.parametrize("blocks", [1, 7, 400])
def test_a_waveform_is_the_same_however_the_sound_comes(blocks):
    samples = tone(30, 8000)[:, 0] * np.linspace(0, 1, 240_000, dtype=np.float32)
    whole, pieces = Waveform(), Waveform()
    whole.add(samples)
    for piece in np.array_split(samples, blocks):
        pieces.add(piece)
    assert np.abs(opened(whole.drawn(200)).astype(int) - opened(pieces.drawn(200))).mean() < 3


def test_a_waveform_grows_with_the_loudness():
    wave = Waveform()
    wave.add(tone(30, 8000)[:, 0] * np.linspace(0, 1, 240_000, dtype=np.float32))
    ink = (opened(wave.drawn(200))[..., 0] < 128).sum(axis=0)
    assert ink[:20].mean() < ink[90:110].mean() < ink[180:].mean()


def test_a_waveform_of_hours_is_held_in_little():
    wave = Waveform()
    for _ in range(50):
        wave.add(np.ones(1_000_000, np.float32))
    assert len(wave._bounds) < Waveform._MOST


def test_no_sound_and_no_film_have_no_picture():
    assert Waveform().drawn(100) == b""
    assert FilmStrip().drawn() == b""


@pytest.mark.parametrize(("count", "rows"), [(1, 1), (3, 1), (4, 2), (9, 3), (40, 3)])
def test_a_film_strip_shows_up_to_nine_shots_in_rows_of_three(count, rows):
    strip = FilmStrip()
    for n in range(count):
        strip.add(Image.new("RGB", (160, 90), (n * 6, 100, 50)), 384)
    pixels = opened(strip.drawn())
    assert max(pixels.shape) <= 384
    assert abs(pixels.shape[0] - rows * 73) < 6
    if count == 40:
        # The first and a late one: they are spread over the film.
        assert pixels[30, 60, 0] < 15
        assert pixels[-30, -60, 0] > 150
