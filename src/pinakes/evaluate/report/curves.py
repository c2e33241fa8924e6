"""What a report says of curves, of the length of codes, and of what is taken for what."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from pinakes.evaluate import plots
from pinakes.evaluate.bits import VECTORS
from pinakes.evaluate.plots import Axis, Line
from pinakes.evaluate.report.model import NONE, Block, Cell, Column, Number, Section, Table, line, told
from pinakes.evaluate.report.names import by_direction, called, direction, in_words
from pinakes.evaluate.report.quality import metrics
from pinakes.evaluate.result import Curve, Evaluation, Figure, Scope
from pinakes.metrics.ranked import Floats

LEVELS = np.linspace(0, 1, 11)
# Confusions that are told where there are too many to draw.
_MOST_CONFUSED = 40
_TENTHS = tuple(LEVELS.round(1).tolist())


def curves(evaluation: Evaluation) -> Section:
    """Precision over recall: for each direction charts of a few lines, each with a table of what is marked."""
    blocks: list[Block] = []
    for way, group in by_direction(evaluation.scopes).items():
        named = list(_named(group))
        for start in range(0, len(named), plots.MOST_LINES):
            key = f"curves-{len(blocks) + 1}"
            blocks.append(_block(key, way, dict(named[start : start + plots.MOST_LINES])))
    lead = (
        "How many of the results are relevant (precision), at the depth at which so many of all relevant things "
        "have been found (recall). Higher is better; a line that stays high to the right finds nearly everything "
        "without noise."
    )
    return Section("curves", "Precision and recall", lead, tuple(blocks))


def at_levels(curve: Curve) -> Floats:
    """The precision at recall 0, 0.1 ... 1: that of the first point that has come so far; NaN past the end."""
    order = np.argsort(curve.recall, kind="stable")
    recall, precision = np.asarray(curve.recall)[order], np.asarray(curve.precision)[order]
    places = np.searchsorted(recall, LEVELS - 1e-9)
    return np.array([precision[place] if place < len(precision) else math.nan for place in places])


def _named(scopes: Sequence[Scope]) -> Iterator[tuple[str, Curve]]:
    """All curves of some scopes, under names that tell them apart."""
    names: dict[str, int] = {}
    for scope, title in zip(scopes, called(scopes), strict=True):
        kinds = {curve.interpolation for curve in scope.curves}
        for curve in scope.curves:
            told = f"{title}, {curve.interpolation}" if len(kinds) > 1 else title
            names[told] = names.get(told, 0) + 1
            yield (told if names[told] == 1 else f"{told} ({names[told]})"), curve


def _block(key: str, way: str, named: Mapping[str, Curve]) -> Block:
    levels = {name: at_levels(curve) for name, curve in named.items()}
    drawn = [
        Line(name, np.asarray(curve.recall), np.asarray(curve.precision), marked=_known(LEVELS, levels[name]))
        for name, curve in named.items()
    ]
    kinds = ", ".join(dict.fromkeys(curve.interpolation for curve in named.values()))
    title = "Precision and recall" + (f", {way}" if way else "")
    about = f"Precision at each recall, averaged over queries. Interpolation: {kinds}. Marks: recall 0, 0.1, up to 1."
    rows = tuple(line(name, *(Number(value) for value in values.tolist())) for name, values in levels.items())
    columns = (Column("recall", heading=True), *(Column(f"{level:.1f}") for level in _TENTHS))
    table = Table(key, f"{title}: precision at each recall", columns, rows, (f"Interpolation: {kinds}.",))
    x, y = Axis("recall", 0, 1, _TENTHS[::2]), Axis("precision", 0, 1.0, _TENTHS[::2])
    return Block(table, partial(plots.lines, f"{key}-chart", title, about, drawn, x, y))


def _known(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The points whose height is known."""
    there = np.isfinite(y)
    return x[there], y[there]


def by_bits(evaluation: Evaluation) -> Section:
    """The first of the metrics on lists, mean average precision where it was measured, over the length of codes."""
    blocks: list[Block] = []
    scopes = (*evaluation.scopes, *evaluation.coded)
    names = metrics(evaluation.coded or scopes)
    metric = next((name for name in names if name.startswith("map")), names[0] if names else "")
    series = {name: found for name, found in _by_length(scopes, metric).items() if len(found) > 1}
    for way in dict.fromkeys(way for way, _ in series):
        mine = [(name, found) for (of, name), found in series.items() if of == way]
        for start in range(0, len(mine), plots.MOST_LINES):
            drawn = dict(mine[start : start + plots.MOST_LINES])
            blocks.append(_lengths(f"bits-{len(blocks) + 1}", metric, way, drawn, _whole(scopes, metric, way)))
    lead = (
        f"What shorter codes cost, in {metric}: half as many bits take half the memory, and half the time to compare."
    )
    return Section("bits", "Length of codes", lead, tuple(blocks))


def _by_length(scopes: Sequence[Scope], metric: str) -> dict[tuple[str, str], dict[int, Figure]]:
    """The figures of one metric by the length of codes, under where they search from and to and what else they are."""
    coded = [scope for scope in scopes if scope.names.get("bits", "").isdecimal()]
    found: dict[tuple[str, str], dict[int, Figure]] = {}
    for scope in coded:
        others = {name: value for name, value in scope.names.items() if name not in ("from", "to", "bits", "mode")}
        for figure in scope.figures:
            if figure.metric == metric:
                key = (direction(scope), in_words(others) or "codes")
                found.setdefault(key, {})[int(scope.names["bits"])] = figure
    return found


def _whole(scopes: Sequence[Scope], metric: str, way: str) -> dict[str, Figure]:
    """The figures of full vectors by their space: what codes come near to."""
    return {
        scope.names["space"]: figure
        for scope in scopes
        if direction(scope) == way and scope.names.get("mode") == VECTORS
        for figure in scope.figures
        if figure.metric == metric
    }


def _lengths(
    key: str, metric: str, way: str, series: Mapping[str, Mapping[int, Figure]], whole: Mapping[str, Figure]
) -> Block:
    lengths = sorted({bits for figures in series.values() for bits in figures})
    drawn = []
    for name, figures in series.items():
        at = sorted(figures)
        values = {part: np.array([getattr(figures[bits], part) for bits in at]) for part in ("value", "low", "high")}
        drawn.append(Line(name, np.array(at, float), values["value"], values["low"], values["high"]))
    rows = [line(name, *(_figure(figures.get(bits)) for bits in lengths)) for name, figures in series.items()]
    if whole:
        rows = [(*row, _figure(whole.get(str(row[0]).split(", ")[0]))) for row in rows]
    heads = [f"{bits} bits" for bits in lengths] + ["full vectors"] * bool(whole)
    columns = (Column("codes of", heading=True), *map(Column, heads))
    title = f"{metric} by bits" + (f", {way}" if way else "")
    about = f"{metric} of rankings by codes of each length; the band is the interval. Bits on a logarithmic axis."
    if whole:
        reached = "; ".join(f"{name} {told(figure.value)}" for name, figure in whole.items())
        about += f" Full vectors reach: {reached}."
    known = [getattr(one, end) for found in series.values() for one in found.values() for end in ("value", "high")]
    high = min(1.0, max((value for value in known if math.isfinite(value)), default=1.0) * 1.05) or 1.0
    x = Axis("bits of a code", lengths[0] / 1.15, lengths[-1] * 1.15, lengths, log=True)
    chart = partial(plots.lines, f"{key}-chart", title, about, drawn, x, Axis(metric, 0, high))
    return Block(Table(key, title, columns, tuple(rows)), chart)


def _figure(figure: Figure | None) -> Cell:
    if figure is None:
        return NONE
    return Number(figure.value, interval=(figure.low, figure.high), chance=figure.chance)


def confusion(evaluation: Evaluation) -> Section:
    """What was asked for and what was found instead: of each direction by its best scope."""
    names = {id(scope): name for scope, name in zip(evaluation.scopes, called(evaluation.scopes), strict=True)}
    counted = [scope for scope in evaluation.scopes if any(scope.confusion.values())]
    chosen = [max(group, key=_standing) for group in by_direction(counted).values()]
    blocks = [_confused(f"confusion-{place + 1}", scope, names[id(scope)]) for place, scope in enumerate(chosen)]
    lead = (
        "Each row is what was asked for; along it, the shares of what was found. On the diagonal lies what was right."
    )
    if len(chosen) < len(counted):
        lead += f" Of each direction the best is shown; a report in CSV tells all {len(counted)}."
    return Section("confusion", "What is taken for what", lead, tuple(blocks))


def _standing(scope: Scope) -> float:
    """How good a scope is by its first metric; one without a figure comes last."""
    value = scope.figures[0].value if scope.figures else math.nan
    return -math.inf if math.isnan(value) else value


def _confused(key: str, scope: Scope, name: str) -> Block:
    asked = list(scope.confusion)
    given = {other for shares in scope.confusion.values() for other in shares}
    # Those that were asked for stand in the same order both ways, so that what was right lies on the diagonal.
    found = [one for one in asked if one in given] + sorted(given.difference(asked))
    if max(len(asked), len(found)) > plots.MOST_SQUARES:
        return Block(_most_confused(key, scope, name))
    shares = np.array([[scope.confusion[row].get(column, 0.0) for column in found] for row in asked])
    title = f"Asked and found: {name}"
    columns = (Column("asked", heading=True), *(Column(one) for one in found))
    rows = tuple(
        line(row, *(Number(share) for share in along)) for row, along in zip(asked, shares.tolist(), strict=True)
    )
    table = Table(key, title, columns, rows, ("Shares of what was found, by what was asked for.",))
    right = [scope.confusion[row].get(row, 0.0) for row in asked]
    ends = sorted({told(min(right), 2), told(max(right), 2)})
    about = f"Shades go with the share that each number says. On the diagonal: {' to '.join(ends)}."
    names = (asked, found)
    return Block(table, partial(plots.squares, f"{key}-chart", title, about, names, shares, ("asked", "found")))


def _most_confused(key: str, scope: Scope, name: str) -> Table:
    """Where there are too many to draw: what is most often found instead of what was asked for."""
    pairs = [(share, asked, found) for asked, shares in scope.confusion.items() for found, share in shares.items()]
    wrong = sorted(
        (pair for pair in pairs if pair[1] != pair[2] and pair[0] > 0), key=lambda pair: (-pair[0], pair[1:])
    )
    right = [shares.get(asked, 0.0) for asked, shares in scope.confusion.items()]
    rows = tuple(
        line(asked, found, Number(share), Number(scope.confusion[asked].get(asked, 0.0)))
        for share, asked, found in wrong[:_MOST_CONFUSED]
    )
    columns = (Column("asked", True), Column("found instead", True), Column("share"), Column("share found rightly"))
    notes = (
        f"The {len(rows):,} most frequent of {len(wrong):,} confusions between {len(scope.confusion):,} that were "
        f"asked for. Found rightly, on average: {told(float(np.mean(right)))}. A report in CSV has all of them.",
    )
    return Table(key, f"Most often confused: {name}", columns, rows, notes)
