"""The words with which one asks, and that tell nothing of what: show me, I am looking for, 请给我, 有没有."""

from __future__ import annotations

import re

from pinakes.search.understanding.lexicon import DETERMINERS, FOLLOWS, REQUESTS
from pinakes.search.understanding.line import Line

_VAGUE = frozenset(["anything", "everything", "something"])
_ZH = re.compile(
    "(?:(?:请|麻烦你?|能不能|可以)?(?:帮我|给我|为我|替我|我想要?|我要|我在|想)(?:找一找|找找|找|查找|查|搜索|搜|看一看|看看|看|听一听|听听|听|要|显示)?(?:一下)?"
    "|请(?:找|查找|搜索|显示)|有没有|有哪些|哪里有)(?:一些|一张|几张|一段|几段|一本|任何)?"
)


def read(line: Line) -> None:
    """Take the request that a text begins with, where anything follows it."""
    match = _ZH.match(line.text.lstrip())
    if match and match.group():
        offset = len(line.text) - len(line.text.lstrip())
        _take(line, line.places(offset, offset + match.end())[1])
        return
    forms = [atom.form for atom in line.atoms[:6]]
    last = max((len(one) for one in REQUESTS if tuple(forms[: len(one)]) == one), default=0)
    if last and not (forms[0] in _VAGUE and line.form(last) not in FOLLOWS):
        while line.form(last) in DETERMINERS:
            last += 1
        _take(line, last)


def _take(line: Line, last: int) -> None:
    if 0 < last < len(line):
        line.take(0, last, "request", line.written(0, last), "the words of a request")
