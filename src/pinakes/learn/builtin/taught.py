"""What the teacher says of every part of every picture, computed once and kept: a run that is broken off goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.builtin.keeping import kept
from pinakes.learn.builtin.teacher import SIDE, Backbone, read
from pinakes.learn.builtin.views import Parts
from pinakes.learn.export.graph import open_graph, quiet
from pinakes.threads import cores
from pinakes.types import Floats, Pixels, Rows

WIDTH = 1280
_AT_A_TIME = 16
# Hears how many rows are done, and of how many.
Tell = Callable[[int, int], None]


class _Vectors(nn.Module):
    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.backbone = backbone

    def forward(self, pictures: Tensor) -> Tensor:
        return self.backbone(pictures.permute(0, 3, 1, 2) / 127.5 - 1)[0]


def write_teacher(folder: Path, target: Path) -> Path:
    """The teacher of a folder as a graph from pixels (n, 224, 224, 3) as floats to vectors (n, 1280)."""
    if not target.exists():
        sample = torch.zeros(2, SIDE, SIDE, 3)
        with torch.no_grad(), quiet():
            program = torch.onnx.export(
                _Vectors(read(folder)),
                (sample,),
                dynamo=True,
                input_names=["pictures"],
                output_names=["vectors"],
                dynamic_shapes={"pictures": {0: torch.export.Dim("rows", min=1)}},
                verbose=False,
            )
        if program is None:
            raise BadInput(f"The teacher of {folder} can not be written as a graph.", "Check its layers.json.")
        part = target.with_suffix(".part")
        program.save(str(part), external_data=False)
        part.rename(target)
    return target


def teach(graph: Path, parts: Parts, target: Path, tell: Tell = lambda _done, _total: None) -> NDArray[np.float16]:
    """The teacher's vectors of all parts (n, 1280), kept in a file (.npy)."""
    return kept_vectors(teacher_of(graph), parts.at(SIDE), WIDTH, target, tell)


def kept_vectors(
    encode: Callable[[Pixels], Floats],
    parts: Parts,
    width: int,
    target: Path,
    tell: Tell = lambda _done, _total: None,
) -> NDArray[np.float16]:
    """Vectors of all parts (n, width) in a file (.npy), of which those that are there already stay.

    Means of what ReLU lets through are never all zero: a row of zeros is one that is still to be done.
    """
    there = kept(target, np.float16, (len(parts), width))
    missing = np.flatnonzero(~there.any(axis=1))
    with ThreadPoolExecutor(cores()) as pool:

        def vectors(rows: Rows) -> tuple[Rows, Floats]:
            return rows, encode(parts.read(rows))

        done = len(parts) - len(missing)
        for some in _chunks(missing, 64 * _AT_A_TIME):
            for rows, found in pool.map(vectors, _chunks(some, _AT_A_TIME)):
                there[rows] = found.astype(np.float16)
                done += len(rows)
            there.flush()
            tell(done, len(parts))
    return there


def _chunks(rows: Rows, size: int) -> Iterator[Rows]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def teacher_of(graph: Path) -> Callable[[Pixels], Floats]:
    """From pictures (n, 224, 224, 3) of bytes to the teacher's vectors (n, 1280)."""
    session = open_graph(graph, threads=1)

    def run(pictures: Pixels) -> Floats:
        (vectors,) = session.run(None, {"pictures": pictures.astype(np.float32)})
        return np.asarray(vectors, np.float32)

    return run
