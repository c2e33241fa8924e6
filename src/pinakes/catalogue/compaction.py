"""Giving back the room of vectors that are gone, a bounded number of blocks in a transaction."""

from __future__ import annotations

from pinakes.catalogue import vectors
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.spaces import all_spaces

# A rewritten block is about four megabytes in the write-ahead log.
_AT_A_TIME = 16


def compact(catalogue: Catalogue) -> int:
    """Rewrite the blocks of which most rows are gone; the caller holds the right to write. Returns how many."""
    with catalogue.reading() as connection:
        spaces = all_spaces(connection, states=("active", "building"))
        blocks = [(space, block) for space in spaces for block in vectors.wasteful(connection, space)]
    for start in range(0, len(blocks), _AT_A_TIME):
        with catalogue.writing() as connection:
            for space, block in blocks[start : start + _AT_A_TIME]:
                vectors.rewrite(connection, space, block)
    return len(blocks)
