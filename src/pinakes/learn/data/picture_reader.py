"""Pictures as normalised floats: the centre where nothing is drawn, changed where a model learns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pinakes.errors import BadSetting
from pinakes.learn.augment.draws import Draws
from pinakes.learn.augment.pictures import PICTURE_STEPS, PictureStep, changed
from pinakes.learn.augment.steps import described, made
from pinakes.learn.data.readers import READERS
from pinakes.media.base import ImageWant
from pinakes.media.geometry import fit
from pinakes.types import Pixels

# The margin that is read around what is seen, of the usual 256 for 224.
_MARGIN = 256 / 224


@dataclass(frozen=True)
class PictureReader:
    """Pictures (b, 3, side, side), each colour less its mean and over its deviation.

    Their shorter side is brought to `short` and the middle taken; 0 stands for 256/224 of the side.
    """

    side: int = 224
    mean: tuple[float, ...] = (0.5, 0.5, 0.5)
    std: tuple[float, ...] = (0.5, 0.5, 0.5)
    short: int = 0
    steps: tuple[PictureStep, ...] = ()

    def __post_init__(self) -> None:
        if self.side < 1 or 0 < self.short < self.side:
            raise BadSetting(
                f"Pictures of side {self.side} can not be cut from such of {self.short}.",
                "Set a side of at least 1, and short to at least the side, or to 0.",
            )
        if len(self.mean) != 3 or len(self.std) != 3 or min(self.std) <= 0:
            raise BadSetting("A reader of pictures needs a mean and a deviation above 0 for each of three colours.")

    @property
    def whole(self) -> int:
        """The side of the squares that it reads best, such as are kept packed."""
        return self.short or round(self.side * _MARGIN)

    def read(self, raw: Sequence[Pixels] | Pixels, draws: Draws | None) -> Tensor:
        """Floats (b, 3, side, side)."""
        squares = _squares(raw, self.whole)
        if draws is None:
            start = (squares.shape[1] - self.side) // 2
            squares = squares[:, start : start + self.side, start : start + self.side]
        pictures = torch.from_numpy(np.ascontiguousarray(squares)).permute(0, 3, 1, 2).contiguous().float().div_(255)
        if draws is not None:
            pictures = changed(pictures, self.steps, draws, self.side / self.whole, self.side)
        mean, std = (torch.tensor(each)[:, None, None] for each in (self.mean, self.std))
        return pictures.sub_(mean).div_(std)

    def describe(self) -> dict[str, Any]:
        """Sizes, means and deviations, and what pictures are changed by while a model learns."""
        # `whole` for those who make the same pictures without this reader.
        sizes = {
            "side": self.side,
            "short": self.short,
            "whole": self.whole,
            "mean": list(self.mean),
            "std": list(self.std),
        }
        return {"reader": "pictures", **sizes, "steps": described(self.steps)}


@READERS.register("pictures")
def _picture_reader(told: Mapping[str, Any]) -> PictureReader:
    steps = made(PICTURE_STEPS, told["steps"])
    return PictureReader(int(told["side"]), tuple(told["mean"]), tuple(told["std"]), int(told["short"]), steps)


def _squares(raw: Sequence[Pixels] | Pixels, side: int) -> Pixels:
    """The middles of pictures as one array (b, side, side, 3)."""
    if isinstance(raw, np.ndarray) and raw.shape[1:3] == (side, side):
        return raw
    want = ImageWant(side, side, "crop")
    found = np.empty((len(raw), side, side, 3), np.uint8)
    for row, pixels in enumerate(raw):
        found[row] = fit(Image.fromarray(pixels), want)
    return found
