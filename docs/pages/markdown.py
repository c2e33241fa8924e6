"""Markdown in the few forms that the reference uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the cells hold Markdown already."""
    lines = [_line(heads), _line(["---"] * len(heads))]
    lines += [_line(row) for row in rows]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def code(text: str) -> str:
    """Text as code within a line."""
    return f"`{text}`" if text else ""


def codes(texts: Iterable[str]) -> str:
    """Several pieces of code, separated by commas."""
    return ", ".join(map(code, texts))


def block(text: str, language: str = "") -> str:
    """A block of code."""
    return f"```{language}\n{text.rstrip()}\n```"


def page(title: str, *pieces: str) -> str:
    """A whole page under its title, with a line that says not to edit it."""
    head = f"# {title}\n\n<!-- Made from the code by `python -m docs.build`; edit the code, not this page. -->"
    return "\n\n".join([head, *(piece for piece in pieces if piece)]) + "\n"
