"""What is told of a work, by its sources and by people: what a person says of a field stands in place of the rest."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, or_, select

from pinakes.catalogue.checksums import sealed
from pinakes.catalogue.counters import next_generation
from pinakes.catalogue.inserting import insert_all
from pinakes.catalogue.items import no_item, refresh_titles, touch
from pinakes.catalogue.naming import storable
from pinakes.catalogue.schema import fields, items
from pinakes.errors import ChangedMeanwhile
from pinakes.types import Fields

# The number of a file in the rows of what a person says: of none. An empty value says that there is nothing to say.
PERSON = 0
_SAID = fields.alias("said")


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a work."""

    sources: Fields
    # Names without values are of fields that a person has emptied.
    people: Fields

    @property
    def fields(self) -> Fields:
        """What holds."""
        both = {**self.sources, **self.people}
        return {name: values for name, values in both.items() if values}


def in_force() -> ColumnElement[bool]:
    """Of the rows of fields those that hold: not what a source says where a person says something else."""
    overruled = exists().where(
        _SAID.c.item_id == fields.c.item_id, _SAID.c.file_id == PERSON, _SAID.c.name == fields.c.name
    )
    return and_(fields.c.value != "", or_(fields.c.file_id == PERSON, ~overruled))


def mark(values: Sequence[str]) -> str:
    """What the values of a field are, in a few letters: whoever changes them says by it what they were."""
    return hashlib.blake2b(json.dumps(list(values)).encode("utf-8", "replace"), digest_size=6).hexdigest()


def told_of(connection: Connection, item_id: int) -> Told:
    """What is told of an item, and by whom."""
    if connection.scalar(select(items.c.id).where(items.c.id == item_id)) is None:
        raise no_item(item_id)
    query = select(fields.c.file_id, fields.c.name, fields.c.value).where(fields.c.item_id == item_id)
    told = Told({}, {})
    for file_id, name, value in connection.execute(query.order_by(fields.c.file_id, fields.c.position)):
        by = told.people if file_id == PERSON else told.sources
        values = by.setdefault(name, ())
        if value and value not in values:
            by[name] = (*values, value)
    return told


def change(
    connection: Connection, item_id: int, wanted: Fields, marks: Mapping[str, str]
) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Let people say something of some fields; returns what has changed, from what to what.

    Where the values that a field had are told by their mark, they must not have changed meanwhile. Who says what the
    sources say, says nothing: the field is theirs again.
    """
    # First of all: what is read now stays so until this is committed, also while a run adds to the library.
    generation = next_generation(connection)
    told = told_of(connection, item_id)
    wanted = {name: tuple(map(storable, values)) for name, values in wanted.items()}
    now = told.fields
    changes = {name: (now.get(name, ()), values) for name, values in wanted.items() if values != now.get(name, ())}
    late = [name for name, (before, _) in changes.items() if marks.get(name, mark(before)) != mark(before)]
    if late:
        raise ChangedMeanwhile(f"Someone has changed item {item_id} meanwhile: {', '.join(late)}.", names=late)
    if changes:
        people = dict(told.people)
        for name, (_, values) in changes.items():
            people.pop(name, None)
            if values != told.sources.get(name, ()):
                people[name] = values
        _write(connection, item_id, people)
        touch(connection, item_id, generation, {"changed": time.time()})
        refresh_titles(connection, [item_id])
    return changes


def _write(connection: Connection, item_id: int, people: Fields) -> None:
    connection.execute(delete(fields).where(fields.c.item_id == item_id, fields.c.file_id == PERSON))
    said = [(name, value) for name, values in people.items() for value in values or ("",)]
    rows = [
        sealed(
            fields,
            {
                "item_id": item_id,
                "file_id": PERSON,
                "position": position,
                "name": name,
                "value": value,
                "origin": "person",
            },
        )
        for position, (name, value) in enumerate(said)
    ]
    insert_all(connection, fields, rows)
