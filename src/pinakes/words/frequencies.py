"""How common a word is in a language at large, from a frequency dictionary of twelve languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

LANGUAGES = frozenset({"ar", "de", "en", "es", "eu", "fa", "fr", "it", "lv", "nl", "pt", "ru"})


@lru_cache(maxsize=4)
def frequencies(language: str) -> Mapping[str, int]:
    """Counts of words in a language; empty where there is no dictionary of it."""
    if language not in LANGUAGES:
        return {}
    # Imported here: only a query with an unknown word pays for it.
    from spellchecker import SpellChecker

    counts: Mapping[str, int] = SpellChecker(language=language, distance=1).word_frequency.dictionary
    return counts
