"""Scenes of our own to learn from: drawn by the sample library's generator, with what is true of them in two languages.

Every scene depends on a seed and its number alone. None shows a pair of `HELD_OUT`, and none is a plate of a sample
library, whose scenes have small seeds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from pinakes.errors import BadSetting
from pinakes.learn.builtin.keeping import kept
from pinakes.learn.builtin.phrases import Phrase, facts, phrases
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.layouts.base import Loaded
from pinakes.learn.data.memory import Pictures, Texts
from pinakes.media.base import ImageWant
from pinakes.media.geometry import fit
from pinakes.sources.sample.art.plate import draw
from pinakes.sources.sample.creators import ARTISTS
from pinakes.sources.sample.layout import random_scene
from pinakes.sources.sample.recipes import composed
from pinakes.sources.sample.scene import Scene, Thing, stream
from pinakes.storage import explained
from pinakes.types import Pixels

# Pairs of a colour and a thing that are never drawn here, so that finding them shows that colours and things were
# learned apart. All are on plates of the sample library of seed 1, and asked for by its judgements.
HELD_OUT: frozenset[tuple[str, str]] = frozenset(
    {
        ("black", "house"),
        ("black", "windmill"),
        ("blue", "kite"),
        ("blue", "snail"),
        ("green", "fish"),
        ("green", "lamp"),
        ("orange", "bicycle"),
        ("pink", "mushroom"),
        ("red", "book"),
        ("yellow", "umbrella"),
    }
)
# The scenes' own seeds begin here, far above those of any sample library.
_FIRST_SEED = 2**30
# Longer sides at which plates are drawn before they are brought down: texture and lines differ with them.
_SIZES = (320, 480, 640)
# So many of ten scenes are composed as an artist of the sample library would; the others are left to chance.
_COMPOSED = 6
# What of the longer side a square cut from the middle leaves, on either side of the middle.
_KEPT = 0.375
_AT_A_TIME = 64


@dataclass(frozen=True, slots=True)
class Told:
    """A scene of which only what the square shows is told, and what is said of it."""

    scene: Scene
    seen: Scene
    phrases: tuple[Phrase, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """All in English, then the twins in Chinese in the same order."""
        return (*(each.en for each in self.phrases), *(each.zh for each in self.phrases))


def told(seed: int, index: int, most: int = 12) -> Told:
    """The scene of a number, with its phrases; nothing is drawn."""
    rng = stream("builtin scene", seed, index)
    while True:
        scene = _tried(rng)
        seen = replace(scene, things=tuple(thing for thing in scene.things if _is_seen(thing, scene)))
        if seen.things and not any((thing.colour, thing.name) in HELD_OUT for thing in scene.things):
            return Told(scene, seen, tuple(phrases(seen, rng, most)))


def drawn(scene: Scene, side: int) -> Pixels:
    """The square in the middle of a plate (side, side, 3)."""
    least = -(-side * 4 // 3)
    size = max(_SIZES[scene.seed % len(_SIZES)], least)
    return fit(draw(scene, size), ImageWant(side, side, "crop"))


def scenes(count: int, seed: int) -> Iterator[Told]:
    """So many scenes with their phrases, nothing drawn: for texts alone."""
    return (told(seed, index) for index in range(count))


def read_scenes(
    folder: Path,
    count: int,
    seed: int,
    side: int,
    *,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Loaded:
    """Scenes as a training set of pictures and texts, kept in a folder; what was drawn before is not drawn again.

    The folder gets `scenes-SEED-SIDE.npy` (count, side, side, 3), which pictures of it are done, and the phrases as
    JSON Lines. The last tenth is for validation. One core draws about 17 scenes in a second.
    """
    return draw_scenes(folder, list(scenes(count, seed)), seed, side, workers=workers, progress=progress)


def draw_scenes(
    folder: Path,
    made: Sequence[Told],
    seed: int,
    side: int,
    *,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Loaded:
    """The same of the first scenes of a seed, where they are known already."""
    count = len(made)
    if count < 1 or side < 16 or workers < 1:
        raise BadSetting(f"{count} scenes of {side} pixels can not be drawn.", "Ask for at least 1, of 16 pixels.")
    pixels = _filled(folder, made, seed, side, workers, progress)
    ids = tuple(f"scenes/{seed}-{index:06}" for index in range(count))
    parts = {name: "train" if index < count - count // 10 else "validation" for index, name in enumerate(ids)}
    texts = Texts([each.texts for each in made])
    return Loaded(TrainingSet("scenes", ids, {"image": Pictures(pixels), "text": texts}), parts)


def _tried(rng: np.random.Generator) -> Scene:
    """A scene that an artist composes, or one left to chance, by a seed that no sample library has."""
    own = _FIRST_SEED + int(rng.integers(_FIRST_SEED))
    if rng.integers(10) < _COMPOSED:
        return composed(rng, ARTISTS[int(rng.integers(len(ARTISTS)))], own)
    return replace(random_scene(rng), seed=own)


def _is_seen(thing: Thing, scene: Scene) -> bool:
    """Whether the middle of a thing lies in the square that is cut from the middle of the plate."""
    width, height = scene.extent
    if width > height:
        return abs(thing.x - 0.5) <= _KEPT
    if height > width:
        return abs(thing.y - thing.size / 2 * width / height - 0.5) <= _KEPT
    return True


def _filled(
    folder: Path,
    made: Sequence[Told],
    seed: int,
    side: int,
    workers: int,
    progress: Callable[[int, int], None] | None,
) -> Pixels:
    """The pictures (n, side, side, 3), mapped from the disk, with all drawn that were not."""
    stem = folder / f"scenes-{seed}-{side}-{len(made)}"
    pixels = kept(stem.with_suffix(".npy"), np.uint8, (len(made), side, side, 3))
    done = kept(stem.with_name(f"{stem.name}-done.npy"), np.uint8, (len(made),))
    with explained(folder):
        _write_phrases(stem.with_suffix(".jsonl"), made)
        waiting = np.flatnonzero(done == 0)
        blocks = [waiting[start : start + _AT_A_TIME] for start in range(0, len(waiting), _AT_A_TIME)]
        wanted = [[made[row].scene for row in block.tolist()] for block in blocks]
        for block, found in zip(blocks, _all_drawn(wanted, side, workers), strict=True):
            pixels[block] = found
            # Told only after the pixels lie there: what a kill left half done is drawn again.
            pixels.flush()
            done[block] = 1
            done.flush()
            if progress is not None:
                progress(int(done.sum()), len(made))
    return pixels


def _all_drawn(wanted: list[list[Scene]], side: int, workers: int) -> Iterator[Pixels]:
    """Each block of scenes as pictures, by so many processes."""
    work = partial(_block, side)
    if workers == 1:
        yield from map(work, wanted)
        return
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        yield from pool.map(work, wanted)


def _block(side: int, several: list[Scene]) -> Pixels:
    return np.stack([drawn(scene, side) for scene in several])


def _write_phrases(path: Path, made: Sequence[Told]) -> None:
    lines = [
        json.dumps(
            {
                "facts": sorted(facts(each.seen)),
                "en": [phrase.en for phrase in each.phrases],
                "zh": [phrase.zh for phrase in each.phrases],
                "needs": [list(phrase.needs) for phrase in each.phrases],
            },
            ensure_ascii=False,
        )
        for each in made
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
