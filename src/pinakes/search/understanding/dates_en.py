"""Dates in English: days, months, years, decades and centuries; before, after, between and about them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pinakes.media.wordlist import names as words_of
from pinakes.search.understanding import spans
from pinakes.search.understanding.spans import Dated, Point, Span

_MONTHS = words_of("jan feb mar apr may jun jul aug sep oct nov dec")
_ORDINALS = dict(
    zip(
        words_of(
            "ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth "
            "twentieth twenty-first"
        ),
        range(9, 22),
        strict=True,
    )
)
_TIES = words_of("twenties thirties forties fifties sixties seventies eighties nineties")
_MONTH = (
    r"(?P<{name}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_PART = r"(?:(?P<part>early|mid|middle|late|first\s+half|second\s+half|beginning|end)(?:\s+of)?[\s-]+(?:the\s+)?)?"
_YEAR = r"1\d{3}|20\d{2}"
_POINT = re.compile(
    rf"(?:(?<=\bpre-)|(?<=\bpost-)|(?<![\w.#])(?<!\D-))(?:(?P<iso>(?:{_YEAR})-[01]\d(?:-[0-3]\d)?)(?![\w-])"
    rf"|(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?{_MONTH.format(name='month')}(?:\s+(?P<then>\d{{1,2}})(?:st|nd|rd|th)?)?,?\s+"
    rf"(?P<of>{_YEAR})(?!\w)"
    rf"|{_PART}(?:(?P<tens>(?:{_YEAR}))['’]?s(?!\w)"
    rf"|(?:(?P<counted>\d{{1,2}})(?:st|nd|rd|th)|(?P<spelt>{'|'.join(_ORDINALS)}))[\s-]+(?:century|c\.))"
    rf"|(?P<in>{_YEAR})[\s,]+{_MONTH.format(name='later')}(?!\w)"
    rf"|the\s+(?P<ties>{'|'.join(_TIES)})(?!\w)"
    rf"|(?P<year>{_YEAR})(?![\w’'])(?!-\D))",
    re.IGNORECASE,
)
_MAKING = r"\b(?:made|dated|taken|painted|drawn|written|recorded|published|printed|created|photographed|composed)"
# What stands before a point and says how it bounds; the first that fits.
_BEFORE: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"(?:{_MAKING}\s+)?(?:{words})\s*(?:the\s+|the\s+year\s+|year\s+)?$", re.IGNORECASE))
    for name, words in (
        ("before", r"\b(?:from\s+)?before|\bprior\s+to|\bearlier\s+than|\bolder\s+than|\bpre-"),
        ("until", r"\buntil|\btill|\bup\s+to|\bno\s+later\s+than"),
        ("after", r"\b(?:from\s+)?after|\blater\s+than|\bnewer\s+than|\byounger\s+than|\bpost-"),
        ("since", r"\bsince|\bstarting\s+(?:in|from)"),
        ("between", r"\bbetween"),
        ("about", r"(?:\b(?:in|of|from)\s+)?\b(?:circa|ca?\.|about|around)"),
        ("from", r"\bfrom"),
        ("in", r"\bin|\bof|\bduring|\bdated|\byear"),
        ("made", _MAKING),
    )
)
_TO = re.compile(r"\s*(?:to|until|till|through|[-–—])\s*(?:the\s+)?", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+(?:the\s+)?", re.IGNORECASE)
_OR = re.compile(r"\s+or\s+(?:(?:in|from)\s+)?(?:the\s+)?", re.IGNORECASE)
_ON = re.compile(r"\s+on(?:wards?)?(?!\w)(?!\s+\w)|\s+onwards?(?!\w)", re.IGNORECASE)
_THE = re.compile(r"\bthe\s+$", re.IGNORECASE)
# A number after one of these is no year.
_NUMBERED = re.compile(r"(?:\b(?:no|nr|number|opus|op|page|pages|p|pp|vol|volume|item|room|box)\.?|[#$£€])\s*$", re.I)
_PARTS = {"middle": "mid", "beginning": "early", "end": "late"}


def dates(text: str) -> Iterator[Dated]:
    """The dates of a text, in order."""
    points = [point for point in _points(text) if not _NUMBERED.search(text[: point.start])]
    place = 0
    while place < len(points):
        point = points[place]
        how, start = _how(text, point.start)
        following = points[place + 1] if place + 1 < len(points) else None
        if following and _joined(text, point, following, how):
            yield Dated(start, following.end, spans.between(point.span, following.span))
            place += 2
            continue
        if following and _OR.fullmatch(text[point.end : following.start]):
            # Two spans of time that do not touch are no filter.
            if spans.touch(point.span, following.span) and how in ("", "in", "from"):
                yield Dated(start, following.end, spans.between(point.span, following.span))
            place += 2
            continue
        place += 1
        yield _dated(text, point, how, start)


def _dated(text: str, point: Point, how: str, start: int) -> Dated:
    on = _ON.match(text, point.end)
    if on and how in ("from", "in", "since", ""):
        return Dated(start, on.end(), (spans.since(point.span),))
    if how == "between":
        how, start = "", point.start
    bare = text[point.start : point.end] if point.bare and not how else ""
    return Dated(start, point.end, spans.bounded(point.span, how), bare)


def _joined(text: str, point: Point, following: Point, how: str) -> bool:
    """Whether two points are the ends of one span."""
    between = text[point.end : following.start]
    return bool(_AND.fullmatch(between) if how == "between" else how in ("", "from", "in") and _TO.fullmatch(between))


def _how(text: str, start: int) -> tuple[str, int]:
    """What the words before a point say of it, and where they begin."""
    for name, pattern in _BEFORE:
        match = pattern.search(text, max(0, start - 40), start)
        if match and match.group():
            return name if name != "made" else "in", match.start()
    the = _THE.search(text, max(0, start - 5), start)
    return "", the.start() if the else start


def _points(text: str) -> Iterator[Point]:
    for match in _POINT.finditer(text):
        span = _span(match)
        if span is not None:
            yield Point(match.start(), match.end(), span, bare=bool(match["year"]))


def _span(match: re.Match[str]) -> Span | None:
    part = " ".join((match["part"] or "").lower().split())
    part = _PARTS.get(part, part)
    if match["year"]:
        return spans.year(int(match["year"]))
    if match["tens"]:
        return _tens(int(match["tens"]), part)
    if match["counted"] or match["spelt"]:
        number = int(match["counted"] or _ORDINALS[match["spelt"].lower()])
        return spans.century(number, part) if 1 <= number <= 21 else None
    if match["iso"]:
        return Span(match["iso"], match["iso"])
    if match["ties"]:
        # Where no century is told, the twentieth is meant.
        return spans.decade(1920 + 10 * _TIES.index(match["ties"].lower()))
    return _day(match)


def _tens(first: int, part: str) -> Span | None:
    """The 1890s are ten years, the 1800s a hundred."""
    if first % 10:
        return None
    return spans.years(first, first + 99, part) if first % 100 == 0 else spans.decade(first, part)


def _day(match: re.Match[str]) -> Span | None:
    month = (match["month"] or match["later"])[:3].lower()
    told = f"{match['of'] or match['in']}-{_MONTHS.index(month) + 1:02}"
    day = match["day"] or match["then"]
    if not day:
        return Span(told, told)
    return Span(f"{told}-{int(day):02}", f"{told}-{int(day):02}") if 1 <= int(day) <= 31 else None
