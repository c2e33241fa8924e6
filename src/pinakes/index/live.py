"""A segment while the index is being brought up to date."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.index.packs import Pack
from pinakes.index.segment import ROWS


@dataclass(frozen=True, slots=True)
class Live:
    """A segment while the index is being brought up to date: its packs, and which of its items are alive."""

    name: str
    packs: dict[str, Pack]
    alive: NDArray[np.bool_]

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return self.packs[ROWS].size("parts")

    def let_go(self) -> None:
        """Give back the memory of what was read of it."""
        for pack in self.packs.values():
            pack.let_go()
