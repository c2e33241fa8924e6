"""Hits as lines of a terminal: what was found, where it lies, why, and a small picture where the terminal can."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pinakes.cli import thumbnails
from pinakes.cli.columns import across, near, plural, wrapped
from pinakes.cli.output import Output, printable

if TYPE_CHECKING:
    from pinakes.library import Hit

_INDENT = " " * 9
_NARROWEST = 20
# Rows of a snippet where a picture makes room for them.
_ROWS = 3
_MOST_ROWS = 8


def show(hit: Hit, output: Output, *, why: bool, pictures: bool) -> None:
    """One hit; where the terminal shows pictures, its own stands to the left of the words."""
    if output.json:
        return
    margin = thumbnails.margin(output) if pictures else 0
    picture = thumbnails.drawn(lambda: hit.preview, output) if margin else None
    lines = list(_lines(hit, output, output.width - margin, why=why, rows=_ROWS if margin else 1))
    if picture is not None:
        thumbnails.beside(picture, lines, output)
    else:
        for line in lines:
            output.line(" " * margin + line)
    _show_place(hit, margin, output)
    if margin:
        output.line()


def _show_place(hit: Hit, margin: int, output: Output) -> None:
    """The item and its path, which is there to be copied: it is never cut, and breaks no picture."""
    place = f"item:{hit.item}  {printable(near(hit.path))}".rstrip()
    indent = " " * margin + _INDENT
    fits = len(indent) + across(place) <= output.width or not margin
    output.line(f"{indent if fits else ''}{output.dim(place)}")


def show_paths(found: Iterable[Hit], output: Output) -> None:
    """The paths alone, each once, exactly as they are: for other programs."""
    for path in dict.fromkeys(hit.path for hit in found if hit.path):
        output.name(path)


def heading(hit: Hit, output: Output, width: int = 0) -> str:
    """Rank, score, title and place on one line; the place goes to the next where there is no room."""
    start, name = f"{hit.rank:2} {hit.score:.2f}  ", printable(hit.title) or f"item {hit.item}"
    place = f"{hit.modality}, {hit.place}" if str(hit.place) else hit.modality
    fits = not width or across(f"{start}{name}  {place}") <= width
    return f"{start}{output.bold(name)}{'  ' if fits else chr(10) + _INDENT}{output.dim(place)}"


def _lines(hit: Hit, output: Output, width: int, *, why: bool, rows: int) -> Iterable[str]:
    room = max(_NARROWEST, width - len(_INDENT))
    yield from heading(hit, output, width).split("\n")
    for row in wrapped(printable(hit.snippet), room, rows):
        yield _INDENT + _marked(row, hit, output)
    if hit.found.alike:
        yield _INDENT + output.dim(f"and {plural(len(hit.found.alike), 'item')} almost the same: --unfold")
    if why:
        yield from (_INDENT + row for line in _reasons(hit) for row in wrapped(line, room, _MOST_ROWS))


def _marked(snippet: str, hit: Hit, output: Output) -> str:
    """A snippet with the words that were asked for standing out."""
    words = sorted({printable(word.word) for word in hit.why.words}, key=len, reverse=True)
    if not words or not output.colour:
        return snippet
    pattern = "|".join(rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in words)
    return re.sub(pattern, lambda found: output.bold(found[0]), snippet, flags=re.I)


def _reasons(hit: Hit) -> Iterable[str]:
    for reason in hit.why.spaces:
        yield (
            f"{reason.space}: rank {reason.rank}, raw {reason.raw:.3f}, score {reason.score:.2f}, "
            f"share {reason.share:.0%}"
        )
    for name in hit.why.unasked:
        yield f"{name}: not asked for the words of the query"
    words = dict.fromkeys(f"{word.field}:{word.word}" for word in hit.why.words)
    if words:
        yield f"words: {printable(', '.join(words))}"
