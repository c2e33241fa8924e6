"""The people of a library, as the catalogue keeps them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, or_, select, update

from pinakes.accounts import names, sessions
from pinakes.accounts.who import ROLE_OF, Rank, rank_of
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.counters import take
from pinakes.catalogue.naming import storable
from pinakes.catalogue.schema import invitations, users
from pinakes.errors import Conflict, NotFound, UnknownName, nearest

ACTIVE, LOCKED, LOCAL = "active", "locked", "local"
# No account can have this name: it is not one that people may choose.
_LOCAL_NAME = "(local)"
_ACCOUNTS = users.c.state != LOCAL
_ANY = select(users.c.id).where(_ACCOUNTS).limit(1)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with an account."""

    id: int
    name: str
    shown: str
    email: str
    rank: Rank
    state: str
    # Whether there is a password; without one only a one-time link lets them in.
    enters: bool
    remembers: bool
    created: float
    seen: float | None


def any_accounts(connection: Connection) -> bool:
    """Whether anyone has an account; the one person of a library without any does not count."""
    return connection.scalar(_ANY) is not None


def known_local(connection: Connection) -> int | None:
    """The number of the person of a library without accounts, once there is anything of theirs."""
    return connection.scalar(select(users.c.id).where(users.c.state == LOCAL))


def local_user(catalogue: Catalogue) -> int:
    """The number of the person of a library without accounts, put on record when first asked for."""
    with catalogue.reading() as connection:
        number = known_local(connection)
    if number is not None:
        return int(number)
    with catalogue.writing() as connection:
        number = known_local(connection)
        if number is None:
            number = take(connection, "user")
            row = {"id": number, "name": _LOCAL_NAME, "state": LOCAL, "role": 1, "created": time.time()}
            connection.execute(insert(users).values(**row))
    return int(number)


def add(connection: Connection, name: str, rank: str, *, password: str = "", shown: str = "", email: str = "") -> int:
    """A new account, with the hash of its password; the first takes over what the local person kept."""
    told = {"name": names.chosen(name), "shown": names.shown(shown), "email": names.email(email), "role": role(rank)}
    if connection.scalar(select(users.c.id).where(users.c.name == told["name"])) is not None:
        raise Conflict(f"There is someone named {told['name']} already.", "Choose another name.")
    told |= {"password": password, "state": ACTIVE, "created": time.time()}
    if not any_accounts(connection):
        local = known_local(connection)
        if local is not None:
            connection.execute(update(users).where(users.c.id == local).values(**told))
            return int(local)
    number = take(connection, "user")
    connection.execute(insert(users).values(id=number, **told))
    return number


def role(rank: str) -> int:
    """A rank as the table keeps it."""
    if rank not in ROLE_OF:
        raise UnknownName(f"There is no role named {rank}.", nearest(rank, ROLE_OF))
    return ROLE_OF[rank]


def person(connection: Connection, number: int) -> Person:
    """Someone by their number."""
    return _one(connection, users.c.id == number, f"There is no user {number}.")


def named(connection: Connection, name: str) -> Person:
    """Someone by their name."""
    return _one(connection, users.c.name == names.canonical(name), f"There is no user named {name[:80]}.")


def _one(connection: Connection, which: ColumnElement[bool], missing: str) -> Person:
    row = connection.execute(select(users).where(which, _ACCOUNTS)).one_or_none()
    if row is None:
        raise NotFound(missing, "`pinakes users list` and the page Users list them.")
    return _person(row)


def find(
    connection: Connection, words: str = "", *, first: int = 0, limit: int | None = 50
) -> tuple[int, Sequence[Person]]:
    """How many people have the words in a name or address, and some or all of them in order of their names."""
    asked = select(users).where(_ACCOUNTS)
    for word in storable(words).casefold().split()[:8]:
        told = (users.c.name, users.c.shown, users.c.email)
        asked = asked.where(or_(*(func.lower(column).contains(word, autoescape=True) for column in told)))
    total = connection.scalar(select(func.count()).select_from(asked.subquery())) or 0
    rows = connection.execute(asked.order_by(users.c.name).offset(first).limit(limit))
    return total, [_person(row) for row in rows]


def _person(row: Row[Any]) -> Person:
    return Person(
        row.id,
        row.name,
        row.shown,
        row.email,
        rank_of(row.role),
        row.state,
        bool(row.password),
        bool(row.remembers),
        row.created,
        row.seen,
    )


def edit(connection: Connection, number: int, *, shown: str, email: str) -> None:
    """Change what others see, and the address."""
    person(connection, number)
    _set(connection, number, shown=names.shown(shown), email=names.email(email))


def set_rank(connection: Connection, number: int, rank: str) -> None:
    """Give someone another role."""
    if role(rank) != ROLE_OF["administrator"]:
        _keep_one(connection, number)
    person(connection, number)
    _set(connection, number, role=role(rank))


def lock(connection: Connection, number: int) -> None:
    """Keep someone out, at once and until unlocked; what is theirs stays."""
    _keep_one(connection, number)
    person(connection, number)
    _set(connection, number, state=LOCKED)
    sessions.end_all(connection, number)


def unlock(connection: Connection, number: int) -> None:
    """Let someone in again."""
    person(connection, number)
    _set(connection, number, state=ACTIVE)


def set_password(connection: Connection, number: int, kept: str) -> None:
    """Another password, by its hash: all sessions end, and so do links for choosing one."""
    _set(connection, number, password=kept)
    sessions.end_all(connection, number)
    connection.execute(delete(invitations).where(invitations.c.user_id == number))


def nothing(_connection: Connection) -> None:
    """Nothing else."""


def remove(connection: Connection, number: int, before: Callable[[Connection], None] = nothing) -> None:
    """Remove someone with all that is personal: sessions, tokens, shelves, searches; the log keeps their number.

    `before`: what is done first, with what would go along.
    """
    person(connection, number)
    _keep_one(connection, number)
    before(connection)
    connection.execute(delete(users).where(users.c.id == number))


def password_of(connection: Connection, number: int) -> str:
    """The hash of someone's password."""
    return connection.scalar(select(users.c.password).where(users.c.id == number)) or ""


def _set(connection: Connection, number: int, **values: object) -> None:
    connection.execute(update(users).where(users.c.id == number, _ACCOUNTS).values(**values))


def _keep_one(connection: Connection, number: int) -> None:
    """Refuse to take the rights from the last who could give them back."""
    administrators = (users.c.role == ROLE_OF["administrator"], users.c.state == ACTIVE)
    # Held until the transaction ends, so that two can not take them from each other.
    found = set(connection.scalars(select(users.c.id).where(*administrators).with_for_update()))
    if found == {number}:
        raise Conflict("This is the last administrator.", "Make another one first.")
