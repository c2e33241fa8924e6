"""Late fusion: one list for each modality of a query and each of the works, made into one as a search does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.learn.data.source import Source
from pinakes.learn.experiment.judge import vectors
from pinakes.learn.joint.towers import Joint
from pinakes.search.fuse import FUSIONS, Ranked
from pinakes.types import Floats, Rows

# By votes, and by scores of equal weight.
LATE = ("voting", "weighted")
Rank: TypeAlias = Callable[[Rows], Floats]
Known: TypeAlias = Callable[[Sequence[str]], Rank]


def late(learner: Joint, asking: Source, found: Source) -> Callable[[str], Known]:
    """For a way of fusing by name: from the modalities that are known of queries to the scores of works."""
    asked, works = _known(learner, asking), _known(learner, found)

    def fusing(fusion: str) -> Known:
        def rank(known: Sequence[str]) -> Rank:
            def scores(some: Rows) -> Floats:
                cosines = {f"{one} {other}": asked[one][some] @ works[other].T for one in known for other in works}
                return np.stack(
                    [_fused(fusion, {n: each[row] for n, each in cosines.items()}) for row in range(len(some))]
                )

            return scores

        return rank

    return fusing


def _known(learner: Joint, source: Source) -> Mapping[str, Floats]:
    """Vectors (rows, dim) of each modality; NaN in rows that lack it, so that their cosines are NaN too."""
    told = vectors(learner, source)
    there = {name: source.set.has(name)[source.chosen] for name in source.readers}
    return {name: np.where(there[name][:, None], told[name], np.float32(np.nan)) for name in source.readers}


def _fused(fusion: str, lists: Mapping[str, Floats]) -> Floats:
    """The scores of all works for one query (works,)."""
    known = [_ranked(name, cosines) for name, cosines in lists.items() if not np.isnan(cosines).all()]
    return FUSIONS.get(fusion)(known).scores if known else np.zeros_like(next(iter(lists.values())))


def _ranked(name: str, cosines: Floats) -> Ranked:
    """One list of all works, but for those that lack its modality."""
    there: NDArray[np.bool_] = ~np.isnan(cosines)
    rank = np.zeros(len(cosines), np.int64)
    rank[np.flatnonzero(there)[np.argsort(-cosines[there], kind="stable")]] = np.arange(1, there.sum() + 1)
    calibrated: Floats = ((cosines + 1) / 2).astype(np.float32)
    return Ranked(name, 1.0, rank, cosines, calibrated, vectors=True, cosines=True)
