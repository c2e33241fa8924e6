"""A text before it is a file, and the decks from which its sentences are drawn."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np


@dataclass(frozen=True, slots=True)
class Text:
    """Title, byline and paragraphs; lines within a paragraph are the lines of a stanza."""

    title: str
    byline: str
    paragraphs: tuple[str, ...]
    language: str = "en"
    day: date | None = None

    @property
    def words(self) -> str:
        """Everything that it says, as plain text."""
        return "\n\n".join([self.title, *([self.byline] if self.byline else []), *self.paragraphs])


class Deck:
    """Draws from tables without repeating a card before all have been drawn."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self._left: dict[tuple[str, ...], list[str]] = {}

    def draw(self, cards: tuple[str, ...]) -> str:
        """The next card of a table."""
        left = self._left.get(cards)
        if not left:
            left = [cards[int(k)] for k in self.rng.permutation(len(cards))]
        self._left[cards] = left[1:]
        return left[0]


def as_plain(text: Text) -> str:
    """Plain text with blank lines."""
    return text.words + "\n"


def as_markdown(text: Text) -> str:
    """Markdown; the lines of a stanza end in two spaces."""
    byline = [f"*{text.byline}*"] if text.byline else []
    stanzas = [paragraph.replace("\n", "  \n") for paragraph in text.paragraphs]
    return "\n\n".join([f"# {text.title}", *byline, *stanzas]) + "\n"


def as_html(text: Text, fields: Sequence[tuple[str, str]]) -> str:
    """A page of HTML with Dublin Core in its head."""
    meta = "".join(f'<meta name="{html.escape(name)}" content="{html.escape(value)}">\n' for name, value in fields)
    body = "\n".join(
        f"<p>{html.escape(paragraph).replace(chr(10), '<br>' + chr(10))}</p>" for paragraph in text.paragraphs
    )
    byline = f"<p><em>{html.escape(text.byline)}</em></p>\n" if text.byline else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{text.language}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{html.escape(text.title)}</title>\n{meta}</head>\n<body>\n<h1>{html.escape(text.title)}</h1>\n{byline}{body}\n</body>\n</html>\n"
    )
