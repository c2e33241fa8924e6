"""What is remembered of searching: by whoever lets it be, and of guests only what was opened, without a person."""

from __future__ import annotations

from pinakes.catalogue import clicks, history
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.history import Remembered
from pinakes.errors import NotFound

# What is too much is forgotten each time that so many events were noted.
_SWEPT_EVERY = 64


def remembers(catalogue: Catalogue, user: int) -> bool:
    """Whether a person lets searches be remembered."""
    with catalogue.reading() as connection:
        return history.remembers(connection, user)


def let_remember(catalogue: Catalogue, user: int, *, remembers: bool) -> None:
    """Keep a person's wish."""
    with catalogue.writing() as connection:
        history.let_remember(connection, user, remembers=remembers)


def remembered(catalogue: Catalogue, user: int, most: int, before: float) -> list[Remembered]:
    """A person's searches before a moment, the latest first."""
    with catalogue.reading() as connection:
        return history.remembered(connection, user, most, before)


def note(catalogue: Catalogue, user: int | None, query: str, address: str, item: int | None) -> bool:
    """Note a search, an item that was opened, or one opened after a search; says whether anything was noted.

    A person who does not let it be remembered leaves nothing, not even without a name. Of guests it is noted what they
    opened after which search, where the settings let it be.
    """
    with catalogue.reading() as connection:
        wanted = history.remembers(connection, user) if user else catalogue.settings.clicks == "yes"
    if not wanted or not (query or (user and item)) or not (user or item):
        return False
    limits = catalogue.settings.limits
    with catalogue.writing() as connection:
        if user is None:
            number = clicks.record_search(connection, query)
        else:
            number = history.note_search(connection, user, query, address) if query else 0
        if item is not None and number:
            number = clicks.record_click(connection, number, item, user)
        elif item is not None and user is not None:
            number = history.note_opened(connection, user, item)
        if number % _SWEPT_EVERY == 0:
            history.keep_newest(connection, user, limits.max_noted if user is None else limits.max_remembered)
    return True


def forget(catalogue: Catalogue, user: int, number: int) -> None:
    """Forget one search and what was opened after it."""
    with catalogue.writing() as connection:
        if not history.forget_search(connection, user, number):
            raise NotFound(f"There is no search {number} in your history.", "It may be forgotten already.")


def clear(catalogue: Catalogue, user: int) -> int:
    """Forget all of it."""
    with catalogue.writing() as connection:
        return history.clear(connection, user)
