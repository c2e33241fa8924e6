"""Collections: named groups of items with their own cleaning, and the sources from which they are filled."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from pinakes.catalogue.counters import take
from pinakes.catalogue.schema import collections, items, sources
from pinakes.errors import NotFound, nearest


@dataclass(frozen=True, slots=True)
class Collection:
    """A named group of items."""

    id: int
    name: str
    cleaning: tuple[str, ...]


def ensure(connection: Connection, name: str, cleaning: tuple[str, ...] | None, default: tuple[str, ...]) -> Collection:
    """The collection of that name, made if need be; `cleaning`, if given, replaces its steps."""
    row = connection.execute(select(collections).where(collections.c.name == name)).first()
    if row is None:
        steps = default if cleaning is None else cleaning
        number = take(connection, "collection")
        values = {"id": number, "name": name, "cleaning": json.dumps(steps), "created": time.time()}
        connection.execute(insert(collections).values(values))
        return Collection(number, name, steps)
    if cleaning is not None:
        connection.execute(update(collections).where(collections.c.id == row.id).values(cleaning=json.dumps(cleaning)))
        return Collection(row.id, name, cleaning)
    return Collection(row.id, name, tuple(json.loads(row.cleaning)))


def all_collections(connection: Connection) -> list[Collection]:
    """All collections, by name."""
    rows = connection.execute(select(collections).order_by(collections.c.name))
    return [Collection(row.id, row.name, tuple(json.loads(row.cleaning))) for row in rows]


def source(connection: Connection, collection_id: int, kind: str, address: bytes, options: dict[str, object]) -> int:
    """The number of a source, filed at its first use; how it is read this time is remembered for the next."""
    number = connection.scalar(select(sources.c.id).where(sources.c.address == address))
    if number is not None:
        connection.execute(update(sources).where(sources.c.id == number).values(options=json.dumps(options)))
    else:
        number = take(connection, "source")
        connection.execute(
            insert(sources).values(
                id=number, collection_id=collection_id, kind=kind, address=address, options=json.dumps(options)
            )
        )
    return int(number)


def sources_of(connection: Connection) -> dict[str, list[tuple[str, bytes]]]:
    """The kinds and addresses of the sources of each collection, in the order in which they were added."""
    query = select(collections.c.name, sources.c.kind, sources.c.address).join(
        collections, collections.c.id == sources.c.collection_id
    )
    found: dict[str, list[tuple[str, bytes]]] = {}
    for name, kind, address in connection.execute(query.order_by(sources.c.id)):
        found.setdefault(name, []).append((kind, bytes(address)))
    return found


def forget(connection: Connection, name: str) -> None:
    """Strike off a collection that has no items, with its sources; the caller holds the right to write.

    A source that filled another collection, too, becomes that one's: its items would go with it.
    """
    struck = select(collections.c.id).where(collections.c.name == name).scalar_subquery()
    heir = select(func.min(items.c.collection_id)).where(items.c.source_id == sources.c.id).scalar_subquery()
    connection.execute(
        update(sources).where(sources.c.collection_id == struck, heir.is_not(None)).values(collection_id=heir)
    )
    empty = ~exists().where(items.c.collection_id == collections.c.id)
    connection.execute(delete(collections).where(collections.c.name == name, empty))


def options_of(connection: Connection, address: bytes) -> dict[str, Any]:
    """How a source was read the last time; nothing for one that is new."""
    told = connection.scalar(select(sources.c.options).where(sources.c.address == address))
    return dict(json.loads(told)) if told else {}


def addresses(connection: Connection, kind: str) -> set[bytes]:
    """The addresses of all sources of a kind."""
    return {bytes(address) for address in connection.scalars(select(sources.c.address).where(sources.c.kind == kind))}


def counts(connection: Connection) -> dict[str, int]:
    """How many items each collection has."""
    query = (
        select(collections.c.name, func.count(items.c.id))
        .outerjoin(items, items.c.collection_id == collections.c.id)
        .group_by(collections.c.name)
        .order_by(collections.c.name)
    )
    return dict(connection.execute(query).all())


def items_of(connection: Connection, name: str) -> list[int]:
    """The items of a collection."""
    names = connection.scalars(select(collections.c.name)).all()
    if name not in names:
        raise NotFound(f"There is no collection named {name}.", nearest(name, names))
    query = select(items.c.id).join(collections, collections.c.id == items.c.collection_id)
    return list(connection.scalars(query.where(collections.c.name == name)))


def missing(connection: Connection) -> list[int]:
    """The items whose files have all vanished."""
    return list(connection.scalars(select(items.c.id).where(items.c.state == "missing")))
