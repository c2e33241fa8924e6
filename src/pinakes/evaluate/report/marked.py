"""A report as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pinakes.evaluate.markup import clean
from pinakes.evaluate.report.model import NONE, Cell, Document, Number, Section, Table

# What means something in the Markdown of any reader, and HTML within it.
_MEANING = re.compile(r"([\\`*_\[\]<>|~$&#!])")
_OPENING = re.compile(r"^(\d*)([.)])(?=\s|$)|^()([-+=])")


def safe(text: object) -> str:
    """Text that shows as it is."""
    return _OPENING.sub(r"\1\3\\\2\4", _MEANING.sub(r"\\\1", clean(text)))


def pages(document: Document) -> str:
    """A title, what stands out, then all sections."""
    lines = [f"# {safe(document.title)}", "", safe(document.about), ""]
    lines += [f"- **{safe(one.figure)}** {safe(one.what)} ({safe(one.detail)})" for one in document.headlines]
    for section in document.sections:
        lines += _section(section)
    return "\n".join([*lines, "", safe(document.made_by), ""])


def _section(section: Section) -> Iterator[str]:
    yield from ("", f"## {safe(section.title)}")
    if section.lead:
        yield from ("", safe(section.lead))
    for block in section.blocks:
        if block.table:
            yield from _table(block.table)
    if section.points:
        yield ""
        yield from (f"- {safe(point)}" for point in section.points)


def _table(table: Table) -> Iterator[str]:
    yield from ("", f"**{safe(table.title)}**", "")
    yield _row([safe(column.name) for column in table.columns])
    right = [_is_number(table, place) for place in range(len(table.columns))]
    yield _row(["---:" if one else "---" for one in right])
    yield from (_row([_cell(cell) for cell in row]) for row in table.rows)
    if table.notes:
        yield from ("", " ".join(safe(note) for note in table.notes))


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _is_number(table: Table, place: int) -> bool:
    return any(isinstance(row[place], Number) for row in table.rows)


def _cell(cell: Cell) -> str:
    if not isinstance(cell, Number):
        return safe(cell) or NONE
    text = f"**{cell.text}**" if cell.best else cell.text
    if cell.between:
        text += rf" \[{cell.between[0]}, {cell.between[1]}\]"
    if cell.chance is not None:
        text += f" ({Number(cell.chance, cell.places).text})"
    return text if cell.queries is None else f"{text}, {cell.queries:,} queries"
