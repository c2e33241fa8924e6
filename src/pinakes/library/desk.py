"""A judge's desk: pools of what a library's searches find, judgements of it, and the qrels that they make."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pinakes.catalogue.entries import item_entry
from pinakes.catalogue.judged import MAX_GRADE, Judgement, all_judgements, record, withdraw
from pinakes.errors import BadInput, NoContent, UsageError
from pinakes.evaluate.formats import write_qrels
from pinakes.evaluate.judged import Qrels
from pinakes.evaluate.pooling import agreed, agreement, pooled
from pinakes.library.asking import PathLike, item_number
from pinakes.library.wanted import checked
from pinakes.search.fuse import FUSIONS
from pinakes.search.request import MODES

if TYPE_CHECKING:
    from pinakes.library.facade import Library

# What is pooled where nothing else is named: each fusion in each mode.
_WAYS: tuple[dict[str, Any], ...] = tuple(
    {"mode": mode, "fusion": fusion} for mode in MODES for fusion in FUSIONS.names()
)
_DEPTH = 10


@checked
class Desk:
    """The desk of one library."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def pool(
        self, query: str, ways: Sequence[dict[str, Any]] = _WAYS, *, depth: int = _DEPTH, seed: int = 1
    ) -> tuple[int, ...]:
        """The items that some ways of searching find first, in an order that does not tell which found what.

        A way is what `Library.search` takes beside the query.
        """
        most = self._library.settings.limits.max_results
        if not ways or not 1 <= depth <= most:
            raise UsageError(f"A pool takes one way of searching or more, and 1 to {most:,} items of each.")
        answers = [
            [hit.item for hit in self._library.search(query, **{**way, "limit": depth, "facets": ()})] for way in ways
        ]
        return pooled(answers, query, seed)

    def judge(self, judge: str, query: str, item: int, grade: int) -> None:
        """Keep a judge's grade of an item for a query: 0 not relevant, 1 to 3 relevant."""
        judge, query = judge.strip(), query.strip()
        if not judge or not query:
            raise BadInput("A judgement needs the name of a judge and a query.")
        if isinstance(grade, bool) or not isinstance(grade, int) or not 0 <= grade <= MAX_GRADE:
            raise BadInput(f"A grade is a whole number from 0 to {MAX_GRADE}, not {grade!r}.")
        # One short transaction, which need not wait for whoever adds to the library meanwhile.
        with self._library._catalogue.writing() as connection:
            item_entry(connection, item_number(item))
            record(connection, Judgement(judge, query, item, grade))

    def withdraw(self, judge: str, query: str, item: int) -> bool:
        """Take a judgement back; says whether there was one."""
        with self._library._catalogue.writing() as connection:
            return withdraw(connection, judge.strip(), query.strip(), item)

    def judgements(self) -> list[Judgement]:
        """All judgements, by query and item."""
        with self._library._catalogue.reading() as connection:
            return list(all_judgements(connection))

    def agreement(self) -> dict[tuple[str, str], tuple[float, int]]:
        """Cohen's kappa of each two judges, and how many items both judged."""
        return agreement(self.judgements())

    def qrels(self) -> tuple[dict[str, str], Qrels]:
        """The queries by their names, and the median grade of each judged item, named by its number."""
        grades = agreed(self.judgements())
        if not grades:
            raise NoContent("Nothing has been judged in this library.", "Judge with Library.desk.judge.")
        names = {query: f"q{number:03}" for number, query in enumerate(sorted(grades), 1)}
        told = {names[query]: {str(item): float(g) for item, g in found.items()} for query, found in grades.items()}
        return {name: query for query, name in names.items()}, Qrels(told, "desk")

    def export(self, folder: PathLike) -> None:
        """Write `queries.jsonl` and `qrels.tsv`, as TREC has it, for `pinakes evaluate --queries FOLDER`."""
        queries, qrels = self.qrels()
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps({"id": name, "text": text}, ensure_ascii=False) for name, text in queries.items()]
        (place / "queries.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        write_qrels(qrels, place / "qrels.tsv")
