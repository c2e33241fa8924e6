"""What lies near a query by chance, and how likely it makes that a text that lies nearer is right.

How near texts lie to each other depends on the encoder and on what they are about: everyday sentences have cosines of
a half with each other, abstracts of one science of nine tenths. No cosine means the same in two libraries. So a query
is held against texts taken at random, most of which have nothing to do with it: their similarities have a middle and a
spread, and tell how many of all texts would come as near as a hit by chance alone, as BLAST does with sequences
(Altschul and others, 1990). Where that is many, a hit tells nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, hypot, sqrt

import numpy as np

from pinakes.catalogue.spaces import Space
from pinakes.index.measures import estimated, similarity
from pinakes.index.sample import Sample, sample_of
from pinakes.index.snapshot import Snapshot
from pinakes.types import Codes, Floats

# How many texts are taken at random; of fewer than the least no background can be told.
_TAKEN, _LEAST = 512, 32
# A hit is as likely right as not where so many texts would come as near by chance. Less than one, since there are more
# texts far out than a normal distribution has: what is a little like the query, and not what is meant.
_EVEN = 1 / 3
# How much wider a normal distribution spreads than half of it lies from its middle, and how far out its last twentieth
# begins: the wider tells, since there are mostly more texts above the middle than a normal distribution has.
_HALF, _LAST = 1.4826, (0.95, 1.645)
_ROUNDING = 1e-5


@dataclass(frozen=True, slots=True)
class Taken:
    """Texts taken at random, and the codes and bearings of their vectors where a quick search goes by these alone."""

    texts: Sample
    codes: Codes | None = None
    bearings: Floats | None = None


@dataclass(frozen=True, slots=True)
class Background:
    """How near to a query texts lie that have nothing to do with it, and how many texts there are."""

    middle: float
    spread: float
    texts: int
    # How far off the similarities are that codes alone promise.
    blur: float = 0.0

    def likelihood(self, similarities: Floats, *, promised: bool = False) -> Floats:
        """How likely texts (n,) of such similarities are right, from 0 to 1; 0 where there is none.

        Where codes have only promised them, most of the nearest are among these by an error.
        """
        spread = hypot(self.spread, self.blur) if promised else self.spread
        beyond = (np.nan_to_num(similarities, nan=-np.inf) - self.middle) / (spread * sqrt(2))
        # What lies below the middle is as good as surely there by chance.
        beyond = np.maximum(beyond, 0)
        by_chance = np.array([erfc(each) if each else 1.0 for each in beyond.tolist()]) * (self.texts / 2)
        likely: Floats = (1 / (1 + by_chance / _EVEN)).astype(np.float32)
        return np.where(np.isnan(similarities), np.float32(0), likely)


def background(snapshot: Snapshot, space: Space, query: Floats) -> Background | None:
    """What texts lie near a query vector (dim,) by chance; None where there are too few, or all are alike."""
    if space.id not in snapshot.texts_taken:
        snapshot.texts_taken[space.id] = _taken(snapshot, space)
    taken = snapshot.texts_taken[space.id]
    if taken is None or len(taken.texts) < _LEAST:
        return None
    near = taken.texts.nearness(space.metric, query)
    middle = float(np.median(near))
    share, deviations = _LAST
    spread = max(
        _HALF * float(np.median(np.abs(near - middle))), (float(np.quantile(near, share)) - middle) / deviations
    )
    # Where most are the same, what the rest are like has to tell; and what differs by rounding is the same.
    least = _ROUNDING * max(1.0, abs(middle))
    spread = spread if spread > least else float(near.std())
    if spread <= least:
        return None
    return Background(middle, spread, taken.texts.drawn_from, _blur(space, taken, query))


def _taken(snapshot: Snapshot, space: Space) -> Taken | None:
    texts = sample_of(snapshot, space, "text", _TAKEN)
    if texts is None:
        return None
    # By learned codes a quick search looks up full vectors in the end.
    if space.hasher.is_learned:
        return Taken(texts)
    return Taken(texts, space.hasher.codes(texts.every), space.hasher.bearings(texts.every))


def _blur(space: Space, taken: Taken, query: Floats) -> float:
    """The deviation of what codes promise from the similarities of the vectors."""
    if taken.codes is None or taken.bearings is None:
        return 0.0
    differing = np.bitwise_count(taken.codes ^ space.hasher.query_code(query)).sum(axis=1, dtype=np.int32)
    told = estimated(space.hasher, query, differing, taken.bearings)
    return float(np.std(told - similarity(space.metric, query, taken.texts.every)))
