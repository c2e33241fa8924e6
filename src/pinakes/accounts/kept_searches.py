"""Searches that people keep under names, and how much has come since they looked."""

from __future__ import annotations

from sqlalchemy import Connection

from pinakes.accounts import labels
from pinakes.catalogue import kept_searches
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.kept_searches import KeptSearch
from pinakes.errors import Conflict, NotFound, TooLarge


def all_kept(catalogue: Catalogue, user: int) -> list[KeptSearch]:
    """The searches that a person keeps, by name."""
    with catalogue.reading() as connection:
        return kept_searches.kept_by(connection, user)


def one_kept(catalogue: Catalogue, user: int, number: int) -> KeptSearch:
    """One of them."""
    with catalogue.reading() as connection:
        return _own(connection, user, number)


def keep(catalogue: Catalogue, user: int, name: str, address: str) -> int:
    """Keep a search by the values of its address."""
    told, most = labels.named(name, "search"), catalogue.settings.limits.max_kept_searches
    with catalogue.writing() as connection:
        if kept_searches.named(connection, user, told) is not None:
            raise _taken(told)
        if len(kept_searches.kept_by(connection, user)) >= most:
            raise TooLarge(
                f"You keep {most:,} searches, which is the limit.", "Forget one, or raise max_kept_searches."
            )
        return kept_searches.keep(connection, user, told, address)


def rename(catalogue: Catalogue, user: int, number: int, name: str) -> None:
    """Call a search otherwise."""
    told = labels.named(name, "search")
    with catalogue.writing() as connection:
        _own(connection, user, number)
        if kept_searches.named(connection, user, told) not in (None, number):
            raise _taken(told)
        kept_searches.rename(connection, number, told)


def look_at(catalogue: Catalogue, user: int, number: int) -> KeptSearch:
    """A search that its owner looks at now; tells when that was last."""
    with catalogue.writing() as connection:
        found = _own(connection, user, number)
        kept_searches.looked_at(connection, number)
    return found


def forget(catalogue: Catalogue, user: int, number: int) -> None:
    """Keep a search no longer."""
    with catalogue.writing() as connection:
        _own(connection, user, number)
        kept_searches.forget(connection, number)


def _own(connection: Connection, user: int, number: int) -> KeptSearch:
    found = kept_searches.kept(connection, user, number)
    if found is None:
        raise NotFound(f"There is no kept search {number}.", "Your searches stand at /searches.")
    return found


def _taken(name: str) -> Conflict:
    return Conflict(f"You keep a search named {name} already.", "Choose another name.")
