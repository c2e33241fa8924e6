"""What lies near a query by chance, and how likely it makes that what lies nearer is right.

How near texts lie to each other depends on the encoder and on what they are about: everyday sentences have cosines of
a half with each other, abstracts of one science of nine tenths; and words lie farther from the picture that shows the
same than from words about anything. No cosine means the same in two libraries, or of two modalities. So a query is
held against parts of a modality taken at random, most of which have nothing to do with it: their similarities have a
middle and a spread, and tell how many of all would come as near as a hit by chance alone, as BLAST does with sequences
(Altschul and others, 1990). Where that is many, a hit tells nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import erfc, hypot, sqrt

import numpy as np

from pinakes.catalogue.spaces import Space
from pinakes.index.measures import estimated, similarity
from pinakes.index.sample import Sample, sample_of
from pinakes.index.snapshot import Snapshot
from pinakes.types import Codes, Floats, Modality

# How many parts are taken at random; of fewer than the least no background can be told.
_TAKEN, _LEAST = 512, 32
# A hit is as likely right as not where so many would come as near by chance. Less than one for texts, since there are
# more of them far out than a normal distribution has: what is a little like the query, and not what is meant. Pictures
# and sounds stand out less: of these the first page may be shown.
_EVEN: Mapping[Modality, float] = {"text": 1 / 3, "image": 1.0, "audio": 1.0}
# How much wider a normal distribution spreads than half of it lies from its middle, and how far out its last twentieth
# begins: the wider tells, since there is mostly more above the middle than a normal distribution has.
_HALF, _LAST = 1.4826, (0.95, 1.645)
_ROUNDING = 1e-5


@dataclass(frozen=True, slots=True)
class Taken:
    """Parts taken at random, and the codes and bearings of their vectors where a quick search goes by these alone."""

    sample: Sample
    codes: Codes | None = None
    bearings: Floats | None = None


@dataclass(frozen=True, slots=True)
class Background:
    """How near to a query parts of a modality lie that have nothing to do with it, and how many parts there are."""

    middle: float
    spread: float
    number: int
    modality: Modality = "text"
    # How far off the similarities are that codes alone promise.
    blur: float = 0.0

    def likelihood(self, similarities: Floats, *, promised: bool = False) -> Floats:
        """How likely parts (n,) of such similarities are right, from 0 to 1; 0 where there is none.

        Where codes have only promised them, most of the nearest are among these by an error. Pictures and sounds stand
        out too little for what may be off: of these no more are held to be there by chance than are as near.
        """
        spread = hypot(self.spread, self.blur) if promised else self.spread
        beyond = (np.nan_to_num(similarities, nan=-np.inf) - self.middle) / (spread * sqrt(2))
        # What lies below the middle is as good as surely there by chance.
        beyond = np.maximum(beyond, 0)
        by_chance = np.array([erfc(each) if each else 1.0 for each in beyond.tolist()]) * (self.number / 2)
        if promised and self.modality != "text":
            nearer = np.argsort(np.argsort(-beyond, kind="stable"))
            # With one more, since a promise alone makes none likelier right than not.
            by_chance = np.where(beyond > 0, np.minimum(by_chance, nearer + 2), by_chance)
        likely: Floats = (1 / (1 + by_chance / _EVEN[self.modality])).astype(np.float32)
        return np.where(np.isnan(similarities), np.float32(0), likely)


def background(snapshot: Snapshot, space: Space, query: Floats, modality: Modality) -> Background | None:
    """What of a modality lies near a query vector (dim,) by chance; None where there is too little, or all is alike."""
    key = (space.id, modality)
    if key not in snapshot.taken:
        snapshot.taken[key] = _taken(snapshot, space, modality)
    taken = snapshot.taken[key]
    if taken is None or len(taken.sample) < _LEAST:
        return None
    near = taken.sample.nearness(space.metric, query)
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
    return Background(middle, spread, taken.sample.drawn_from, modality, _blur(space, taken, query))


def _taken(snapshot: Snapshot, space: Space, modality: Modality) -> Taken | None:
    sample = sample_of(snapshot, space, modality, _TAKEN)
    if sample is None:
        return None
    # By learned codes a quick search looks up full vectors in the end.
    if space.hasher.is_learned:
        return Taken(sample)
    return Taken(sample, space.hasher.codes(sample.every), space.hasher.bearings(sample.every))


def _blur(space: Space, taken: Taken, query: Floats) -> float:
    """The deviation of what codes promise from the similarities of the vectors."""
    if taken.codes is None or taken.bearings is None:
        return 0.0
    differing = np.bitwise_count(taken.codes ^ space.hasher.query_code(query)).sum(axis=1, dtype=np.int32)
    told = estimated(space.hasher, query, differing, taken.bearings)
    return float(np.std(told - similarity(space.metric, query, taken.sample.every)))
