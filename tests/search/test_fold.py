"""Folding look-alikes: the fast way agrees with comparing each hit with every better one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pinakes.search.fold import ALIKE_BITS, owners

# Signatures that lie close together, so that some are alike, some are the same, and some have none.
SIGNATURES = st.one_of(
    st.just(0),
    st.integers(0, 63).map(lambda bit: 1 << bit),
    st.lists(st.integers(0, 63), max_size=5).map(lambda bits: sum(1 << bit for bit in set(bits)) ^ 0xF0F0F0F0F0F0F0F0),
)


def naive(signatures: list[int], modalities: list[int]) -> list[int]:
    """Each hit is put under the first better one that stands and differs in few bits."""
    owner: list[int] = []
    for number, (signature, modality) in enumerate(zip(signatures, modalities, strict=True)):
        better = [
            other
            for other in range(number)
            if owner[other] == other
            and modalities[other] == modality
            and signature
            and signatures[other]
            and (signature ^ signatures[other]).bit_count() <= ALIKE_BITS
        ]
        owner.append(better[0] if better else number)
    return owner


@given(st.lists(st.tuples(SIGNATURES, st.integers(0, 2)), max_size=30))
def test_look_alikes_are_put_under_the_first_better_hit(hits: list[tuple[int, int]]) -> None:
    signatures, modalities = [hit[0] for hit in hits], [hit[1] for hit in hits]
    found = owners(np.array(signatures, np.uint64), np.array(modalities, np.uint8))
    assert found.tolist() == naive(signatures, modalities)


def test_ten_thousand_hits_without_look_alikes_all_stand() -> None:
    signatures = np.random.default_rng(0).integers(1, 1 << 63, 10_000).astype(np.uint64)
    assert (owners(signatures, np.zeros(10_000, np.uint8)) == np.arange(10_000)).all()
