"""Tags and text of HTML in time that grows with its length alone, however damaged it is.

The standard library's parser looks at the rest of the document again for every tag that is not closed: 64 KB of `<a `
took it half a minute. This one follows the HTML standard where it matters for reading: quoted attributes, comments,
elements whose content is raw, and what is left open at the end is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Protocol

# What follows is text up to the element's own end, whatever it looks like; in the latter two references still count.
_RAW = frozenset(("script", "style", "xmp", "iframe", "noembed", "noframes"))
_RAW_WITH_REFERENCES = frozenset(("title", "textarea"))
_TAG_STOP = re.compile("[>\"']")
_NAME = re.compile(r"[^\s/>]+")
_ATTRIBUTE = re.compile(r"""([^\s/>="']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?""")
# No attribute that anyone reads is longer; the tag counts, its attributes do not.
_MOST_ATTRIBUTES = 1 << 16
_LONGEST_REFERENCE = 40


class Listener(Protocol):
    """Who is told what a document consists of."""

    def start(self, tag: str, attributes: Callable[[], dict[str, str]], *, closed: bool) -> None:
        """An element begins; `closed` if it ends at once."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def data(self, text: str) -> None:
        """Text, with references resolved."""


class Markup:
    """Takes a document in pieces and tells a listener of its tags and text."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._text = ""
        self._at = 0
        # How far what has begun at `_at` was looked through already, and within which quotes that ended.
        self._seen = 0
        self._quote = ""
        self._raw = ""

    def feed(self, text: str, *, last: bool = False) -> None:
        """The next piece of the document."""
        self._text = self._text[self._at :] + text
        self._seen = max(self._seen - self._at, 0)
        self._at = 0
        while self._at < len(self._text) and self._step(last):
            self._seen, self._quote = 0, ""
        if last:
            self._text, self._at = "", 0

    def _step(self, last: bool) -> bool:
        """One tag or stretch of text; False if more of the document is needed."""
        if self._raw:
            return self._raw_text(last)
        text, at = self._text, self._at
        if text[at] != "<":
            return self._plain_text(last)
        following = text[at + 1 : at + 3]
        if len(following) < 2 and not last:
            return False
        name = following[1:] if following.startswith("/") else following[:1]
        if name.isascii() and name.isalpha():
            return self._tag(self._tag_end())
        if following[:1] in ("!", "?", "/"):
            return self._skip("-->" if text.startswith("<!--", at) else ">", last)
        self._tell("<", references=False)
        self._at += 1
        return True

    def _plain_text(self, last: bool) -> bool:
        end = self._text.find("<", self._at)
        if end < 0:
            end = len(self._text)
            reference = self._text.rfind("&", max(end - _LONGEST_REFERENCE, self._at))
            if reference >= 0 and not last and ";" not in self._text[reference:]:
                end = reference
        if end == self._at:
            return False
        self._tell(self._text[self._at : end])
        self._at = end
        return True

    def _skip(self, mark: str, last: bool) -> bool:
        """Past a comment or declaration; one that never ends takes the rest with it."""
        end = self._text.find(mark, max(self._seen, self._at + 2))
        if end < 0 and not last:
            self._seen = max(len(self._text) - len(mark), 0)
            return False
        self._at = end + len(mark) if end >= 0 else len(self._text)
        return True

    def _tag_end(self) -> int:
        """Where the tag that begins here ends; -1 if not in this piece. Quotes count after an equals sign alone."""
        text, at = self._text, max(self._seen, self._at + 1)
        while True:
            if self._quote:
                close = text.find(self._quote, at)
                if close < 0:
                    self._seen = len(text)
                    return -1
                self._quote, at = "", close + 1
            stop = _TAG_STOP.search(text, at)
            if stop is None:
                self._seen = len(text)
                return -1
            at = stop.end()
            if stop[0] == ">":
                return at
            if text[max(stop.start() - 8, self._at) : stop.start()].rstrip().endswith("="):
                self._quote = stop[0]

    def _tag(self, end: int) -> bool:
        if end < 0:
            return False
        inside = self._text[self._at + 1 : end - 1]
        self._at = end
        closing = inside.startswith("/")
        found = _NAME.match(inside, closing)
        tag = found[0].lower() if found else ""
        if closing:
            self._listener.end(tag)
            return True
        rest = inside[found.end() if found else 0 :]
        closed = inside.endswith("/")
        self._listener.start(tag, lambda: _attributes(rest), closed=closed)
        if not closed and tag in _RAW | _RAW_WITH_REFERENCES:
            self._raw = tag
        return True

    def _raw_text(self, last: bool) -> bool:
        """Text up to the end tag of its element; without one, the rest belongs to it."""
        close = re.compile(rf"</{self._raw}(?=[\s/>])", re.IGNORECASE).search(self._text, max(self._seen, self._at))
        if close is None and not last:
            self._seen = max(len(self._text) - len(self._raw) - 3, self._at)
            return False
        end = close.start() if close else len(self._text)
        self._tell(self._text[self._at : end], references=self._raw in _RAW_WITH_REFERENCES)
        self._at, self._raw = end, ""
        return True

    def _tell(self, text: str, *, references: bool = True) -> None:
        if text:
            self._listener.data(unescape(text) if references and "&" in text else text)


def _attributes(text: str) -> dict[str, str]:
    """Names in lower case with their values; of several of one name the first counts."""
    values: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(text[:_MOST_ATTRIBUTES]):
        value = found[2] or found[3] or found[4] or ""
        values.setdefault(found[1].lower(), unescape(value) if "&" in value else value)
    return values
