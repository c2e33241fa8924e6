"""What is not wanted: without people, not red, 没有人的, 不要, 除了…以外; and names and dates that are denied."""

from __future__ import annotations

import re

from pinakes.search.query.terms import TextTerm
from pinakes.search.understanding.lexicon import (
    CONJUNCTIONS,
    DETERMINERS,
    FOLLOWS,
    NOT,
    NOT_BEFORE,
    PREPOSITIONS,
    WITHOUT,
)
from pinakes.search.understanding.line import Line

_WHY = "what is not wanted"
_LONGEST = 3
_STOPS = PREPOSITIONS | FOLLOWS | WITHOUT | NOT | frozenset(["please", "thanks"])
# Before what was understood, as in "non-German".
_DENIES = NOT | WITHOUT | frozenset(["non"])
_NOT_ZH = ("不是", "不在", "不要", "没有", "除了", "非")
_ZH = re.compile(
    "(?:(?P<not>(?<![有并从毫])没有|(?<!要)不要|不含有?|不包括|不带|不想要|(?<!是)不是|排除|去掉|没(?=人)|无(?=人))|(?P<but>除了?)|(?P<non>非))"
    "(?P<what>[^，。；、,;!?！？\\s]{1,10}?)"
    "(?:(?P<outside>以外|之外|外)的?|的(?=[^，。；,;\\s])|(?=[，。；,;!?！？\\s]|$))"
)
_EACH_ZH = re.compile("[和或与及跟]|或者|以及")
# Where what is not wanted has a colour, the thing that has it comes after the particle.
_COLOURED = re.compile("的[^的，。；,;!?！？\\s]{1,6}(?:的(?=[^，。；,;\\s])|(?=[，。；,;!?！？\\s]|$))")
_TAKEN = "，"


def read(line: Line) -> None:
    """Turn what is denied, and take what is not wanted."""
    for found in list(line.findings):
        first = _denied(line, line.places(found.start, found.end)[0])
        if first >= 0 and found.kind != "request":
            line.turn(found, first)
    for place in range(len(line)):
        if line.free(place, place + 1):
            _read(line, place)
    if not line.text.isascii():
        _read_zh(line)


def _denied(line: Line, first: int) -> int:
    """Where the words begin that deny what stands at a place, or -1."""
    if line.form(first - 1) in _DENIES and not line.breaks(first):
        return first - 1 - (line.form(first - 2) == "but")
    for cue in _NOT_ZH:
        begin = first - len(cue)
        if begin >= 0 and line.name(begin, first) == cue and line.free(begin, first):
            return begin
    return -1


def _read(line: Line, place: int) -> None:
    """Take what an English word at a place denies."""
    word, first = line.form(place), place + 1
    if word == "except":
        first += line.form(first) == "for"
    elif word not in WITHOUT | NOT or (word in NOT and line.form(first) in NOT_BEFORE):
        return
    begin = place - (line.form(place - 1) == "but" and line.free(place - 1, place))
    groups, last = _groups(line, first)
    if not groups or not _beside(line, begin, last):
        return
    # What follows directly in the same clause would be torn from it.
    terms = [TextTerm(line.written(*group), -1.0) for group in groups]
    line.take(begin, last, "without", ", ".join(term.text for term in terms), _WHY, terms=terms)


def _groups(line: Line, first: int) -> tuple[list[tuple[int, int]], int]:
    """The things that are denied, and where they end."""
    groups: list[tuple[int, int]] = []
    while True:
        begin = first
        while line.form(begin) in DETERMINERS and line.free(begin, begin + 1):
            begin += 1
        last = begin
        while last - begin < _LONGEST and _belongs(line, last, begin):
            last += 1
        if last == begin or line.form(begin).isdigit():
            return groups, groups[-1][1] if groups else first
        groups.append((begin, last))
        ends = line.breaks(last) or line.form(last) not in CONJUNCTIONS or not line.free(last, last + 1)
        if ends or (line.form(last) == "and" and line.form(last + 1) in DETERMINERS):
            return groups, last
        first = last + 1


def _belongs(line: Line, place: int, begin: int) -> bool:
    if not line.free(place, place + 1) or (place > begin and line.breaks(place)):
        return False
    return not line.atoms[place].spaceless and line.form(place) not in _STOPS | CONJUNCTIONS


def _beside(line: Line, first: int, last: int) -> bool:
    """Whether anything is wanted: it comes before, or after a break, where titles and sayings begin with "no"."""
    asked = [found for found in line.findings if found.kind != "request"]
    if any(line.places(found.start, found.end)[1] <= first for found in asked):
        return True
    request = next((line.places(one.start, one.end)[1] for one in line.findings if one.kind == "request"), 0)
    return first > request or (line.breaks(last) and last < len(line))


def _read_zh(line: Line) -> None:
    """Take what is denied in Chinese: up to the particle 的, or to the end of the clause."""
    text = _masked(line)
    for match in _ZH.finditer(text):
        what, end = match["what"], match.end()
        if match["but"] and not match["outside"]:
            continue
        if match["non"] and not what.endswith("色"):
            continue
        if match["not"] and what.endswith("色") and match["not"] != "不是":
            further = _COLOURED.match(text, match.end("what"))
            if further:
                what, end = text[match.start("what") : further.end()].removesuffix("的"), further.end()
        if not _remains(line, text, match.start(), end):
            continue
        terms = [TextTerm(one, -1.0) for one in _EACH_ZH.split(what) if one]
        label = "、".join(term.text for term in terms)
        if terms:
            line.take(*line.places(match.start(), end), "without", label, _WHY, terms=terms)


def _remains(line: Line, text: str, start: int, end: int) -> bool:
    """Whether anything is wanted besides."""
    rest = text[:start] + text[end:]
    return bool(rest.strip(" ，。；、,;!?！？的")) or any(found.kind != "request" for found in line.findings)


def _masked(line: Line) -> str:
    """The text with a comma for every character that is taken or plain."""
    text = list(line.text)
    for place, atom in enumerate(line.atoms):
        if not line.free(place, place + 1):
            text[atom.start : atom.end] = _TAKEN * (atom.end - atom.start)
    return "".join(text)
