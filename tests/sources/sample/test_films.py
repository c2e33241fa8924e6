"""Films: shots with cuts between them, things that move, and a sound track as long as the picture."""

from __future__ import annotations

import io
from itertools import pairwise

import av
import numpy as np
import pytest

from pinakes.sources.sample import films
from pinakes.sources.sample.made import moving
from pinakes.sources.sample.sound.dsp import RATE
from pinakes.sources.sample.work import Work


def work(title: str = "A film") -> Work:
    """What a film is labelled with."""
    return Work("films/a.mp4", title, "film", (), {"en": "A red boat.", "zh": "小船。"}, creator="Ilse Maravant")


@pytest.fixture(scope="module")
def encoded() -> dict[str, bytes]:
    """One film in each container."""
    chosen = {film.suffix: film for film in films.FILMS}
    return {suffix: films.encoded(film, films.scenes_of(film, 1), 1, work()) for suffix, film in chosen.items()}


@pytest.mark.parametrize("suffix", films.CODECS)
def test_a_film_has_all_its_frames_its_sound_and_its_title(encoded: dict[str, bytes], suffix: str) -> None:
    with av.open(io.BytesIO(encoded[suffix])) as file:
        shown = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
        assert file.metadata["title"] == "A film"
    with av.open(io.BytesIO(encoded[suffix])) as file:
        heard = np.concatenate([frame.to_ndarray().ravel() for frame in file.decode(audio=0)])
        rate = file.streams.audio[0].rate
    count = 3 * round(films.SECONDS * films.FRAMES_PER_SECOND)
    assert len(shown) == count
    assert shown[0].shape == (films.SIZE[1], films.SIZE[0], 3)
    assert len(heard) / rate == pytest.approx(3 * films.SECONDS, abs=0.2)
    assert np.abs(heard).max() > 0.1


@pytest.mark.parametrize("suffix", films.CODECS)
def test_cuts_stand_out_from_the_movement(encoded: dict[str, bytes], suffix: str) -> None:
    with av.open(io.BytesIO(encoded[suffix])) as file:
        shown = [frame.to_ndarray(format="rgb24").astype(int) for frame in file.decode(video=0)]
    change = [np.abs(a - b).mean() for a, b in pairwise(shown)]
    each = round(films.SECONDS * films.FRAMES_PER_SECOND)
    cuts = {each - 1, 2 * each - 1}
    between = max(value for k, value in enumerate(change) if k not in cuts)
    assert all(change[cut] > 2 * between for cut in cuts)


@pytest.mark.parametrize("film", films.FILMS, ids=lambda film: film.slug)
def test_something_moves_in_every_film(film: films.Film) -> None:
    scenes = films.scenes_of(film, 1)
    moves = [shot for shot in film.shots if any(dx or dy for dx, dy in shot.drift)]
    assert moves
    shot = moves[0]
    frames = films.frames(scenes[film.shots.index(shot)], shot.drift, (120, 90))
    assert np.abs(np.asarray(frames[0]).astype(int) - np.asarray(frames[-1])).mean() > 0.5


def test_the_sound_track_is_as_long_as_the_shots() -> None:
    film = films.FILMS[0]
    track = films.soundtrack(film, 1)
    assert len(track) == len(film.shots) * round(films.SECONDS * RATE)
    assert np.all(np.isfinite(track))
    assert 0.1 < np.abs(track).max() <= 1.0


def test_the_same_film_is_the_same_bytes(encoded: dict[str, bytes]) -> None:
    film = next(film for film in films.FILMS if film.suffix == "mp4")
    last = {film.suffix: film for film in films.FILMS}[film.suffix]
    assert films.encoded(last, films.scenes_of(last, 1), 1, work()) == encoded[film.suffix]


def test_films_are_labelled_with_their_scenes_and_sounds() -> None:
    made = next(iter(moving(1, 1)))
    assert {label for scene in made.work.scenes for label in scene.labels} <= set(made.work.labels)
    assert made.work.parts == ("image", "audio")
