"""All pictures that the encoder learns from, as one set: photographs and goods of others, and scenes of our own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pinakes.learn.builtin.keeping import OneAfterOther
from pinakes.learn.builtin.pictures import read_pictures
from pinakes.learn.builtin.scenes import Told, draw_scenes, scenes
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.picture_reader import PictureReader
from pinakes.learn.data.prepare import Tell, prepared
from pinakes.threads import cores

# The side at which pictures are kept; parts are cut from these.
SIDE = 160


@dataclass(frozen=True)
class Gathered:
    """The pictures to learn from, what is told of our own scenes, and what is to be said of it all."""

    set: TrainingSet
    told: Mapping[str, Told]
    notes: tuple[str, ...]


def gather(data: Path, run: Path, count: int, seed: int, *, research: bool, tell: Tell) -> Gathered:
    """The train parts of all sets in a folder and so many scenes, kept in a run's folder."""
    loaded = read_pictures(data, research=research)
    chosen = [row for row, name in enumerate(loaded.set.ids) if loaded.folds[name] == "train"]
    taken = loaded.set.take(chosen)
    only = replace(taken, views={"image": taken.view("image")})
    reader = PictureReader(SIDE, short=SIDE)
    ready = prepared(only, {"image": reader}, run / "pixels", tell=lambda _what, done, of: tell("pictures", done, of))
    made = list(scenes(count, seed))
    drawn = draw_scenes(
        run / "scenes", made, seed, SIDE, workers=cores(), progress=lambda done, of: tell("scenes", done, of)
    )
    view = OneAfterOther((ready.set.view("image"), drawn.set.view("image")))
    joined = TrainingSet("builtin", (*ready.set.ids, *drawn.set.ids), {"image": view})
    return Gathered(joined, dict(zip(drawn.set.ids, made, strict=True)), (*loaded.notes, *ready.notes))
