"""Pinakes finds anything in a library with anything."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pinakes.errors import PinakesError
    from pinakes.ingest.events import Report, Told
    from pinakes.library.adding import AddRun
    from pinakes.library.facade import Library
    from pinakes.library.hits import Hit, Results
    from pinakes.types import Place

# The threads of OpenBLAS turn for a while after every product, by default for 2**26 cycles, some 25 ms, which others
# lack who work beside them. After a hundredth of that, which lasts to the next step of a decomposition, they sleep.
# It is read when numpy is loaded; who has set it is obeyed.
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "20")

__version__ = "0.1.0"
__all__ = ["Library", "Results", "Hit", "Place", "AddRun", "Told", "Report", "PinakesError", "__version__"]  # noqa: RUF022 -- as the docs list them

_ROOMS = {
    "AddRun": "library.adding",
    "Hit": "library.hits",
    "Library": "library.facade",
    "PinakesError": "errors",
    "Place": "types",
    "Report": "ingest.events",
    "Results": "library.hits",
    "Told": "ingest.events",
}


def __getattr__(name: str) -> Any:
    # Loaded on first use: to import the package costs next to nothing.
    if name in _ROOMS:
        return getattr(import_module(f"pinakes.{_ROOMS[name]}"), name)
    raise AttributeError(f"module 'pinakes' has no attribute {name!r}")
