"""Whether an encoder can read a text: how many of its letters stand in words that the encoder has learned.

An encoder that is asked in words it has never seen gives a vector all the same, and what lies near it is noise. What it
can not read it is better not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from pinakes.words.han import SIMPLIFIED
from pinakes.words.languages import guess, is_little
from pinakes.words.remembering import Remembering
from pinakes.words.scripts import scripts_in
from pinakes.words.segment import words
from pinakes.words.vocabulary import UNKNOWN, Pieces, Vocabulary

# The least share of its letters that must be known for a text to be read.
LEAST = 0.5
# A word of two pieces is known by its stem, if that has so many letters and is half of it: snow-man, not snow-m-na.
_STEM, _HALF = 4, 2
_BEGINS, _GOES_ON = "\u2581", "##"
# Words of which is remembered whether they are known.
_REMEMBERED = 65_536


@dataclass(frozen=True, slots=True)
class Reading:
    """How much of a text can be read: the share of its letters that stand in known words, and the other words."""

    share: float
    unknown: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.share >= LEAST


@runtime_checkable
class ReadingEncoder(Protocol):
    """An encoder that knows what it can not read."""

    def reading(self, text: str) -> Reading:
        """How much of a text it can read."""


@runtime_checkable
class KnowingEncoder(Protocol):
    """An encoder that can tell words that it has learned from those of which it knows no more than pieces."""

    def knows(self, word: str) -> bool:
        """Whether it has learned a word as it is written."""


class Reader:
    """Reads with a vocabulary that was learned from texts of some languages; none named: of any.

    Words in the script of another language are not known, nor are the little words of a language that a text is seen to
    be in. Without a vocabulary all is known. Chinese is read as it is written, or in simplified characters where more
    of them were learned.
    """

    def __init__(self, vocabulary: Vocabulary | None, languages: Sequence[str]) -> None:
        self._vocabulary, self._languages = vocabulary, languages
        self._known = Remembering(self._looked_up, _REMEMBERED)

    def as_learned(self, text: str) -> str:
        """A text as it is read, which is as long: 紅色的船 where 红色的船 was learned."""
        simplified = text if text.isascii() else text.translate(SIMPLIFIED)
        if self._vocabulary is None or simplified == text:
            return text
        asked, other = (sum(number <= UNKNOWN for number in self._vocabulary.ids(one)) for one in (text, simplified))
        return simplified if other < asked else text

    def read(self, text: str) -> Reading:
        """How much of a text is read; one without letters has nothing to read."""
        if self._vocabulary is None:
            return Reading(1.0)
        known, total, unknown = 0, 0, []
        told = guess(text) if self._languages else ""
        foreign = bool(told) and told not in self._languages
        for word in words(self.as_learned(text), _whole):
            letters = len(word.form) if word.form.isalpha() else sum(map(str.isalpha, word.form))
            total += letters
            if letters and self._known[word.form] and not (foreign and is_little(word.form)):
                known += letters
            elif letters:
                unknown.append(text[word.start : word.end])
        return Reading(known / total if total else 0.0, tuple(unknown))

    def knows(self, word: str) -> bool:
        """Whether a word was learned as it is written, and not only the stem of it; without a vocabulary, none is."""
        learned, forms = self._vocabulary, [found.form for found in words(self.as_learned(word), _whole)]
        return learned is not None and all(self._known[one] and _as_it_is(one, learned) for one in forms)

    def _looked_up(self, word: str) -> bool:
        return self._vocabulary is None or _known(word, self._vocabulary, self._languages)


def _known(word: str, vocabulary: Vocabulary, languages: Sequence[str]) -> bool:
    scripts = set(scripts_in(word)) if languages and not word.isascii() else set()
    if scripts - set(languages):
        return False
    plain = word.partition("'")[0]
    if not isinstance(vocabulary, Pieces):
        return any(
            _HALF * sum(number > UNKNOWN for number in numbers) > len(numbers)
            for numbers in map(vocabulary.ids, (word, plain))
        )
    word = plain
    pieces = [piece for piece in map(_letters, vocabulary.pieces(word)) if piece]
    if scripts:
        # A sign of such a script is a word or half of one; those that were never seen are not among the pieces.
        return _HALF * sum(map(len, pieces)) >= len(word)
    if len(pieces) == 1:
        return pieces[0] == word
    first = pieces[0] if len(pieces) == 2 else ""
    return len(first) >= _STEM and _HALF * len(first) >= len(word) and word.startswith(first)


def _as_it_is(word: str, vocabulary: Vocabulary) -> bool:
    if isinstance(vocabulary, Pieces):
        return [piece for piece in map(_letters, vocabulary.pieces(word)) if piece] == [word]
    return all(number > UNKNOWN for number in vocabulary.ids(word))


def _letters(piece: str) -> str:
    """A piece without its marks; nothing for one that stands for what is not known, or for no part of the text."""
    return "" if piece.startswith("[") and piece.endswith("]") else piece.removeprefix(_BEGINS).removeprefix(_GOES_ON)


def _whole(run: str) -> Iterator[tuple[int, int]]:
    yield 0, len(run)
