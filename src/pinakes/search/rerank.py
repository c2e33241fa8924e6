"""Re-ranking: exact words before vague likeness, a cut-off, one hit an item, look-alikes folded, variety on request."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pinakes.index.snapshot import Snapshot
from pinakes.search.candidates import Candidates
from pinakes.search.fuse import Fused
from pinakes.search.request import Options
from pinakes.types import Floats

# A likeness below this is vague: it does not win over a part in which all words of the query stand.
VAGUE = 0.5
# Signatures that differ in so few bits belong to pictures or texts that are as good as the same.
ALIKE_BITS = 3
_PARTS_SHOWN = 5


@dataclass(slots=True)
class Group:
    """An item's hits: the place of its best row among the candidates, other rows, and items folded into it."""

    place: int
    score: float
    also: list[int] = field(default_factory=list)
    alike: list[int] = field(default_factory=list)


def rerank(snapshot: Snapshot, found: Candidates, fused: Fused, factor: Floats, options: Options) -> list[Group]:
    """The groups that are good enough to be hits, best first."""
    scores = fused.scores * factor
    likeness = _likeness(found) * factor
    order = _order(found, scores, likeness, options)
    groups = _grouped(snapshot, found.rows, scores, order)
    if not options.unfold:
        groups = _folded(snapshot, found.rows, groups)
    if options.diversity > 0:
        groups = _varied(snapshot, found, groups, options.diversity)
    highest = 1.0
    for group in groups:
        # What stands higher for its exact words never shows a lower score than what follows.
        group.score = highest = min(highest, group.score)
    return groups


def _likeness(found: Candidates) -> Floats:
    """The best calibrated score that any space gives each row."""
    if not found.lists:
        return np.ones(len(found.rows), np.float32)
    best: Floats = np.nanmax(np.nan_to_num(np.stack([one.score for one in found.lists])), axis=0)
    return best


def _order(found: Candidates, scores: Floats, likeness: Floats, options: Options) -> NDArray[np.int64]:
    if not found.lists:
        return np.arange(len(found.rows))[::-1].copy()
    visual = [np.nan_to_num(one.score) for one in found.lists if one.vectors]
    clear = np.max(np.stack(visual), axis=0) >= VAGUE if visual else np.zeros(len(scores), np.bool_)
    first = found.exact | clear
    order = np.lexsort((found.rows, -scores, ~first))
    kept: NDArray[np.int64] = order[(likeness[order] >= options.min_score) | found.exact[order]]
    return kept


def _grouped(snapshot: Snapshot, rows: NDArray[np.int64], scores: Floats, order: NDArray[np.int64]) -> list[Group]:
    items = snapshot.items(rows[order])
    groups: dict[int, Group] = {}
    for place, item in zip(order.tolist(), items.tolist(), strict=True):
        group = groups.get(item)
        if group is None:
            groups[item] = Group(place, float(scores[place]))
        elif len(group.also) < _PARTS_SHOWN:
            group.also.append(place)
    return list(groups.values())


def _folded(snapshot: Snapshot, rows: NDArray[np.int64], groups: list[Group]) -> list[Group]:
    """Groups whose best part is as good as the same as a better one's are put under that one."""
    places = np.array([group.place for group in groups], np.int64)
    signatures = snapshot.signatures(rows[places]) if len(places) else np.zeros(0, np.uint64)
    modalities = snapshot.modalities(rows[places]) if len(places) else np.zeros(0, np.uint8)
    kept: list[int] = []
    for number, signature in enumerate(signatures):
        if signature and kept:
            others = np.array(kept)
            near = np.bitwise_count(signatures[others] ^ signature) <= ALIKE_BITS
            near &= (signatures[others] != 0) & (modalities[others] == modalities[number])
            if near.any():
                groups[int(others[np.argmax(near)])].alike.append(groups[number].place)
                continue
        kept.append(number)
    return [groups[number] for number in kept]


def _varied(snapshot: Snapshot, found: Candidates, groups: list[Group], diversity: float) -> list[Group]:
    """Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998), by what the spaces say of the hits."""
    if not found.lists or len(groups) < 3:
        return groups
    pool = groups[:_POOL]
    signatures = snapshot.signatures(found.rows[[group.place for group in pool]])
    apart = np.bitwise_count(signatures[:, None] ^ signatures[None, :]).astype(np.float32) / 32
    likeness = np.clip(1 - apart, 0, 1)
    relevance = np.array([group.score for group in pool], np.float32)
    relevance = relevance / max(float(relevance.max()), 1e-9)
    chosen = [0]
    left = list(range(1, len(pool)))
    while left:
        gains = [(1 - diversity) * relevance[i] - diversity * likeness[i, chosen].max() for i in left]
        chosen.append(left.pop(int(np.argmax(gains))))
    return [pool[number] for number in chosen] + groups[_POOL:]


_POOL = 100
