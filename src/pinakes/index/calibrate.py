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
from typing import Literal, TypeAlias

import numpy as np

from pinakes.catalogue.examples import LEAST, Examples
from pinakes.catalogue.spaces import Space
from pinakes.encoders.certainty import Calibration, pair, probability
from pinakes.index.filters import Filter
from pinakes.index.find_vectors import find
from pinakes.index.sample import ASKED, Sample, samples
from pinakes.index.snapshot import Deadline, Snapshot
from pinakes.types import MODALITIES, Floats, Metric, Modality

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

# The same of spaces in which all things are near: what unrelated pictures and sounds of the sample library, and
# unrelated photographs, were seen to have (the 95th percentile).
_CROWDED: dict[str, Scale] = {
    "colour": (0.89, 1.0),
    "gradient": (0.9, 1.0),
    "texture": (0.965, 1.0),
    "mfcc": (0.94, 1.0),
    "logmel": (0.94, 1.0),
}


def measure(
    snapshot: Snapshot,
    space: Space,
    examples: Examples | None = None,
    told: Calibration | None = None,
    seed: int = 0,
) -> dict[str, Scale]:
    """The scale for each pair of query and part modality of a space, told by its encoder or measured by a sample."""
    if told:
        return _told(told)
    drawn = samples(snapshot, space, seed)
    scales = {}
    for asked, queries in drawn.items():
        for found, sample in drawn.items():
            if len(sample) >= 16 and len(queries) >= 4:
                wholes = queries.wholes[:ASKED]
                scales[f"{asked}-{found}"] = _scale(space.metric, wholes, sample, same=asked == found)
    if examples:
        for found, sample in drawn.items():
            scales[f"words-{found}"] = _words_scale(snapshot, space, examples, found, sample)
    return scales


def _told(told: Calibration) -> dict[str, Scale]:
    """The scales that an encoder tells, by what is asked and what is found; what it does not tell is not found."""
    scales: dict[str, Scale] = {}
    for asked in MODALITIES:
        for found in MODALITIES:
            scales[f"{asked}-{found}"] = told.get(f"{asked}>{found}", told.get(pair(asked, found), NEVER))
        if asked == "text":
            scales |= {f"words-{found}": scales[f"text-{found}"] for found in MODALITIES}
    return scales


def is_measured(scales: Mapping[str, Scale] | None, examples: Examples | None) -> bool:
    """Whether these are the scales of a space, also those of words where there are examples for them."""
    return scales is not None and (examples is None or any(name.startswith("words-") for name in scales))


def _scale(metric: Metric, queries: Floats, sample: Sample, *, same: bool) -> Scale:
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


def _words_scale(snapshot: Snapshot, space: Space, examples: Examples, found: Modality, sample: Sample) -> Scale:
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


def scale_of(snapshot: Snapshot, space: Space, asked: Asking, found: Modality, *, told_apart: bool = False) -> Scale:
    """The measured scale, or a plain one where the library is too small.

    `told_apart` asks there for one by which unrelated things are not alike, in spaces in which all are near.
    """
    scales = snapshot.calibration.get(str(space.id), {})
    measured = scales.get(f"{asked}-{found}") or (scales.get(f"text-{found}") if asked == "words" else None)
    if measured is None:
        plain = _UNKNOWN[space.metric]
        return _CROWDED.get(space.name, plain) if told_apart else plain
    return tuple(map(float, measured))  # type: ignore[return-value]


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
