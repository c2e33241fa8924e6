"""Markdown as a reader sees it: the words without the marks, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape

FRONT_MARKS = ("---", "+++")
# A head longer than this is no head.
_MOST_FRONT_LINES = 500

_FRONT = re.compile(rb"(?:\xef\xbb\xbf)?(---|\+\+\+)[ \t]*\r?\n")
# A text that begins with a heading by itself is Markdown, unless its lines look like those of programs and settings,
# in which that is a comment.
_HEADED = re.compile(rb"(?:\xef\xbb\xbf)?\s*#{1,6} +[^\s#][^\n]*\r?\n[ \t]*(?:\r?\n|$)")
_PROGRAM = re.compile(
    rb"^[ \t]*(?:[\w.\[\]\"'-]+[ \t]*[-+:*|]?=(?!=)|(?:import|export|def|const|var|echo) |from [\w.]+ import "
    rb"|class \w+[(:]|[\w.]+\(|[{}<$@;]|\[[\w. -]+\][ \t]*\r?$)|[;{][ \t]*\r?$",
    re.MULTILINE,
)
# Without one of these there is none of the signs; most texts have not even the characters of one.
_ANY_SIGN = (b"#", b"`", b"](", b"**", b"---", b"===", b"* ", b"> ", b"- ")
_NO_SIGN = bytes(set(range(256)) - set(b"#`(*-=>"))
# Any two of these, or a head with fields, and a text is taken for Markdown.
_SIGNS = tuple(
    re.compile(sign, re.MULTILINE)
    for sign in (
        rb"^#{1,6} \S",
        rb"^(?:```|~~~)",
        rb"!?\[[^\]\n]{1,200}\]\([^)\s]{1,500}\)",
        rb"^\S[^\n]{0,200}\n(?:={3,}|-{3,})[ \t]*\r?$",
        rb"^\|?[ \t]*:?-{3,}:?[ \t]*\|",
        rb"(?<![\w*])\*\*[^*\s][^*\n]{0,200}\*\*(?![\w*])",
        rb"^(\*|_)(?![*_\s])[^*_\n]{1,200}\1[ \t]*\r?$",
        rb"^[*+-] +\S[^\n]*\r?\n[*+-] +\S",
        rb"^\[[^\]\n]{1,100}\]: \S",
        rb"(?<![\w`])`[^`\n]{1,200}`(?![\w`])",
        rb"^> \S",
    )
)


def is_markdown(head: bytes) -> bool:
    """Whether a text's first bytes show the marks of Markdown rather than those of any other text."""
    front = _FRONT.match(head)
    if front:
        end = re.compile(rb"^" + re.escape(front[1]) + rb"[ \t]*\r?$", re.MULTILINE).search(head, front.end())
        if end and re.search(rb"^[A-Za-z_][\w .-]*\s*[:=]", head[front.end() : end.start()], re.MULTILINE):
            return True
    if not head.translate(None, _NO_SIGN) or not any(map(head.__contains__, _ANY_SIGN)):
        return False
    if _HEADED.match(head) and not _PROGRAM.search(head):
        return True
    return sum(bool(sign.search(head)) for sign in _SIGNS) >= 2


# A longer line is a paragraph, and no heading, rule or row of a table.
_MOST_MARKED_LINE = 2_000

_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_UNDERLINE = re.compile(r"\s{0,3}(?:=+|-{2,})\s*$")
_RULE = re.compile(r"\s{0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
_TABLE_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+\s*(?::?-+:?)?\s*$")
_REFERENCE = re.compile(r"\s{0,3}\[[^\]]{1,200}\]:\s+\S+")
_LEAD = re.compile(r"(?:\s{0,3}>\s?)+|\s*(?:[*+-]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?")

_INLINE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"!\[([^\[\]]{0,1000})\]\([^()]{0,2000}\)"), r"\1"),
    (re.compile(r"\[([^\[\]]{1,1000})\]\([^()]{0,2000}(?:\([^()]{0,500}\)[^()]{0,500})?\)"), r"\1"),
    (re.compile(r"!?\[([^\[\]]{1,1000})\]\[[^\]]{0,200}\]"), r"\1"),
    (re.compile(r"<((?:https?|mailto):[^>\s]{1,2000})>"), r"\1"),
    (re.compile(r"</?[A-Za-z][^<>]{0,1000}>|<!--.{0,300}?-->"), ""),
    (re.compile(r"(?<![\\\w*])(\*{1,3})(?=\S)(.{1,300}?)(?<=\S)\1(?![\w*])"), r"\2"),
    (re.compile(r"(?<![\\\w_])(_{1,3})(?=\S)(.{1,300}?)(?<=\S)\1(?![\w_])"), r"\2"),
    (re.compile(r"~~(?=\S)(.{1,300}?)~~"), r"\1"),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)
_CODE = re.compile(r"(`{1,3})(?!`)(.{1,2000}?)(?<!`)\1(?!`)")
_MARKS = re.compile(r"[\[<*_~\\`&]")


@dataclass(slots=True)
class MarkdownText:
    """Takes lines and gives them without marks; keeps the head's lines and the first heading."""

    front_mark: str = ""
    front: list[str] = field(default_factory=list)
    title: str = ""
    _fence: str = ""
    _last: str = ""
    _first: bool = True
    _head_open: bool = False

    def plain(self, lines: Iterable[str]) -> Iterator[str]:
        """Each line as a reader sees it, ended by a newline; lines that are nothing but marks are left out."""
        for line in lines:
            if self._in_head(line):
                continue
            if self._head_open and self.front:
                yield from self._give_back()
            text = self._line(line)
            if text is not None:
                yield text + "\n"
        if self._head_open:
            yield from self._give_back()

    def _in_head(self, line: str) -> bool:
        """Whether the line belongs to the head, which only the first line can open."""
        if self._first:
            self._first = False
            self._head_open = line.rstrip() in FRONT_MARKS
            self.front_mark = line.rstrip() if self._head_open else ""
            return self._head_open
        if not self._head_open or len(self.front) >= _MOST_FRONT_LINES:
            return False
        if line.rstrip() == self.front_mark:
            self._head_open = False
        else:
            self.front.append(line)
        return True

    def _give_back(self) -> Iterator[str]:
        """What was taken for a head that never ends is text."""
        lines, self.front, self._head_open = self.front, [], False
        for line in lines:
            text = self._line(line)
            if text is not None:
                yield text + "\n"

    def _line(self, line: str) -> str | None:
        fence = _FENCE.match(line)
        if self._fence:
            if fence and fence[1].startswith(self._fence):
                self._fence = ""
                return None
            return line
        if fence:
            self._fence = fence[1]
            return ""
        return self._outside(line)

    def _outside(self, line: str) -> str | None:
        last, self._last = self._last, line.strip()
        if len(line) > _MOST_MARKED_LINE:
            return without_marks(line)
        if _UNDERLINE.match(line) and last:
            self.title = self.title or without_marks(last)
            return ""
        if _RULE.match(line) or _TABLE_RULE.match(line) or _REFERENCE.match(line):
            return ""
        heading = _HEADING.match(line)
        if heading:
            text = without_marks(heading[1])
            self.title = self.title or text
            return text
        lead = _LEAD.match(line)
        text = without_marks(line[lead.end() :] if lead else line)
        return text.replace("|", " ").strip() if text.lstrip().startswith("|") else text


def without_marks(text: str) -> str:
    """One line without the marks of links, emphasis and code; what code says stays as it is."""
    if not _MARKS.search(text):
        return text
    parts: list[str] = []
    at = 0
    for code in _CODE.finditer(text):
        parts += [_inline(text[at : code.start()]), code[2].strip()]
        at = code.end()
    parts.append(_inline(text[at:]))
    return "".join(parts)


def _inline(text: str) -> str:
    for mark, words in _INLINE:
        text = mark.sub(words, text)
    return unescape(text) if "&" in text else text
