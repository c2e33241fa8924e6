"""What the library itself says, such as errors and notes, in the reader's language where it is known."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

# The language in which the library speaks by itself.
NATIVE = "en"
_PLACE = re.compile(r"\{(\w+)\}")
_SENTENCE = re.compile(r"(?<=[.?!]) ")
# A message is a few sentences, each of which may hold another; what a reader wrote may stand in it at any length.
_DEEPEST, _LONGEST = 3, 600


@dataclass(frozen=True, slots=True)
class Said:
    """A text and the language that it is in."""

    text: str
    language: str


@cache
def table(language: str) -> dict[str, str]:
    """What is said in a language, by what it is in English."""
    path = Path(__file__).parent / f"said.{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


@cache
def _patterns(language: str) -> list[tuple[re.Pattern[str], str]]:
    """Those that have places for what differs, the most definite first."""
    found = [(key, value) for key, value in table(language).items() if _PLACE.search(key)]
    found.sort(key=lambda pair: -len(_PLACE.sub("", pair[0])))
    return [(_pattern(key), value) for key, value in found]


def _pattern(key: str) -> re.Pattern[str]:
    pieces = _PLACE.split(key)
    written = [f"(?P<{piece}>.+?)" if number % 2 else re.escape(piece) for number, piece in enumerate(pieces)]
    return re.compile("".join(written), re.S)


def said(text: str, language: str) -> Said:
    """A message in a language, or as it is where it is not known there."""
    known = _known(text, language, _DEEPEST) if table(language) and len(text) <= _LONGEST else None
    return Said(text, NATIVE) if known is None else Said(known, language)


def _known(text: str, language: str, depth: int) -> str | None:
    if text in table(language):
        return table(language)[text]
    if not depth:
        return None
    for pattern, translated in _patterns(language):
        if match := pattern.fullmatch(text):
            values = {name: _known(value, language, depth - 1) or value for name, value in match.groupdict().items()}
            return translated.format(**values)
    for cut in islice(_SENTENCE.finditer(text), _DEEPEST):
        first = _known(text[: cut.start()], language, depth - 1)
        rest = _known(text[cut.end() :], language, depth - 1) if first is not None else None
        if first is not None and rest is not None:
            return first + rest
    return None
