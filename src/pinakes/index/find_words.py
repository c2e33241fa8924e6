"""Searching words in all segments: BM25 or TF-IDF cosine, counted over the whole library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import Damaged
from pinakes.index.best import best
from pinakes.index.snapshot import Deadline, Selection, Snapshot
from pinakes.index.words import Clause, Found, Words, bm25, idf
from pinakes.index.words_build import IN_PATHS
from pinakes.types import Floats

_IN_PATHS = IN_PATHS.encode()
# What it counts that the name of a file or folder says a word which its work does not, where others do.
_NAMED = 0.5

Ranking: TypeAlias = Literal["bm25", "tfidf"]
# Which of some ascending rows of a segment its words tell something of.
_Look: TypeAlias = Callable[[Words, NDArray[np.int64]], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class WordHits:
    """Rows (k,) and their scores, the best first; `having` counts for each clause the rows in which it stands.

    `covered` is the share of the query that stands in each row, by what its clauses tell but for mere little words, and
    `whole` says where all of these clauses do, those of one term near each other; `titled` where the title says all of
    them and nothing else. `beyond` are the rows after the best, and `beyond_covered` their shares.
    """

    rows: NDArray[np.int64]
    scores: Floats
    covered: Floats
    whole: NDArray[np.bool_]
    titled: NDArray[np.bool_]
    clauses: tuple[Clause, ...]
    having: tuple[int, ...]
    beyond: NDArray[np.int64]
    beyond_covered: Floats


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
    in_texts = [sum(int(np.count_nonzero(~there.in_paths)) for there in by_segment.values()) for by_segment in found]
    # What paths say makes no word of texts less telling.
    idfs = tuple(idf(total, number or everywhere) for number, everywhere in zip(in_texts, having, strict=True))
    named = tuple(_NAMED if number else 1.0 for number in in_texts)
    norms = _norms(snapshot) if ranking == "tfidf" else {}
    all_rows, all_scores = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
    for number, segment in enumerate(snapshot.segments):
        scores = np.zeros(segment.rows, np.float32)
        for clause, by_segment, weight, lesser in zip(clauses, found, idfs, named, strict=True):
            there = by_segment.get(number)
            if there is None or not len(there.rows):
                continue
            if ranking == "bm25":
                weights = bm25(there.counts, segment.words().lengths[there.rows], mean_length)
            else:
                weights = _tfidf(there, weight, norms[number])
            scores[there.rows] += weights * there.times(lesser) * np.float32(weight * clause.weight)
        mask = selection.masks[number]
        if mask is not None:
            scores *= mask
        found_here = np.flatnonzero(scores)
        rows = found_here + snapshot.bases[number]
        left = selection.left_of(rows)
        all_rows.append(rows[left])
        all_scores.append(scores[found_here[left]])
    every = np.concatenate(all_rows)
    rows, scores = best(every, np.concatenate(all_scores), count)
    beyond = np.setdiff1d(every, rows, assume_unique=True) if len(every) > count else rows[:0]
    spoken = snapshot.spoken(" ".join(clause.text for clause in clauses))
    meant = np.array([not clause.is_little(spoken) for clause in clauses])
    meant = meant if meant.any() else ~meant
    telling = np.array([weight * clause.weight for weight, clause in zip(idfs, clauses, strict=True)]) * meant
    covered, whole = _covered(snapshot, rows, found, telling, meant, named)
    asked = [clause for clause, one in zip(clauses, meant, strict=True) if one]
    whole &= _together(snapshot, rows, whole, asked, deadline)
    titled = _titled(snapshot, rows, whole, clauses, asked, deadline)
    beyond_covered, _ = _covered(snapshot, beyond, found, telling, meant, named)
    return WordHits(rows, scores, covered, whole, titled, tuple(clauses), having, beyond, beyond_covered)


def _covered(
    snapshot: Snapshot,
    rows: NDArray[np.int64],
    found: Sequence[dict[int, Found]],
    telling: NDArray[np.float64],
    meant: NDArray[np.bool_],
    named: Sequence[float],
) -> tuple[Floats, NDArray[np.bool_]]:
    """The share of the query that stands in each row, and whether all clauses do that are meant."""
    covered = np.zeros(len(rows), np.float32)
    whole = np.zeros(len(rows), np.bool_)
    shares = telling / max(float(telling.sum()), 1e-9)
    for number, places, local in snapshot.by_segment(rows):
        share = np.zeros(snapshot.segments[number].rows, np.float32)
        count = np.zeros(snapshot.segments[number].rows, np.int16)
        for by_segment, part, counts, lesser in zip(found, shares, meant, named, strict=True):
            if number in by_segment:
                there = by_segment[number]
                times = there.times(lesser)
                share[there.rows] += np.float32(part) * times
                count[there.rows] += counts * (times == 1)
        covered[places] = share[local]
        whole[places] = count[local] == np.count_nonzero(meant)
    return covered, whole


def _together(
    snapshot: Snapshot,
    rows: NDArray[np.int64],
    whole: NDArray[np.bool_],
    clauses: Sequence[Clause],
    deadline: Deadline,
) -> NDArray[np.bool_]:
    """Of the rows in which all clauses stand, those where the words of each term of the query are near each other."""
    # A word that is written twice need not stand twice.
    different = {(clause.words, clause.field, clause.term): clause for clause in clauses}.values()
    terms = [[clause for clause in different if clause.term == term] for term in {one.term for one in different}]
    together = whole.copy()
    for term in terms:
        if term[0].term < 0 or len(term) < 2 or not together.any():
            continue
        _look_at(snapshot, rows, together, partial(_near, term, deadline), together)
    return together


def _near(term: Sequence[Clause], deadline: Deadline, words: Words, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    return words.near(term, rows, deadline.check)


def _titled(
    snapshot: Snapshot,
    rows: NDArray[np.int64],
    whole: NDArray[np.bool_],
    clauses: Sequence[Clause],
    asked: Sequence[Clause],
    deadline: Deadline,
) -> NDArray[np.bool_]:
    """Of the rows in which all that is asked for stands together, those whose title says it and nothing else."""
    titled = np.zeros(len(rows), np.bool_)
    # No title is made of what an example says, or of pairs of words.
    if all(clause.term >= 0 for clause in clauses):
        _look_at(
            snapshot, rows, whole, lambda words, local: words.titled(clauses, asked, local, deadline.check), titled
        )
    return titled


def _look_at(
    snapshot: Snapshot, rows: NDArray[np.int64], among: NDArray[np.bool_], look: _Look, told: NDArray[np.bool_]
) -> None:
    """Put down for some of the rows what the words of their segments tell; where these are damaged, nothing."""
    places = np.flatnonzero(among)
    places = places[np.argsort(rows[places])]
    for number, at, local in snapshot.by_segment(rows[places]):
        segment = snapshot.segments[number]
        try:
            told[places[at]] = look(segment.words(), local)
        except Damaged as error:
            snapshot.damage[segment.name] = error


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
    for number, found in snapshot.each(lambda segment: segment.words().find(clause, deadline.check)):
        deadline.check()
        alive = snapshot.segments[number].alive_rows
        if alive is not None and len(found.rows):
            found = found.some(alive[found.rows])
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
        # What stands in paths alone makes no text longer.
        idfs = np.array([0 if key.startswith(_IN_PATHS) else idf(total, totals[key]) for key in keys], np.float32)
        squares = snapshot.segments[number].words().squares(idfs)
        snapshot.norms[number] = np.sqrt(np.maximum(squares, 1e-12))
    return snapshot.norms
