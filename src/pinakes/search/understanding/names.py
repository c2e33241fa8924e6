"""The ways in which a name of an authority list may be written: as it stands, turned round, or by a part of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pinakes.search.understanding.atoms import key
from pinakes.words.scripts import spaceless_run

# Years of a life, and what stands in brackets, are no part of a name.
_LIFE = re.compile(
    r"[(\[（].*?[)\]）]|,?\s*(?:b\.|d\.|ca?\.|fl\.|born|died|active)?\s*\d{3,4}\??\s*[-–]?\s*(?:\d{3,4})?\??\s*$"
)
_DOTS = re.compile("[·・•‧∙]")
_PARTICLES = frozenset(
    [
        "van",
        "von",
        "der",
        "den",
        "de",
        "di",
        "da",
        "du",
        "del",
        "della",
        "la",
        "le",
        "les",
        "dos",
        "das",
        "ten",
        "ter",
        "af",
        "av",
        "zu",
        "zur",
        "y",
    ]
)
# What stands in the place of a name where nobody knows it.
NOBODY = frozenset(
    [
        "anonymous",
        "anon",
        "unknown",
        "various",
        "artist",
        "unidentified",
        "none",
        "na",
        "n",
        "a",
        "佚名",
        "无名",
        "無名",
        "不详",
        "未知",
    ]
)
_LONGEST = 10


def person(written: str) -> Iterator[tuple[str, bool]]:
    """A person's names as names are compared, and whether each is the whole name."""
    told = _LIFE.sub("", written).strip(" ,;")
    whole = key(told)
    if not whole or whole in NOBODY or whole.count(" ") >= _LONGEST:
        return
    yield whole, True
    family, comma, given = told.partition(",")
    if comma:
        turned, surname = key(f"{given} {family}"), key(family)
        yield turned, True
        yield from _initials(key(given).split(), surname)
    else:
        given_names, surname = _parted(told, whole)
        if surname:
            yield key(f"{surname} {' '.join(given_names)}"), True
            yield from _initials(given_names, surname)
    if surname and surname != whole and surname not in NOBODY:
        yield surname, False


def _parted(told: str, whole: str) -> tuple[list[str], str]:
    """Given names and surname of a name that is written in their order."""
    if spaceless_run().search(told):
        pieces = _DOTS.split(told)
        return [], key(pieces[-1]) if len(pieces) > 1 and len(pieces[-1]) > 1 else ""
    words = whole.split()
    if not 2 <= len(words) <= 5:
        return [], ""
    first = len(words) - 1
    while first > 1 and words[first - 1] in _PARTICLES:
        first -= 1
    return words[:first], " ".join(words[first:])


def _initials(given: list[str], surname: str) -> Iterator[tuple[str, bool]]:
    letters = [name[0] for name in given if name]
    if letters and surname and not spaceless_run().search(surname):
        yield f"{' '.join(letters)} {surname}", True


def thing(written: str) -> Iterator[tuple[str, bool]]:
    """The name of a place, a subject or a collection: as it stands alone."""
    whole = key(_LIFE.sub("", written))
    if whole and whole not in NOBODY and whole.count(" ") < _LONGEST and not whole.isdigit():
        yield whole, True


_ARTICLES = ("a ", "an ", "the ")


def title(written: str) -> Iterator[tuple[str, bool]]:
    """A title that is long enough to be told from other words, without its article."""
    whole = without_article(key(written))
    if whole.count(" ") + 1 >= 3 or (" " not in whole and not whole.isascii() and len(whole) >= 4):
        yield whole, True


def without_article(name: str) -> str:
    """A name without the English article before it."""
    for article in _ARTICLES:
        if name.startswith(article):
            return name[len(article) :]
    return name
