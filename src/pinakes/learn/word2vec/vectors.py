"""Words with their vectors: which words are like one, and rows for the embedding of a network; needs no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pinakes.errors import BadVector, NoContent, UnknownName, nearest
from pinakes.types import Floats
from pinakes.words.vocabulary.base import UNKNOWN
from pinakes.words.vocabulary.words import Words

# Rows of scores made at a time.
_BLOCK = 512


@dataclass(frozen=True)
class WordVectors:
    """Words, the most frequent first where that is known, and their vectors (words, dim)."""

    words: tuple[str, ...]
    vectors: Floats
    places: dict[str, int] = field(init=False, repr=False, compare=False)
    # Of length one, to compare by cosine; a word without a direction is like none.
    _units: Floats = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.vectors) != len(self.words):
            raise BadVector(
                f"{len(self.words)} words can not have vectors of shape {self.vectors.shape}.", "Give one row for each."
            )
        if not self.vectors.size:
            raise NoContent("There are no words with vectors.", "Give at least one.")
        if not np.isfinite(self.vectors).all():
            row = int(np.flatnonzero(~np.isfinite(self.vectors).all(1))[0])
            raise BadVector(f"The vector of {self.words[row]!r} holds NaN or infinity.", "Leave that word out.")
        object.__setattr__(self, "places", {word: place for place, word in enumerate(self.words)})
        object.__setattr__(self, "_units", _units(self.vectors))

    @property
    def dim(self) -> int:
        """The width of a vector."""
        return int(self.vectors.shape[1])

    def __contains__(self, word: str) -> bool:
        return word in self.places

    def __getitem__(self, word: str) -> Floats:
        row: Floats = self.vectors[self._place(word)]
        return row

    def synonyms(self, word: str, count: int = 10, least: float = -1.0) -> list[tuple[str, float]]:
        """The words whose vectors are nearest to that of a word, with their cosines, those below `least` left out."""
        return self.all_synonyms([word], count, least)[word]

    def all_synonyms(
        self, words: Sequence[str], count: int = 10, least: float = -1.0
    ) -> dict[str, list[tuple[str, float]]]:
        """The same for many words at once."""
        places = [self._place(word) for word in words]
        found: dict[str, list[tuple[str, float]]] = {}
        for at in range(0, len(places), _BLOCK):
            block = places[at : at + _BLOCK]
            scores = self._units[block] @ self._units.T
            scores[np.arange(len(block)), block] = -np.inf
            kept = min(count, len(self.words) - 1)
            # Equal scores in the order of the words.
            ranked = np.argsort(-scores, axis=1, kind="stable")[:, :kept]
            for row, place in enumerate(block):
                found[self.words[place]] = [
                    (self.words[other], float(scores[row, other]))
                    for other in ranked[row].tolist()
                    if scores[row, other] >= least
                ]
        return found

    def rows(self, vocabulary: Words) -> Floats:
        """A row for each number of a vocabulary (numbers, dim): padding is zero, a word without a vector the mean."""
        known = [(number, self.places[word]) for word, number in vocabulary.numbers.items() if word in self.places]
        if not known:
            raise NoContent(
                f"None of the vocabulary's {len(vocabulary.words)} words has a vector.",
                "Take vectors of the same language, in small letters.",
            )
        numbers, places = map(list, zip(*known, strict=True))
        rows = np.empty((len(vocabulary), self.dim), np.float32)
        rows[UNKNOWN:] = self.vectors[places].mean(0)
        rows[:UNKNOWN] = 0
        rows[numbers] = self.vectors[places]
        return rows

    def covered(self, vocabulary: Words) -> float:
        """Which share of a vocabulary's words has a vector."""
        return sum(word in self.places for word in vocabulary.words) / max(1, len(vocabulary.words))

    def _place(self, word: str) -> int:
        if word not in self.places:
            raise UnknownName(f"There is no vector of the word {word!r}.", nearest(word, self.words[:10_000]))
        return self.places[word]


def _units(vectors: Floats) -> Floats:
    """Rows of length one; divided by their largest number first, so that no square is too large or too small."""
    peaks = np.abs(vectors).max(1, keepdims=True)
    scaled = vectors / np.where(peaks > 0, peaks, 1)
    lengths = np.linalg.norm(scaled, axis=1, keepdims=True)
    return np.asarray(scaled / np.where(lengths > 0, lengths, 1), np.float32)
