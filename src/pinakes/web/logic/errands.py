"""Work that is under way or was done last for one thing, such as the training of one run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pinakes.library import Library
from pinakes.tasks.records import OPEN, Task, listed

# So far back one looks for what has ended; what is open is always found.
_LATELY = 200


def latest(library: Library, kinds: Sequence[str], **arguments: Any) -> Task | None:
    """The newest task of some kinds with these arguments; one that is open comes first."""
    with library.catalogue.reading() as connection:
        open_ones = listed(connection, states=OPEN, limit=1_000)
        for one in (*open_ones, *listed(connection, limit=_LATELY)):
            if one.kind in kinds and all(one.arguments.get(name) == value for name, value in arguments.items()):
                return one
    return None


def open_by(library: Library, kinds: Sequence[str], argument: str) -> dict[str, Task]:
    """The newest task of some kinds for each value of an argument."""
    found: dict[str, Task] = {}
    with library.catalogue.reading() as connection:
        for one in (*listed(connection, states=OPEN, limit=1_000), *listed(connection, limit=_LATELY)):
            if one.kind in kinds:
                found.setdefault(str(one.arguments.get(argument, "")), one)
    return found
