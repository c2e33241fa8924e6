"""What editors say of works: in one transaction with the line in the log that says what it was before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pinakes.accounts import audit
from pinakes.accounts.audit import Entry
from pinakes.catalogue import told
from pinakes.catalogue.catalogue import Catalogue
from pinakes.types import Fields

EDITED = "item.edited"
_LAST = 20


def edit(catalogue: Catalogue, by: int | None, item: int, wanted: Fields, marks: Mapping[str, str]) -> tuple[str, ...]:
    """Change fields of an item, unless someone else has since they were read; returns the names of what changed."""
    with catalogue.writing() as connection:
        changes = told.change(connection, item, wanted, marks)
        if changes:
            said = {name: {"from": list(before), "to": list(now)} for name, (before, now) in changes.items()}
            audit.record(connection, by, EDITED, _item(item), changes=said)
    return tuple(changes)


def history(catalogue: Catalogue, item: int) -> Sequence[Entry]:
    """The last changes to an item by hand, newest first."""
    with catalogue.reading() as connection:
        return audit.entries(connection, action=EDITED, subject=_item(item), limit=_LAST)


def _item(number: int) -> str:
    return f"item {number}"
