"""Words that are written in pieces, as they are written in one: e-mail and email, O'Brien and OBrien, U.S.A. and USA.

A text has both: its words stand one after another as ever, and what some of them are in one stands beside the first and
the last of them. So the parts are found as well as the whole, side by side with what comes before and behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from pinakes.words.languages import is_little
from pinakes.words.scripts import spaceless_run
from pinakes.words.segment import MAX_WORD, Segmenter, bigrams, prepare

# A hyphen between letters, also at the end of a line, or between a letter and a number; numbers on both sides are
# dates, and pages from and to.
_HYPHEN = r"-(?:(?=[^\W_])(?:(?=\D)(?<=[^\W_]-)|(?<=[^\W\d_]-))|(?=\r?\n[^\W\d_])(?<=[^\W\d_]-))"
# An apostrophe within a name; none of an English ending, and none of an article (l'art, dell'arte, qu'un).
_APOSTROPHE = (
    r"'(?=[^\W\d_])(?!(?i:s|t|d|m|re|ve|ll)(?![^\W_]))(?:(?<=[^\W\d_]{2}')|(?<=\b(?i:o)'))(?<!(?i:qu|ll|un|nt|st)')"
)
# A dot between letters that stand alone.
_DOT = r"\.(?=[^\W\d_](?:\.|\b))(?<=\b[^\W\d_]\.)"
# What makes another name of a letter: C++, C#.
_PLUSES = r"\+\+(?<=\b[^\W\d_]\+\+)(?![^\W\d_]|\+)"
_SHARP = r"#(?<=\b[^\W\d_]#)(?![^\W\d_]|#)"
# Initials that are little words in one.
_OTHERS = frozenset(("am", "us"))
# Most texts have few of these signs or none, which is found out first.
_SEAMS = tuple(
    (sign, re.compile(pattern))
    for sign, pattern in {"-": _HYPHEN, "'": _APOSTROPHE, ".": _DOT, "++": _PLUSES, "#": _SHARP}.items()
)


@dataclass(frozen=True, slots=True)
class Joined:
    """Words of a text from the first to the last, by their numbers, and what they are in one.

    A symbol is a lone letter with its sign, which the letter alone does not stand for.
    """

    form: str
    first: int
    last: int
    symbol: bool = False


def cut(text: str, segmenter: Segmenter = bigrams) -> tuple[list[str], list[Joined]]:
    """The normalised words of a text as `forms` has them, but as long as they are, and which are written together."""
    prepared, words_of = prepare(text, segmenter)
    seams = [
        (match.start(), sign) for sign, pattern in _SEAMS if sign in prepared for match in pattern.finditer(prepared)
    ]
    if not seams:
        return words_of(prepared), []
    words: list[str] = []
    # The number of the word before each seam, and the seam's sign.
    parted: list[tuple[int, str]] = []
    done = 0
    for place, sign in sorted(seams):
        words += words_of(prepared[done:place])
        parted.append((len(words) - 1, sign))
        done = place
    words += words_of(prepared[done:])
    return words, list(_joined(words, parted))


def _joined(words: Sequence[str], seams: Sequence[tuple[int, str]]) -> Iterator[Joined]:
    # Seams of one kind between words that follow each other make one chain.
    numbered = enumerate(seams)
    for (_, sign), chain in groupby(numbered, lambda one: (one[1][0] - one[0], one[1][1])):
        places = [before for _, (before, _) in chain]
        if sign in ("++", "#"):
            yield from (Joined(words[place] + sign, place, place, symbol=True) for place in places)
        elif sign == ".":
            form = "".join(words[places[0] : places[-1] + 2])
            if len(form) <= MAX_WORD and form not in _OTHERS and not is_little(form):
                yield Joined(form, places[0], places[-1] + 1)
        else:
            yield from _pairs(words, places)


def _pairs(words: Sequence[str], places: Sequence[int]) -> Iterator[Joined]:
    """Every two neighbours of a chain; those with a little word among more than two are no word in one."""
    for place in places:
        first, second = words[place], words[place + 1]
        if len(places) > 1 and any(len(one) > 1 and is_little(one) for one in (first, second)):
            continue
        form = first + second
        if len(form) <= MAX_WORD and (form.isascii() or not spaceless_run().search(form)):
            yield Joined(form, place, place + 1)
