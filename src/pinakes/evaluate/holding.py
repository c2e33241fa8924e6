"""What a library knows of its works that queries and judgements can be made of: labels, modalities, captions, files."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

import numpy as np
from sqlalchemy import Connection, select

from pinakes.catalogue.pieces import pieces
from pinakes.catalogue.schema import fields, files, items, parts
from pinakes.catalogue.told import in_force
from pinakes.evaluate.cases import Items
from pinakes.index.columns import folded

CAPTION = "description"
# A long work is asked for by its first texts.
_TEXTS = 8


def by_modality(connection: Connection) -> dict[str, Items]:
    """The items that have parts of each modality, sorted."""
    found: dict[str, list[int]] = defaultdict(list)
    for item, modality in connection.execute(select(parts.c.item_id, parts.c.modality).distinct()):
        found[modality].append(item)
    return {modality: np.unique(np.array(numbers, np.int64)) for modality, numbers in found.items()}


def modalities(connection: Connection) -> dict[int, tuple[str, ...]]:
    """The modalities of the parts of each item."""
    found: dict[int, tuple[str, ...]] = {}
    for modality, numbers in sorted(by_modality(connection).items()):
        for item in numbers.tolist():
            found[item] = (*found.get(item, ()), modality)
    return found


def all_items(connection: Connection) -> Items:
    """All items, sorted."""
    return np.array(connection.scalars(select(items.c.id).order_by(items.c.id)).all(), np.int64)


def values_of(connection: Connection, name: str) -> dict[int, tuple[str, ...]]:
    """The values of a field for the items that have any; values that differ in case alone are one."""
    found: dict[int, dict[str, None]] = defaultdict(dict)
    asked = select(fields.c.item_id, fields.c.value).where(fields.c.name == name, in_force())
    for item, value in connection.execute(asked.order_by(fields.c.file_id, fields.c.position)):
        if folded(value):
            found[item][folded(value)] = None
    return {item: tuple(values) for item, values in found.items()}


def captions(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The texts that belong to items: those of their parts, or what describes them where they have none."""
    found: dict[int, list[str]] = defaultdict(list)
    for piece in pieces(list(numbers)):
        texts = (
            select(parts.c.item_id, parts.c.text)
            .where(parts.c.item_id.in_(piece), parts.c.modality == "text", parts.c.text != "")
            .order_by(parts.c.item_id, parts.c.file_id, parts.c.position)
        )
        for item, text in connection.execute(texts):
            if len(found[item]) < _TEXTS:
                found[item].append(text)
        bare = [number for number in piece if not found[number]]
        described = select(fields.c.item_id, fields.c.value).where(
            fields.c.item_id.in_(bare), fields.c.name == CAPTION, in_force()
        )
        for item, text in connection.execute(described):
            found[item].append(text)
    return {item: tuple(dict.fromkeys(texts)) for item, texts in found.items() if texts}


def same_bytes(connection: Connection) -> dict[int, tuple[int, ...]]:
    """For each item of which a file is, byte for byte, also a file of other items: those others."""
    held: dict[str, set[int]] = defaultdict(set)
    for item, digest in connection.execute(select(files.c.item_id, files.c.sha256).where(files.c.sha256 != "")):
        held[digest].add(item)
    found: dict[int, set[int]] = defaultdict(set)
    for together in held.values():
        if len(together) > 1:
            for item in together:
                found[item] |= together - {item}
    return {item: tuple(sorted(others)) for item, others in found.items()}


class Documents:
    """Finds the items that judgements speak of: by the path of a file or its end, by a field, or by their numbers."""

    def __init__(self, connection: Connection, field: str = "") -> None:
        self._ends: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for path, item in connection.execute(select(files.c.path, files.c.item_id)):
            told = os.fsdecode(path).replace(os.sep, "/")
            self._ends[PurePath(told).name].append((told, item))
        self._values: dict[str, int] = {}
        for item, values in values_of(connection, field or "identifier").items():
            self._values.update(dict.fromkeys(values, item))
        self._numbers = frozenset(all_items(connection).tolist())
        self._field = field

    def by_path(self, name: str) -> int | None:
        """The item of the only file whose path is this or ends with it."""
        clean = name.replace(os.sep, "/").removeprefix("./")
        ends = self._ends.get(PurePath(clean).name, ()) if clean else ()
        matching = {item for path, item in ends if path == clean or path.endswith("/" + clean)}
        return matching.pop() if len(matching) == 1 else None

    def by_field(self, name: str) -> int | None:
        """The item of which a field has this value."""
        return self._values.get(folded(name))

    def by_number(self, name: str) -> int | None:
        """The item of this number."""
        digits = name.removeprefix("item:")
        return int(digits) if digits.isdecimal() and int(digits[:18]) in self._numbers else None

    def found(self, names: Sequence[str]) -> tuple[str, Mapping[str, int]]:
        """How the documents are named, and the item of each: in the way by which most of them are found."""
        ways = {"field": self.by_field} if self._field else {}
        ways |= {} if self._field else {"path": self.by_path, "identifier": self.by_field, "number": self.by_number}
        each = {way: dict(self._known(find, names)) for way, find in ways.items()}
        best = max(each, key=lambda way: len(each[way]))
        return (self._field or best), each[best]

    @staticmethod
    def _known(find: object, names: Sequence[str]) -> Iterator[tuple[str, int]]:
        for name in names:
            item = find(name)  # type: ignore[operator]
            if item is not None:
                yield name, item
