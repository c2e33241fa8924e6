"""Sessions of people who logged in: they end when idle, when old, at logging out and when the password changes."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from pinakes.accounts.secret import drawn, hashed
from pinakes.accounts.who import Who, rank_of
from pinakes.catalogue.schema import sessions, users
from pinakes.limits import Limits

_HOUR, _DAY = 3600.0, 86_400.0
# Signs of life are written this often at most: a page would wait for the disk otherwise.
_SEEN_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Session:
    """A session that holds, and whether its last sign of life is long ago."""

    who: Who
    stale: bool


def begin(connection: Connection, user: int, limits: Limits) -> str:
    """A new session; what is returned goes into the cookie and is kept nowhere else."""
    secret, now = drawn(), time.time()
    expires = now + limits.session_days * _DAY
    connection.execute(
        insert(sessions).values(token_hash=hashed(secret), user_id=user, created=now, seen=now, expires=expires)
    )
    connection.execute(update(users).where(users.c.id == user).values(seen=now))
    _sweep(connection, now, limits)
    return secret


def whose(connection: Connection, secret: str, limits: Limits) -> Session | None:
    """The session of a cookie, unless it has ended or its user is locked."""
    now = time.time()
    row = connection.execute(_WHOSE, {"token": hashed(secret)}).one_or_none()
    if row is None or row.state != "active" or _ended(row.created, row.seen, row.expires, now, limits):
        return None
    who = Who(row.id, row.shown or row.name, rank_of(row.role))
    return Session(who, now - row.seen > _SEEN_SECONDS)


def touch(connection: Connection, secret: str) -> None:
    """Note a sign of life."""
    now = time.time()
    connection.execute(update(sessions).where(sessions.c.token_hash == hashed(secret)).values(seen=now))
    user = select(sessions.c.user_id).where(sessions.c.token_hash == hashed(secret)).scalar_subquery()
    connection.execute(update(users).where(users.c.id == user).values(seen=now))


def end(connection: Connection, secret: str) -> int | None:
    """Log out: all sessions of the user end, here and on other machines; whose they were."""
    number = connection.scalar(select(sessions.c.user_id).where(sessions.c.token_hash == hashed(secret)))
    if number is not None:
        end_all(connection, number)
    return number


def forget(connection: Connection, secret: str) -> None:
    """End one session, such as that which a browser had before it logged in anew."""
    connection.execute(delete(sessions).where(sessions.c.token_hash == hashed(secret)))


def end_all(connection: Connection, user: int) -> None:
    """End every session of a user."""
    connection.execute(delete(sessions).where(sessions.c.user_id == user))


_WHOSE = (
    select(sessions.c.created, sessions.c.seen, sessions.c.expires, users.c.id)
    .add_columns(users.c.name, users.c.shown, users.c.role, users.c.state)
    .join(users, users.c.id == sessions.c.user_id)
    .where(sessions.c.token_hash == bindparam("token"))
)


def _ended(created: float, seen: float, expires: float, now: float, limits: Limits) -> bool:
    # A clock that was set back makes no session live longer than from its beginning anew.
    return now >= expires or now >= seen + limits.session_idle_hours * _HOUR or now < created - _DAY


def _sweep(connection: Connection, now: float, limits: Limits) -> None:
    """Forget the sessions that have ended."""
    idle = now - limits.session_idle_hours * _HOUR
    connection.execute(delete(sessions).where(or_(sessions.c.expires <= now, sessions.c.seen <= idle)))
