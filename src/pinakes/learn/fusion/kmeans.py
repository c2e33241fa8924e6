"""k-means: centres such that each vector is near one.

Lloyd, "Least squares quantization in PCM", 1982; begun as in Arthur and Vassilvitskii, "k-means++: the advantages of
careful seeding", SODA 2007.
"""

from __future__ import annotations

import torch
from torch import Tensor


def kmeans(vectors: Tensor, count: int, rounds: int = 20) -> Tensor:
    """Centres (count, dim) of vectors (n, dim); where there are fewer vectors than centres, some are the same."""
    centres = _seeds(vectors, count)
    for _ in range(rounds):
        near = torch.cdist(vectors, centres).argmin(1)
        sums = torch.zeros_like(centres).index_add(0, near, vectors)
        sizes = torch.bincount(near, minlength=count)[:, None]
        # A centre that nothing is near stays where it is.
        moved = torch.where(sizes > 0, sums / sizes.clamp(min=1), centres)
        if torch.equal(moved, centres):
            break
        centres = moved
    return centres


def _seeds(vectors: Tensor, count: int) -> Tensor:
    """Vectors far from one another: each is drawn by the square of its distance to those that were drawn before."""
    chosen = [int(torch.randint(len(vectors), (1,)))]
    far = torch.full((len(vectors),), torch.inf, device=vectors.device)
    for _ in range(count - 1):
        far = torch.minimum(far, (vectors - vectors[chosen[-1]]).square().sum(1))
        # Where all have been drawn, anything will do.
        odds = far if float(far.sum()) > 0 else torch.ones_like(far)
        chosen.append(int(torch.multinomial(odds, 1)))
    return vectors[chosen].clone()
