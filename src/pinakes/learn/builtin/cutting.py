"""Parts of pictures cut for a whole batch at once, where the network is: on a GPU, or on the processor.

A part is brought to its side by two products of matrices, with weights that fall off in a straight line around each
point, as wide as a point of the outcome is in the picture: what Pillow's bilinear resampling does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pinakes.learn.augment.draws import Draws
from pinakes.learn.builtin.views import LEAST, STRETCH, boxed


@dataclass(frozen=True, slots=True)
class Cuts:
    """Of each picture a part: left, top, right and bottom as shares of the sides (b, 4), and whether it is mirrored."""

    boxes: NDArray[np.float32]
    mirrored: NDArray[np.bool_]

    @classmethod
    def drawn(cls, draws: Draws) -> Cuts:
        """Parts of pictures, as those that are drawn once for all."""
        area, stretch = draws.uniform(LEAST, 1), draws.uniform(-STRETCH, STRETCH)
        boxes = boxed(area, stretch, draws.uniform(), draws.uniform()).astype(np.float32)
        return cls(boxes, draws.chance(0.5))

    def of(self, pictures: Tensor, side: int) -> Tensor:
        """The parts (b, 3, side, side) of pictures (b, h, w, 3) of bytes, as floats from 0 to 1."""
        device = pictures.device
        boxes, mirrored = torch.from_numpy(self.boxes).to(device), torch.from_numpy(self.mirrored).to(device)
        left, top, right, bottom = boxes.unbind(1)
        # A mirrored part is read from right to left.
        left, right = torch.where(mirrored, right, left), torch.where(mirrored, left, right)
        with torch.autocast(device.type, enabled=False):
            high = _shares(top, bottom, pictures.shape[1], side)
            wide = _shares(left, right, pictures.shape[2], side)
            colours = pictures.permute(0, 3, 1, 2).float() / 255
            return high[:, None] @ colours @ wide.transpose(1, 2)[:, None]


def _shares(begin: Tensor, end: Tensor, points: int, side: int) -> Tensor:
    """How much each point of a picture's side adds to each of the outcome (b, side, points); sums are 1."""
    places = torch.arange(side, device=begin.device) + 0.5
    step = ((end - begin) * points / side)[:, None]
    centres = begin[:, None] * points + places * step
    reach = step.abs().clamp(min=1)[..., None]
    there = torch.arange(points, device=begin.device) + 0.5
    found = (1 - (centres[..., None] - there).abs() / reach).clamp(min=0)
    return found / found.sum(2, keepdim=True)
