"""Everything random in training is a function of the seed and of where the training stands, and of nothing before it.

So a run that was killed goes on exactly as one that was not, and no state of a generator need be kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

from pinakes.types import Rows


def number(seed: int, *place: int | str) -> int:
    """A number of 63 bits that belongs to a seed and a place, as an epoch and a step, and to no other."""
    told = "\0".join(str(each) for each in (seed, *place)).encode()
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "big") >> 1


def generator(seed: int, *place: int | str) -> np.random.Generator:
    """A generator of numpy's for a place."""
    return np.random.default_rng(number(seed, *place))


def order(rows: int, seed: int, epoch: int) -> Rows:
    """The order (rows,) in which an epoch goes through the rows."""
    return generator(seed, "order", epoch).permutation(rows).astype(np.int64)


@contextmanager
def repeatable(threads: int = 0) -> Iterator[None]:
    """Within this, torch computes the same from the same numbers; what was set before holds again afterwards."""
    # Not by use_deterministic_algorithms, which loads torch's compiler, some seconds long.
    before = torch.get_deterministic_debug_mode(), torch.get_num_threads(), torch.get_rng_state()
    torch.set_deterministic_debug_mode("warn" if torch.cuda.is_available() else "error")
    if threads:
        torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_deterministic_debug_mode(before[0])
        torch.set_num_threads(before[1])
        torch.set_rng_state(before[2])
