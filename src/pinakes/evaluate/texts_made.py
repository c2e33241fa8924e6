"""Generated texts: invented words by Zipf's law."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from pinakes.types import Rows

_LATIN = ("ba", "do", "ki", "lu", "me", "no", "pa", "ri", "so", "tu", "va", "zo", "ga", "lo", "mu", "ta")
_WORDS = 50_000
_CHUNK = 4_096


def vocabulary(count: int = _WORDS, syllables: Sequence[str] = _LATIN) -> list[str]:
    """Invented words of three to five syllables, all different; they end so that no stemmer shortens them much."""
    base, words = len(syllables), []
    for number in range(count):
        mixed, parts = (number * 2_654_435_761) % base**4, []
        for _ in range(4):
            mixed, digit = divmod(mixed, base)
            parts.append(syllables[digit])
        words.append("".join(parts))
    return list(dict.fromkeys(words))


def word_numbers(rng: np.random.Generator, size: int, count: int) -> Rows:
    """Numbers of words, the first ones far more frequent."""
    weights = 1 / (np.arange(count) + 5.0)
    places = np.searchsorted(np.cumsum(weights) / weights.sum(), rng.random(size))
    return np.minimum(places, count - 1)


def documents(count: int, words: int = 80, seed: int = 0) -> Iterator[str]:
    """Texts of invented words alone, their lengths varied."""
    rng = np.random.default_rng(seed)
    known = vocabulary()
    for start in range(0, count, _CHUNK):
        lengths = np.maximum(5, rng.lognormal(np.log(words), 0.4, min(_CHUNK, count - start)).astype(int))
        numbers = word_numbers(rng, int(lengths.sum()), len(known)).tolist()
        at = 0
        for length in lengths.tolist():
            yield " ".join(known[number] for number in numbers[at : at + length])
            at += length


def queries(count: int, seed: int = 1) -> list[str]:
    """Queries of one to four words, neither the commonest nor the rarest."""
    rng = np.random.default_rng(seed)
    known = vocabulary()
    return [
        " ".join(dict.fromkeys(known[number] for number in (10 ** rng.uniform(1, 4, size)).astype(int)))
        for size in rng.integers(1, 5, count).tolist()
    ]
