"""Leaks: what stands in two sets that must have nothing in common, by its id and by its content."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, select

from pinakes.catalogue.schema import collections, fields, files, items, parts
from pinakes.catalogue.told import in_force
from pinakes.errors import NotFound
from pinakes.index.columns import folded

# In the order in which they say most: the same bytes, the same words, the same number, the same place.
KINDS = {
    "bytes": "a file with the same content, by its SHA-256",
    "text": "a part with the same text, but for case and space",
    "identifier": "the same identifier",
    "path": "the same file",
}


@dataclass(frozen=True, slots=True)
class Leak:
    """A work of one set and a work of another that are the same, and by what."""

    kind: str
    here: int
    there: int
    # What both have: a path or an identifier, else a hash.
    shared: str

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"kind": self.kind, "here": self.here, "there": self.there, "shared": self.shared}


@dataclass(slots=True)
class Marks:
    """By what the works of a set are known again: for each kind, a mark and the first item that has it."""

    of: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))


def marks(connection: Connection, collection: str = "") -> Marks:
    """The marks of a whole library, or of one of its collections."""
    chosen = _chosen(connection, collection) if collection else None

    def kept(asked: Select[Any], item: Any) -> Select[Any]:
        asked = asked.order_by(item)
        return asked if chosen is None else asked.where(item.in_(chosen))

    found = Marks()
    for path, digest, item in connection.execute(
        kept(select(files.c.path, files.c.sha256, files.c.item_id), files.c.item_id)
    ):
        found.of["path"].setdefault(os.fsdecode(path), item)
        if digest:
            found.of["bytes"].setdefault(digest, item)
    texts = select(parts.c.text, parts.c.item_id).where(parts.c.text != "")
    for text, item in connection.execute(kept(texts, parts.c.item_id)):
        if plain := " ".join(folded(text).split()):
            found.of["text"].setdefault(hashlib.sha256(plain.encode()).hexdigest(), item)
    told = select(fields.c.value, fields.c.item_id).where(fields.c.name == "identifier", in_force())
    for value, item in connection.execute(kept(told, fields.c.item_id)):
        found.of["identifier"].setdefault(folded(value), item)
    return found


def _chosen(connection: Connection, collection: str) -> Select[Any]:
    number = connection.scalar(select(collections.c.id).where(collections.c.name == collection))
    if number is None:
        raise NotFound(f"This library has no collection {collection}.", "`pinakes status` lists them.")
    return select(items.c.id).where(items.c.collection_id == number)


def between(here: Marks, there: Marks) -> list[Leak]:
    """What two sets share; two works that are the same in several ways are named by the first of these."""
    met: dict[tuple[int, int], Leak] = {}
    for kind in KINDS:
        for leak in _of(kind, here.of[kind], there.of[kind]):
            met.setdefault((leak.here, leak.there), leak)
    return sorted(met.values(), key=lambda leak: (list(KINDS).index(leak.kind), leak.here, leak.there))


def _of(kind: str, here: Mapping[str, int], there: Mapping[str, int]) -> Iterator[Leak]:
    for mark in here.keys() & there.keys():
        yield Leak(kind, here[mark], there[mark], mark)
