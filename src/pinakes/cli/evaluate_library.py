"""What `pinakes evaluate` does with a library: how good its own search is, way by way."""

from __future__ import annotations

import argparse
import math
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pinakes.cli.columns import table
from pinakes.cli.library_options import open_library
from pinakes.cli.output import Output, printable
from pinakes.cli.progress import Progress
from pinakes.cli.reading import count
from pinakes.errors import UsageError

if TYPE_CHECKING:
    from pinakes.evaluate.result import Evaluation, Scope
    from pinakes.library.evaluating import Measuring, Reported

# Metrics in one table: more are read in a report.
_SHOWN = 3
# Differences in one table.
_HELD = 12
# Lengths of codes that a report shows where nothing else is asked for.
_BITS = (16, 32, 64, 128, 256)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments about a library."""
    parser.add_argument(
        "--by", choices=("labels", "captions", "clicks"), help="where relevance comes from (default: labels)"
    )
    parser.add_argument("--queries", metavar="FOLDER", help="queries.jsonl and qrels.tsv, or a folder as BEIR has it")
    parser.add_argument("--label", metavar="FIELD", help="field whose values are labels (default: labels)")
    parser.add_argument(
        "--document-field", default="", metavar="FIELD", help="field by which judgements name works (default: any)"
    )
    parser.add_argument(
        "--mode", choices=("quick", "precise", "both"), default="both", help="ways of searching (default: both)"
    )
    parser.add_argument(
        "--fusion", action="append", default=[], metavar="NAME", help="how lists are fused; all: each way"
    )
    parser.add_argument(
        "--space", action="append", default=[], metavar="NAME", help="only this space, words, or fused for all together"
    )
    parser.add_argument(
        "--bits",
        metavar="N,N",
        help=f"also by codes of these lengths (default: none; of a report {','.join(map(str, _BITS))}; 0: none)",
    )
    parser.add_argument(
        "--sample", type=count, default=200, metavar="N", help="queries of each modality; 0: all (default: 200)"
    )


def evaluation_of(options: argparse.Namespace) -> Evaluation:
    """Measure the library of a command."""
    from pinakes.library.evaluating import evaluated

    with open_library(options) as library, Progress("searching", quiet=options.json) as progress:
        return evaluated(library, measuring(options, progress))


def reported_of(options: argparse.Namespace) -> Reported:
    """The same, with what a report shows beside the figures."""
    from pinakes.library.evaluating import reported

    with open_library(options) as library, Progress("searching", quiet=options.json) as progress:
        return reported(library, measuring(options, progress))


def measuring(options: argparse.Namespace, progress: Progress) -> Measuring:
    """What a command wants to be measured."""
    from pinakes.library.evaluating import Measuring

    if options.by is not None and options.queries is not None:
        raise UsageError("--by and --queries both say what is relevant.", "Give one of them.")
    return Measuring(
        by=options.by or "labels",
        queries=options.queries,
        label=options.label or "labels",
        documents=options.document_field,
        metrics=options.metrics or "",
        modes=("quick", "precise") if options.mode == "both" else (options.mode,),
        fusions=tuple(options.fusion),
        spaces=tuple(options.space),
        sample=options.sample,
        seed=options.seed,
        bits=_lengths(options),
        tell=lambda what, done, total: progress.step(done - progress.done),
    )


def _lengths(options: argparse.Namespace) -> tuple[int, ...]:
    if options.bits is None:
        return _BITS if options.report is not None else ()
    pieces = [piece.strip() for piece in options.bits.split(",")]
    if not all(piece.isdecimal() and len(piece) < 6 for piece in pieces):
        raise UsageError(f"--bits {options.bits} is no list of whole numbers.", "Write --bits 16,32,64.")
    return tuple(dict.fromkeys(number for piece in pieces if (number := int(piece))))


def lines(evaluation: Evaluation, output: Output, *, rules: bool = False) -> Iterator[str]:
    """A table for each direction, a row for each way of searching, and what must be known to read it."""
    yield output.bold(printable(f"{evaluation.title}, by {evaluation.kind}"))
    directions: dict[tuple[str, str], list[Scope]] = {}
    for scope in evaluation.scopes:
        directions.setdefault((scope.names["from"], scope.names["to"]), []).append(scope)
    for (source, target), scopes in directions.items():
        yield ""
        counts = sorted({one.queries for scope in scopes for one in scope.figures})
        asked = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
        yield output.bold(printable(f"{source} to {target}, {asked} queries"))
        yield from table(*_rows(scopes))
    yield from _by_bits(evaluation, output)
    yield from _differences(evaluation, output)
    yield ""
    for sentence in ("Beside each figure: the interval in which 95 % of resamples lie.", *evaluation.notes):
        yield from textwrap.wrap(printable(sentence), output.width)
    for rule in evaluation.rules if rules else ():
        yield from textwrap.wrap(printable(rule), output.width)


def _by_bits(evaluation: Evaluation, output: Output) -> Iterator[str]:
    """The first metric of each space by the length of its codes, a row to a hasher."""
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for scope in evaluation.coded:
        names, value = scope.names, _number(scope.figures[0].value)
        direction = f"{names['from']} to {names['to']}"
        whole = rows.setdefault((direction, names["space"], ""), {})
        if "bits" in names:
            rows.setdefault((direction, names["space"], names["hasher"]), {})[names["bits"]] = value
        else:
            whole["vectors"] = value
    lengths = sorted({bits for told in rows.values() for bits in told if bits != "vectors"}, key=int)
    if not rows:
        return
    for heading, told in rows.items():
        # Full vectors have no hasher: they stand beside each.
        told.update(rows[(*heading[:2], "")])
    yield ""
    yield output.bold(printable(f"{evaluation.coded[0].figures[0].metric} by codes of so many bits"))
    table_rows = [
        [*map(printable, heading), *(told.get(one, "-") for one in (*lengths, "vectors"))]
        for heading, told in rows.items()
        if heading[2]
    ]
    yield from table(("direction", "space", "hasher", *lengths, "vectors"), table_rows)


def _differences(evaluation: Evaluation, output: Output) -> Iterator[str]:
    """The pairs of ways whose difference holds, and how many others were tested."""
    from pinakes.evaluate.compare import LEVEL

    every = [(one, each) for one in evaluation.comparisons for each in one.differences]
    if not every:
        return
    held = [(one, each) for one, each in every if each.corrected < LEVEL]
    yield ""
    yield output.bold(f"{len(held):,} of {len(every):,} differences in {printable(every[0][1].metric)} hold")
    rows = []
    for one, each in held[:_HELD]:
        better, worse = (one.second, one.first) if each.difference > 0 else (one.first, one.second)
        low, high = (each.low, each.high) if each.difference > 0 else (-each.high, -each.low)
        rows.append(
            [
                printable(" to ".join(one.shared.values())),
                printable(better),
                printable(worse),
                f"{abs(each.difference):.3f} ({low:.3f} to {high:.3f})",
                f"{each.corrected:.4f}",
            ]
        )
    if rows:
        yield from table(("direction", "better", "than", "by", "p"), rows)
    if len(held) > _HELD:
        yield f"and {len(held) - _HELD:,} more: --json and --report tell all"


def _rows(scopes: list[Scope]) -> tuple[list[str], list[list[str]]]:
    names = [figure.metric for figure in scopes[0].figures][:_SHOWN]
    head = ["space", "mode", *names]
    rows = [[_called(scope), scope.names["mode"], *(_told(scope, name) for name in names)] for scope in scopes]
    chance = [scopes[0].figure(name).chance for name in names]
    rows.append(["chance", "", *(_number(level) for level in chance)])
    return head, rows


def _called(scope: Scope) -> str:
    fusion = scope.names.get("fusion")
    return printable(f"{scope.names['space']}, {fusion}" if fusion else scope.names["space"])


def _told(scope: Scope, name: str) -> str:
    one = scope.figure(name)
    between = "" if math.isnan(one.low) else f" ({one.low:.3f} to {one.high:.3f})"
    return f"{_number(one.value)}{between}"


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"
