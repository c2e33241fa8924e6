"""What was done by whom: rows are added and never changed, and tell no content but what works are said to be."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from pinakes.catalogue.counters import take
from pinakes.catalogue.naming import storable
from pinakes.catalogue.schema import audit, users


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done."""

    id: int
    at: float
    # Who did it: None from the command line, by the local person, or by someone who had not logged in.
    user: int | None
    # Their name, while they are there.
    name: str
    action: str
    subject: str
    details: dict[str, Any]


def record(connection: Connection, user: int | None, action: str, subject: str = "", **details: object) -> None:
    """Note what is done in the caller's transaction: `record(connection, 3, "item.removed", "item 12")`."""
    row = {"id": take(connection, "audit"), "at": time.time(), "user_id": user, "action": action, "subject": subject}
    connection.execute(insert(audit).values(**row, details=json.dumps(details)))


def entries(
    connection: Connection,
    *,
    action: str = "",
    user: int | None = None,
    subject: str = "",
    before: int = 0,
    limit: int = 100,
) -> Sequence[Entry]:
    """The last entries, newest first: those before a number, of an action, a user, a subject where they are named."""
    asked = select(audit, users.c.name).join(users, users.c.id == audit.c.user_id, isouter=True)
    if action:
        asked = asked.where(audit.c.action == storable(action))
    if user is not None:
        asked = asked.where(audit.c.user_id == user)
    if subject:
        asked = asked.where(audit.c.subject == subject)
    if before:
        asked = asked.where(audit.c.id < before)
    rows = connection.execute(asked.order_by(audit.c.id.desc()).limit(limit))
    return [Entry(r.id, r.at, r.user_id, r.name or "", r.action, r.subject, json.loads(r.details)) for r in rows]


def actions(connection: Connection) -> list[str]:
    """The actions that stand in the log."""
    return [str(name) for name in connection.scalars(select(audit.c.action).distinct().order_by(audit.c.action))]
