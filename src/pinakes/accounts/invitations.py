"""Links that let someone in once: to register, or to choose a new password."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select, update

from pinakes.accounts.people import role
from pinakes.accounts.secret import drawn, hashed
from pinakes.accounts.who import Rank, rank_of
from pinakes.catalogue.schema import invitations
from pinakes.errors import BadInput, NotFound

_DAY = 86_400.0
_RESET_DAYS = 1
_MOST_DAYS, _NOTE_CHARS = 90, 200


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation that has not been used: `mark` names it, and lets no one in."""

    mark: str
    rank: Rank
    note: str
    created: float
    expires: float


def invite(connection: Connection, by: int | None, rank: str, note: str = "", days: int = 14) -> str:
    """The secret of a new invitation to register with a role."""
    if not 1 <= days <= _MOST_DAYS:
        raise BadInput(f"An invitation holds from 1 to {_MOST_DAYS} days, not {days}.")
    if len(note) > _NOTE_CHARS or not note.isprintable():
        raise BadInput(f"A note has at most {_NOTE_CHARS} letters.", "Shorten it.")
    return _make(connection, by, days, role=role(rank), note=note.strip())


def reset(connection: Connection, by: int | None, user: int) -> str:
    """The secret of a link by which a user chooses a new password; the one before ends."""
    connection.execute(delete(invitations).where(invitations.c.user_id == user))
    return _make(connection, by, _RESET_DAYS, user_id=user)


def _make(connection: Connection, by: int | None, days: int, **values: object) -> str:
    secret, now = drawn(), time.time()
    connection.execute(delete(invitations).where(invitations.c.expires <= now))
    row = {"token_hash": hashed(secret), "created_by": by, "created": now, "expires": now + days * _DAY}
    connection.execute(insert(invitations).values(**row, **values))
    return secret


def is_open(connection: Connection, secret: str, *, reset: bool) -> bool:
    """Whether a link can still be used."""
    return connection.execute(_held(secret, reset=reset)).one_or_none() is not None


def use(connection: Connection, secret: str) -> Rank:
    """Use an invitation to register, once; the role that it gives."""
    row = connection.execute(_held(secret, reset=False)).one_or_none()
    if row is None or not _spend(connection, secret):
        raise NotFound("This invitation does not hold: it was used, has ended, or never was.", "Ask for another.")
    return rank_of(row.role)


def use_reset(connection: Connection, secret: str) -> int:
    """Use a link for a new password, once; whose it is."""
    user = whose_reset(connection, secret)
    if not _spend(connection, secret):
        raise NotFound("This link was used a moment ago.", "Ask for another.")
    return user


def whose_reset(connection: Connection, secret: str) -> int:
    """Whose link for a new password it is, while it can be used."""
    row = connection.execute(_held(secret, reset=True)).one_or_none()
    if row is None:
        raise NotFound("This link does not hold: it was used, has ended, or never was.", "Ask for another.")
    return int(row.user_id)


def unused(connection: Connection) -> Sequence[Invitation]:
    """Invitations to register that wait, the newest first."""
    asked = select(invitations).where(*_HOLDS, invitations.c.user_id.is_(None), invitations.c.expires > time.time())
    rows = connection.execute(asked.order_by(invitations.c.created.desc()))
    return [Invitation(r.token_hash[:16], rank_of(r.role), r.note, r.created, r.expires) for r in rows]


def withdraw(connection: Connection, mark: str) -> None:
    """Take back an invitation that has not been used."""
    which = invitations.c.token_hash.startswith(mark, autoescape=True)
    if len(mark) != 16 or not connection.execute(delete(invitations).where(which, *_HOLDS)).rowcount:
        raise NotFound("There is no such invitation.", "It may have been used by now.")


_HOLDS = (invitations.c.used.is_(None),)


def _held(secret: str, *, reset: bool) -> Select[Any]:
    of_user = invitations.c.user_id.is_not(None) if reset else invitations.c.user_id.is_(None)
    which = (invitations.c.token_hash == hashed(secret), invitations.c.expires > time.time(), of_user)
    return select(invitations).where(*which, *_HOLDS)


def _spend(connection: Connection, secret: str) -> bool:
    """Whether it was used now, and not by another at the same moment."""
    which = (invitations.c.token_hash == hashed(secret), *_HOLDS)
    return bool(connection.execute(update(invitations).where(*which).values(used=time.time())).rowcount)
