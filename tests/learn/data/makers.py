"""Small training sets made on the spot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pinakes.learn.augment.draws import Draws
from pinakes.learn.data.base import TrainingSet, View
from pinakes.learn.data.memory import Texts, Vectors
from pinakes.types import Modality


def made(
    rows: int = 12, labels: int = 3, *, views: Mapping[Modality, View] | None = None, seed: int = 7, **more: Any
) -> TrainingSet:
    """A set of features and texts, the labels by chance but none of them empty."""
    random = np.random.default_rng(seed)
    matrix = random.standard_normal((rows, 4)).astype(np.float32)
    texts = [(f"the row {row} of all",) for row in range(rows)]
    flags = (random.random((rows, labels)) < 0.4).astype(np.uint8)
    flags[np.arange(rows), np.arange(rows) % labels] = 1
    default: Mapping[Modality, View] = {"image": Vectors(matrix), "text": Texts(texts)}
    given = {"labels": flags, "label_names": tuple(f"label {n}" for n in range(labels)), **more}
    return TrainingSet("made", tuple(f"row-{row}" for row in range(rows)), views or default, **given)


class Lengths:
    """A reader of texts that gives the length of each, plus what was drawn where something was."""

    def read(self, raw: Sequence[tuple[str, ...]], draws: Draws | None) -> Tensor:
        lengths = np.array([len(" ".join(texts)) for texts in raw], np.float64).reshape(-1, 1)
        return torch.from_numpy(lengths if draws is None else lengths + draws.uniform(size=(1,)))

    def describe(self) -> dict[str, Any]:
        return {"reader": "lengths"}
