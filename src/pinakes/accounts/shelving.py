"""What people do with their shelves; what is another person's is not there for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from pinakes.accounts import labels
from pinakes.catalogue import shelves
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.entries import item_entry
from pinakes.catalogue.shelves import Lying, Order, Shelf
from pinakes.errors import Conflict, NotFound, TooLarge


@dataclass(frozen=True, slots=True)
class Filled:
    """A shelf and what lies on it, in some order."""

    shelf: Shelf
    lying: tuple[Lying, ...]


def all_shelves(catalogue: Catalogue, user: int) -> list[Shelf]:
    """A person's shelves, the one that was used last first."""
    with catalogue.reading() as connection:
        return shelves.shelves_of(connection, user)


def filled(
    catalogue: Catalogue, user: int, number: int, order: Order = "newest", first: int = 0, most: int | None = None
) -> Filled:
    """One shelf with what lies on it, or a stretch of that."""
    with catalogue.reading() as connection:
        shelf = _own(connection, user, number)
        return Filled(shelf, tuple(shelves.lying(connection, number, most, order, first)))


def where_shelved(catalogue: Catalogue, user: int, numbers: Sequence[int]) -> dict[int, set[int]]:
    """For those of some items that lie on a person's shelves, on which."""
    with catalogue.reading() as connection:
        return shelves.where_shelved(connection, user, numbers)


def make(catalogue: Catalogue, user: int, name: str, about: str = "") -> int:
    """Make a shelf."""
    with catalogue.writing() as connection:
        return _make(catalogue, connection, user, name, about)


def change(catalogue: Catalogue, user: int, number: int, name: str, about: str) -> None:
    """Name and describe a shelf otherwise."""
    told = labels.named(name, "shelf"), labels.written(about, catalogue.settings.limits.max_note_chars)
    with catalogue.writing() as connection:
        _own(connection, user, number)
        if shelves.named(connection, user, told[0]) not in (None, number):
            raise _taken(told[0])
        shelves.change(connection, number, *told)


def remove(catalogue: Catalogue, user: int, number: int) -> None:
    """Remove a shelf; the items stay in the library."""
    with catalogue.writing() as connection:
        _own(connection, user, number)
        shelves.remove(connection, number)


def put(catalogue: Catalogue, user: int, item: int, number: int = 0, *, new: str = "") -> int:
    """Put an item on a shelf by its number, or by its name on one that is made if need be; tells the number."""
    limits = catalogue.settings.limits
    with catalogue.writing() as connection:
        item_entry(connection, item)
        number = number or shelves.named(connection, user, " ".join(new.split())) or 0
        number = number or _make(catalogue, connection, user, new)
        if _own(connection, user, number).items >= limits.max_shelf_items:
            raise TooLarge(
                f"The shelf has {limits.max_shelf_items:,} items, which is the limit.",
                "Begin another one, or raise max_shelf_items.",
            )
        shelves.put(connection, number, item)
    return number


def take_off(catalogue: Catalogue, user: int, number: int, item: int) -> None:
    """Take an item off a shelf; one that is not there is off already."""
    with catalogue.writing() as connection:
        _own(connection, user, number)
        shelves.take_off(connection, number, item)


def annotate(catalogue: Catalogue, user: int, number: int, item: int, note: str) -> None:
    """Note something of an item on a shelf."""
    told = labels.written(note, catalogue.settings.limits.max_note_chars)
    with catalogue.writing() as connection:
        _own(connection, user, number)
        if not shelves.annotate(connection, number, item, told):
            raise NotFound(f"Item {item} is not on this shelf.", "Put it there first.")


def _own(connection: Connection, user: int, number: int) -> Shelf:
    found = shelves.shelf(connection, user, number)
    if found is None:
        raise NotFound(f"There is no shelf {number}.", "Your shelves stand at /shelves.")
    return found


def _make(catalogue: Catalogue, connection: Connection, user: int, name: str, about: str = "") -> int:
    limits = catalogue.settings.limits
    told = labels.named(name, "shelf"), labels.written(about, limits.max_note_chars)
    if shelves.named(connection, user, told[0]) is not None:
        raise _taken(told[0])
    if len(shelves.shelves_of(connection, user)) >= limits.max_shelves:
        raise TooLarge(
            f"You have {limits.max_shelves:,} shelves, which is the limit.", "Remove one, or raise max_shelves."
        )
    return shelves.make(connection, user, *told)


def _taken(name: str) -> Conflict:
    return Conflict(f"You have a shelf named {name} already.", "Choose another name.")
