"""Tokens by which programs show for whom they ask, and for what: each with a name, scopes and perhaps an end."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from pinakes.accounts.secret import drawn, hashed
from pinakes.accounts.who import SCOPES, Who, rank_of
from pinakes.catalogue.counters import take
from pinakes.catalogue.schema import tokens, users
from pinakes.errors import BadInput, NotFound, TooLarge, UnknownName, nearest

# What all begin with, so that one that was published by mistake can be searched for.
PREFIX = "pinakes_"
_DAY = 86_400.0
_SEEN_SECONDS = 300.0
_NAME_CHARS, _MOST = 80, 50


@dataclass(frozen=True, slots=True)
class Token:
    """A token as its owner sees it: all but the secret."""

    id: int
    name: str
    scopes: tuple[str, ...]
    created: float
    expires: float | None
    seen: float | None


def make(connection: Connection, user: int, name: str, scopes: Iterable[str], days: int | None) -> tuple[int, str]:
    """A new token: its number, and the secret, which is shown this once."""
    wanted = tuple(dict.fromkeys(scopes))
    _check(name, wanted, days)
    held = connection.scalar(select(func.count()).where(tokens.c.user_id == user)) or 0
    if held >= _MOST:
        raise TooLarge(f"There are {held} tokens already; the most is {_MOST}.", "Revoke one that is not used.")
    secret, now, number = drawn(PREFIX), time.time(), take(connection, "token")
    connection.execute(
        insert(tokens).values(
            id=number,
            user_id=user,
            name=name.strip(),
            token_hash=hashed(secret),
            scopes=json.dumps(wanted),
            created=now,
            expires=None if days is None else now + days * _DAY,
        )
    )
    return number, secret


def _check(name: str, scopes: tuple[str, ...], days: int | None) -> None:
    if not 1 <= len(name.strip()) <= _NAME_CHARS or not name.isprintable():
        raise BadInput(f"A token's name has 1 to {_NAME_CHARS} letters.", "Say for which program it is.")
    if not scopes:
        raise BadInput("A token needs a scope.", f"There are {', '.join(SCOPES)}.")
    for scope in scopes:
        if scope not in SCOPES:
            raise UnknownName(f"There is no scope named {scope}.", nearest(scope, SCOPES))
    if days is not None and not 1 <= days <= 3650:
        raise BadInput(f"A token holds from 1 to 3,650 days, not {days}.", "Name fewer days, or no end.")


def of_user(connection: Connection, user: int) -> list[Token]:
    """The tokens of a user, the newest first."""
    rows = connection.execute(select(tokens).where(tokens.c.user_id == user).order_by(tokens.c.id.desc()))
    return [Token(r.id, r.name, tuple(json.loads(r.scopes)), r.created, r.expires, r.seen) for r in rows]


def revoke(connection: Connection, user: int, number: int) -> None:
    """End a token of a user's own; that of another is not there."""
    ended = connection.execute(delete(tokens).where(tokens.c.id == number, tokens.c.user_id == user))
    if not ended.rowcount:
        raise NotFound(f"There is no token {number} of yours.", "Your account's page lists them.")


def whose(connection: Connection, secret: str) -> tuple[Who, bool] | None:
    """For whom a program asks, unless the token has ended or its user is locked; and whether it was long unseen."""
    now = time.time()
    row = connection.execute(_WHOSE, {"token": hashed(secret)}).one_or_none()
    if row is None or row.state != "active" or (row.expires is not None and now >= row.expires):
        return None
    scopes = frozenset(str(scope) for scope in json.loads(row.scopes))
    who = Who(row.id, row.shown or row.name, rank_of(row.role), scopes)
    return who, row.seen is None or now - row.seen > _SEEN_SECONDS


def touch(connection: Connection, secret: str) -> None:
    """Note that a token was used."""
    connection.execute(update(tokens).where(tokens.c.token_hash == hashed(secret)).values(seen=time.time()))


_WHOSE = (
    select(tokens.c.scopes, tokens.c.expires, tokens.c.seen, users.c.id)
    .add_columns(users.c.name, users.c.shown, users.c.role, users.c.state)
    .join(users, users.c.id == tokens.c.user_id)
    .where(tokens.c.token_hash == bindparam("token"))
)
