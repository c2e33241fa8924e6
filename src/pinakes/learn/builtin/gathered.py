"""All pictures that the encoder learns from, as one set: photographs and goods of others, and scenes of our own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from pinakes.learn.builtin.pictures import read_pictures
from pinakes.learn.builtin.scenes import Told, read_scenes, scenes
from pinakes.learn.data.base import TrainingSet, View
from pinakes.learn.data.picture_reader import PictureReader
from pinakes.learn.data.prepare import prepared
from pinakes.threads import cores
from pinakes.types import Pixels, Rows

# The side at which pictures are kept; parts are cut from these.
SIDE = 160
# Hears what is done, how much of it, and of how much.
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class OneAfterOther:
    """Views of pictures of one size as a single view: the rows of the first, then those of the second."""

    first: View
    second: View
    kind: Literal["pixels"] = "pixels"

    def __len__(self) -> int:
        return len(self.first) + len(self.second)

    def read(self, rows: Rows) -> Pixels:
        """Pictures (b, side, side, 3)."""
        late = rows >= len(self.first)
        found = np.empty((len(rows), SIDE, SIDE, 3), np.uint8)
        if not late.all():
            found[~late] = self.first.read(rows[~late])
        if late.any():
            found[late] = self.second.read(rows[late] - len(self.first))
        return found

    def digests(self, rows: Rows) -> list[str]:
        """SHA-256 of each row's content."""
        start = len(self.first)
        return [
            (self.first.digests(np.array([row])) if row < start else self.second.digests(np.array([row - start])))[0]
            for row in rows.tolist()
        ]


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
    reader = PictureReader(SIDE, short=SIDE)
    only = replace(loaded.set.take(chosen), views={"image": loaded.set.take(chosen).view("image")})
    ready = prepared(only, {"image": reader}, run / "pixels", tell=lambda _what, done, of: tell("pictures", done, of))
    drawn = read_scenes(
        run / "scenes", count, seed, SIDE, workers=cores(), progress=lambda done, of: tell("scenes", done, of)
    )
    view = OneAfterOther(ready.set.view("image"), drawn.set.view("image"))
    joined = TrainingSet("builtin", (*ready.set.ids, *drawn.set.ids), {"image": view})
    return Gathered(joined, dict(zip(drawn.set.ids, scenes(count, seed), strict=True)), (*loaded.notes, *ready.notes))
