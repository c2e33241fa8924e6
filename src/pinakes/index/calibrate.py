"""What a similarity means in this library: as near as two parts taken at random, or as near as can be.

A calibrated score is 0 where a similarity is no higher than that of random pairs (their 95th percentile), and 1 where
it is as high as that of true neighbours: of a part with itself within one modality, and, between modalities, of the
typical best match. Words that are asked for have a scale of their own: a short query lies nowhere near so close to a
long passage, or to a picture, as two passages lie to each other. For them 0 is where queries about anything stand, and
1 where the title of a work stands to what fits it best.

An encoder that was calibrated while it learned tells by itself what its cosines mean: the score is then the probability
that a hit is right, and 0 below the cosine under which nothing is found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.catalogue.examples import LEAST, Examples
from pinakes.catalogue.spaces import Space
from pinakes.encoders.certainty import Calibration, pair, probability
from pinakes.index.best import distinct, firsts, stretched_out
from pinakes.index.filters import Filter
from pinakes.index.find_vectors import every_vector_of, find
from pinakes.index.measures import similarity
from pinakes.index.segment import space_pack
from pinakes.index.snapshot import Deadline, Snapshot
from pinakes.types import MODALITIES, Floats, Metric, Modality

_ASKED, _AMONG = 128, 1_024
_SECONDS = 60.0
# Parts of a small library that may well be like one of it.
_NEIGHBOURS = 8
# The similarities whose scores are 0 and 1; or slope, offset and floor of a probability.
Scale: TypeAlias = tuple[float, float] | tuple[float, float, float]
# No cosine reaches this floor: an encoder that tells what its cosines mean has not learned how these compare.
NEVER: Scale = (1.0, 0.0, 2.0)
# What a query vector was made of: words that were typed, or a medium.
Asking: TypeAlias = Modality | Literal["words"]

# Where a library has too few parts to tell: cosines of unrelated and of equal vectors.
_UNKNOWN: dict[Metric, Scale] = {"cosine": (0.2, 1.0), "inner": (0.2, 1.0), "euclidean": (-1.0, 0.0)}


def measure(
    snapshot: Snapshot,
    space: Space,
    examples: Examples | None = None,
    told: Calibration | None = None,
    seed: int = 0,
) -> dict[str, Scale]:
    """The scale for each pair of query and part modality of a space, told by its encoder or measured by a sample."""
    samples = _samples(snapshot, space, np.random.default_rng(seed))
    scales = {}
    for asked, queries in samples.items():
        for found, sample in samples.items():
            if len(sample) >= 16 and len(queries) >= 4:
                wholes = queries.wholes[:_ASKED]
                scales[f"{asked}-{found}"] = _scale(space.metric, wholes, sample, same=asked == found)
    if examples:
        for found, sample in samples.items():
            scales[f"words-{found}"] = _words_scale(snapshot, space, examples, found, sample)
    return scales | _told(told or {})


def _told(told: Calibration) -> dict[str, Scale]:
    """The scales that an encoder tells, by what is asked and what is found; what it does not tell is not found."""
    scales: dict[str, Scale] = {}
    for asked in MODALITIES if told else ():
        for found in MODALITIES:
            scales[f"{asked}-{found}"] = told.get(f"{asked}>{found}", told.get(pair(asked, found), NEVER))
        if asked == "text":
            scales |= {f"words-{found}": scales[f"text-{found}"] for found in MODALITIES}
    return scales


def is_measured(scales: Mapping[str, Scale] | None, examples: Examples | None) -> bool:
    """Whether these are the scales of a space, also those of words where there are examples for them."""
    return scales is not None and (examples is None or any(name.startswith("words-") for name in scales))


@dataclass(frozen=True, slots=True)
class _Sample:
    """Random parts: of each the vector of the whole (n, dim), all vectors of all, and where those of each begin."""

    wholes: Floats
    every: Floats
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.wholes)

    def nearness(self, metric: Metric, query: Floats) -> Floats:
        """The similarity (n,) of each part to a query: that of its nearest vector, as a search has it."""
        found: Floats = np.maximum.reduceat(similarity(metric, query, self.every), self.starts)
        return found


def _samples(snapshot: Snapshot, space: Space, random: np.random.Generator) -> dict[Modality, _Sample]:
    """Vectors of random parts, by modality."""
    pack = space_pack(space.id, space.code_version)
    rows = [
        distinct(matrix.rows) + snapshot.bases[number]
        for number, matrix in snapshot.each(lambda segment: segment.matrix(pack))
        if matrix is not None
    ]
    if not rows or not sum(map(len, rows)):
        return {}
    every = np.concatenate(rows)
    modalities = snapshot.modalities(every)
    samples: dict[Modality, _Sample] = {}
    for number, modality in enumerate(MODALITIES):
        having = every[modalities == number]
        if len(having):
            chosen = np.sort(random.choice(having, min(_AMONG, len(having)), replace=False))
            pieces = every_vector_of(snapshot, space, chosen)
            if pieces:
                samples[modality] = _spread(
                    np.concatenate([rows for rows, _ in pieces]), np.concatenate([some for _, some in pieces])
                )
    return samples


def _spread(rows: NDArray[np.int64], vectors: Floats) -> _Sample:
    """The same parts in an order of their own, whatever order they came in; the first stand for all of them."""
    starts = np.flatnonzero(firsts(rows))
    counts = np.diff(np.append(starts, len(rows)))
    wholes = vectors[starts]
    ordered = np.lexsort(wholes.T)
    first = np.unique(np.linspace(0, len(ordered) - 1, _ASKED).astype(np.int64))
    rest = np.setdiff1d(np.arange(len(ordered)), first, assume_unique=True)
    order = np.concatenate([ordered[first], ordered[rest]])
    places = stretched_out(starts[order], counts[order])
    return _Sample(wholes[order], vectors[places], np.cumsum(counts[order]) - counts[order])


def _scale(metric: Metric, queries: Floats, sample: _Sample, *, same: bool) -> Scale:
    pairs = np.stack([sample.nearness(metric, query) for query in queries])
    if same:
        # Within one modality the queries are the first of the vectors: leave out each with itself.
        high = float(np.median(np.diagonal(pairs)))
        np.fill_diagonal(pairs, np.nan)
    else:
        high = float(np.median(pairs.max(axis=1)))
    low = float(np.nanquantile(pairs, _unlike(len(sample)) if same else 0.95))
    return low, max(high, low + 1e-6)


def _unlike(number: int) -> float:
    """The share of pairs that are taken for unlike; fewer of a small library, where 5 % are no more than one's own."""
    return min(0.95, max(0.5, 1 - _NEIGHBOURS / number))


def _words_scale(snapshot: Snapshot, space: Space, examples: Examples, found: Modality, sample: _Sample) -> Scale:
    """From where queries about anything stand to random parts, to where titles stand to the part that fits best."""
    general = examples.general if len(examples.general) >= LEAST else examples.titles
    low = float(np.quantile([sample.nearness(space.metric, query) for query in general], 0.95))
    # Most of the queries about anything have no answer here: only the best tell where answers stand.
    high = float(np.quantile(_best(snapshot, space, general, found), 0.9))
    if len(examples.titles) >= LEAST:
        high = max(high, float(np.median(_best(snapshot, space, examples.titles, found))))
    return low, max(high, low + 1e-6)


def _best(snapshot: Snapshot, space: Space, queries: Floats, found: Modality) -> list[float]:
    """The similarity of each query to the part of a modality that is nearest to it."""
    selection = snapshot.select([Filter("modality", "=", (found,))])
    deadline = Deadline.after(_SECONDS)
    near = [find(snapshot, space, query, 1, selection, deadline, precise=True) for query in queries]
    return [float(one.similarities[0]) for one in near if len(one.similarities)]


def scale_of(snapshot: Snapshot, space: Space, asked: Asking, found: Modality) -> Scale:
    """The measured scale, or a plain one where the library is too small."""
    scales = snapshot.calibration.get(str(space.id), {})
    measured = scales.get(f"{asked}-{found}") or (scales.get(f"text-{found}") if asked == "words" else None)
    return tuple(map(float, measured)) if measured else _UNKNOWN[space.metric]  # type: ignore[return-value]


def told_kinds(snapshot: Snapshot, space: Space, asked: Asking) -> list[Modality]:
    """Of what modalities the encoder of a space has told how likely a hit is right; none where it tells nothing."""
    scales = {found: scale_of(snapshot, space, asked, found) for found in MODALITIES}
    return [found for found, scale in scales.items() if len(scale) == 3 and scale != NEVER]


def calibrated(scale: Scale, similarities: Floats) -> Floats:
    """Scores from 0 to 1."""
    if len(scale) == 3:
        return probability(scale, similarities)
    low, high = scale
    scores: Floats = np.clip((similarities - low) / (high - low), 0, 1).astype(np.float32)
    return scores
