"""Spelling of scanned texts: suggestions only, never applied, from a speller that is handed in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from pinakes.media.base import CleaningNote
from pinakes.media.clean.steps import cleaning_step

STEP = "spelling"
# A suggestion must be at least that probable, and so many times as probable as what stands there.
MIN_PROBABILITY, MIN_ODDS = 0.5, 4.0
# Words shorter than this are as good as never corrected rightly.
MIN_LETTERS = 3
# Words before a word that the speller is told.
CONTEXT_WORDS = 2
MAX_SUGGESTIONS = 50
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


class Speller(Protocol):
    """What the step needs: words of the library weighed by a language model."""

    def candidates(self, word: str, before: Sequence[str], after: str) -> Sequence[tuple[str, float]]:
        """Words that may be meant, best first, with their probabilities between these neighbours (which sum to 1).

        The word itself is among them if it may stand; no candidates at all: the speller has nothing to say.
        """


@cleaning_step(STEP, "text", "suggests spellings for scanned words; the text is never changed", needs_speller=True)
def suggest_spelling(text: str, speller: Speller) -> tuple[str, CleaningNote]:
    """The same text, and a note that lists `word -> suggestion` for words that were probably misread."""
    words = _WORDS.findall(text)
    suggestions: dict[str, str] = {}
    for i, word in enumerate(words):
        if len(word) < MIN_LETTERS or word in suggestions:
            continue
        before = words[max(0, i - CONTEXT_WORDS) : i]
        better = _better(word, speller.candidates(word, before, words[i + 1] if i + 1 < len(words) else ""))
        if better:
            suggestions[word] = better
        if len(suggestions) == MAX_SUGGESTIONS:
            break
    return text, CleaningNote(STEP, False, "; ".join(f"{word} -> {better}" for word, better in suggestions.items()))


def _better(word: str, candidates: Sequence[tuple[str, float]]) -> str:
    """The best candidate if it clearly beats the word as it stands, else nothing."""
    if not candidates:
        return ""
    chances = dict(candidates)
    best, chance = max(candidates, key=lambda pair: pair[1])
    stands = max(chances.get(word, 0.0), chances.get(word.casefold(), 0.0))
    if best.casefold() == word.casefold() or chance < MIN_PROBABILITY or chance < MIN_ODDS * stands:
        return ""
    return best
