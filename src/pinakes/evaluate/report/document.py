"""What a report says, put together: from an evaluation, costs, a comparison, examples and a map."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from pinakes.errors import BadInput
from pinakes.evaluate.cost import Cost
from pinakes.evaluate.report.comparing import comparisons
from pinakes.evaluate.report.costs import costs as cost_sections
from pinakes.evaluate.report.curves import by_bits, confusion, curves
from pinakes.evaluate.report.examples import examples as example_section
from pinakes.evaluate.report.model import (
    Block,
    Column,
    Document,
    Example,
    Headline,
    Section,
    Table,
    counted,
    told,
    worded,
)
from pinakes.evaluate.report.names import by_direction, in_words
from pinakes.evaluate.report.projection import Map, projections
from pinakes.evaluate.report.quality import ACROSS, meanings, quality
from pinakes.evaluate.result import Evaluation, Figure, Scope

# Cards at the head of a report.
_MOST_HEADLINES = 6
_KINDS = {
    "labels": "What shares a label counts as relevant",
    "captions": "What belongs together, as picture and caption, counts as relevant",
    "judgements": "Relevant is what was judged so",
    "run": "Relevant is what was judged so",
    "clicks": "What readers opened counts as relevant",
}


def document(
    evaluation: Evaluation | None,
    costs: Sequence[Cost] = (),
    examples: Sequence[Example] = (),
    maps: Sequence[Map] = (),
    across: int = ACROSS,
) -> Document:
    """All sections that have something to say."""
    if evaluation is None and not costs:
        raise BadInput("There is nothing to report.", "Hand in an evaluation, or the costs of a library.")
    sections = list(_of_quality(evaluation, across)) if evaluation else []
    sections += [comparisons(evaluation.comparisons)] if evaluation and evaluation.comparisons else []
    sections += [example_section(examples)] * bool(examples)
    sections += [projections(maps)] if maps else []
    sections += cost_sections(costs)
    sections += _method(evaluation) if evaluation else []
    return Document(
        evaluation.title if evaluation else costs[0].title,
        _about(evaluation) if evaluation else f"Measured on {costs[0].date}.",
        tuple(_headlines(evaluation, costs))[:_MOST_HEADLINES],
        tuple(sections),
        f"Made by Pinakes {evaluation.version}." if evaluation else "Made by Pinakes.",
    )


def _of_quality(evaluation: Evaluation, across: int) -> Iterator[Section]:
    yield quality(evaluation, across)
    yield from (section for part in (curves, by_bits, confusion) if (section := part(evaluation)).blocks)


def _about(evaluation: Evaluation) -> str:
    queries = len({query for scope in evaluation.scopes for query in scope.queries})
    kind = _KINDS.get(evaluation.kind, f"Measured by {evaluation.kind}")
    date = evaluation.date.replace("T", " ").replace("+00:00", " UTC")
    ways = counted(len(evaluation.scopes), "way of searching", "ways of searching")
    return f"{ways}, measured with {counted(queries, 'query', 'queries')}. {kind}. {date}."


def _headlines(evaluation: Evaluation | None, costs: Sequence[Cost]) -> Iterator[Headline]:
    """The best of each direction by the first metric, and p95 of each mode at the largest size."""
    for way, group in by_direction(evaluation.scopes if evaluation else ()).items():
        if (found := _highest(group)) is not None:
            scope, figure = found
            rest = in_words({name: value for name, value in scope.names.items() if name not in ("from", "to")})
            best = f"best of {len(group)}: " * (len(group) > 1)
            between = f"between {told(figure.low)} and {told(figure.high)}; chance {told(figure.chance)}"
            yield Headline(
                told(figure.value), f"{figure.metric}{', ' * bool(way)}{way}", f"{best}{rest}; {between}".strip(" ;")
            )
    for cost in costs:
        for mode in dict.fromkeys(one.mode for one in cost.timings):
            largest = max((one for one in cost.timings if one.mode == mode), key=lambda one: (one.size, one.p95))
            detail = f"p95 at {largest.size:,} parts, {largest.asked}; one question at a time"
            yield Headline(f"{told(largest.p95, 0 if largest.p95 >= 100 else 1)} ms", f"response time, {mode}", detail)


def _highest(group: Sequence[Scope]) -> tuple[Scope, Figure] | None:
    measured = [(scope, scope.figures[0]) for scope in group if scope.figures]
    same = [
        (scope, one) for scope, one in measured if one.metric == measured[0][1].metric and not math.isnan(one.value)
    ]
    return max(same, key=lambda pair: pair[1].value, default=None)


def _method(evaluation: Evaluation) -> Iterator[Section]:
    """The settings, the seed, the machine; then the rules."""
    told_settings = {
        "Pinakes": evaluation.version,
        "date": evaluation.date,
        "machine": evaluation.machine,
        "seed": evaluation.seed,
        **evaluation.settings,
    }
    rows = tuple((str(name), worded(value)) for name, value in told_settings.items())
    table = Table("settings", "Settings", (Column("setting", True), Column("value")), rows)
    lead = "Whoever measures again with these rules, settings and seed must get these figures."
    yield Section("method", "How it was measured", lead, (*meanings(evaluation), Block(table)))
    if points := (*evaluation.rules, *evaluation.notes):
        yield Section("rules", "Rules and notes", points=points)
