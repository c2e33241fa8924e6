"""What is recommended to a person, because of what lies on their shelves and what they opened."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from pinakes.catalogue import history, shelves
from pinakes.catalogue.schema import items
from pinakes.catalogue.shelves import Shelf
from pinakes.errors import NotFound
from pinakes.library import Library
from pinakes.library.recommending import recommended
from pinakes.search.recommend import GROUPS, ITEMS, Group, Recommended

# What was opened tells less of what is wanted than what was put on a shelf.
_OPENED_COUNTS = 0.6
# What was opened lately need not be recommended.
_SEEN = 500


@dataclass(frozen=True, slots=True)
class Recommendations:
    """What is recommended, and for each of its groups the shelf; None: what was opened lately."""

    found: tuple[Recommended, ...]
    shelves: tuple[Shelf | None, ...]
    declined: int


def recommendations(library: Library, user: int, limit: int, only: int = 0) -> Recommendations:
    """The best for a person, from the shelves used last and the history; `only`: from one shelf."""
    with library.catalogue.reading() as connection:
        mine = [shelf for shelf in shelves.shelves_of(connection, user) if shelf.items and only in (0, shelf.id)]
        opened = [] if only else history.opened(connection, user, _SEEN)
        declined = history.declined(connection, user)
        without = sorted({*shelves.shelved_by(connection, user), *declined, *opened})
        sources: list[Shelf | None] = [*mine[: GROUPS - 1 if opened else GROUPS], *([None] if opened else [])]
        groups = [
            Group(tuple(one.item for one in shelves.lying(connection, shelf.id, ITEMS)))
            if shelf
            else Group(tuple(opened[:ITEMS]), _OPENED_COUNTS)
            for shelf in sources
        ]
    found = recommended(library, groups, without, limit) if groups else []
    return Recommendations(tuple(found), tuple(sources), len(declined))


def decline(library: Library, user: int, item: int) -> None:
    """Recommend an item no more."""
    with library.catalogue.writing() as connection:
        if connection.scalar(select(items.c.id).where(items.c.id == item)) is None:
            raise NotFound(f"There is no item {item} in this library.", "It may be gone.")
        history.decline(connection, user, item)


def want_again(library: Library, user: int) -> int:
    """Take back all that was declined."""
    with library.catalogue.writing() as connection:
        return history.want_again(connection, user)
