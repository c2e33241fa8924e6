"""What readers searched for and what they opened of it, as events: judgements that no one had to be asked for."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from pinakes.catalogue.counters import take
from pinakes.catalogue.schema import events

SEARCH, CLICK = "search", "click"


@dataclass(frozen=True, slots=True)
class Clicked:
    """A query in the term language, and the items that were opened after it."""

    query: str
    items: tuple[int, ...]


def record_search(connection: Connection, query: str, user: int | None = None, address: str = "") -> int:
    """Note a search; the number of the event is what its clicks refer to. The address is how a page makes it again."""
    told = {"query": query, "address": address} if address else {"query": query}
    return record(connection, SEARCH, told, user, None)


def record_click(connection: Connection, search: int, item: int, user: int | None = None) -> int:
    """Note that an item was opened from the answer to a search."""
    return record(connection, CLICK, {"search": search}, user, item)


def clicked(connection: Connection) -> list[Clicked]:
    """All queries after which anything was opened that is still here; the same query asked twice is one."""
    asked: dict[int, str] = {}
    opened: dict[str, dict[int, None]] = defaultdict(dict)
    for number, kind, item, details in connection.execute(_EVENTS):
        told = json.loads(details)
        if kind == SEARCH:
            asked[number] = str(told.get("query", "")).strip()
        elif item is not None and asked.get(told.get("search")):
            opened[asked[told["search"]]][item] = None
    return [Clicked(query, tuple(sorted(opened[query]))) for query in sorted(opened)]


_EVENTS = (
    select(events.c.id, events.c.kind, events.c.item_id, events.c.details)
    .where(events.c.kind.in_((SEARCH, CLICK)))
    .order_by(events.c.id)
)


def record(connection: Connection, kind: str, details: Mapping[str, object], user: int | None, item: int | None) -> int:
    """Put an event on record, and tell its number."""
    number = take(connection, "event")
    row = {"id": number, "at": time.time(), "kind": kind, "user_id": user, "item_id": item}
    connection.execute(insert(events).values(**row, details=json.dumps(details)))
    return number
