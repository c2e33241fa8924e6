"""What the application says, in each of its languages: one table of strings each."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pinakes.web.speech.saying import Said, said

# Each with its name in itself, and the direction in which it is written.
LANGUAGES = {"en": ("English", "ltr"), "zh": ("中文", "ltr")}
DEFAULT = "en"
_ONE = ".one"
_RANGE = re.compile(r"\s*([A-Za-z*-]+)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*")


@dataclass(frozen=True, slots=True)
class Speech:
    """One language: `speech("key", name=value)` is what it says."""

    language: str
    strings: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The string of a key, with values put in."""
        return self.strings[key].format(**values)

    def count(self, key: str, number: int, **told: object) -> str:
        """A number of things, in the form that goes with the number."""
        single = key + _ONE
        return self(single if number == 1 and single in self.strings else key, n=f"{number:,}", **told)

    def known(self, key: str, otherwise: str) -> str:
        """The string of a key that may not be in the table, such as the name of a library's own field."""
        return self.strings.get(key, otherwise)

    def said(self, message: str) -> Said:
        """What the library itself says, in this language where it is known."""
        return said(message, self.language)

    @property
    def direction(self) -> str:
        """The direction in which it is written: ltr or rtl."""
        return LANGUAGES[self.language][1]


@cache
def speech(language: str) -> Speech:
    """A language's table."""
    text = (Path(__file__).parent / f"{language}.toml").read_text(encoding="utf-8")
    return Speech(language, tomllib.loads(text))


def preferred(accepted: str) -> str:
    """Which of our languages a browser prefers, by the header in which it says so."""
    best, most = DEFAULT, 0.0
    for part in accepted.split(",")[:32]:
        found = _RANGE.fullmatch(part)
        if found:
            name, weight = found[1].lower().partition("-")[0], float(found[2] or 1)
            if name in LANGUAGES and weight > most:
                best, most = name, weight
    return best
