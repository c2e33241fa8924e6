"""Parts of pictures: the same part goes to the teacher and, smaller, to the student, which must see what was judged.

Beyer and others, "Knowledge distillation: a good teacher is patient and consistent", CVPR 2022.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from pinakes.learn.data.base import TrainingSet, View
from pinakes.types import Pixels, Rows

# The least share of a picture that a part has, and how far its sides may differ from a square's, as a logarithm.
LEAST, STRETCH = 0.35, 0.25


@dataclass(frozen=True)
class Parts:
    """A view whose rows are parts of square pictures, some of them mirrored; each is brought to one side."""

    pictures: View
    # Of each row: its picture, left, top, right and bottom as shares of the sides, and whether it is mirrored.
    of: Rows
    boxes: NDArray[np.float32]
    mirrored: NDArray[np.bool_]
    side: int
    kind: Literal["pixels"] = "pixels"

    def __len__(self) -> int:
        return len(self.of)

    def at(self, side: int) -> Parts:
        """The same parts at another side."""
        return replace(self, side=side)

    def read(self, rows: Rows) -> Pixels:
        """Parts (b, side, side, 3)."""
        found = np.empty((len(rows), self.side, self.side, 3), np.uint8)
        for place, (row, pixels) in enumerate(zip(rows.tolist(), self.pictures.read(self.of[rows]), strict=True)):
            found[place] = np.asarray(self._part(Image.fromarray(pixels), row))
        return found

    def _part(self, picture: Image.Image, row: int) -> Image.Image:
        left, top, right, bottom = self.boxes[row].tolist()
        box = (left * picture.width, top * picture.height, right * picture.width, bottom * picture.height)
        part = picture.resize((self.side, self.side), Image.Resampling.BILINEAR, box)
        return part.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if self.mirrored[row] else part

    def digests(self, rows: Rows) -> list[str]:
        """SHA-256 of each picture's content and of its part."""
        whole = self.pictures.digests(self.of[rows])
        parts = (self.boxes[row].tobytes() + bytes([bool(self.mirrored[row])]) for row in rows.tolist())
        return [hashlib.sha256(bytes.fromhex(one) + part).hexdigest() for one, part in zip(whole, parts, strict=True)]


def part_names(ids: Sequence[str], views: int) -> tuple[str, ...]:
    """The ids of the parts: all pictures whole, then all again in their second part, and so on."""
    return tuple(f"{name}#{view}" for view in range(views) for name in ids)


def parts_of(found: TrainingSet, views: int, side: int) -> Parts:
    """So many parts of each picture of a set, of which the first is the whole; the same ones for the same ids."""
    count = len(found)
    boxes = np.tile(np.array([0, 0, 1, 1], np.float32), (count * views, 1))
    mirrored = np.zeros(count * views, np.bool_)
    for row, name in enumerate(part_names(found.ids, views)[count:], count):
        boxes[row], mirrored[row] = _drawn(name)
    return Parts(found.view("image"), np.tile(np.arange(count), views), boxes, mirrored, side)


def _drawn(name: str) -> tuple[list[float], bool]:
    """A part of a picture, by its own name alone."""
    random = np.random.default_rng(list(hashlib.sha256(name.encode()).digest()[:16]))
    area, stretch = random.uniform(LEAST, 1), random.uniform(-STRETCH, STRETCH)
    box = boxed(area, stretch, random.random(), random.random())
    return box.tolist(), bool(random.random() < 0.5)


def boxed(area: ArrayLike, stretch: ArrayLike, across: ArrayLike, down: ArrayLike) -> NDArray[np.float64]:
    """Left, top, right and bottom (..., 4) of parts, as shares of the sides.

    Told are the share of the picture that each has, how far it is stretched, as a logarithm, and how far it is moved
    across and down, from 0 to 1 of the room that there is.
    """
    longer = np.exp(stretch)
    wide, high = (np.minimum(1, np.sqrt(area) * each) for each in (longer, 1 / longer))
    left, top = across * (1 - wide), down * (1 - high)
    return np.stack([left, top, left + wide, top + high], axis=-1)
