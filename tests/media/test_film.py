import socket
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from pinakes.errors import BadInput, BadMedia, TooLarge, Unsupported
from pinakes.media.base import AudioWant, DecodeSpec, ImageWant, StillGoing
from pinakes.media.container import open_container
from pinakes.media.decode import decode
from tests.media import makers
from tests.media.conftest import SPEC

SHOTS = [(1, 1.6), (2, 1.2), (3, 2.0)]
FRAMES = makers.film_frames(SHOTS)
BORDERS = [(0.0, 1.6), (1.6, 2.8), (2.8, 4.8)]
WHOLE = DecodeSpec(images=(ImageWant(160, 96, fit="squash"),), sounds=(AudioWant(16_000),))


def close(places, expected, tolerance=0.09):
    return len(places) == len(expected) and np.abs(np.array(places) - np.array(expected)).max() <= tolerance


@pytest.mark.parametrize("suffix", makers.FILMS)
def test_each_shot_is_a_part_with_its_place_and_a_frame_of_its_own(read, suffix):
    outcome = read(makers.film(suffix, FRAMES), f"a.{suffix}", WHOLE)
    images = outcome.of("image")
    assert close([part.place.seconds for part in images], BORDERS)
    for part, (seed, _) in zip(images, SHOTS, strict=True):
        pixels = next(iter(part.arrays.values())).astype(int)
        nearest = min((1, 2, 3), key=lambda s: np.abs(pixels - makers.scene(s, 0.6).astype(int)).mean())
        assert nearest == seed
    assert outcome.record.facts["shots"] == 3
    assert abs(outcome.record.facts["seconds"] - 4.8) < 0.1


@pytest.mark.parametrize("suffix", makers.FILMS)
def test_the_sound_lies_on_the_same_time_line(read, suffix):
    spec = replace(WHOLE, span_seconds=2.0, span_overlap=0.5)
    outcome = read(makers.film(suffix, FRAMES, sound_seconds=4.8), f"a.{suffix}", spec)
    sounds = outcome.of("audio")
    starts = [part.place.seconds[0] for part in sounds]
    assert np.abs(np.array(starts[:3]) - [0.0, 1.5, 3.0]).max() < 0.1 if len(starts) > 3 else len(starts) == 3
    assert abs(sounds[-1].place.seconds[1] - 4.8) < 0.15
    assert len(outcome.of("image")) == 3
    samples = sounds[0].arrays["audio-16000"][4000:24_000]
    assert abs(np.argmax(np.abs(np.fft.rfft(samples))) * 16_000 / len(samples) - 330) < 4


def test_parts_come_while_the_film_runs_and_not_all_at_its_end(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(makers.film("mp4", FRAMES, sound_seconds=4.8))
    spec = replace(WHOLE, span_seconds=1.0, span_overlap=0.0)
    kinds = [part.modality for part in decode(path, spec) if hasattr(part, "modality")]
    assert kinds.index("image") < len(kinds) - 3
    assert kinds.index("audio") < kinds.index("image")


def test_a_film_without_sound_has_shots_alone_and_one_without_pictures_is_a_sound(read):
    assert {part.modality for part in read(makers.film("mp4", FRAMES), "a.mp4").parts} == {"image"}
    outcome = read(makers.m4a(format="mp4"), "a.mp4")
    assert {part.modality for part in outcome.parts} == {"audio"}
    assert outcome.record.kind == "audio/mp4"
    assert outcome.record.notes == ()


@pytest.mark.reliability
def test_a_film_of_one_frame_is_one_shot(read):
    """A11."""
    (part,) = read(makers.film("mp4", FRAMES[:1]), "a.mp4").parts
    assert part.place.seconds == (0.0, 0.04)


@pytest.mark.reliability
def test_a_header_of_a_thousand_million_frames_gives_what_is_there_or_is_refused(read):
    """A11."""
    data = bytearray(makers.film("mp4", FRAMES[:30]))
    times, sizes = bytearray(data), bytearray(data)
    at = data.index(b"stts") + 4
    times[at + 8 : at + 12] = (10**9).to_bytes(4, "big")
    at = data.index(b"stsz") + 4
    sizes[at + 4 : at + 12] = (100).to_bytes(4, "big") + (10**9).to_bytes(4, "big")
    assert abs(read(bytes(times), "a.mp4").record.facts["seconds"] - 1.2) < 0.1
    with pytest.raises(BadInput):
        read(bytes(sizes), "a.mp4")


@pytest.mark.reliability
@pytest.mark.parametrize(
    "playlist", ["#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{}\n", "ffconcat version 1.0\nfile {}\n"]
)
def test_a_playlist_named_as_a_film_opens_nothing(read, playlist, tmp_path):
    """A11."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.setblocking(False)
        port = listening.getsockname()[1]
        for address in (f"http://127.0.0.1:{port}/a.ts", "file:///etc/passwd"):
            text = playlist.format(address)
            with pytest.raises(Unsupported):
                read(text, "a.mp4")
            # And were it not for the sniffing: each demuxer is forced, and none follows addresses.
            for mime in ("video/mp4", "video/x-matroska", "video/x-msvideo", "audio/mpeg", "audio/aac"):
                with pytest.raises(BadMedia), open_container(BytesIO(text.encode()), mime, "a") as container:
                    raise BadMedia(f"{len(list(container.demux()))} packets")
        with pytest.raises(BlockingIOError):
            listening.accept()


@pytest.mark.reliability
@pytest.mark.parametrize("suffix", makers.FILMS)
def test_a_film_that_is_cut_off_keeps_what_is_there(read, suffix):
    """A11, A14."""
    data = makers.film(suffix, FRAMES, sound_seconds=4.8)
    try:
        outcome = read(data[: len(data) * 2 // 3], f"a.{suffix}")
    except BadMedia:
        # Their table of contents stands at the end.
        assert suffix in ("mp4", "mov")
        return
    assert outcome.record.facts["seconds"] < 4.7
    if outcome.record.notes:
        assert "cut off" in outcome.record.notes[-1]
        assert "truncated" in outcome.of("image")[-1].flags


@pytest.mark.parametrize(("seconds", "refused"), [(1.9, False), (2.0, False), (2.1, True)])
def test_the_limit_of_length_is_the_last_length_taken(read, seconds, refused):
    data = makers.film("mp4", makers.film_frames([(1, seconds)], 10), 10)
    if refused:
        with pytest.raises(TooLarge):
            read(data, "a.mp4", max_seconds=2)
    else:
        assert read(data, "a.mp4", max_seconds=2).parts


def test_frames_larger_than_the_limit_are_refused_before_they_are_decoded(read):
    with pytest.raises(TooLarge, match="megapixels"):
        read(makers.film("mp4", FRAMES[:3]), "a.mp4", max_megapixels=0.01)


def test_a_film_of_a_telephone_is_made_upright(read):
    data = makers.turned(makers.film("mp4", FRAMES[:10]))
    outcome = read(data, "a.mp4", DecodeSpec(images=(ImageWant(96, 160, fit="squash"),)))
    upright = Image.fromarray(FRAMES[4]).transpose(Image.Transpose.ROTATE_270)
    assert np.abs(outcome.image.astype(int) - np.asarray(upright).astype(int)).mean() < 6


def test_pixels_that_are_not_square_are_made_square(read):
    import av

    out = BytesIO()
    with av.open(out, "w", format="matroska") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 80, 96, "yuv420p"
        stream.codec_context.sample_aspect_ratio = 2
        for frame in FRAMES[:5]:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame[:, ::2].copy(), format="rgb24")))
        container.mux(stream.encode(None))
    outcome = read(out.getvalue(), "a.mkv", DecodeSpec(images=(ImageWant(1000, 96, fit="inside"),)))
    assert outcome.image.shape == (96, 160, 3)


def test_of_a_very_long_film_only_key_frames_are_looked_at(read, monkeypatch):
    monkeypatch.setattr("pinakes.media.film.CLOSE_PIXELS", 160 * 96 * 20)
    decoded = []
    from pinakes.media import film

    look = film.frame_look
    monkeypatch.setattr(film, "frame_look", lambda frame, now: decoded.append(now) or look(frame, now))
    outcome = read(makers.film("mp4", FRAMES, g="5"), "a.mp4", WHOLE)
    assert len(decoded) <= len(FRAMES) / 5
    assert 2 <= len(outcome.of("image")) <= 3
    assert abs(outcome.of("image")[-1].place.seconds[1] - 4.8) < 0.1
    assert "key frames" in outcome.record.notes[0]


def test_a_film_whose_header_hides_its_length_is_looked_at_closely_only_so_long(read, monkeypatch):
    from pinakes.media import film

    monkeypatch.setattr(film, "CLOSE_PIXELS", 160 * 96 * 60)
    made = film.Pictures.__init__

    def not_sparse(self, name, stream, spec, *, sparse):
        made(self, name, stream, spec, sparse=False)

    monkeypatch.setattr(film.Pictures, "__init__", not_sparse)
    outcome = read(makers.film("mp4", FRAMES, g="5"), "a.mp4", WHOLE)
    assert any("key frames" in note for note in outcome.record.notes)


def test_long_work_gives_signs_of_life(tmp_path, monkeypatch):
    monkeypatch.setattr("pinakes.media.reading._BEAT_SECONDS", 0.0)
    path = tmp_path / "a.mp4"
    path.write_bytes(makers.film("mp4", FRAMES))
    beats = [one.done for one in decode(path, WHOLE) if isinstance(one, StillGoing)]
    assert len(beats) > 50
    assert beats == sorted(beats)
    assert 0 <= beats[0] < 0.1 < 0.9 < beats[-1] <= 1


def test_tags_and_the_film_strip_stand_for_the_whole(read):
    outcome = read(makers.film("mp4", FRAMES, tags={"title": "The Quay", "artist": "Ida Bell"}), "a.mp4")
    assert outcome.record.metadata == {"title": ("The Quay",), "creator": ("Ida Bell",)}
    with Image.open(BytesIO(outcome.record.preview)) as strip:
        assert max(strip.size) <= 384
        assert strip.width > 2.5 * strip.height
    assert all(part.preview.startswith(b"\xff\xd8") for part in outcome.of("image"))


@pytest.mark.reliability
def test_a_black_film_is_a_part_that_says_so(read):
    """A15."""
    (part,) = read(makers.film("mp4", [np.zeros((96, 160, 3), np.uint8)] * 25), "a.mp4", SPEC).parts
    assert "blank" in part.flags
