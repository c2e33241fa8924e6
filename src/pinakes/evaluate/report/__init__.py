"""Reports of what was measured: a page that needs nothing else, and its tables in Markdown, CSV and LaTeX."""

from __future__ import annotations

from collections.abc import Sequence

from pinakes.evaluate.cost import Cost
from pinakes.evaluate.report.document import document
from pinakes.evaluate.report.examples import extremes
from pinakes.evaluate.report.marked import pages
from pinakes.evaluate.report.model import Example, Shown
from pinakes.evaluate.report.page import whole
from pinakes.evaluate.report.projection import Map
from pinakes.evaluate.report.separated import rows, written
from pinakes.evaluate.report.typeset import tables
from pinakes.evaluate.result import Evaluation

__all__ = ["Example", "Map", "Shown", "csv", "extremes", "html", "latex", "markdown"]

# Columns of figures with their intervals that fit side by side on a page of a paper.
_ACROSS_PAPER = 2


def html(
    evaluation: Evaluation | None,
    costs: Sequence[Cost] = (),
    examples: Sequence[Example] = (),
    maps: Sequence[Map] = (),
) -> str:
    """One page with charts, light and dark, ready to print; it needs the extra `report`."""
    return whole(document(evaluation, costs, examples, maps))


def markdown(
    evaluation: Evaluation | None,
    costs: Sequence[Cost] = (),
    examples: Sequence[Example] = (),
    maps: Sequence[Map] = (),
) -> str:
    """The same tables in Markdown."""
    return pages(document(evaluation, costs, examples, maps))


def latex(
    evaluation: Evaluation | None,
    costs: Sequence[Cost] = (),
    examples: Sequence[Example] = (),
    maps: Sequence[Map] = (),
) -> str:
    """The same tables in LaTeX, for papers."""
    return tables(document(evaluation, costs, examples, maps, across=_ACROSS_PAPER))


def csv(
    evaluation: Evaluation | None,
    costs: Sequence[Cost] = (),
    examples: Sequence[Example] = (),
    maps: Sequence[Map] = (),
) -> str:
    """Every number, not rounded, one to a line."""
    return written(list(rows(evaluation, costs, examples)))
