"""Cells of tables that are exported: what a spreadsheet would take for a formula is made plain text, and back."""

from __future__ import annotations

# A cell that begins so is run by spreadsheets; the full-width forms are taken for the plain ones.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_QUOTE = "'"


def neutralise(cell: str) -> str:
    """The cell as a spreadsheet will show it and never run it: with an apostrophe before what looks like a formula."""
    return _QUOTE + cell if _is_formula(cell) else cell


def restore(cell: str) -> str:
    """The inverse of `neutralise`."""
    return cell[1:] if cell.startswith(_QUOTE) and _is_formula(cell) else cell


def _is_formula(cell: str) -> bool:
    """Also with apostrophes before it, so that the inverse is exact for any text."""
    return cell.lstrip(_QUOTE).startswith(_STARTS)
