"""What a person searched for, opened and did not want, as events of that person, who can have them forgotten."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from pinakes.catalogue.clicks import CLICK, SEARCH, record, record_search
from pinakes.catalogue.schema import events, users

# An item that was opened without a search, and one that a person does not want recommended.
OPEN, DECLINED = "open", "declined"
_PAST = (SEARCH, CLICK, OPEN)
# The same search made again among so many of a person's last ones is one search.
_SAME_AMONG = 8


@dataclass(frozen=True, slots=True)
class Remembered:
    """A search that a person made, and the items that were opened after it, in order."""

    id: int
    at: float
    query: str
    address: str
    items: tuple[int, ...]


def remembers(connection: Connection, user: int) -> bool:
    """Whether a person lets searches be remembered."""
    return bool(connection.scalar(select(users.c.remembers).where(users.c.id == user)))


def let_remember(connection: Connection, user: int, *, remembers: bool) -> None:
    """Keep a person's wish; what was remembered before stays until it is cleared."""
    connection.execute(update(users).where(users.c.id == user).values(remembers=int(remembers)))


def note_search(connection: Connection, user: int, query: str, address: str) -> int:
    """Note a search of a person; made again a little later, it is the same one."""
    mine = select(events.c.id, events.c.details).where(events.c.user_id == user, events.c.kind == SEARCH)
    for number, details in connection.execute(mine.order_by(events.c.id.desc()).limit(_SAME_AMONG)):
        if json.loads(details).get("query") == query:
            connection.execute(update(events).where(events.c.id == number).values(at=time.time()))
            return int(number)
    return record_search(connection, query, user, address)


def note_opened(connection: Connection, user: int, item: int) -> int:
    """Note that a person opened an item without a search."""
    return record(connection, OPEN, {}, user, item)


def remembered(connection: Connection, user: int, most: int, before: float = float("inf")) -> list[Remembered]:
    """A person's searches before a moment, the latest first, with what was opened after each."""
    mine = select(events.c.id, events.c.at, events.c.details).where(events.c.user_id == user, events.c.kind == SEARCH)
    if before < float("inf"):
        mine = mine.where(events.c.at < before)
    rows = connection.execute(mine.order_by(events.c.at.desc(), events.c.id.desc()).limit(most)).all()
    after = _opened_after(connection, user, [row.id for row in rows])
    found = []
    for number, at, details in rows:
        told = json.loads(details)
        opened = tuple(after.get(number, ()))
        found.append(Remembered(number, at, told.get("query", ""), told.get("address", ""), opened))
    return found


def _opened_after(connection: Connection, user: int, searches: Sequence[int]) -> dict[int, dict[int, None]]:
    found: dict[int, dict[int, None]] = {}
    told = {_after(number): number for number in searches}
    query = select(events.c.details, events.c.item_id).where(events.c.user_id == user, events.c.kind == CLICK)
    for details, item in connection.execute(query.where(events.c.details.in_(told)).order_by(events.c.id)):
        found.setdefault(told[details], {})[item] = None
    return found


def _after(search: int) -> str:
    """The details of a click after a search, as they are written."""
    return json.dumps({"search": search})


def opened(connection: Connection, user: int, most: int) -> list[int]:
    """The items that a person opened last, each once, the latest first."""
    last = func.max(events.c.id)
    query = select(events.c.item_id).where(
        events.c.user_id == user, events.c.kind.in_((CLICK, OPEN)), events.c.item_id.is_not(None)
    )
    return list(connection.scalars(query.group_by(events.c.item_id).order_by(last.desc()).limit(most)))


def forget_search(connection: Connection, user: int, number: int) -> bool:
    """Forget a search and what was opened after it; says whether it was that person's."""
    mine = (events.c.user_id == user, events.c.id == number, events.c.kind == SEARCH)
    if not connection.execute(delete(events).where(*mine)).rowcount:
        return False
    after = (events.c.user_id == user, events.c.kind == CLICK, events.c.details == _after(number))
    connection.execute(delete(events).where(*after))
    return True


def clear(connection: Connection, user: int) -> int:
    """Forget all that a person searched for and opened; tells how many events are gone."""
    past = (events.c.user_id == user, events.c.kind.in_(_PAST))
    return int(connection.execute(delete(events).where(*past)).rowcount)


def keep_newest(connection: Connection, user: int | None, most: int) -> None:
    """Forget what is oldest of a person, or of all guests together, where there is more than so much."""
    whose = events.c.user_id.is_(None) if user is None else events.c.user_id == user
    past = (whose, events.c.kind.in_(_PAST))
    newest = select(events.c.id).where(*past).order_by(events.c.id.desc())
    oldest_kept = connection.scalar(newest.offset(most - 1).limit(1))
    if oldest_kept is not None:
        connection.execute(delete(events).where(*past, events.c.id < oldest_kept))


def decline(connection: Connection, user: int, item: int) -> bool:
    """Note that a person does not want an item recommended; says whether that is new."""
    if item in declined(connection, user):
        return False
    record(connection, DECLINED, {}, user, item)
    return True


def declined(connection: Connection, user: int) -> list[int]:
    """What a person does not want recommended."""
    query = select(events.c.item_id).where(*_declined(user), events.c.item_id.is_not(None))
    return list(connection.scalars(query.order_by(events.c.id)))


def want_again(connection: Connection, user: int) -> int:
    """Take all of it back; tells how many items it was."""
    return int(connection.execute(delete(events).where(*_declined(user))).rowcount)


def _declined(user: int) -> tuple[ColumnElement[bool], ...]:
    return events.c.user_id == user, events.c.kind == DECLINED
