"""The page of the hashing benchmark, from its runs: `python -m benchmarks.hashing --what keep`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.hashing_runs import METRICS
from benchmarks.hashing_tables import changed, tables, trials
from docs.pages.markdown import page, table

RUNS = Path(__file__).parents[1] / "figures" / "hashing-runs.jsonl"
SETS = {"fashion": "Fashion", "flickr8k": "Flickr8k, concepts", "wiki": "Wikipedia, published features"}
_ABOUT = """Every run of `python -m benchmarks hashing`: what each method finds with codes of 16, 32 and 64 bits, both
ways. [Our way to hash](../our-hashing.md) tells how it was measured, and what it shows. Means and deviations are
of three seeds, and what has no deviation is of one. Rows at one distance count as the mean over all their orders.
`f1@radius=2` is of all rows that differ in two bits at most. To bring this page up to date: `python -m
benchmarks.hashing --data DIR --what keep`."""
_MEANT = {"map": "mAP@all"}
_TRIED = ("method", "bits", "rate", "dropout", "of its own", "wrong labels", "mAP@all")


def hashing() -> str:
    """The page."""
    lines = read()
    return page("Hashing", _ABOUT, *(piece for name in SETS for piece in _set(lines, name)))


def read() -> list[dict[str, Any]]:
    """The runs."""
    return [json.loads(line) for line in RUNS.read_text(encoding="utf-8").splitlines()]


def _set(lines: list[dict[str, Any]], name: str) -> Iterator[str]:
    if not any(line["run"]["set"] == name for line in lines):
        return
    yield f"## {SETS[name]}"
    for metric in METRICS:
        heads, rows = tables(lines, name, metric)
        if rows:
            yield f"### {_MEANT.get(metric, metric)}"
            yield table(heads, rows)
    for title, found in (("What was changed", changed(lines, name)), ("Trials", trials(lines, name))):
        if rows := list(found):
            yield f"### {title}"
            yield table(_TRIED, rows)
