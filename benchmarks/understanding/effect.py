"""What understanding does to the answers: the judged queries of the sample library, as they are and understood."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pinakes.library import Library

DEPTH = 10


@dataclass(frozen=True, slots=True)
class Effect:
    """Of a group of queries how many were understood as anything, and nDCG@10 as they are and understood (n,)."""

    understood: int
    as_written: tuple[float, ...]
    as_meant: tuple[float, ...]


def effects(library: Library, folder: Path) -> dict[str, Effect]:
    """For each kind of judged query of words, and for all."""
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for line in (folder / "judgements" / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        query, _, path, grade = line.split("\t")
        grades[query][path] = int(grade)
    found: dict[str, list[tuple[bool, float, float]]] = defaultdict(list)
    collection = folder / "collection"
    for line in (folder / "judgements" / "queries.jsonl").read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        if told["kind"].startswith("picture"):
            continue
        meant = bool(library.understood(told["text"]).findings)
        scores = [_ndcg(library, told["text"], grades[told["id"]], collection, understand=way) for way in (False, True)]
        for kind in (told["kind"], "all"):
            found[kind].append((meant, *scores))
    return {kind: Effect(*_columns(rows)) for kind, rows in found.items()}


def _columns(rows: list[tuple[bool, float, float]]) -> tuple[int, tuple[float, ...], tuple[float, ...]]:
    return sum(row[0] for row in rows), tuple(row[1] for row in rows), tuple(row[2] for row in rows)


def _ndcg(library: Library, words: str, grades: dict[str, int], collection: Path, *, understand: bool) -> float:
    hits = library.search(words, limit=DEPTH, facets=(), understand=understand)
    gains = np.array([grades.get(_below(hit.path, collection), 0) for hit in hits], float)
    best = np.sort(np.array(list(grades.values()), float))[::-1][:DEPTH]
    return _discounted(gains) / _discounted(best)


def _below(path: str, collection: Path) -> str:
    return Path(path).relative_to(collection).as_posix() if Path(path).is_relative_to(collection) else ""


def _discounted(gains: np.ndarray) -> float:
    return float(((2**gains - 1) / np.log2(np.arange(2, len(gains) + 2))).sum())
