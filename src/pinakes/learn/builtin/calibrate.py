"""What the cosines of a trained space mean: logistic regression on the first hits of queries whose answers are known.

What is asked is whether a hit that a search would show is right. So only the first hits of each query are looked at:
wrong pairs at large lie so far below that any line would part them from the right ones, and tell nothing of the wrong
hits that people see, which are the nearest of all wrong ones.

Right and wrong hits count the same together. How many of the first hits are right depends on the library and on what is
asked of it: ten holiday pictures of one beach, or none. No share is true of all, so that the odds are those of the
cosine alone: 0.5 stands where a right hit and a wrong one are equally common. For a model of which one of ten hits is
right, probabilities by the shares of its own test would never pass 0.1, and nothing would ever be found for sure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.encoders.certainty import Certainty
from pinakes.errors import BadInput, NoContent
from pinakes.types import Floats

# Hits of each query that are looked at, and the least share of right ones among hits that are shown.
FIRST, PRECISION = 10, 0.05
# Newton's method converges in some ten steps; a hint of a penalty keeps the slope finite where a line parts all.
_STEPS, _PENALTY = 100, 1e-3
_LEAST = 8


@dataclass(frozen=True, slots=True)
class _Hits:
    """The cosines (n,) of hits, whether each is right, and what it weighs: right ones as much as wrong ones."""

    cosines: NDArray[np.float64]
    right: NDArray[np.bool_]
    weights: NDArray[np.float64]


def calibrated(cosines: Floats, right: NDArray[np.bool_], first: int = FIRST) -> Certainty:
    """Slope, offset and floor from the cosines (queries, works) and which of the works are right for each query.

    Works that a query is not to find, such as itself, have a cosine of NaN. Below the floor less than one in twenty
    hits is right.
    """
    hits = _first(cosines, right, first)
    slope, offset = _line(hits)
    if slope <= 0:
        raise BadInput(
            "Right hits have no higher cosines than wrong ones: there is nothing to calibrate.", "Train longer first."
        )
    # Where a line parts the two kinds wholly, the lowest of the right hits are not to be lost for their being few.
    unlikely = (np.log(PRECISION / (1 - PRECISION)) - offset) / slope
    return slope, offset, min(_floor(hits), float(unlikely))


def _first(cosines: Floats, right: NDArray[np.bool_], first: int) -> _Hits:
    if cosines.shape != right.shape or cosines.ndim != 2:
        raise BadInput(f"Cosines {cosines.shape} and answers {right.shape} must be of the same queries and works.")
    there = np.where(np.isnan(cosines), -np.inf, cosines)
    places = np.argsort(-there, axis=1, kind="stable")[:, :first]
    found = np.take_along_axis(there, places, axis=1).ravel().astype(np.float64)
    is_right = np.take_along_axis(right, places, axis=1).ravel()[np.isfinite(found)]
    found = found[np.isfinite(found)]
    counts = int(is_right.sum()), int((~is_right).sum())
    if min(counts) < _LEAST:
        raise NoContent(
            f"Of the first hits {counts[0]} are right and {counts[1]} wrong; {_LEAST} of each are needed.",
            "Give more queries or more works.",
        )
    return _Hits(found, is_right, np.where(is_right, 1 / counts[0], 1 / counts[1]))


def _line(hits: _Hits) -> tuple[float, float]:
    """Slope and offset of the log odds, by Newton's method on cosines of mean 0 and deviation 1."""
    mean, spread = float(hits.cosines.mean()), max(float(hits.cosines.std()), 1e-9)
    inputs = np.stack([(hits.cosines - mean) / spread, np.ones(len(hits.cosines))], axis=1)
    found = np.zeros(2)
    for _ in range(_STEPS):
        odds = 1 / (1 + np.exp(-np.clip(inputs @ found, -60, 60)))
        slope = inputs.T @ (hits.weights * (hits.right - odds)) - _PENALTY * found
        curve = (inputs * (hits.weights * odds * (1 - odds))[:, None]).T @ inputs + _PENALTY * np.eye(2)
        step = np.linalg.solve(curve, slope)
        found += step
        if float(np.abs(step).max()) < 1e-9:
            break
    return float(found[0] / spread), float(found[1] - found[0] * mean / spread)


def _floor(hits: _Hits) -> float:
    """The highest cosine below which less than one in twenty hits is right; just under all where there is none."""
    order = np.argsort(hits.cosines, kind="stable")
    cosines, weights, right = hits.cosines[order], hits.weights[order], hits.right[order]
    share = np.cumsum(weights * right) / np.cumsum(weights)
    below = np.flatnonzero(share < PRECISION)
    # Of equal cosines all are above the floor, or none.
    ends = below[(below + 1 < len(cosines)) & (cosines[np.minimum(below + 1, len(cosines) - 1)] > cosines[below])]
    if not len(ends):
        return float(cosines[0])
    return float((cosines[ends[-1]] + cosines[ends[-1] + 1]) / 2)
