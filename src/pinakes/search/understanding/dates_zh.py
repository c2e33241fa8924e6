"""Dates in Chinese: 1930年以前, 二十世纪三十年代, 1900年到1910年, 一九一一年三月, 19世纪末."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pinakes.search.understanding import spans
from pinakes.search.understanding.spans import Dated, Point, Span

_DIGITS = {digit: number for number, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_NUMERAL = "〇○零一二三四五六七八九"
_TENS = "一二三四五六七八九"
_PART = "(?P<{0}>初期|初叶|初年|早期|初|中期|中叶|末期|末年|末叶|晚期|后期|末|上半叶|前半叶|前半|下半叶|后半叶|后半)?"
_NOT_IN_NUMBER = rf"(?<![\d{_NUMERAL}.])"
_POINT = re.compile(
    rf"{_NOT_IN_NUMBER}(?:"
    rf"(?P<century>\d{{1,2}}|二十一?|十[{_TENS}]?|[{_TENS}])世纪(?:(?P<within>\d0|[{_TENS}]十)年代)?{_PART.format('part')}"
    rf"|(?P<decade>(?:1\d|20)\d0|[一二][{_NUMERAL}]{{2}}[〇○零])年代{_PART.format('ten')}"
    rf"|(?P<short>[{_TENS}]十|\d0)年代{_PART.format('tenth')}"
    rf"|(?P<year>1\d{{3}}|20\d{{2}}|[一二][{_NUMERAL}]{{3}})"
    rf"(?:年(?:(?P<month>\d{{1,2}}|十[一二]?|[{_TENS}])月(?:(?P<day>\d{{1,2}}|[{_TENS}十]{{1,3}})[日号])?)?"
    rf"|(?=\s*(?:以前|之前|以后|之后|以来|至今|[到至—–~～-]\s*(?:1\d{{3}}|20\d{{2}})年?)))"
    rf")"
)
_AFTER: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"(?:{words})(?:的)?"))
    for name, words in (
        ("about", "左右|前后|上下"),
        ("before", "以前|之前|前(?![面方景])"),
        ("since", "以来|起|开始|至今"),
        ("after", "以后|之后|后(?![面方院])"),
        ("made", "(?:间|期间|中|里)?(?:拍摄|创作|出版|录制|写|画|拍|录)?的"),
    )
)
_TO = re.compile(r"\s*(?:到|至|—+|–|-|~|～)\s*")
_BETWEEN = re.compile("(?:之间|间|期间)?(?:的)?")
_IN = re.compile("(?:在|于|从|自)$")
_PARTS = {
    "初": "early",
    "早": "early",
    "中": "mid",
    "末": "late",
    "晚": "late",
    "上": "first half",
    "下": "second half",
}


def dates(text: str) -> Iterator[Dated]:
    """The dates of a text, in order."""
    points = list(_points(text))
    place = 0
    while place < len(points):
        point = points[place]
        start = point.start - len(match.group()) if (match := _IN.search(text, 0, point.start)) else point.start
        following = points[place + 1] if place + 1 < len(points) else None
        if following and _TO.fullmatch(text[point.end : following.start]):
            end = _BETWEEN.match(text, following.end)
            yield Dated(start, end.end() if end else following.end, spans.between(point.span, following.span))
            place += 2
            continue
        place += 1
        yield _dated(text, point, start)


def _dated(text: str, point: Point, start: int) -> Dated:
    for name, pattern in _AFTER:
        match = pattern.match(text, point.end)
        if match:
            return Dated(start, match.end(), spans.bounded(point.span, name))
    return Dated(start, point.end, point.span.filters())


def _points(text: str) -> Iterator[Point]:
    for match in _POINT.finditer(text):
        span = _span(match)
        if span is not None:
            yield Point(match.start(), match.end(), span)


def _span(match: re.Match[str]) -> Span | None:
    if match["century"]:
        number = _number(match["century"])
        if not 1 <= number <= 21:
            return None
        if match["within"]:
            return spans.decade(100 * (number - 1) + _number(match["within"]), _part(match["part"]))
        return spans.century(number, _part(match["part"]))
    if match["decade"]:
        return spans.decade(_year(match["decade"]), _part(match["ten"]))
    if match["short"]:
        # Where no century is told, the twentieth is meant.
        return spans.decade(1900 + _number(match["short"]), _part(match["tenth"]))
    return _day(match)


def _day(match: re.Match[str]) -> Span | None:
    told = f"{_year(match['year']):04}"
    if match["month"]:
        month = _number(match["month"])
        if not 1 <= month <= 12:
            return None
        told += f"-{month:02}"
    if match["day"]:
        day = _number(match["day"])
        if not 1 <= day <= 31:
            return None
        told += f"-{day:02}"
    return Span(told, told)


def _part(told: str | None) -> str:
    if not told:
        return ""
    if told.startswith(("前半", "后半")):
        return "first half" if told[0] == "前" else "second half"
    return _PARTS.get(told[0], "late")


def _year(told: str) -> int:
    """A year written figure by figure."""
    return int(told) if told.isascii() else int("".join(str(_DIGITS[digit]) for digit in told))


def _number(told: str) -> int:
    """A number below a hundred, as it is counted."""
    if told.isascii():
        return int(told)
    tens, ten, ones = told.partition("十")
    if not ten:
        return _DIGITS[told]
    return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones] if ones else 0)
