"""Text, title and metadata of HTML and XHTML; nothing is fetched, run or expanded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from pinakes.media.markup import Markup
from pinakes.media.wordlist import names

_DROPPED = frozenset(
    names("script style template noscript svg math object iframe select button canvas video audio map")
)
_PARAGRAPHS = frozenset(
    names(
        """
        p div section article header footer main aside nav blockquote figure figcaption table ul ol dl h1 h2 h3 h4 h5
        h6 pre address fieldset form hr details summary body
        """
    )
)
_LINES = frozenset(names("br li tr dt dd caption option legend"))
_CELLS = frozenset(("td", "th"))
_WHITE = re.compile(r"[ \t\n\r\f\u200b]+")
_MOST_METAS = 400
_MOST_CHARS = 65_536
_MOST_FIGURES = 10_000
_SPACE, _LINE, _PARAGRAPH = 1, 2, 3
_BETWEEN = {0: "", _SPACE: " ", _LINE: "\n", _PARAGRAPH: "\n\n"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture that a document shows."""

    address: str
    words: str


@dataclass(slots=True)
class Head:
    """What a document says of itself."""

    title: str = ""
    language: str = ""
    metas: list[tuple[str, str]] = field(default_factory=list)


class HtmlText:
    """Takes a document in pieces and gives its text in pieces: blocks apart, white space as a browser shows it."""

    def __init__(self) -> None:
        self.head = Head()
        self.figures: list[Figure] = []
        self._out: list[str] = []
        self._gap = 0
        self._begun = False
        self._dropping = ""
        self._drop_depth = 0
        self._in_title = False
        self._pre_depth = 0

    def plain(self, blocks: Iterable[str]) -> Iterator[str]:
        """The text of a document that comes in blocks, in blocks."""
        markup = Markup(self)
        for block in blocks:
            markup.feed(block)
            yield self._taken()
        markup.feed("", last=True)
        yield self._taken()

    def _taken(self) -> str:
        text = "".join(self._out)
        self._out.clear()
        return text

    def start(self, tag: str, attributes: Callable[[], dict[str, str]], *, closed: bool) -> None:
        """Note what the element says, and where it parts the text."""
        if tag in ("img", "image"):
            self._figure(attributes())
        if self._dropping:
            self._drop_depth += tag == self._dropping and not closed
            return
        if tag in _DROPPED:
            if not closed:
                self._dropping, self._drop_depth = tag, 1
            return
        self._describe(tag, attributes)
        self._part(tag)
        self._pre_depth += tag == "pre" and not closed

    def end(self, tag: str) -> None:
        """Part the text after a block."""
        if self._dropping:
            self._drop_depth -= tag == self._dropping
            if self._drop_depth <= 0 or tag in ("body", "html"):
                self._dropping = ""
            return
        if tag == "title":
            self._in_title = False
        self._pre_depth = max(self._pre_depth - (tag == "pre"), 0)
        self._part(tag)

    def data(self, text: str) -> None:
        """Add text."""
        if self._dropping:
            return
        if self._in_title:
            self.head.title = (self.head.title + text)[:_MOST_CHARS]
            return
        if self._pre_depth:
            self._write(text.removeprefix("\n") if self._gap >= _LINE else text)
            return
        words = _WHITE.sub(" ", text)
        body = words.strip(" ")
        if words.startswith(" "):
            self._gap = max(self._gap, _SPACE)
        if body:
            self._write(body)
            if words.endswith(" "):
                self._gap = _SPACE

    def _write(self, text: str) -> None:
        if self._begun:
            self._out.append(_BETWEEN[self._gap])
        self._out.append(text)
        self._begun, self._gap = True, 0

    def _part(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self._gap, self._in_title = _PARAGRAPH, False
        elif tag in _LINES:
            self._gap = max(self._gap, _LINE)
        elif tag in _CELLS:
            self._gap = max(self._gap, _SPACE)

    def _describe(self, tag: str, attributes: Callable[[], dict[str, str]]) -> None:
        if tag == "title":
            # Only the first counts, and only before the body has text.
            self._in_title = not self.head.title and not self._begun
        elif tag == "html":
            given = attributes()
            self.head.language = (given.get("lang") or given.get("xml:lang") or "")[:64]
        elif tag == "meta":
            given = attributes()
            name = given.get("name") or given.get("property") or given.get("itemprop") or ""
            content = given.get("content", "")
            if name and content and len(self.head.metas) < _MOST_METAS:
                self.head.metas.append((name[:128], content[:_MOST_CHARS]))

    def _figure(self, attributes: dict[str, str]) -> None:
        address = attributes.get("src") or attributes.get("xlink:href") or attributes.get("href") or ""
        words = " ".join((attributes.get("alt") or attributes.get("title") or "").split())
        if address and len(self.figures) < _MOST_FIGURES:
            self.figures.append(Figure(address, words))
        if words and not self._dropping:
            self.data(f" {words} ")
