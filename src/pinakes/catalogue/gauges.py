"""Numbers by which one sees from afar how a library is doing."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from pinakes.catalogue.schema import items, sessions


def item_count(connection: Connection) -> int:
    """How many items there are."""
    return connection.scalar(select(func.count()).select_from(items)) or 0


def open_sessions(connection: Connection, now: float, idle_seconds: float) -> int:
    """How many sessions hold."""
    query = select(func.count()).where(sessions.c.expires > now, sessions.c.seen > now - idle_seconds)
    return connection.scalar(query) or 0
