"""The facade that a Python user holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pinakes.library.facade import Library
from pinakes.library.hits import Hit, Results

if TYPE_CHECKING:
    from pinakes.library.adding import AddRun

__all__ = ["AddRun", "Hit", "Library", "Results"]


def __getattr__(name: str) -> Any:
    # Loaded on first use: it needs all that adding needs.
    if name == "AddRun":
        from pinakes.library.adding import AddRun

        return AddRun
    raise AttributeError(name)
