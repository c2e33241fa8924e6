"""Short films: shots whose things move, joined by hard cuts, with a sound for each shot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from typing import cast

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from pinakes.sources.sample.art import texture
from pinakes.sources.sample.art.plate import Composition, compose, flat, halved
from pinakes.sources.sample.creators import RIGHTS
from pinakes.sources.sample.layout import make_scene
from pinakes.sources.sample.recording import add_sound
from pinakes.sources.sample.scene import COLOURS, Colour, Scene, Time, Weather
from pinakes.sources.sample.sound.dsp import RATE
from pinakes.sources.sample.sound.sounds import sound
from pinakes.sources.sample.work import Work

SIZE = (480, 360)
FRAMES_PER_SECOND = 10
SECONDS = 2.2
# Container, picture codec, sound codec, rate of the sound, options of the picture codec.
CODECS: dict[str, tuple[str, str, str, int, dict[str, str]]] = {
    "mp4": ("mp4", "mpeg4", "aac", RATE, {}),
    "webm": ("webm", "libvpx", "libopus", 48_000, {"deadline": "realtime", "cpu-used": "16"}),
}


@dataclass(frozen=True, slots=True)
class Shot:
    """Things in a place, how they move (shares of the height a second, and bobbing), and what is heard."""

    things: str
    place: str
    time: Time
    weather: Weather
    drift: tuple[tuple[float, float], ...]
    sound: str


@dataclass(frozen=True, slots=True)
class Film:
    """A film: its titles and its shots."""

    slug: str
    title: str
    title_zh: str
    suffix: str
    hand: str
    shots: tuple[Shot, ...]


FILMS: tuple[Film, ...] = (
    Film(
        "night-at-sea",
        "Night at Sea",
        "海上的夜",
        "mp4",
        "gouache",
        (
            Shot("red boat, white lighthouse", "sea", "night", "clear", ((0.07, 0.0), (0.0, 0.0)), "waves"),
            Shot("blue whale", "sea", "night", "clear", ((0.06, 0.0),), "whale"),
            Shot("red boat", "harbour", "night", "clear", ((0.05, 0.0),), "bell"),
        ),
    ),
    Film(
        "the-train-through-the-snow",
        "The Train through the Snow",
        "雪中的火车",
        "webm",
        "cutpaper",
        (
            Shot("green train", "hills", "day", "snow", ((0.22, 0.0),), "train"),
            Shot("green train", "mountains", "dusk", "snow", ((0.20, 0.0),), "train"),
            Shot("red house", "mountains", "night", "snow", ((0.0, 0.0),), "wind"),
        ),
    ),
    Film(
        "a-balloon-over-the-hills",
        "A Balloon over the Hills",
        "山坡上空的热气球",
        "mp4",
        "cutpaper",
        (
            Shot("yellow balloon, red windmill", "hills", "day", "clear", ((0.03, -0.05), (0.0, 0.0)), "wind"),
            Shot("yellow balloon, white bird", "sky", "day", "clear", ((0.02, -0.04), (0.13, -0.03)), "bird"),
            Shot("yellow balloon", "river", "dusk", "clear", ((0.05, 0.02),), "river"),
        ),
    ),
    Film(
        "rain-in-the-town",
        "Rain in the Town",
        "小镇的雨",
        "webm",
        "gouache",
        (
            Shot("red umbrella, brown dog", "town", "day", "rain", ((0.0, 0.0), (0.12, 0.0)), "rain"),
            Shot("blue bicycle", "town", "dusk", "rain", ((0.20, 0.0),), "bicycle"),
            Shot("black cat, blue teapot", "table", "night", "rain", ((0.0, 0.0), (0.0, 0.0)), "cat"),
        ),
    ),
    Film(
        "under-the-sea",
        "Under the Sea",
        "海底",
        "mp4",
        "cutpaper",
        (
            Shot("orange fish, yellow fish", "underwater", "day", "clear", ((0.11, 0.01), (0.08, -0.01)), "river"),
            Shot("blue whale", "underwater", "day", "clear", ((0.09, -0.02),), "whale"),
            Shot("pink fish, purple fish", "underwater", "night", "clear", ((0.09, 0.0), (0.12, 0.01)), "whale"),
        ),
    ),
    Film(
        "a-horse-comes-home",
        "A Horse Comes Home",
        "马回家了",
        "webm",
        "woodblock",
        (
            Shot("white horse", "hills", "day", "clear", ((0.16, 0.0),), "horse"),
            Shot("white horse", "river", "dusk", "clear", ((0.14, 0.0),), "river"),
            Shot("white horse, red house", "mountains", "night", "snow", ((0.04, 0.0), (0.0, 0.0)), "footsteps"),
        ),
    ),
)
BOBBING = ("boat", "ship", "whale")


def scenes_of(film: Film, seed: int) -> tuple[Scene, ...]:
    """The scenes of a film's shots."""
    return tuple(_scene(shot, film, seed * 1_000 + 500 + k) for k, shot in enumerate(film.shots))


def _scene(shot: Shot, film: Film, seed: int) -> Scene:
    wanted: list[tuple[str, Colour]] = []
    for words in shot.things.split(", "):
        colour, name = words.split()
        wanted.append((name, next(known for known in COLOURS if known == colour)))
    return make_scene(wanted, shot.place, time=shot.time, weather=shot.weather, shape="wide", hand=film.hand, seed=seed)


def frames(scene: Scene, drift: Sequence[tuple[float, float]], size: tuple[int, int] = SIZE) -> list[Image.Image]:
    """The frames of one shot."""
    # A little larger, since a plate's margin is not shown.
    layers = halved(compose(scene, size[0] * 27 // 25))
    count = round(SECONDS * FRAMES_PER_SECOND)
    left, top = (layers.back.width - size[0]) // 2, (layers.back.height - size[1]) // 2
    grain = texture.coloured("paper").crop((0, 0, *layers.back.size))
    shown = []
    for k in range(count):
        t = k / FRAMES_PER_SECOND - SECONDS / 2
        picture = ImageChops.multiply(flat(layers, _moves(layers, drift, t), k * 0.02), grain)
        shown.append(picture.crop((left, top, left + size[0], top + size[1])))
    return shown


def _moves(layers: Composition, drift: Sequence[tuple[float, float]], t: float) -> list[tuple[float, float]]:
    """How far each thing is from its middle place at a time; it looks where it goes."""
    wanted = {thing.name + thing.colour: move for thing, move in zip(layers.stage.scene.things, drift, strict=True)}
    moves = []
    for cut in layers.cutouts:
        dx, dy = wanted[cut.thing.name + cut.thing.colour]
        bob = 0.010 * float(np.sin(t * 3.0 + cut.thing.x * 9)) if cut.thing.name in BOBBING else 0.0
        moves.append((dx * t * (-1 if cut.thing.flip else 1), dy * t + bob))
    return moves


def soundtrack(film: Film, seed: int) -> NDArray[np.float32]:
    """The sounds of the shots, each as long as its shot."""
    n = round(SECONDS * RATE)
    edge = np.minimum(1, np.minimum(np.arange(n), n - 1 - np.arange(n)) / (0.08 * RATE))
    parts = []
    for shot in film.shots:
        whole = sound(shot.sound, seed)
        start = int(0.02 * RATE) if len(whole) < 2 * n else len(whole) // 4
        part = whole[start : start + n]
        level = float(np.abs(part).max()) or 1.0
        parts.append((part * edge / level * 0.5).astype(np.float32))
    return np.concatenate(parts)


def encoded(film: Film, scenes: tuple[Scene, ...], seed: int, work: Work) -> bytes:
    """The film as a file, with its title and maker in the container."""
    container, picture_codec, sound_codec, rate, options = CODECS[film.suffix]
    out = BytesIO()
    # Without bitexact the containers hold the time and numbers left to chance.
    with av.open(out, "w", format=container, options={"fflags": "+bitexact"}) as file:
        file.metadata.update(
            {"title": work.title, "artist": work.creator, "comment": work.description, "copyright": RIGHTS}
        )
        if work.day is not None:
            file.metadata["date"] = str(work.day.year)
        exact = {"flags": "+bitexact", "threads": "1"}
        added = file.add_stream(picture_codec, rate=FRAMES_PER_SECOND, options={**exact, **options})
        picture = cast(av.VideoStream, added)
        picture.width, picture.height, picture.pix_fmt, picture.bit_rate = *SIZE, "yuv420p", 900_000
        heard = file.add_stream(sound_codec, rate=rate, layout="mono", options={"flags": "+bitexact"})
        track = cast(av.AudioStream, heard)
        track.bit_rate = 64_000
        count = 0
        for scene, shot in zip(scenes, film.shots, strict=True):
            for image in frames(scene, shot.drift):
                frame = av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")
                frame.pts, frame.time_base = count, Fraction(1, FRAMES_PER_SECOND)
                count += 1
                file.mux(picture.encode(frame))
        file.mux(picture.encode(None))
        add_sound(file, track, soundtrack(film, seed))
    return out.getvalue()
