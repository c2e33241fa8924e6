"""Numbers that are kept in files while an encoder is trained, and the views that read them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import BadInput
from pinakes.learn.data.base import Kind, View
from pinakes.storage import explained
from pinakes.types import Floats, Rows

N = TypeVar("N", bound=np.generic)


def kept(path: Path, dtype: type[N], shape: tuple[int, ...]) -> np.memmap[Any, np.dtype[N]]:
    """A file of numbers (.npy), mapped to be read and written: as it lies there, or new and full of zeros."""
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        found = np.lib.format.open_memmap(path, "r+" if path.is_file() else "w+", dtype, shape)
    if found.shape != shape or found.dtype != dtype:
        raise BadInput(f"{path} holds the numbers of other pictures or sounds.", "Remove it, or name another folder.")
    return found


@dataclass(frozen=True)
class Cut:
    """Rows of one room in a file (n, room, ...), each as long as is told; whole numbers are taken by `scale`."""

    values: NDArray[Any]
    lengths: NDArray[np.int64]
    scale: float = 1.0
    kind: Literal["sounds"] = "sounds"

    def __len__(self) -> int:
        return len(self.lengths)

    def read(self, rows: Rows) -> list[Floats]:
        """What there is of each, as floats."""
        return [self._whole(row).astype(np.float32) / self.scale for row in rows.tolist()]

    def digests(self, rows: Rows) -> list[str]:
        """SHA-256 of each row's numbers, little end first."""
        told = self.values.dtype.newbyteorder("<")
        return [hashlib.sha256(self._whole(row).astype(told).tobytes()).hexdigest() for row in rows.tolist()]

    def _whole(self, row: int) -> NDArray[Any]:
        found: NDArray[Any] = self.values[row, : self.lengths[row]]
        return found


@dataclass(frozen=True)
class OneAfterOther:
    """Several views of one kind as a single one: all rows of the first, then all of the second, and so on."""

    views: tuple[View, ...]

    @property
    def kind(self) -> Kind:
        """What its rows are."""
        return self.views[0].kind

    def __len__(self) -> int:
        return sum(map(len, self.views))

    def read(self, rows: Rows) -> list[Any]:
        """What the views read of these rows."""
        found: list[Any] = [None] * len(rows)
        for view, places, inner in self._shared_out(rows):
            for place, value in zip(places.tolist(), view.read(inner), strict=True):
                found[place] = value
        return found

    def digests(self, rows: Rows) -> list[str]:
        """SHA-256 of each row's content."""
        found = [""] * len(rows)
        for view, places, inner in self._shared_out(rows):
            for place, digest in zip(places.tolist(), view.digests(inner), strict=True):
                found[place] = digest
        return found

    def _shared_out(self, rows: Rows) -> list[tuple[View, Rows, Rows]]:
        """Each view that has some of the rows, with their places among these and within it."""
        ends = np.cumsum([len(view) for view in self.views])
        of = np.searchsorted(ends, rows, side="right")
        several = [(view, np.flatnonzero(of == number)) for number, view in enumerate(self.views)]
        return [
            (view, places, rows[places] - (ends[number] - len(view)))
            for number, (view, places) in enumerate(several)
            if len(places)
        ]
