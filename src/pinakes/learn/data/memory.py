"""Views whose rows are in memory, or in a file that is mapped into it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import BadInput, BadVector
from pinakes.learn.data.base import Kind
from pinakes.types import Floats, Pixels, Rows


class Vectors:
    """Features that were computed before (n, d): any numbers that are finite as float32."""

    kind: Kind = "features"

    def __init__(self, matrix: NDArray[Any], name: str = "features") -> None:
        if matrix.dtype.kind not in "biuf":
            raise BadInput(f"The {name} are no numbers.", "Name a matrix of numbers, a row for each row of the set.")
        if matrix.ndim != 2 or not matrix.shape[1]:
            shape = " x ".join(f"{side:,}" for side in matrix.shape)
            raise BadInput(f"The {name} are {shape}; a matrix with a row for each row of the set is needed.")
        self.matrix = matrix
        bad = _not_finite(matrix)
        if bad is not None:
            raise BadVector(
                f"The {name} hold NaN, infinity or a number too large in row {bad[0]:,}, column {bad[1]:,} "
                "(counted from 0).",
                "Leave the row out, or set the number to what it should be.",
            )

    def __len__(self) -> int:
        return len(self.matrix)

    def read(self, rows: Rows) -> Floats:
        """A matrix (b, d) float32."""
        return np.ascontiguousarray(self.matrix[rows], np.float32)

    def digests(self, rows: Rows) -> list[str]:
        """SHA-256 of each row as little-endian float32."""
        return [hashlib.sha256(row.astype("<f4").tobytes()).hexdigest() for row in self.read(rows)]


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures (h, w, 3) uint8, as a list or as one array (n, h, w, 3)."""

    pictures: Sequence[Pixels] | Pixels
    kind: Literal["pixels"] = "pixels"

    def __len__(self) -> int:
        return len(self.pictures)

    def read(self, rows: Rows) -> list[Pixels] | Pixels:
        """The pictures, as an array where they are one."""
        if isinstance(self.pictures, np.ndarray):
            return self.pictures[rows]
        return [self.pictures[row] for row in rows.tolist()]

    def digests(self, rows: Rows) -> list[str]:
        """SHA-256 of each picture's height, width and pixels."""
        return [_digest(str(pixels.shape), pixels) for pixels in self.read(rows)]


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts, of which a row may have several, as captions are."""

    texts: Sequence[tuple[str, ...]]
    kind: Literal["texts"] = "texts"

    def __len__(self) -> int:
        return len(self.texts)

    def read(self, rows: Rows) -> list[tuple[str, ...]]:
        """The texts of each row."""
        return [self.texts[row] for row in rows.tolist()]

    def digests(self, rows: Rows) -> list[str]:
        """SHA-256 of each row's texts."""
        return [hashlib.sha256(json.dumps(list(texts)).encode()).hexdigest() for texts in self.read(rows)]


@dataclass(frozen=True, slots=True)
class Sounds:
    """Sounds (samples,) float32, mono at 16 kHz."""

    sounds: Sequence[Floats]
    kind: Literal["sounds"] = "sounds"

    def __len__(self) -> int:
        return len(self.sounds)

    def read(self, rows: Rows) -> list[Floats]:
        """The samples of each row."""
        return [self.sounds[row] for row in rows.tolist()]

    def digests(self, rows: Rows) -> list[str]:
        """SHA-256 of each sound as little-endian float32."""
        return [_digest("", sound.astype("<f4")) for sound in self.read(rows)]


def _digest(head: str, values: NDArray[Any]) -> str:
    return hashlib.sha256(head.encode() + np.ascontiguousarray(values).tobytes()).hexdigest()


def _not_finite(matrix: NDArray[Any], block: int = 4_096) -> tuple[int, int] | None:
    """Where the first number stands that is none; a part at a time, since the matrix may be larger than memory."""
    if matrix.dtype.kind != "f":
        return None
    for start in range(0, len(matrix), block):
        # What is learned from is float32: what is too large for that is infinite.
        with np.errstate(over="ignore"):
            bad = ~np.isfinite(matrix[start : start + block].astype(np.float32))
        if bad.any():
            row, column = np.argwhere(bad)[0].tolist()
            return start + row, column
    return None
