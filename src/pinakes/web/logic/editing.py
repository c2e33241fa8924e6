"""A work's description as it is edited: what stands in the form, what was changed in it, and what comes of that."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pinakes.accounts import editing
from pinakes.accounts.who import Who
from pinakes.catalogue.told import Told, mark
from pinakes.library import Library
from pinakes.library.editing import SINGLE, checked, is_found
from pinakes.media.metadata.vocabulary import FIELDS

# A line, values line by line, or values of several lines each in a box of its own.
Shape: TypeAlias = Literal["line", "lines", "long"]
# Those that a form shows at once; the others come after.
USUAL = FIELDS[:10]
# Fields of other names that can be added at a time.
ADDED = 2
_WAS = re.compile(r"was\.([a-z0-9_]{1,64})")


@dataclass(frozen=True, slots=True)
class Box:
    """One field of the form."""

    name: str
    shape: Shape
    values: tuple[str, ...]
    # What it was when the form was made, in a few letters.
    mark: str
    # Whether a person has said it, and what the sources say instead.
    person: bool
    sources: tuple[str, ...]
    # What it is now, where someone else has changed it meanwhile.
    now: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """What was changed in a form: the new values by names as they were written, and what the fields were."""

    wanted: dict[str, tuple[str, ...]]
    marks: dict[str, str]


def boxes(told: Told, posted: Posted | None = None, late: Collection[str] = ()) -> list[Box]:
    """The fields of the form: as they are, or as they were filled in where something was wrong with that."""
    fields = told.fields
    names = dict.fromkeys([*FIELDS, *fields, *told.people, *told.sources])
    return [_box(name, told, fields.get(name, ()), posted, late) for name in names]


def _box(name: str, told: Told, now: tuple[str, ...], posted: Posted | None, late: Collection[str]) -> Box:
    values, was = now, mark(now)
    if posted and name in posted.wanted:
        values = posted.wanted[name]
        # Whoever has seen what it is now may replace it.
        was = was if name in late else posted.marks.get(name, was)
    changed = now if name in late else None
    return Box(name, _shape(name, values, now), values, was, name in told.people, told.sources.get(name, ()), changed)


def _shape(name: str, *shown: Sequence[str]) -> Shape:
    if name == "description" or any("\n" in value for values in shown for value in values):
        return "long"
    # Several files of a work may each have told one.
    return "line" if name in SINGLE and all(len(values) < 2 for values in shown) else "lines"


def posted(fields: Mapping[str, str], told: Told) -> Posted:
    """What a form says that it did not say when it was made."""
    found = Posted({}, {})
    for field, was in fields.items():
        named = _WAS.fullmatch(field)
        if named:
            name = named[1]
            values = told.sources.get(name, ()) if f"back.{name}" in fields else _values(fields, name)
            if mark(values) != was:
                found.wanted[name], found.marks[name] = values, was
    for number in range(ADDED):
        name, said = fields.get(f"new.{number}.name", "").strip(), fields.get(f"new.{number}.values", "")
        if name or said.strip():
            found.wanted[name] = (*found.wanted.get(name, ()), *_lines(said))
    return found


def _values(fields: Mapping[str, str], name: str) -> tuple[str, ...]:
    if f"is.{name}" in fields:
        return _lines(fields[f"is.{name}"])
    beginning = f"is.{name}."
    long = [(int(field[len(beginning) :]), said) for field, said in fields.items() if _numbered(field, beginning)]
    values = (said.replace("\r\n", "\n").strip() for _, said in sorted(long))
    return tuple(value for value in values if value)


def _numbered(field: str, beginning: str) -> bool:
    rest = field.removeprefix(beginning)
    return rest != field and rest.isascii() and rest.isdigit() and len(rest) < 5


def _lines(said: str) -> tuple[str, ...]:
    lines = (line.strip() for line in said.replace("\r\n", "\n").split("\n"))
    return tuple(line for line in lines if line)


def edit(
    library: Library, who: Who, item: int, said: Mapping[str, Sequence[str]], marks: Mapping[str, str]
) -> tuple[tuple[str, ...], bool]:
    """Change what is told of an item; returns the names of what changed, and whether a search finds it at once."""
    wanted = checked(said, library.settings.limits)
    changed = editing.edit(library.catalogue, who.number, item, wanted, marks)
    return changed, is_found(library)
