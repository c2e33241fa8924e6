"""Which words of a corpus are alike, learned from what stands around them: for `Synonyms` and `Swap`, in any language.

Synonyms have the same neighbours: positive pointwise mutual information over two words either side, condensed (Levy,
Goldberg and Dagan, TACL 3, 2015). So have some opposites, and kinds of one thing: "red" is found like "blue". Parts of
speech stand in the same frames: the frequent words right before and right after a word, clustered (Schütze,
"Distributional part-of-speech tagging", EACL 1995).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from pinakes.encoders.base import unit_rows
from pinakes.errors import BadInput
from pinakes.learn.augment.draws import Doubles
from pinakes.learn.augment.words import Swap, Synonyms, WordStep
from pinakes.types import Floats
from pinakes.words.languages import is_little
from pinakes.words.segment import forms

# Words that occur less often tell too little of themselves.
_LEAST = 5
_ROUNDS = 50
# So many frequent words make the frames. Little words of grammar are in no class: what is exchanged carries meaning.
_FRAMES = 150


def learned(steps: Sequence[WordStep], texts: Sequence[str]) -> tuple[WordStep, ...]:
    """The steps, those that need to know words and know none yet taught by the texts."""
    found: list[WordStep] = []
    for step in steps:
        if isinstance(step, Synonyms) and not step.alike:
            found.append(replace(step, alike=learn_alike(texts)))
        elif isinstance(step, Swap) and not step.classes:
            found.append(replace(step, classes=learn_classes(texts)))
        else:
            found.append(step)
    return tuple(found)


def learn_alike(
    texts: Iterable[str], most: int = 2_000, others: int = 3, cosine: float = 0.6
) -> dict[str, tuple[str, ...]]:
    """For each of the most frequent words those that may stand for it, nearest first; words with none are left out."""
    cut, words = _words(texts, most)
    places = {word: place for place, word in enumerate(words)}
    # All texts in one row, two strangers between them.
    row = np.array([place for text in cut for place in (*(places.get(word, -1) for word in text), -1, -1)])
    wide = 4 * len(words)
    flat = np.zeros(len(words) * wide)
    for step, side in ((1, 0), (2, 1)):
        one, other = row[:-step], row[step:]
        both = (one >= 0) & (other >= 0)
        one, other = one[both], other[both]
        flat += np.bincount(one * wide + side * len(words) + other, minlength=len(flat))
        flat += np.bincount(other * wide + (2 + side) * len(words) + one, minlength=len(flat))
    information = _information(flat.reshape(len(words), wide))
    return nearest_words(words, _condensed(information), others, cosine)


def nearest_words(
    words: Sequence[str], vectors: Floats, others: int = 3, cosine: float = 0.6
) -> dict[str, tuple[str, ...]]:
    """For each word those of the nearest vectors (n, d), as word2vec has them too; words of grammar have none."""
    unit = unit_rows(vectors)
    likeness = unit @ unit.T
    np.fill_diagonal(likeness, -1)
    telling = [place for place, word in enumerate(words) if not is_little(word)]
    likeness[:, [place for place, word in enumerate(words) if is_little(word)]] = -1
    found = {}
    for place in telling:
        nearest = np.argsort(-likeness[place], kind="stable")[:others]
        kept = tuple(words[other] for other in nearest.tolist() if likeness[place, other] >= cosine)
        if kept:
            found[words[place]] = kept
    return found


def learn_classes(texts: Iterable[str], classes: int = 12, most: int = 2_000, seed: int = 0) -> dict[str, int]:
    """A number for each of the most frequent words, the same for those that stand in the same frames."""
    cut, words = _words(texts, most)
    frames = {word: place for place, word in enumerate(words[:_FRAMES])}
    places = {word: place for place, word in enumerate(words)}
    # One more frame: the begin, or the end, of a text.
    width = len(frames) + 1
    counts = np.zeros((len(words), 2 * width), np.float32)
    for text in cut:
        for place, word in enumerate(text):
            if word in places:
                before = frames.get(text[place - 1], -1) if place else len(frames)
                after = frames.get(text[place + 1], -1) if place + 1 < len(text) else len(frames)
                if before >= 0:
                    counts[places[word], before] += 1
                if after >= 0:
                    counts[places[word], width + after] += 1
    kept = [place for place, word in enumerate(words) if not is_little(word) and counts[place].any()]
    members = _clusters(np.sqrt(counts[kept]), min(classes, len(kept)), np.random.default_rng(seed))
    return {words[place]: int(member) for place, member in zip(kept, members.tolist(), strict=True)}


def _words(texts: Iterable[str], most: int) -> tuple[list[list[str]], list[str]]:
    """The texts as words, and the most frequent of these."""
    cut = [forms(text) for text in texts]
    counts = Counter(word for text in cut for word in text)
    ranked = sorted((-times, word) for word, times in counts.items() if times >= _LEAST)
    if len(ranked) < 2:
        raise BadInput(
            f"Hardly any word occurs {_LEAST} times, so that nothing can be learned of words.", "Give more texts."
        )
    return cut, [word for _, word in ranked[:most]]


def _information(counts: Doubles) -> Floats:
    """Positive pointwise mutual information of counts (n, m), with contexts smoothed by a power of 0.75."""
    total = counts.sum()
    rows = counts.sum(1, keepdims=True) / total
    columns = counts.sum(0) ** 0.75
    columns /= max(columns.sum(), 1e-9)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log(counts / total / (rows * columns[None]))
    positive = np.maximum(np.nan_to_num(found, nan=0, neginf=0, posinf=0), 0)
    return np.asarray(positive, np.float32)


def _condensed(rows: Floats, most: int = 100) -> Floats:
    """The rows (n, m) by their first singular vectors, each weighted by the root of its value."""
    values, vectors = np.linalg.eigh(rows @ rows.T)
    weights = np.sqrt(np.sqrt(np.maximum(values[-most:], 0)))
    return np.asarray(vectors[:, -most:] * weights[None], np.float32)


def _clusters(points: Floats, count: int, random: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Spherical k-means, begun far apart: the cluster of each point (n,)."""
    unit = unit_rows(points)
    centres = [unit[int(random.integers(len(unit)))]]
    for _ in range(count - 1):
        away = np.maximum(1 - np.max(unit @ np.stack(centres).T, axis=1), 0) + 1e-9
        centres.append(unit[int(random.choice(len(unit), p=away / away.sum()))])
    middle = np.stack(centres)
    members = np.zeros(len(unit), np.int64)
    for _ in range(_ROUNDS):
        nearest = (unit @ middle.T).argmax(1)
        if (nearest == members).all() and _:
            break
        members = nearest
        for cluster in range(count):
            if (members == cluster).any():
                total = unit[members == cluster].sum(0)
                middle[cluster] = total / max(float(np.linalg.norm(total)), 1e-9)
    return members
