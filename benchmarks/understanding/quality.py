"""Precision and recall of what is understood, over the stated queries, in a library made for it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.understanding.queries import COLLECTION, COLUMNS, RECORDS, Stated
from pinakes.library import Library
from pinakes.search.understanding.atoms import key
from pinakes.search.understanding.finding import Finding
from pinakes.sources.sample.library import generate

WORKS = 400


def made(folder: Path) -> Library:
    """The sample library and the records beside it, in one collection."""
    if (folder / "library" / "catalogue.sqlite").exists():
        return Library.open(folder / "library")
    sample = generate(folder / "sample", 1, WORKS)
    table = folder / "records.csv"
    with table.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(COLUMNS)
        rows.writerows(RECORDS)
    library = Library.open(folder / "library", create=True)
    for path in (sample.collection, table):
        library.add(path, collection=COLLECTION)
    return library


def told(found: Finding) -> tuple[str, ...]:
    """A finding as the stated queries write it."""
    if found.kind == "request":
        return ()
    if found.kind == "without":
        return tuple(f"without:{term.text.lower()}" for term in found.terms)
    if not found.filters:
        return tuple(f"phrase:{key(term.text)}" for term in found.terms)
    return (_filters(found),)


def _filters(found: Finding) -> str:
    first = found.filters[0]
    if first.field == "date":
        if len(found.filters) == 1:
            return f"date:{first.operator}{first.values[0]}"
        since, until = (one.values[0] for one in found.filters)
        return f"date:{since}" if since == until else f"date:{since}..{until}"
    name = {"coverage": "place", "subjects": "subject"}.get(first.field, first.field)
    return f"{name}{'!' if first.operator == '!=' else ''}:{','.join(first.values)}"


def expected(wanted: Sequence[str]) -> set[str]:
    """What ought to be understood, phrases as names are compared."""
    return {f"phrase:{key(one[7:])}" if one.startswith("phrase:") else one for one in wanted}


@dataclass(frozen=True, slots=True)
class Score:
    """How many findings are right, of how many found and how many wanted; and queries in which all is right."""

    right: int
    found: int
    wanted: int
    whole: int
    queries: int

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.right / max(1, self.found)

    @property
    def recall(self) -> float:
        """The share of what ought to be found that was."""
        return self.right / max(1, self.wanted)


def scored(library: Library, stated: Sequence[Stated]) -> tuple[Score, list[tuple[str, set[str], set[str]]]]:
    """The score, and each query in which something is wrong, with what is too much and what is missing."""
    right = found = wanted = whole = 0
    wrong = []
    for words, ought in stated:
        got = {one for finding in library.understood(words).findings for one in told(finding)}
        want = expected(ought)
        right, found, wanted = right + len(got & want), found + len(got), wanted + len(want)
        whole += got == want
        if got != want:
            wrong.append((words, got - want, want - got))
    return Score(right, found, wanted, whole, len(stated)), wrong
