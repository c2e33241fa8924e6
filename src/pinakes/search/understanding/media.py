"""The medium that is asked for: pictures of, recordings, 录音; a picture frame is none, for the frame is asked for."""

from __future__ import annotations

from pinakes.index.filters import Filter
from pinakes.search.understanding.lexicon import (
    ABOUT,
    CONJUNCTIONS,
    DETERMINERS,
    FOLLOWS,
    MEDIA,
    MEDIA_ZH,
    NEEDS,
    NEEDS_DE,
    PREPOSITIONS,
    Medium,
)
from pinakes.search.understanding.line import Line

_WHY = "what is asked for"
# Before another word for a medium these say which.
_SAYS_WHICH = frozenset(["audio", "sound", "video", "film"])


def read(line: Line) -> None:
    """Take the first medium that a text asks for, and those that are joined to it."""
    place = next((place for place in range(len(line)) if _is_head(line, place)), None)
    if place is not None:
        _take(line, place)
    elif not line.text.isascii():
        _read_zh(line)


def _is_head(line: Line, place: int) -> bool:
    """Whether a word is what is asked for: nothing it belongs to stands before or after it."""
    word, following = line.form(place), line.form(place + 1)
    if word not in MEDIA or not line.free(place, place + 1):
        return False
    if word in NEEDS and following not in NEEDS[word]:
        return False
    ends = line.breaks(place + 1) or following in FOLLOWS or line.taken(place + 1)
    if not ends and not (following in CONJUNCTIONS and line.form(place + 2) in MEDIA):
        return False
    while not line.breaks(place):
        place -= 1
        if line.free(place, place + 1) and line.form(place) in PREPOSITIONS:
            return False
    return True


def _take(line: Line, place: int) -> None:
    first, last = place, place + 1
    media = [MEDIA[line.form(place)]]
    if line.form(first - 1) in _SAYS_WHICH and line.free(first - 1, first) and not line.breaks(first):
        first -= 1
        media = [MEDIA[line.form(first)]]
    while line.form(last) in CONJUNCTIONS and line.form(last + 1) in MEDIA and line.free(last, last + 2):
        media.append(MEDIA[line.form(last + 1)])
        last += 2
    if len({one.field for one in media}) > 1:
        return
    kept = any(one.stays for one in media)
    if not kept:
        while first and line.form(first - 1) in DETERMINERS and line.free(first - 1, first):
            first -= 1
        if line.form(last) in ABOUT and line.free(last, last + 1) and last + 1 < len(line) and not line.breaks(last):
            last += 1
    _file(line, (first, last), media, kept=kept)


def _file(line: Line, span: tuple[int, int], media: list[Medium], *, kept: bool) -> None:
    values = tuple(dict.fromkeys(value for one in media for value in one.values))
    condition = Filter(media[0].field, "=", values)
    line.take(*span, "medium", ", ".join(values), _WHY, [condition], kept=kept)


def _read_zh(line: Line) -> None:
    """Chinese puts what is asked for last: the word must end a clause, or be followed by what was understood."""
    for last in range(len(line), 0, -1):
        if not (line.breaks(last) or line.taken(last)):
            continue
        for size in (3, 2, 1):
            word = line.name(max(0, last - size), last)
            medium = MEDIA_ZH.get(word) if len(word) == size else None
            if medium is not None and line.free(last - size, last) and _asked(line, last - size, word):
                joined = line.form(last - size - 1) == "的" and line.free(last - size - 1, last)
                kept = medium.stays
                _file(line, (last - size - (joined and not kept), last), [medium], kept=kept)
                return


def _asked(line: Line, first: int, word: str) -> bool:
    return word not in NEEDS_DE or line.breaks(first) or line.taken(first - 1) or line.form(first - 1) == "的"
