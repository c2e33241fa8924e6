"""Searching words in all segments: BM25 or TF-IDF cosine, counted over the whole library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.index.best import best
from pinakes.index.snapshot import Deadline, Selection, Snapshot
from pinakes.index.words import Clause, Found, bm25, idf
from pinakes.types import Floats

Ranking: TypeAlias = Literal["bm25", "tfidf"]

# More clauses than bits of a word are looked up, but only so many are told apart in a hit.
_TOLD_APART = 63


@dataclass(frozen=True, slots=True)
class WordHits:
    """Rows (k,) with their scores, and which clauses stand in each, as bits; clause idfs and frequencies beside."""

    rows: NDArray[np.int64]
    scores: Floats
    matched: NDArray[np.uint64]
    clauses: tuple[Clause, ...]
    idfs: tuple[float, ...]
    having: tuple[int, ...]


def find(
    snapshot: Snapshot,
    clauses: Sequence[Clause],
    count: int,
    selection: Selection,
    deadline: Deadline,
    ranking: Ranking = "bm25",
) -> WordHits:
    """The rows in which the clauses weigh most; a clause without a match costs nothing."""
    total, mean_length = _worded(snapshot)
    found = [_found(snapshot, clause, deadline) for clause in clauses]
    having = tuple(sum(len(there.rows) for there in by_segment.values()) for by_segment in found)
    idfs = tuple(idf(total, number) for number in having)
    norms = _norms(snapshot) if ranking == "tfidf" else {}
    all_rows, all_scores = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
    for number, segment in enumerate(snapshot.segments):
        scores = np.zeros(segment.rows, np.float32)
        for clause, by_segment, weight in zip(clauses, found, idfs, strict=True):
            there = by_segment.get(number)
            if there is None or not len(there.rows):
                continue
            if ranking == "bm25":
                weights = bm25(there.counts, segment.words().lengths[there.rows], mean_length)
            else:
                weights = _tfidf(there, weight, norms[number])
            scores[there.rows] += weights * np.float32(weight * clause.weight)
        mask = selection.masks[number]
        if mask is not None:
            scores *= mask
        found_here = np.flatnonzero(scores)
        rows = found_here + snapshot.bases[number]
        left = selection.left_of(rows)
        all_rows.append(rows[left])
        all_scores.append(scores[found_here[left]])
    rows, scores = best(np.concatenate(all_rows), np.concatenate(all_scores), count)
    return WordHits(rows, scores, _matched(snapshot, rows, found), tuple(clauses), idfs, having)


def _matched(snapshot: Snapshot, rows: NDArray[np.int64], found: Sequence[dict[int, Found]]) -> NDArray[np.uint64]:
    """For each row a bit for each clause that stands in it."""
    matched = np.zeros(len(rows), np.uint64)
    for number, places, local in snapshot.by_segment(rows):
        for bit, by_segment in enumerate(found):
            there = by_segment.get(number)
            if there is not None and len(there.rows):
                at = np.minimum(np.searchsorted(there.rows, local), len(there.rows) - 1)
                matched[places[there.rows[at] == local]] |= np.uint64(1 << min(bit, _TOLD_APART))
    return matched


def _worded(snapshot: Snapshot) -> tuple[int, float]:
    """How many rows have words, and how many words they have on average; counted once for a snapshot."""
    if snapshot.worded is None:
        rows = total = 0
        for number, lengths in snapshot.each(lambda segment: segment.words().lengths):
            alive = snapshot.segments[number].alive_rows
            having = lengths if alive is None else lengths[alive]
            rows += int(np.count_nonzero(having))
            total += int(having.sum(dtype=np.int64))
        snapshot.worded = (rows, total / rows if rows else 1.0)
    return snapshot.worded


def _found(snapshot: Snapshot, clause: Clause, deadline: Deadline) -> dict[int, Found]:
    """Where a clause stands in each segment, without what is gone."""
    result = {}
    for number, found in snapshot.each(lambda segment: segment.words().find(clause)):
        deadline.check()
        alive = snapshot.segments[number].alive_rows
        if alive is not None and len(found.rows):
            left = alive[found.rows]
            found = Found(found.rows[left], found.counts[left])
        result[number] = found
    return result


def _tfidf(found: Found, idf: float, norms: NDArray[np.float64]) -> Floats:
    weights: Floats = ((1 + np.log(found.counts)) * idf / norms[found.rows]).astype(np.float32)
    return weights


def _norms(snapshot: Snapshot) -> dict[int, NDArray[np.float64]]:
    """The length of every row's TF-IDF vector; worked out once for a snapshot."""
    if snapshot.norms:
        return snapshot.norms
    total, _ = _worded(snapshot)
    vocabularies = dict(snapshot.each(lambda segment: segment.words().vocabulary()))
    totals: dict[bytes, int] = {}
    for keys, counts in vocabularies.values():
        for key, count in zip(keys, counts.tolist(), strict=True):
            totals[key] = totals.get(key, 0) + count
    for number, (keys, _) in vocabularies.items():
        idfs = np.array([idf(total, totals[key]) for key in keys], np.float32)
        squares = snapshot.segments[number].words().squares(idfs)
        snapshot.norms[number] = np.sqrt(np.maximum(squares, 1e-12))
    return snapshot.norms
