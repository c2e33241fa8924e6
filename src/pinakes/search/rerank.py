"""Re-ranking: exact words before vague likeness, a cut-off, one hit an item, look-alikes folded, variety on request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.catalogue.spaces import Space
from pinakes.index.snapshot import Snapshot
from pinakes.search.candidates import Candidates
from pinakes.search.fold import of_same_colours, owners
from pinakes.search.fuse import Fused
from pinakes.search.request import Options
from pinakes.search.vary import POOL, likeness, varied
from pinakes.types import MODALITIES, Floats

# A likeness below this is vague: it does not win over a part in which all words of the query stand together.
VAGUE = 0.5
# How much higher the odds must be of a text without a word of the query: at the usual cut-off no more than one would be
# so near by chance.
_WORDLESS = 3
_PARTS_SHOWN = 5

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Group:
    """An item's hits: the place of its best row among the candidates, other rows, and items folded into it."""

    place: int
    score: float
    also: tuple[int, ...]
    alike: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Everything good enough to be a hit, best first."""

    # Places (n,) of all rows among the candidates, best first, and the item of each.
    order: Places
    items: Places
    # For each item the index in `order` of its best row, and which of these it is put under (itself, where it stands).
    heads: Places
    owner: Places
    # The items that are shown, as indexes of `heads`, and their scores.
    shown: Places
    scores: Floats

    def __len__(self) -> int:
        return len(self.shown)

    @property
    def folded(self) -> Places:
        """The places among the candidates of the best rows of items that are put under others."""
        folded: Places = self.order[self.heads[self.owner != np.arange(len(self.owner))]]
        return folded

    def groups(self, start: int, stop: int) -> list[Group]:
        """The hits of a page."""
        return [self._group(number) for number in range(start, min(stop, len(self)))]

    def _group(self, number: int) -> Group:
        head = int(self.shown[number])
        best = int(self.heads[head])
        others = np.flatnonzero(self.items == self.items[best])[1 : _PARTS_SHOWN + 1]
        alike = np.flatnonzero(self.owner == head)
        return Group(
            place=int(self.order[best]),
            score=float(self.scores[number]),
            also=tuple(self.order[others].tolist()),
            alike=tuple(self.order[self.heads[alike[alike != head]]].tolist()),
        )


def rerank(
    snapshot: Snapshot, found: Candidates, fused: Fused, factor: Floats, options: Options, spaces: Sequence[Space]
) -> Ranking:
    """The candidates that are good enough, item by item, best first; `spaces` tell what is alike."""
    scores = fused.scores * factor
    order = _order(found, scores, _likeness(found) * factor >= _least(snapshot, found, options.min_score))
    rows = found.rows[order]
    items = snapshot.items(rows)
    _, first = np.unique(items, return_index=True)
    heads = np.sort(first)
    owner = np.arange(len(heads))
    if not options.unfold:
        owner = owners(snapshot.signatures(rows[heads]), snapshot.modalities(rows[heads]))
        for colour in (space for space in spaces if space.name == "colour"):
            owner = of_same_colours(snapshot, colour, rows[heads], owner)
    shown = np.flatnonzero(owner == np.arange(len(heads)))
    if options.diversity > 0 and found.lists and len(shown) > 2:
        pool = order[heads[shown[:POOL]]]
        alike = likeness(snapshot, spaces, found.rows[pool])
        shown = np.concatenate([shown[varied(alike, scores[pool], options.diversity)], shown[POOL:]])
    # What stands higher for its exact words never shows a lower score than what follows.
    falling = np.minimum.accumulate(np.minimum(scores[order[heads[shown]]], 1)).astype(np.float32)
    return Ranking(order, items, heads, owner, shown, falling)


def _likeness(found: Candidates) -> Floats:
    """The best calibrated score that any space gives each row."""
    if not found.lists:
        return np.ones(len(found.rows), np.float32)
    best: Floats = np.max(np.nan_to_num(np.stack([one.score for one in found.lists])), axis=0)
    return best


def _least(snapshot: Snapshot, found: Candidates, least: float) -> NDArray[np.floating]:
    """How high a likeness each row needs: a text that holds no word of those that were typed needs more."""
    words = [one for one in found.lists if not one.vectors]
    if found.by_example or not words:
        return np.full(len(found.rows), least)
    wordless = np.logical_and.reduce([one.rank == 0 for one in words])
    wordless &= snapshot.modalities(found.rows) == MODALITIES.index("text")
    return np.where(wordless, least_without_words(least), least)


def least_without_words(least: float) -> float:
    """The likeness that a text needs which holds no word of the query, where others need some."""
    return _WORDLESS * least / (1 + (_WORDLESS - 1) * least)


def _order(found: Candidates, scores: Floats, near: NDArray[np.bool_]) -> Places:
    if not found.lists:
        return np.arange(len(found.rows))[::-1].copy()
    visual = [np.nan_to_num(one.score) for one in found.lists if one.vectors]
    clear = np.max(np.stack(visual), axis=0) >= VAGUE if visual else np.zeros(len(scores), np.bool_)
    # A title that says just the words comes first, then where all words stand together, then what is clearly like the
    # query, then all else. Words beside an example are not all that is asked for: then what is clearly like the query
    # comes before them.
    first = [found.exact | clear] if found.by_example else [found.exact, found.titled]
    order = np.lexsort((found.rows, -scores, ~clear, *(~tier for tier in first)))
    kept: Places = order[near[order] | found.exact[order]]
    return kept
