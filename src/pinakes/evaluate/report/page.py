"""A report as one HTML page: no script, nothing from outside, light and dark, ready to print."""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Iterator, Sequence
from importlib.resources import files

from pinakes.evaluate.canvas import Drawing, shortened
from pinakes.evaluate.markup import clean, escaped
from pinakes.evaluate.report.examples import judged, titled
from pinakes.evaluate.report.model import NONE, Block, Cell, Document, Example, Headline, Number, Section, Shown, Table
from pinakes.evaluate.theme import stylesheet

# Nothing is loaded and nothing is run, whatever text or picture got into the page.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_PICTURES = ((b"\xff\xd8\xff", "jpeg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"GIF87a", "gif"), (b"GIF89a", "gif"))
_LONGEST_CAPTION, _LONGEST_TEXT = 160, 240


def whole(document: Document) -> str:
    """The page."""
    style = stylesheet() + files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    body = "\n".join(line for section in document.sections for line in _section(section))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escaped(document.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"<header>\n<h1>{_foreign(document.title)}</h1>\n<p>{_foreign(document.about)}</p>\n"
        f"{_cards(document.headlines)}{_contents(document.sections)}</header>\n"
        f"<main>\n{body}\n</main>\n<footer><p>{escaped(document.made_by)}</p></footer>\n</body>\n</html>\n"
    )


def _foreign(text: object) -> str:
    """Text of users, whose direction does not turn what stands around it."""
    return f"<bdi>{escaped(text)}</bdi>"


def _cards(headlines: Sequence[Headline]) -> str:
    cards = "".join(
        f"<li><strong>{escaped(one.figure)}</strong><b>{_foreign(one.what)}</b><span>{_foreign(one.detail)}</span></li>\n"
        for one in headlines
    )
    return f'<ul class="cards" style="--cards:{_side_by_side(len(headlines))}">\n{cards}</ul>\n' if cards else ""


def _side_by_side(cards: int) -> int:
    """How many cards stand in a row, so that no row holds a single one."""
    return cards if cards <= 3 else math.ceil(cards / math.ceil(cards / 4))


def _contents(sections: Sequence[Section]) -> str:
    links = "".join(f'<li><a href="#{one.key}">{escaped(one.title)}</a></li>\n' for one in sections)
    return f'<nav aria-label="Contents">\n<ul>\n{links}</ul>\n</nav>\n'


def _section(section: Section) -> Iterator[str]:
    yield f'<section id="{section.key}" aria-labelledby="{section.key}-head">'
    yield f'<h2 id="{section.key}-head">{escaped(section.title)}</h2>'
    if section.lead:
        yield f'<p class="lead">{_foreign(section.lead)}</p>'
    if section.examples:
        yield from _examples(section.examples)
    else:
        yield from (part for block in section.blocks for part in _block(block))
    if section.points:
        yield "<ul>" + "".join(f"<li>{_foreign(point)}</li>\n" for point in section.points) + "</ul>"
    yield "</section>"


def _block(block: Block) -> Iterator[str]:
    if block.chart:
        yield from _figure(block.chart())
    if block.table and block.chart:
        yield f"<details>\n<summary>Figures of this chart</summary>\n{_table(block.table)}\n</details>"
    elif block.table:
        yield _table(block.table)


def _figure(drawing: Drawing) -> Iterator[str]:
    yield f'<figure id="{drawing.key}">\n{_scrolling(drawing.svg, drawing.title)}'
    yield f"<figcaption><b>{_foreign(drawing.title)}.</b> {_foreign(drawing.about)}</figcaption>\n</figure>"


def _scrolling(inner: str, name: str) -> str:
    """What may be wider than the screen, to be reached with the keyboard too."""
    return f'<div class="wide" role="group" tabindex="0" aria-label="{escaped(name)}">\n{inner}\n</div>'


def _table(table: Table) -> str:
    right = [any(isinstance(row[place], Number) for row in table.rows) for place in range(len(table.columns))]
    kinds = ["".join(' class="n"' if one else "") for one in right]
    heads = "".join(
        f'<th scope="col"{kind}>{_foreign(column.name)}</th>' if column.name else f"<td{kind}></td>"
        for column, kind in zip(table.columns, kinds, strict=True)
    )
    rows = "\n".join(_row(table, row, kinds) for row in table.rows)
    inner = (
        f'<table id="{table.key}">\n<caption>{_foreign(table.title)}</caption>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
    )
    notes = "".join(f'<p class="note">{_foreign(" ".join(table.notes))}</p>' if table.notes else "")
    return f"{_scrolling(inner, table.title)}\n{notes}"


def _row(table: Table, row: Sequence[Cell], kinds: Sequence[str]) -> str:
    cells = (
        f'<th scope="row"{kind}>{_cell(cell)}</th>' if column.heading else f"<td{kind}>{_cell(cell)}</td>"
        for cell, column, kind in zip(row, table.columns, kinds, strict=True)
    )
    return f"<tr>{''.join(cells)}</tr>"


def _cell(cell: Cell) -> str:
    if not isinstance(cell, Number):
        return _foreign(cell) if cell else NONE
    parts = [f"<b>{cell.text}</b>" if cell.best else cell.text]
    if cell.between:
        parts.append(f"<small>{cell.between[0]} to {cell.between[1]}</small>")
    if cell.chance is not None:
        parts.append(f"<small>chance {Number(cell.chance, cell.places).text}</small>")
    if cell.queries is not None:
        parts.append(f"<small>{cell.queries:,} queries</small>")
    return "".join(parts)


def _examples(shown: Sequence[Example]) -> Iterator[str]:
    for kind in dict.fromkeys(one.kind for one in shown):
        yield f"<h3>{escaped(titled(kind))}</h3>"
        yield from (_example(one) for one in shown if one.kind == kind)


def _example(one: Example) -> str:
    """A query with its picture and figure, then what was found, best first."""
    way = f", {_foreign(one.scope)}" if one.scope else ""
    found = "".join(f"<li{_mark(each)}>{_picture(each)}{_said(each)}</li>\n" for each in one.found)
    answer = f"<ol>\n{found}</ol>" if found else "<p>Nothing was found.</p>"
    return (
        f'<article class="example">\n<div class="asked">{_picture(one.query)}'
        f"<h4>{_foreign(shortened(clean(one.query.caption), _LONGEST_CAPTION) or NONE)}</h4>{_text(one.query)}"
        f"<p>{escaped(one.metric)} {Number(one.value).text}{way}</p></div>\n{answer}\n</article>"
    )


def _mark(one: Shown) -> str:
    return {True: ' class="right"', False: ' class="wrong"', None: ""}[one.relevant]


def _said(one: Shown) -> str:
    caption = _foreign(shortened(clean(one.caption), _LONGEST_CAPTION) or NONE)
    verdict = judged(one.relevant)
    return f"<span>{caption}</span>{_text(one)}" + (
        f"<em>{'✓' if one.relevant else '✗'} {verdict}</em>" if verdict else ""
    )


def _text(one: Shown) -> str:
    """Some of what a text says, cut where a page would be filled with it."""
    said = shortened(clean(one.text), _LONGEST_TEXT)
    return f"<blockquote>{_foreign(said)}</blockquote>" if said else ""


def _picture(one: Shown) -> str:
    """A thumbnail within the page; what is no picture that every browser shows is left to its caption."""
    kind = next((kind for start, kind in _PICTURES if one.picture.startswith(start)), "")
    if one.picture[:4] == b"RIFF" and one.picture[8:12] == b"WEBP":
        kind = "webp"
    if not kind:
        return ""
    # The caption stands beside it: a second reading of it would only be in the way.
    return f'<img alt="" src="data:image/{kind};base64,{b64encode(one.picture).decode("ascii")}">'
