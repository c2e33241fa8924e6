"""The order of an answer: a query is looked up once, and can then be ranked in one way or another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.catalogue.spaces import Space
from pinakes.index.snapshot import Deadline, Snapshot
from pinakes.search.candidates import Candidates, candidates, pushed_away
from pinakes.search.encode import Encoded, encode
from pinakes.search.fuse import FUSIONS, Fused
from pinakes.search.query.terms import Query
from pinakes.search.request import Holdings, Options
from pinakes.search.rerank import Ranking, rerank
from pinakes.words.analyse import Analyser


@dataclass(frozen=True, slots=True)
class LookedUp:
    """An encoded query, and the state of the library to which it is put."""

    query: Query
    encoded: Encoded
    spaces: tuple[Space, ...]
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Ordered:
    """What was found, what each list says of it, and in which order it stands."""

    found: Candidates
    fused: Fused
    ranking: Ranking

    @property
    def items(self) -> NDArray[np.int64]:
        """The items of all hits, best first."""
        return self.ranking.items[self.ranking.heads[self.ranking.shown]]


def looked_up(
    query: Query, holdings: Holdings, spaces: list[Space], snapshot: Snapshot, analyser: Analyser
) -> LookedUp:
    """Encode a query."""
    return LookedUp(query, encode(query, holdings, spaces, snapshot, analyser), tuple(spaces), snapshot)


def ordered(asked: LookedUp, options: Options, depth: int, deadline: Deadline) -> Ordered:
    """Candidates, fuse, rerank."""
    return in_order(asked, found_for(asked, options, depth, deadline), options)


def found_for(asked: LookedUp, options: Options, depth: int, deadline: Deadline) -> Candidates:
    """What every space finds; the same for fusions that need the same of it."""
    return candidates(asked.snapshot, asked.encoded, asked.query.filters, options, depth, deadline)


def in_order(asked: LookedUp, found: Candidates, options: Options) -> Ordered:
    """Fuse, rerank."""
    fused = FUSIONS.get(options.fusion)(found.lists) if found.lists else _alone(found)
    away = pushed_away(asked.snapshot, found, asked.encoded.away, options)
    return Ordered(found, fused, rerank(asked.snapshot, found, fused, away, options, asked.spaces))


def _alone(found: Candidates) -> Fused:
    """Where nothing is ranked, everything is as good as the rest."""
    return Fused(np.ones(len(found.rows), np.float32), np.zeros((0, len(found.rows)), np.float32))
