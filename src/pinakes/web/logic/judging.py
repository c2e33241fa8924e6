"""The judge's desk: what several ways of searching found for a question, and how good each is said to be."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pinakes.accounts.who import Who
from pinakes.catalogue.entries import parts_of
from pinakes.catalogue.judged import MAX_GRADE, Judgement
from pinakes.catalogue.records import ItemEntry, PartEntry
from pinakes.errors import NotFound
from pinakes.library import Library
from pinakes.library.lately import Lately
from pinakes.library.reading import items
from pinakes.web.logic.showing import medium_of

GRADES = tuple(range(MAX_GRADE + 1))
_BEGINNING = 280
# What the one person at this machine is called as a judge.
_LOCAL = "local"
# Pools that were made lately: after each grade the page is shown again, and nothing in the library has changed.
_POOLS: Lately[tuple[int, ...]] = Lately(10_000, lambda pool: len(pool) + 1)


@dataclass(frozen=True, slots=True)
class Pooled:
    """A work that was found, as a judge sees it: nothing says by which way."""

    item: int
    part: int
    title: str
    kind: str
    by: str
    beginning: str
    pictured: bool
    # What this judge has said of it; None: nothing yet.
    grade: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that something was judged for: how much of it, and by whom."""

    query: str
    judged: int
    judges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two judges agree beyond chance, and on how many works that is seen; None where chance says it all."""

    first: str
    second: str
    kappa: float | None
    common: int


def judge_of(who: Who) -> str:
    """The name under which someone judges."""
    return who.name or _LOCAL


def pool(library: Library, judge: str, query: str) -> list[Pooled]:
    """The works of a question's pool, with what the judge has said of them."""
    key = (library.folder, query, library.catalogue.generation())
    numbers = _POOLS.get(key, lambda: library.desk.pool(query))
    said = {one.item: one.grade for one in library.desk.judgements() if (one.judge, one.query) == (judge, query)}
    entries = items(library, numbers)
    parts: dict[int, list[PartEntry]] = defaultdict(list)
    with library.catalogue.reading() as connection:
        for part in parts_of(connection, list(entries)):
            parts[part.item_id].append(part)
    return [_pooled(library, entries[one], parts[one], said.get(one)) for one in numbers if one in entries]


def _pooled(library: Library, item: ItemEntry, parts: Sequence[PartEntry], grade: int | None) -> Pooled:
    first = next((part for part in parts if part.modality != "text"), parts[0] if parts else None)
    if first is None:
        return Pooled(item.id, 0, item.title or f"{item.id}", medium_of(item), "", "", False, grade)
    text = next((part.text for part in parts if part.text), "")
    return Pooled(
        item.id,
        first.id,
        item.title or f"{item.id}",
        medium_of(item) or first.modality,
        ", ".join(item.fields.get("creator", ())[:2]),
        text[:_BEGINNING],
        first.modality != "text" and library.preview(first.id) is not None,
        grade,
    )


def judge(library: Library, name: str, query: str, item: int, grade: int) -> None:
    """Keep a grade."""
    if not query.strip():
        raise NotFound("There is no question to judge an answer to.", "Write one on the judge's desk.")
    library.desk.judge(name, query, item, grade)


def asked(library: Library) -> list[Asked]:
    """All questions that something was judged for."""
    by_query: dict[str, list[Judgement]] = defaultdict(list)
    for one in library.desk.judgements():
        by_query[one.query].append(one)
    return [
        Asked(query, len({one.item for one in given}), tuple(sorted({one.judge for one in given})))
        for query, given in sorted(by_query.items())
    ]


def agreement(library: Library) -> list[Agreement]:
    """Each two judges who judged something in common."""
    return [
        Agreement(first, second, None if math.isnan(kappa) else round(kappa, 3), common)
        for (first, second), (kappa, common) in library.desk.agreement().items()
    ]
