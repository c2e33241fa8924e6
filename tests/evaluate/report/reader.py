"""A strict reader of HTML: every element is closed where it must be, every attribute stands once."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "img", "br", "hr", "link", "input"}
# What a browser closes by itself when it comes to the end of something around it; here it is an error.


@dataclass
class Element:
    """An element with what is in it."""

    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text within."""
        return "".join(self.texts)

    def every(self, *tags: str) -> list[Element]:
        """All elements within of these tags, in their order."""
        own = [self] if self.tag in tags or not tags else []
        return own + [found for child in self.children for found in child.every(*tags)]


class Page(HTMLParser):
    """A page as a tree."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]
        self.declared = ""

    def handle_decl(self, decl: str) -> None:
        self.declared = decl

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"{tag} has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.texts.append(data)

    def every(self, *tags: str) -> list[Element]:
        return self.root.every(*tags)


def read(html: str) -> Page:
    """The page, if nothing in it is left open."""
    page = Page()
    page.feed(html)
    page.close()
    assert page.open == [page.root], [element.tag for element in page.open]
    return page
