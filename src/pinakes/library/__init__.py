"""The facade that a Python user holds."""

from __future__ import annotations

from pinakes.library.adding import AddRun
from pinakes.library.facade import Library
from pinakes.library.hits import Hit, Results

__all__ = ["AddRun", "Hit", "Library", "Results"]
