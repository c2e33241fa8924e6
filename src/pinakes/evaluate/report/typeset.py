"""A report's tables as LaTeX, to be pasted into a paper."""

from __future__ import annotations

from collections.abc import Iterator

from pinakes.evaluate.markup import clean
from pinakes.evaluate.report.model import Cell, Document, Number, Table

_HEAD = (
    "% Tables for \\input in a document with \\usepackage{booktabs}; letters beyond Latin want XeLaTeX or LuaLaTeX.",
    "% The numbers are rounded; --report with a name ending in .csv writes them whole.",
)
# Letters beyond which a text is set in lines, and the share of the width that such texts have together.
_LONG, _PARAGRAPHS = 32, 0.72
_MEANING = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "'": r"\textquotesingle{}",
    "-": "{-}",
    "–": "--",
    "−": "$-$",
    "→": r"$\rightarrow$",
    "∞": r"$\infty$",
    "…": r"\ldots{}",
    "[": "{[}",
    "]": "{]}",
}


def safe(text: object) -> str:
    """Text that is set as it is."""
    return "".join(_MEANING.get(one, one) for one in clean(text))


def tables(document: Document) -> str:
    """Every table, one after the other."""
    lines = [*_HEAD, f"% {clean(document.title)}. {clean(document.about)}"]
    for section in document.sections:
        for block in section.blocks:
            if block.table:
                lines += _table(block.table)
    return "\n".join([*lines, ""])


def _table(table: Table) -> Iterator[str]:
    yield from ("", r"\begin{table}", r"\centering\footnotesize\setlength{\tabcolsep}{3pt}")
    yield from (rf"\caption{{{safe(table.title)}}}", rf"\label{{tab:{table.key}}}")
    yield rf"\begin{{tabular}}{{{_kinds(table)}}}"
    yield r"\toprule"
    yield _row([safe(column.name) for column in table.columns])
    yield r"\midrule"
    yield from (_row([_cell(cell) for cell in row]) for row in table.rows)
    yield from (r"\bottomrule", r"\end{tabular}")
    if table.notes:
        yield rf"\par\smallskip\footnotesize {' '.join(safe(note) for note in table.notes)}"
    yield r"\end{table}"


def _kinds(table: Table) -> str:
    """Numbers to the right, words to the left, and what is long in lines."""
    along = list(zip(*table.rows, strict=True))
    long = [max((len(cell) for cell in cells if isinstance(cell, str)), default=0) > _LONG for cells in along]
    wide = rf"p{{{_PARAGRAPHS / max(sum(long), 1):.2f}\linewidth}}"
    right = [any(isinstance(cell, Number) for cell in cells) for cells in along]
    return "".join(wide if much else "r" if number else "l" for much, number in zip(long, right, strict=True))


def _row(cells: list[str]) -> str:
    return f"{' & '.join(cells)} \\\\"


def _cell(cell: Cell) -> str:
    if not isinstance(cell, Number):
        return safe(cell)
    text = rf"\textbf{{{safe(cell.text)}}}" if cell.best else safe(cell.text)
    beside = []
    if cell.between:
        beside.append(f"{{[}}{safe(cell.between[0])}, {safe(cell.between[1])}{{]}}")
    if cell.chance is not None:
        beside.append(f"({safe(Number(cell.chance, cell.places).text)})")
    if cell.queries is not None:
        beside.append(f"{cell.queries:,} queries")
    return rf"{text} {{\scriptsize {' '.join(beside)}}}" if beside else text
