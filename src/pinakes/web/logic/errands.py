"""Work for one thing, such as the training of one run: what is under way, what was done, and what the log tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pinakes.accounts import audit
from pinakes.accounts.who import Who
from pinakes.errors import UsageError
from pinakes.library import Library
from pinakes.tasks.records import Task, of_kinds

# So many tasks of some kinds are looked at, of which the open ones come first.
_LATELY = 1_000
# Of those that hold some words one is looked for that has them as its arguments: mostly it is the first.
_FEW = 50


def latest(library: Library, kinds: Sequence[str], **arguments: Any) -> Task | None:
    """The newest task of some kinds with these arguments; one that is open comes first."""
    with library.catalogue.reading() as connection:
        return next(iter(of_kinds(connection, kinds, _FEW, **arguments)), None)


def newest(library: Library, kinds: Sequence[str], argument: str) -> dict[str, Task]:
    """The newest task of some kinds for each value of an argument; one that is open comes first."""
    found: dict[str, Task] = {}
    with library.catalogue.reading() as connection:
        for one in of_kinds(connection, kinds, _LATELY):
            found.setdefault(str(one.arguments.get(argument, "")), one)
    return found


def note(library: Library, who: Who, action: str, subject: str = "", **details: object) -> None:
    """Write into the log what was done."""
    with library.catalogue.writing() as connection:
        audit.record(connection, who.number, action, subject, **details)


def sure(fields: Mapping[str, str]) -> None:
    """Refuse what can not be taken back, unless it was confirmed."""
    if fields.get("sure") != "yes":
        raise UsageError("This can not be taken back, and was not confirmed.", "Tick the box beside the button.")
