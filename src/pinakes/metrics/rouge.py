"""ROUGE: how many words, pairs of words, and words in order a text shares with the text it should resemble.

Lin, "ROUGE: A package for automatic evaluation of summaries" (2004): clipped counts for n-grams, the longest common
subsequence of the whole texts for ROUGE-L; F1 weighs precision and recall equally. No stemming, no stop words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pinakes.words.segment import characters, forms

NAMES = ("rouge-1", "rouge-2", "rouge-l")


@dataclass(frozen=True, slots=True)
class Overlap:
    """Precision: share of the candidate; recall: share of the reference; F1."""

    precision: float
    recall: float
    f1: float


def plain_words(text: str) -> list[str]:
    """The words of a text in lower case, as they stand; a character of a script without spaces is a word."""
    return forms(text, _characters)


def _characters(run: str) -> Iterator[tuple[int, int]]:
    starts = characters(run)
    return pairwise(starts)


def rouge(candidate: str, reference: str, cut: Callable[[str], Sequence[str]] = plain_words) -> dict[str, Overlap]:
    """ROUGE-1, ROUGE-2 and ROUGE-L of a candidate against one reference; `cut` makes words of a text."""
    found, wanted = cut(candidate), cut(reference)
    return {
        "rouge-1": _ngrams(found, wanted, 1),
        "rouge-2": _ngrams(found, wanted, 2),
        "rouge-l": _overlap(longest_common(found, wanted), len(found), len(wanted)),
    }


def best_rouge(
    candidate: str, references: Sequence[str], cut: Callable[[str], Sequence[str]] = plain_words
) -> dict[str, Overlap]:
    """Each ROUGE against that one of several references for which its F1 is highest; zeros if there is none."""
    each = [rouge(candidate, reference, cut) for reference in references] or [rouge(candidate, "", cut)]
    return {name: max((one[name] for one in each), key=lambda overlap: overlap.f1) for name in NAMES}


def longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    """The length of the longest common subsequence."""
    if not one or not other:
        return 0
    numbers: dict[str, int] = {}
    columns = np.array([numbers.setdefault(word, len(numbers)) for word in other])
    lengths = np.zeros(len(other) + 1, np.int64)
    for word in one:
        # Row by row; within a row a length passes on to the right.
        longer = lengths[:-1] + (columns == numbers.get(word, -1))
        lengths[1:] = np.maximum.accumulate(np.maximum(lengths[1:], longer))
    return int(lengths[-1])


def _ngrams(found: Sequence[str], wanted: Sequence[str], size: int) -> Overlap:
    counts, sought = _counted(found, size), _counted(wanted, size)
    return _overlap((counts & sought).total(), counts.total(), sought.total())


def _counted(words: Sequence[str], size: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[at : at + size]) for at in range(len(words) - size + 1))


def _overlap(shared: int, found: int, wanted: int) -> Overlap:
    precision, recall = (shared / total if total else 0.0 for total in (found, wanted))
    return Overlap(precision, recall, 2 * shared / (found + wanted) if shared else 0.0)
