"""What lies near a query by chance, and how likely it makes that a text that lies nearer is right.

How near texts lie to each other depends on the encoder and on what they are about: everyday sentences have cosines of
a half with each other, abstracts of one science of nine tenths. No cosine means the same in two libraries. So a query
is held against texts taken at random, most of which have nothing to do with it: their similarities have a middle and a
spread, and tell how many of all texts would come as near as a hit by chance alone, as BLAST does with sequences
(Altschul and others, 1990). Where that is many, a hit tells nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np

from pinakes.catalogue.spaces import Space
from pinakes.index.sample import sample_of
from pinakes.index.snapshot import Snapshot
from pinakes.types import Floats

# How many texts are taken at random; of fewer than the least no background can be told.
_TAKEN, _LEAST = 512, 32
# A hit is as likely right as not where so many texts would come as near by chance. Less than one, since there are more
# texts far out than a normal distribution has: what is a little like the query, and not what is meant.
_EVEN = 0.2
# How much wider a normal distribution spreads than half of it lies from its middle.
_NORMAL = 1.4826
_ROUNDING = 1e-5


@dataclass(frozen=True, slots=True)
class Background:
    """How near to a query texts lie that have nothing to do with it, and how many texts there are."""

    middle: float
    spread: float
    texts: int

    def likelihood(self, similarities: Floats) -> Floats:
        """How likely texts (n,) of such similarities are right, from 0 to 1; 0 where there is none."""
        beyond = (np.nan_to_num(similarities, nan=-np.inf) - self.middle) / (self.spread * sqrt(2))
        # What lies below the middle is as good as surely there by chance.
        beyond = np.maximum(beyond, 0)
        by_chance = np.array([erfc(each) if each else 1.0 for each in beyond.tolist()]) * (self.texts / 2)
        likely: Floats = (1 / (1 + by_chance / _EVEN)).astype(np.float32)
        return np.where(np.isnan(similarities), np.float32(0), likely)


def background(snapshot: Snapshot, space: Space, query: Floats) -> Background | None:
    """What texts lie near a query vector (dim,) by chance; None where there are too few, or all are alike."""
    if space.id not in snapshot.texts_drawn:
        snapshot.texts_drawn[space.id] = sample_of(snapshot, space, "text", _TAKEN)
    texts = snapshot.texts_drawn[space.id]
    if texts is None or len(texts) < _LEAST:
        return None
    near = texts.nearness(space.metric, query)
    middle = float(np.median(near))
    spread = _NORMAL * float(np.median(np.abs(near - middle)))
    # Where more than half are the same, what the rest are like has to tell; and what differs by rounding is the same.
    least = _ROUNDING * max(1.0, abs(middle))
    spread = spread if spread > least else float(near.std())
    return Background(middle, spread, texts.drawn_from) if spread > least else None
