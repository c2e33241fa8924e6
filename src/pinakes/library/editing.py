"""Saying by hand what a work is: what is said is checked, and is found as soon as it can be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from pinakes.catalogue.told import Told, told_of
from pinakes.errors import BadInput, TooLarge
from pinakes.limits import Limits
from pinakes.media.metadata.dates import first_date
from pinakes.media.metadata.vocabulary import canonical, clean_fields
from pinakes.types import Fields

if TYPE_CHECKING:
    from pinakes.library.facade import Library

# Fields of which a work has one value at most; of the title others would never be shown.
SINGLE = ("title", "date", "language")
# What filters and facets tell of the library itself.
_OURS = ("collection", "state")
_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")


def told(library: Library, number: int) -> Told:
    """What is told of an item, and by whom."""
    with library.catalogue.reading() as connection:
        return told_of(connection, number)


def checked(said: Mapping[str, Sequence[str]], limits: Limits) -> Fields:
    """Fields under their own names with values as they are stored; what would be lost on the way is refused."""
    wanted: Fields = {}
    for given, values in said.items():
        name = canonical(given)
        if name == "unnamed" or name in _OURS:
            raise BadInput(f"A field can not be named {given[:40]!r}.", "Use letters and digits, such as shelf mark.")
        if name in wanted:
            raise BadInput(f"The field {name} is told twice.", "Write all its values in one place.")
        for value in values:
            if len(value) > limits.max_field_chars:
                raise TooLarge(
                    f"{name} has a value of {len(value):,} characters; the limit is {limits.max_field_chars:,}.",
                    "Write less, or raise max_field_chars.",
                )
        wanted[name] = _checked(name, values, limits)
    total = sum(map(len, wanted.values()))
    if total > limits.max_fields:
        raise TooLarge(f"There are {total:,} values; the limit is {limits.max_fields:,}.", "Write fewer.")
    return wanted


def _checked(name: str, said: Sequence[str], limits: Limits) -> tuple[str, ...]:
    for value in said:
        # As it was written: what can not be is left out where a camera says it, and refused where a person does.
        if name == "date" and value.strip() and not _is_date(value):
            raise BadInput(f"{value[:40]} is no date.", "Write a year, a month or a day: 1921, about 1921, 1921-05-07.")
    values = clean_fields({name: list(said)}, limits, by_lines=True).get(name, ())
    if name in SINGLE and len(values) > 1:
        raise BadInput(f"A work has one {name}, not {len(values)}.", "Write one value.")
    for value in values:
        if name == "language" and not _TAG.fullmatch(value):
            raise BadInput(f"{value[:40]} is no language.", "Write a short tag, such as en, zh or pt-br.")
    return values


def _is_date(value: str) -> bool:
    """Whether there is a year in it, and a month and a day that exist where these are told."""
    found = first_date(value)
    if not found:
        return False
    try:
        date.fromisoformat((found + "-01-01")[:10])
    except ValueError:
        return False
    return True


def is_found(library: Library) -> bool:
    """Whether all that the catalogue holds can be found now; while a run adds, it is when that publishes next."""
    return library._index.snapshot().generation >= library.catalogue.generation()
