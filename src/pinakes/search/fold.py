"""Folding look-alikes: what looks or reads almost the same as a better hit is put under that hit."""

from __future__ import annotations

from collections import defaultdict
from itertools import count

import numpy as np
from numpy.typing import NDArray

from pinakes.catalogue.spaces import Space
from pinakes.index.best import distinct
from pinakes.index.find_vectors import vectors_of
from pinakes.index.measures import similarity
from pinakes.index.snapshot import Snapshot
from pinakes.types import Floats

# Signatures that differ in so few bits belong to pictures or texts that are as good as the same.
ALIKE_BITS = 3
# One band more than bits that may differ: two that are alike have at least one band in common.
_BANDS, _BAND_BITS = ALIKE_BITS + 1, 16

# A copy that was scaled, compressed or made brighter keeps its colours; what differs more is another thing of the same
# outline, such as a shirt of another colour. Of copies that signatures find, 2 to 3 of 100 lie below; of different
# products on white grounds, 15 of 16 (measured on photographs and a shop's pictures).
_SAME_COLOURS = 0.98
# So many of those that are folded are looked at again, and so many of one outline are compared with each other.
_COMPARED, _OUTLINES = 1_000, 32

Places = NDArray[np.int64]


def owners(signatures: NDArray[np.uint64], modalities: NDArray[np.uint8]) -> Places:
    """For each of the hits (n,), best first, the first better one that it is like and that stands itself, else itself.

    A hit without a signature (0) is like no other.
    """
    owner = np.arange(len(signatures))
    signed = np.flatnonzero(signatures)
    kinds = np.stack([signatures[signed], modalities[signed].astype(np.uint64)], axis=1)
    _, first, which = np.unique(kinds, axis=0, return_index=True, return_inverse=True)
    leaders = signed[first]
    alike: dict[int, list[int]] = defaultdict(list)
    for left, right in _close(signatures[leaders], modalities[leaders], leaders).tolist():
        alike[max(left, right)].append(min(left, right))
    for later in sorted(alike):
        better = [one for one in alike[later] if owner[one] == one]
        owner[later] = min(better, default=later)
    owner[signed] = owner[leaders[which.reshape(-1)]]
    return owner


def of_same_colours(snapshot: Snapshot, colour: Space, rows: Places, owner: Places) -> Places:
    """The owners (n,) again, so that pictures of one outline and different colours are put under their like alone."""
    apart = owner.copy()
    folded = np.flatnonzero(owner != np.arange(len(owner)))[:_COMPARED]
    wanted = distinct(np.concatenate([rows[folded], rows[owner[folded]]]))
    colours: dict[int, Floats] = {}
    for there, vectors in vectors_of(snapshot, colour, wanted):
        colours.update(zip(there.tolist(), vectors, strict=True))
    # Of each outline what stands for itself: its owner, and those of other colours.
    standing: dict[int, list[int]] = {}
    for place in folded.tolist():
        owned_by = int(owner[place])
        outline = standing.setdefault(owned_by, [owned_by] if int(rows[owned_by]) in colours else [])
        seen = colours.get(int(rows[place]))
        if seen is None or not outline:
            continue
        near = similarity(colour.metric, seen, np.stack([colours[int(rows[other])] for other in outline]))
        like = int(np.argmax(near >= _SAME_COLOURS))
        apart[place] = outline[like] if near[like] >= _SAME_COLOURS else place
        if apart[place] == place and len(outline) < _OUTLINES:
            outline.append(place)
    return apart


def _close(signatures: NDArray[np.uint64], modalities: NDArray[np.uint8], places: Places) -> Places:
    """Pairs (m, 2) of places whose signatures, all distinct, are alike; some stand there more than once."""
    pairs = [np.zeros((0, 2), np.int64)]
    for band in range(_BANDS):
        keys = (signatures >> np.uint64(band * _BAND_BITS)) & np.uint64((1 << _BAND_BITS) - 1)
        keys |= modalities.astype(np.uint64) << np.uint64(_BAND_BITS)
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        # Within a run of equal keys each is compared with its next, then with its next but one, and so on.
        for step in count(1):
            same = np.flatnonzero(keys[:-step] == keys[step:])
            if not len(same):
                break
            left, right = order[same], order[same + step]
            near = np.bitwise_count(signatures[left] ^ signatures[right]) <= ALIKE_BITS
            pairs.append(np.stack([places[left[near]], places[right[near]]], axis=1))
    # Not made unique: what numpy loads for that takes a search from the shell longer than all the rest of this.
    return np.concatenate(pairs)
