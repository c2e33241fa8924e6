"""Long texts cut into passages at paragraphs, then sentences, then words, with exact places."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

# What is left is not cut again if it is only this much longer than a passage.
_SLACK = 1.25
# A passage is cut no earlier than at this share of its size, if there is any border after that.
_EARLIEST = 0.5
_SMALLEST = 16

_PARAGRAPH = re.compile(r"\n[ \t\u3000]*\n\s*")
# After western marks white space must follow; Chinese and Japanese sentences end without any.
_SENTENCE = re.compile("[.!?…](?:[\"'”’»)\\]]*)\\s+|[。！？｡](?:[”’」』）》]*)\\s*|\n")
_CLAUSE = re.compile(r"[;:,]\s+|[，；：、]")
_WORD = re.compile(r"\s+")
_BORDERS = (_PARAGRAPH, _SENTENCE, _CLAUSE, _WORD)
_ZERO_WIDTH_JOINER = "\u200d"


class Passage(NamedTuple):
    """A stretch of a text: text[start:end]."""

    start: int
    end: int
    text: str


def passages(blocks: Iterable[str], size: int) -> Iterator[Passage]:
    """Passages of about `size` characters, in order, without the white space between them.

    The text comes in blocks, so that a long one is never held whole.
    """
    size = max(size, _SMALLEST)
    most = int(size * _SLACK)
    held, offset = "", 0
    for block in blocks:
        held += block
        at = 0
        while len(held) - at > most:
            cut = at + _border(held[at : at + most], size)
            yield from _trimmed(held[at:cut], offset + at)
            at = cut
        held, offset = held[at:], offset + at
    yield from _trimmed(held, offset)


def sentence_ends(text: str) -> Iterator[int]:
    """Where the sentences of a text end, but for the last."""
    return (found.end() for found in _SENTENCE.finditer(text))


def _trimmed(text: str, offset: int) -> Iterator[Passage]:
    body = text.strip()
    if body:
        start = offset + len(text) - len(text.lstrip())
        yield Passage(start, start + len(body), body)


def _border(text: str, size: int) -> int:
    """Where to cut a text that is too long: the last border of the best kind within the size."""
    earliest = int(size * _EARLIEST)
    for border in _BORDERS:
        ends = [found.end() for found in border.finditer(text, earliest, size + 1) if found.end() <= size]
        if ends:
            return ends[-1]
    return _whole_character(text, size)


def _whole_character(text: str, at: int) -> int:
    """A place not after `at` that parts no letter from its accents and no joined emoji."""
    cut = at
    while cut > at - _SMALLEST and (
        unicodedata.combining(text[cut])
        or _ZERO_WIDTH_JOINER in text[cut - 1 : cut + 1]
        or "\ufe00" <= text[cut] <= "\ufe0f"
    ):
        cut -= 1
    return cut if cut > max(at - _SMALLEST, 0) else at
