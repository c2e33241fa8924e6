"""The slow truth beside the index: BM25, filters and nearest neighbours, one document at a time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from pinakes.types import Floats


def bm25(
    documents: Mapping[int, Sequence[str]], terms: Sequence[str], k1: float = 1.2, b: float = 0.75
) -> dict[int, float]:
    """The score of every document that holds any of the terms (Lucene's formula, exact lengths)."""
    filled = {number: words for number, words in documents.items() if words}
    total = len(filled)
    mean = sum(len(words) for words in filled.values()) / total if total else 1.0
    scores: dict[int, float] = {}
    for term in terms:
        having = sum(term in words for words in filled.values())
        idf = math.log(1 + (total - having + 0.5) / (having + 0.5))
        for number, words in filled.items():
            times = Counter(words)[term]
            if times:
                weight = idf * times / (times + k1 * (1 - b + b * len(words) / mean))
                scores[number] = scores.get(number, 0.0) + weight
    return scores


def vsm(documents: Mapping[int, Sequence[str]], terms: Sequence[str]) -> dict[int, float]:
    """The cosine of every document with the query in the vector space of (1 + log count) x idf (Salton, 1975)."""
    filled = {number: words for number, words in documents.items() if words}
    having = Counter(term for words in filled.values() for term in set(words))

    def weights(words: Sequence[str]) -> dict[str, float]:
        rare = {term: math.log(1 + (len(filled) - n + 0.5) / (n + 0.5)) for term, n in having.items()}
        return {term: (1 + math.log(n)) * rare[term] for term, n in Counter(words).items() if term in rare}

    def length(vector: Mapping[str, float]) -> float:
        return math.sqrt(sum(weight**2 for weight in vector.values()))

    asked = weights(terms)
    cosines = {}
    for number, words in filled.items():
        vector = weights(words)
        shared = sum(weight * vector[term] for term, weight in asked.items() if term in vector)
        if shared:
            cosines[number] = shared / (length(asked) * length(vector))
    return cosines


def nearest(query: Floats, vectors: Mapping[int, Floats], count: int) -> list[int]:
    """Numbers of the vectors with the highest cosine."""
    cosines = {n: float(v @ query / (np.linalg.norm(v) * np.linalg.norm(query))) for n, v in vectors.items()}
    return sorted(cosines, key=lambda n: (-cosines[n], n))[:count]


def phrase_count(words: Sequence[str], phrase: Sequence[str]) -> int:
    """How often a phrase stands in a text."""
    return sum(list(words[i : i + len(phrase)]) == list(phrase) for i in range(len(words) - len(phrase) + 1))
