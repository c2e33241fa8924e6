"""Cut text into normalised words with their places: by spaces, and by segmentation where there are none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from operator import add
from typing import TypeAlias

from pinakes.errors import MissingExtra
from pinakes.registry import Registry
from pinakes.words.han import SIMPLIFIED
from pinakes.words.runs import parting, runs_in
from pinakes.words.scripts import SPACELESS_MARKS, VARIANTS, spaceless_or_other, spaceless_run

MAX_WORD = 64
# An apostrophe joins only the short endings of English; elsewhere (l'art, O'Neill) it parts two words.
_ENDING = r"(?:s|t|d|m|re|ve|ll)(?![^\W_])"
# An empty alternative is looked for more quickly than what may be left out.
_ASCII_WORD = re.compile(f"[a-z0-9]++(?:'{_ENDING}|)")
# Characters within a word that are not seen: where it may be broken, or may not, and how its letters are joined.
_UNSEEN = f"\u00ad\u200d\u2060{VARIANTS}"
# Marks that follow a letter of the same word: accents, Hebrew, Arabic and Syriac points, the vowel signs of Indic and
# other scripts.
_INDIC = "".join(
    f"{chr(block)}-{chr(block + 4)}{chr(block + 0x3A)}-{chr(block + 0x4F)}{chr(block + 0x51)}-{chr(block + 0x57)}"
    f"{chr(block + 0x62)}{chr(block + 0x63)}"
    for block in range(0x0900, 0x0E00, 0x80)
)
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    f"\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u1ab0-\u1aff\u1dc0-\u1dff\ufe20-\ufe2f"
    "\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u07eb-\u07f3\u08ca-\u08e1\u08e3-\u08ff"
    "\u09fe\u0a70\u0a71\u0afa-\u0aff\u0dcf-\u0ddf\u0df2\u0df3\u0f71-\u0f84\u0f86\u0f87\u0f8d-\u0fbc\u135d-\u135f"
    "\u1712-\u1715\u1732-\u1734\u180b-\u180d\u1b00-\u1b04\u1b34-\u1b44\u1b80-\u1b82\u1ba1-\u1bad\u1cd0-\u1cd2\u1cd4-\u1ce8"
    f"\u2de0-\u2dff\ua66f-\ua672\ua674-\ua67d\ua980-\ua983\ua9b3-\ua9c0{_INDIC}{SPACELESS_MARKS}{_UNSEEN}"
)
_LETTERS = f"[^\\W_]++(?:(?:[{_MARKS}]+[^\\W_]*)++|)"
# What is not seen parts no ending from the letters around it.
_WORD = re.compile(f"{_LETTERS}(?:['\u2019][{_UNSEEN}]*(?i:{_ENDING})(?![{_UNSEEN}]+[^\\W_])|)")

# Beside what is not seen, the one mark that becomes a letter where case is folded: the Greek iota below a vowel.
_CHANGING = "\u0345\u00ad\u200d\u2060"
_VARIANTS = re.compile(f"[{VARIANTS}]")
# Apostrophes and hyphens that are the same as those of ASCII.
_ALIKE = (("\u2019", "'"), ("\u2010", "-"), ("\u2011", "-"), ("\ufe63", "-"), ("\uff0d", "-"))
_NOT_SEEN = re.compile(f"[{_UNSEEN}]+")
_MARKED = re.compile(f"[{SPACELESS_MARKS}]")
_CHARACTER = re.compile(f".[{SPACELESS_MARKS}]*", re.DOTALL)

# Cuts a run of characters without spaces into (start, end) pieces.
Segmenter: TypeAlias = Callable[[str], Iterator[tuple[int, int]]]
# From a text that is prepared for it to its words.
Cut: TypeAlias = Callable[[str], list[str]]
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
    prepared, cut = prepare(text, segmenter)
    return shortened(cut(prepared)) if cut in _FINDING else cut(prepared)


def prepare(text: str, segmenter: Segmenter) -> tuple[str, Cut]:
    """A text as it is cut into its normalised words, and what cuts it, or any part of it, into words of any length."""
    if text.isascii():
        return text.lower(), _ascii_words
    if len(text.encode("utf-16-le", "surrogatepass")) > 2 * len(text):
        text = _VARIANTS.sub("", text)
    folded = _folded(text)
    if folded is None:
        for other, plain in _ALIKE:
            text = text.replace(other, plain)
        return text, partial(_forms_one_by_one, segmenter=segmenter)
    if not spaceless_run().search(folded):
        return folded, _spaced_words
    return folded, partial(_spaceless_forms, segmenter=segmenter)


_PARTED = parting(lambda character: character.isalnum() or character == "'")


def _ascii_words(prepared: str) -> list[str]:
    return runs_in(prepared, _PARTED, str.isalnum, _ASCII_WORD.findall)


def _spaced_words(prepared: str) -> list[str]:
    return runs_in(prepared, _PARTED, str.isalnum, _WORD.findall)


_FINDING = (_ascii_words, _spaced_words)


def _spaceless_forms(folded: str, segmenter: Segmenter) -> list[str]:
    result: list[str] = []
    for token in _WORD.findall(folded):
        if segmenter is bigrams and spaceless_run().fullmatch(token) and not _MARKED.search(token):
            result += map(add, token, token[1:])
            result.append(token[-1])
        else:
            result += _mixed_forms(token, segmenter)
    return result


def _folded(text: str) -> str | None:
    """The whole text as `normal` makes its words, where its words stay the same so; its hyphens are all one."""
    if not unicodedata.is_normalized("NFKC", text) or any(map(text.__contains__, _CHANGING)):
        return None
    folded = text.casefold()
    if not unicodedata.is_normalized("NFKC", folded):
        return None
    return folded.replace("\u2019", "'").replace("\u2010", "-")


def shortened(words: list[str]) -> list[str]:
    """The same words, none of them longer than one may be."""
    return [word[:MAX_WORD] for word in words] if max(map(len, words), default=0) > MAX_WORD else words


def _forms_one_by_one(text: str, segmenter: Segmenter) -> list[str]:
    result: list[str] = []
    for token in _WORD.findall(text):
        if token.isascii():
            result.append(token.lower()[:MAX_WORD])
        elif spaceless_run().search(token):
            result += _mixed_forms(token, segmenter)
        else:
            result.append(_normal(token))
    return result


def _mixed_forms(token: str, segmenter: Segmenter) -> Iterator[str]:
    # Pieces of what is normal are normal.
    plain = _normal(token) == token
    for match in spaceless_or_other().finditer(token):
        piece = match.group()
        if not match.group(1) and _NOT_SEEN.fullmatch(piece):
            continue
        cuts = segmenter(piece) if match.group(1) else ((0, len(piece)),)
        for start, end in cuts:
            yield piece[start:end] if plain else _normal(piece[start:end])


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
            if not _NOT_SEEN.fullmatch(match.group()):
                yield start, offset + match.end(), False
        else:
            for first, last in segmenter(match.group()):
                yield start + first, start + last, True


def normal(word: str) -> str:
    """A word as it is compared: one for its compatibility forms, case and kinds of apostrophe, and nothing unseen."""
    return _normal(word if word.isascii() else _VARIANTS.sub("", word))


def _normal(word: str) -> str:
    """The same of a word without variants."""
    if not word.isprintable():
        word = _NOT_SEEN.sub("", word)
    if not unicodedata.is_normalized("NFKC", word):
        word = unicodedata.normalize("NFKC", word)
    folded = word.casefold().replace("\u2019", "'")
    return (folded if unicodedata.is_normalized("NFKC", folded) else unicodedata.normalize("NFKC", folded))[:MAX_WORD]
