"""Cutting a query into tokens: signs, and words made of bare, quoted and escaped pieces, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pinakes.errors import BadQuery

_QUOTES = {'"': '"', "\u201c": "\u201d", "\u300c": "\u300d"}
_SIGNS = {"+": 1, "-": -1, "\u2212": -1}
_ESCAPE = "\\"

Kind: TypeAlias = Literal["bare", "quoted", "escaped"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters that were written in one way."""

    text: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Token:
    """A sign (1 or -1), or a word (0) made of pieces without space between them."""

    sign: int
    pieces: tuple[Piece, ...]
    start: int

    @property
    def bare(self) -> str:
        """The characters before the first that is quoted or escaped: only these can mean something."""
        return self.pieces[0].text if self.pieces and self.pieces[0].kind == "bare" else ""

    @property
    def text(self) -> str:
        """All characters."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def quoted(self) -> bool:
        """Whether any of it stands in quotation marks."""
        return any(piece.kind == "quoted" for piece in self.pieces)


def tokens(query: str) -> Iterator[Token]:
    """The tokens of a query in order."""
    at = 0
    while at < len(query):
        if query[at].isspace():
            at += 1
        elif query[at] in _SIGNS:
            yield Token(_SIGNS[query[at]], (), at)
            at += 1
        else:
            token, at = _word(query, at, spaces=False)
            yield token


def whole(argument: str, start: int = 0) -> Token:
    """One token of all characters, spaces too: an argument that is one term of a command."""
    return _word(argument, start, spaces=True)[0]


def _word(query: str, start: int, *, spaces: bool) -> tuple[Token, int]:
    pieces: list[Piece] = []
    at = start
    while at < len(query) and (spaces or not query[at].isspace()):
        if query[at] in _QUOTES:
            text, at = _quotation(query, at)
            pieces.append(Piece(text, "quoted"))
        elif query[at] == _ESCAPE and at + 1 < len(query):
            pieces.append(Piece(query[at + 1], "escaped"))
            at += 2
        else:
            begin = at
            at += 1
            while at < len(query) and query[at] not in _QUOTES and query[at] != _ESCAPE:
                if query[at].isspace() and not spaces:
                    break
                at += 1
            pieces.append(Piece(query[begin:at], "bare"))
    return Token(0, tuple(pieces), start), at


def _quotation(query: str, start: int) -> tuple[str, int]:
    closing = _QUOTES[query[start]]
    text = []
    at = start + 1
    while at < len(query):
        if query[at] == _ESCAPE and at + 1 < len(query):
            text.append(query[at + 1])
            at += 2
        elif query[at] == closing:
            return "".join(text), at + 1
        else:
            text.append(query[at])
            at += 1
    hint = f"Close it with {closing}, or write {_ESCAPE}{query[start]} for the mark itself."
    raise BadQuery(f"The quotation mark at character {start + 1} is not closed.", hint, position=start)
