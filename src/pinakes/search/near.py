"""What lies near a query's vector in one space, and how likely each of it is right."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pinakes.catalogue.spaces import Space
from pinakes.index import find_vectors
from pinakes.index.best import distinct
from pinakes.index.calibrate import calibrated, scale_of, told_kinds
from pinakes.index.filters import Filter
from pinakes.index.find_vectors import Near
from pinakes.index.snapshot import Deadline, Selection, Snapshot
from pinakes.search.encode import Asked
from pinakes.types import MODALITIES, Floats, Modality

# How many rows the list of a space brings. It is the same for every page: what is fused must not change with it.
NEAR = 400
# What a space of colours, textures or the like weighs for an example that a space which tells likelihoods has met too.
# The less, the more is found of the same thing in other media and the less of the same colours; at this the first ten
# by the judgements, by the labels of pictures and by those of sounds are all better than at 1 (sample seeds 2 and 3).
_BESIDE_LEARNED = 0.3


def usual_weights(snapshot: Snapshot, near: Sequence[Asked]) -> dict[str, float]:
    """What the lists of spaces that are asked together weigh where nothing is said of them."""
    telling = {asked.space.name for asked in near if told_kinds(snapshot, asked.space, asked.source)}
    return {asked.space.name: _usual_weight(asked, telling) for asked in near}


def _usual_weight(asked: Asked, telling: Set[str]) -> float:
    learned_too = asked.source != "words" and bool(telling) and asked.space.name not in telling
    return _BESIDE_LEARNED if learned_too else 1.0


def nearest(
    snapshot: Snapshot, asked: Asked, selection: Selection, deadline: Deadline, *, precise: bool, count: int = NEAR
) -> Near:
    """The rows of a space nearest to a query's vector, best first.

    Words lie nearer to words than to the picture that shows the same. Where it can be told how likely a hit is right,
    each modality is searched by itself, and what is likeliest stands first; what an encoder that tells it has not
    learned to compare, such as a sound with a picture, is not found.
    """
    space = asked.space
    told = told_kinds(snapshot, space, asked.source) or (space.modalities if asked.backgrounds else ())
    if not told or len(space.modalities) == 1:
        return find_vectors.find(snapshot, space, asked.vector, count, selection, deadline, precise=precise)
    there = _kinds(snapshot)
    found = [
        find_vectors.find(snapshot, space, asked.vector, count, of_kind, deadline, precise=precise)
        for of_kind in (_within(snapshot, selection, kind) for kind in told if kind in there)
    ]
    rows = np.concatenate([np.zeros(0, np.int64), *(one.rows for one in found)])
    similarities = np.concatenate([np.zeros(0, np.float32), *(one.similarities for one in found)])
    likely = likelihood(snapshot, asked, rows, similarities, promised=promises(space, precise=precise))
    order = np.lexsort((rows, -similarities, -likely))
    return Near(rows[order], similarities[order])


def promises(space: Space, *, precise: bool) -> bool:
    """Whether the similarities that a search finds are what codes promise, and no more."""
    return not precise and not space.hasher.is_learned


def likelihood(
    snapshot: Snapshot, asked: Asked, rows: NDArray[np.int64], similarities: Floats, *, promised: bool = False
) -> Floats:
    """Calibrated scores (n,) of rows from 0 to 1: by how far they stand out where that is told, else by their scale."""
    scores = np.zeros(len(rows), np.float32)
    modalities = snapshot.modalities(rows)
    for number in distinct(modalities).tolist():
        there = modalities == number
        around = asked.backgrounds.get(MODALITIES[number])
        if around:
            scores[there] = around.likelihood(similarities[there], promised=promised)
            continue
        scale = scale_of(snapshot, asked.space, asked.source, MODALITIES[number], told_apart=True)
        scores[there] = calibrated(scale, similarities[there])
    return scores


def _kinds(snapshot: Snapshot) -> list[Modality]:
    """The modalities of which there is anything."""
    there = [segment.modalities_there() for segment in snapshot.segments]
    return [kind for number, kind in enumerate(MODALITIES) if any(number in one for one in there)]


def _within(snapshot: Snapshot, selection: Selection, kind: Modality) -> Selection:
    """What of a selection is of one modality."""
    of_kind = snapshot.select([Filter("modality", "=", (kind,))])
    if all(mask is None for mask in selection.masks):
        return replace(of_kind, without=selection.without)
    both = [
        one if other is None else (other if one is None else one & other)
        for one, other in zip(of_kind.masks, selection.masks, strict=True)
    ]
    return Selection(tuple(both), without=selection.without)
