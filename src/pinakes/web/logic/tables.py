"""Rows as a table in a file, for spreadsheets and for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

# Cells that begin so are taken for formulas by spreadsheets.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """CSV with the names of its columns; several values of one cell are put side by side."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_cell(row[name]) for name in columns] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    """A value as a cell, and never as a formula."""
    if isinstance(value, list):
        value = "; ".join(value)
    elif isinstance(value, dict):
        value = json.dumps(value) if value else ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULAS) else value
