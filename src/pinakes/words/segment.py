"""Cut text into normalised words with their places: by spaces, and by segmentation where there are none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import add
from typing import TypeAlias

from pinakes.errors import MissingExtra
from pinakes.registry import Registry
from pinakes.words.han import SIMPLIFIED
from pinakes.words.scripts import SPACELESS_MARKS, spaceless_or_other, spaceless_run

MAX_WORD = 64
# An apostrophe joins only the short endings of English; elsewhere (l'art, O'Neill) it parts two words.
_ENDING = r"(?:s|t|d|m|re|ve|ll)(?![^\W_])"
_ASCII_WORD = re.compile(f"[a-z0-9]+(?:'{_ENDING})?")
# Marks that follow a letter of the same word: accents, Hebrew and Arabic points, the vowel signs of Indic scripts.
_INDIC = "".join(
    f"{chr(block)}-{chr(block + 3)}{chr(block + 0x3C)}-{chr(block + 0x4D)}{chr(block + 0x55)}-{chr(block + 0x57)}"
    for block in range(0x0900, 0x0E00, 0x80)
)
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    f"\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc{_INDIC}{SPACELESS_MARKS}"
)
_LETTERS = f"(?:[^\\W_]+[{_MARKS}]*)+"
_WORD = re.compile(f"{_LETTERS}(?:['\u2019](?i:{_ENDING}))?")

# The one mark that becomes a letter where case is folded: the Greek iota below a vowel.
_FOLDS_TO_LETTER = "\u0345"
_MARKED = re.compile(f"[{SPACELESS_MARKS}]")
_CHARACTER = re.compile(f".[{SPACELESS_MARKS}]*", re.DOTALL)

# Cuts a run of characters without spaces into (start, end) pieces.
Segmenter: TypeAlias = Callable[[str], Iterator[tuple[int, int]]]
SEGMENTERS: Registry[Segmenter] = Registry("segmenter", "pinakes.segmenters")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is looked up, and where it stands in the text."""

    form: str
    start: int
    end: int
    spaceless: bool = False


@SEGMENTERS.register("bigrams")
def bigrams(run: str) -> Iterator[tuple[int, int]]:
    """Every two neighbouring characters, and the last one alone, so that any substring can be found."""
    starts = characters(run)
    yield from zip(starts, starts[2:], strict=False)
    yield starts[-2], starts[-1]


def characters(run: str) -> list[int]:
    """Where each character of a run begins, its vowel signs and marks with it, and where the last one ends."""
    if not _MARKED.search(run):
        return list(range(len(run) + 1))
    return [*(match.start() for match in _CHARACTER.finditer(run)), len(run)]


@SEGMENTERS.register("jieba")
def jieba(run: str) -> Iterator[tuple[int, int]]:
    """Chinese words by a dictionary and a hidden Markov model."""
    try:
        import jieba as library
    except ImportError:
        raise MissingExtra("Segmentation by jieba", "zh") from None
    library.setLogLevel(60)
    # Its dictionary is one of simplified characters.
    for _, start, end in library.tokenize(run.translate(SIMPLIFIED)):
        yield start, end


def forms(text: str, segmenter: Segmenter = bigrams) -> list[str]:
    """The normalised words of a text, in order."""
    if text.isascii():
        return _shortened(_ASCII_WORD.findall(text.lower()))
    folded = _folded(text)
    if folded is None:
        return _forms_one_by_one(text, segmenter)
    tokens = _WORD.findall(folded)
    if not spaceless_run().search(folded):
        return _shortened(tokens)
    result: list[str] = []
    for token in tokens:
        if segmenter is bigrams and spaceless_run().fullmatch(token) and not _MARKED.search(token):
            result += map(add, token, token[1:])
            result.append(token[-1])
        else:
            result += _mixed_forms(token, segmenter)
    return result


def _folded(text: str) -> str | None:
    """The whole text as `normal` makes its words, where its words stay the same so."""
    if not unicodedata.is_normalized("NFKC", text) or _FOLDS_TO_LETTER in text:
        return None
    folded = text.casefold()
    if not unicodedata.is_normalized("NFKC", folded):
        return None
    return folded.replace("\u2019", "'")


def _shortened(words: list[str]) -> list[str]:
    return [word[:MAX_WORD] for word in words] if max(map(len, words), default=0) > MAX_WORD else words


def _forms_one_by_one(text: str, segmenter: Segmenter) -> list[str]:
    result: list[str] = []
    for token in _WORD.findall(text):
        if token.isascii():
            result.append(token.lower()[:MAX_WORD])
        elif spaceless_run().search(token):
            result += _mixed_forms(token, segmenter)
        else:
            result.append(normal(token))
    return result


def _mixed_forms(token: str, segmenter: Segmenter) -> Iterator[str]:
    # Pieces of what is normal are normal.
    plain = normal(token) == token
    for match in spaceless_or_other().finditer(token):
        piece = match.group()
        cuts = segmenter(piece) if match.group(1) else ((0, len(piece)),)
        for start, end in cuts:
            yield piece[start:end] if plain else normal(piece[start:end])


def words(text: str, segmenter: Segmenter = bigrams) -> Iterator[Word]:
    """The normalised words of a text with their places in it."""
    for start, end, spaceless in _cut(text, segmenter):
        form = text[start:end]
        yield Word(form.lower()[:MAX_WORD] if form.isascii() else normal(form), start, end, spaceless)


def places(text: str, segmenter: Segmenter = bigrams) -> list[tuple[int, int]]:
    """Where each of the words of `forms` begins and ends in a text."""
    if text.isascii():
        return [match.span() for match in _ASCII_WORD.finditer(text.lower())]
    return [(start, end) for start, end, _ in _cut(text, segmenter)]


def _cut(text: str, segmenter: Segmenter) -> Iterator[tuple[int, int, bool]]:
    """Where the words of a text begin and end, and which of them have no spaces between them."""
    for match in _WORD.finditer(text):
        token = match.group()
        if token.isascii() or not spaceless_run().search(token):
            yield match.start(), match.end(), False
        else:
            yield from _pieces(token, match.start(), segmenter)


def _pieces(token: str, offset: int, segmenter: Segmenter) -> Iterator[tuple[int, int, bool]]:
    """Where the words of a run of letters begin and end, and which of them have no spaces between them."""
    for match in spaceless_or_other().finditer(token):
        start = offset + match.start()
        if match.group(1) is None:
            yield start, offset + match.end(), False
        else:
            for first, last in segmenter(match.group()):
                yield start + first, start + last, True


def normal(word: str) -> str:
    """A word as it is compared: compatibility forms, case and the kinds of apostrophe made one."""
    if not unicodedata.is_normalized("NFKC", word):
        word = unicodedata.normalize("NFKC", word)
    folded = word.casefold().replace("\u2019", "'")
    return (folded if unicodedata.is_normalized("NFKC", folded) else unicodedata.normalize("NFKC", folded))[:MAX_WORD]
