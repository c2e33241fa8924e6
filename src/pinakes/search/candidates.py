"""Candidates: what each space finds, laid over one common list of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pinakes.index import find_vectors, find_words
from pinakes.index.best import distinct
from pinakes.index.calibrate import told_kinds
from pinakes.index.filters import Filter
from pinakes.index.find_words import WordHits
from pinakes.index.segment import Segment
from pinakes.index.snapshot import Deadline, Selection, Snapshot
from pinakes.index.words import TEXT, TOLD, Clause
from pinakes.search.encode import Asked, Encoded
from pinakes.search.fuse import NEEDS_ALL_SCORES, Ranked
from pinakes.search.near import likelihood, nearest, promises, usual_weights
from pinakes.search.request import PHRASES, WORDS, Options
from pinakes.types import MODALITIES, Floats

# Words side by side say half as much again as the words themselves.
_PHRASES_WEIGHT = 0.5
# Fusions of scores look up what every space says of so many of the best rows by words.
_SCORED = 1_000
# So few rows are sooner left out of what a scan finds than kept from the scan.
_FEW = 1_000


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows (n,) found by any space, what each space says of them, and in which all words of the query stand together.

    `titled` are those of them whose title says these words and nothing else. `beyond` are further hits, which lie
    deeper than one can page: they are counted. `by_example` says whether a picture, a sound or an item asks, and not
    words alone.
    """

    rows: NDArray[np.int64]
    lists: tuple[Ranked, ...]
    exact: NDArray[np.bool_]
    titled: NDArray[np.bool_]
    beyond: NDArray[np.int64]
    clauses: tuple[Clause, ...]
    unknown: tuple[str, ...]
    by_example: bool = False


def candidates(
    snapshot: Snapshot, encoded: Encoded, conditions: Sequence[Filter], options: Options, depth: int, deadline: Deadline
) -> Candidates:
    """What every space finds among the rows that the filters leave."""
    selection = _selection(snapshot, encoded, conditions, deadline)
    if not encoded.wanted:
        return _browse(snapshot, selection, depth)
    hits = _words(snapshot, encoded.clauses, options, depth, selection, deadline)
    phrases = _words(snapshot, encoded.pairs, options, depth, selection, deadline)
    weighed = _weighed(snapshot, encoded.near, options)
    near = [
        (asked, nearest(snapshot, asked, selection, deadline, precise=options.mode == "precise"))
        for asked, _ in weighed
    ]
    found = [one.rows for one in (hits, phrases) if one]
    rows = distinct(np.concatenate([np.zeros(0, np.int64), *found, *(one.rows for _, one in near)]))
    scored = distinct(np.concatenate([*(one[:_SCORED] for one in found), *(one.rows for _, one in near), rows[:0]]))
    lists = [
        _vector_list(snapshot, asked, one, rows, scored, options, weight)
        for (asked, one), (_, weight) in zip(near, weighed, strict=True)
    ]
    exact, titled = np.zeros(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
    if phrases and len(phrases.rows):
        weight = options.weights.get(PHRASES, _PHRASES_WEIGHT)
        lists.insert(0, _word_list(PHRASES, phrases, rows, weight))
    if hits:
        places = np.searchsorted(rows, hits.rows)
        exact[places], titled[places] = hits.whole, hits.titled
        lists.insert(0, _word_list(WORDS, hits, rows, options.weights.get(WORDS, 1.0)))
    unknown = tuple(c.text for c, having in zip(hits.clauses, hits.having, strict=True) if not having) if hits else ()
    beyond = hits.beyond[hits.beyond_covered >= options.min_score] if hits else rows[:0]
    by_example = any(not asked.of_words for asked, _ in near)
    return Candidates(rows, tuple(lists), exact, titled, beyond, hits.clauses if hits else (), unknown, by_example)


def _selection(snapshot: Snapshot, encoded: Encoded, conditions: Sequence[Filter], deadline: Deadline) -> Selection:
    """The rows that meet the filters, without the examples themselves and what holds a word that must not be there."""
    selection = snapshot.select(conditions)
    rows = [snapshot.rows_of(item) for item in encoded.excluded]
    for group in encoded.without:
        deadline.check()
        for number, there in snapshot.each(lambda segment, group=group: _holding(segment, group)):  # type: ignore[misc]
            rows.append(there + snapshot.bases[number])
    return without_rows(snapshot, selection, distinct(np.concatenate(rows))) if rows else selection


def without_rows(snapshot: Snapshot, selection: Selection, without: NDArray[np.int64]) -> Selection:
    """What is left of a selection without some rows, in order."""
    if len(without) <= _FEW:
        return replace(selection, without=without)
    masks = []
    for number, segment in enumerate(snapshot.segments):
        mask = selection.masks[number]
        masks.append(np.ones(segment.rows, np.bool_) if mask is None else mask.copy())
    for number, _, local in snapshot.by_segment(without):
        masks[number][local] = False
    return Selection(tuple(masks))


def _holding(segment: Segment, group: Sequence[Clause]) -> NDArray[np.int64]:
    """The rows in which some words stand, and all rows of the items whose metadata says them."""
    there = segment.words().find_all(group)
    told = segment.words().find_all([replace(clause, field=clause.field or TOLD) for clause in group])
    if not len(told) or any(clause.field == TEXT for clause in group):
        return there
    items = np.zeros(len(segment.items), np.bool_)
    items[segment.item_of_row[told]] = True
    return np.union1d(there, np.flatnonzero(items[segment.item_of_row]))


def _words(
    snapshot: Snapshot,
    clauses: Sequence[Clause],
    options: Options,
    depth: int,
    selection: Selection,
    deadline: Deadline,
) -> WordHits | None:
    if not clauses or options.weights.get(WORDS, 1.0) <= 0:
        return None
    return find_words.find(snapshot, clauses, depth, selection, deadline, options.ranking)


def _vector_list(
    snapshot: Snapshot,
    asked: Asked,
    near: find_vectors.Near,
    rows: NDArray[np.int64],
    scored: NDArray[np.int64],
    options: Options,
    weight: float,
) -> Ranked:
    looked_up = options.fusion in NEEDS_ALL_SCORES
    every = find_vectors.rescore(snapshot, asked.space, asked.vector, scored, len(scored)) if looked_up else near
    promised = not looked_up and promises(asked.space, precise=options.mode == "precise")
    raw = _laid(every.rows, every.similarities, rows)
    return Ranked(
        space=asked.space.name,
        weight=weight,
        rank=_ranks(near.rows, rows),
        raw=raw,
        score=likelihood(snapshot, asked, rows, raw, promised=promised),
        vectors=True,
        cosines=asked.space.metric == "cosine",
        likely=_likely(snapshot, asked, rows),
    )


def _likely(snapshot: Snapshot, asked: Asked, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Of which rows the scores are likelihoods: of all where the space tells these, else of what has a background."""
    if told_kinds(snapshot, asked.space, asked.source):
        return np.ones(len(rows), np.bool_)
    having = [number for number, modality in enumerate(MODALITIES) if modality in asked.backgrounds]
    return np.isin(snapshot.modalities(rows), having)


def _word_list(name: str, hits: WordHits, rows: NDArray[np.int64], weight: float) -> Ranked:
    raw, covered = _laid(hits.rows, hits.scores, rows), _laid(hits.rows, hits.covered, rows)
    return Ranked(name, weight, _ranks(hits.rows, rows), raw, covered, vectors=False)


def _ranks(found: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rank of each row in a list, counted from 1; 0 where the list does not have it."""
    ranks = np.zeros(len(rows), np.int64)
    ranks[np.searchsorted(rows, found)] = np.arange(1, len(found) + 1)
    return ranks


def _laid(found: NDArray[np.int64], values: Floats, rows: NDArray[np.int64]) -> Floats:
    """The values of a list laid over all rows, NaN where it has none."""
    laid = np.full(len(rows), np.nan, np.float32)
    laid[np.searchsorted(rows, found)] = values
    return laid


def _browse(snapshot: Snapshot, selection: Selection, depth: int) -> Candidates:
    """Everything that the filters leave, the first part of each item, newest first, where nothing is searched for."""
    rows = []
    for number, segment in enumerate(snapshot.segments):
        mask = selection.masks[number]
        chosen = np.arange(segment.rows) if mask is None else np.flatnonzero(mask)
        chosen = chosen[selection.left_of(chosen + snapshot.bases[number])]
        items = segment.item_of_row[chosen]
        first = np.ones(len(chosen), np.bool_)
        first[1:] = items[1:] != items[:-1]
        rows.append(chosen[first] + snapshot.bases[number])
    every = np.concatenate([np.zeros(0, np.int64), *rows])
    newest = every[-depth:]
    nowhere = np.zeros(len(newest), np.bool_)
    return Candidates(newest, (), nowhere, nowhere, every[: len(every) - len(newest)], (), ())


def counting(asked: Sequence[Asked], options: Options) -> list[Asked]:
    """Those whose spaces are not left out by their weights."""
    return [one for one in asked if options.weights.get(one.space.name, 1.0) > 0]


def _weighed(snapshot: Snapshot, asked: Sequence[Asked], options: Options) -> list[tuple[Asked, float]]:
    """Those that count, and what their spaces weigh beside each other."""
    there = counting(asked, options)
    weights = {**usual_weights(snapshot, there), **options.weights}
    return [(one, weights[one.space.name]) for one in there]


def pushed_away(snapshot: Snapshot, found: Candidates, away: Sequence[Asked], options: Options) -> Floats:
    """A factor (n,) from 0 to 1 for rows that resemble what the query searches away from."""
    factor = np.ones(len(found.rows), np.float32)
    for asked, weight in _weighed(snapshot, away, options):
        near = find_vectors.rescore(snapshot, asked.space, asked.vector, found.rows, len(found.rows))
        raw = _laid(near.rows, near.similarities, found.rows)
        likeness = np.nan_to_num(likelihood(snapshot, asked, found.rows, raw))
        factor *= 1 - np.minimum(1, likeness * np.float32(abs(asked.weight) * weight))
    return factor
