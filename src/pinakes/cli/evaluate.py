"""pinakes evaluate: how good answers are, by judgements of what is relevant."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pinakes.cli import evaluate_library, evaluate_weights, quality_table
from pinakes.cli.output import Output
from pinakes.cli.reading import count
from pinakes.errors import EXIT_DONE, UsageError

if TYPE_CHECKING:
    from pinakes.evaluate.result import Evaluation

HELP = "measure how good answers are: figures with intervals, chance and comparisons"
EPILOG = (
    "Without --run the library itself is measured, with the search that `pinakes search` makes: works with labels ask "
    "for others that share one (--by labels), texts for their pictures and back (--by captions), readers' searches for "
    "what they opened (--by clicks), or judged questions in a folder (--queries). Nothing in it is changed. "
    "Runs and judgements are files of TREC, BEIR or JSON. Metrics are p@10, r@10, f1@10, map, map@100, ndcg@10, mrr, "
    "hit@1, accuracy, rprec and bpref, each at any cut-off. Several runs are compared with each other."
)
EXAMPLES = (
    ("your own library, by the labels of its works", "pinakes evaluate"),
    ("each way of fusing, with a page of charts", "pinakes evaluate --fusion all --report quality.html"),
    ("by judged questions", "pinakes evaluate --queries judgements --metrics ndcg@10,map"),
    ("what each space is worth, and searches that weigh them so", "pinakes evaluate --fit-weights --save"),
    ("what two libraries share that must share nothing", "pinakes evaluate --library train --leaks test"),
    ("the figures of a run", "pinakes evaluate --run bm25.txt --qrels qrels.txt"),
    (
        "two runs beside each other, for programs",
        "pinakes evaluate --run bm25.txt --run dense.txt --qrels beir/scifact --metrics map,ndcg@10 --json",
    ),
)

_METRICS_OF_RUNS = "map,ndcg@10,p@10,r@100,mrr"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "--run", dest="runs", action="append", default=[], metavar="FILE", help="a run; more of them are compared"
    )
    parser.add_argument("--qrels", metavar="FILE", help="judgements, or the folder of a BEIR collection")
    parser.add_argument(
        "--metrics", metavar="NAME,NAME", help=f"what is measured (default for runs: {_METRICS_OF_RUNS})"
    )
    evaluate_library.configure(parser)
    evaluate_weights.configure(parser)
    parser.add_argument(
        "--documents", type=count, metavar="N", help="how many documents there were to find, for the level of chance"
    )
    parser.add_argument(
        "--seed", type=count, default=1, metavar="N", help="number from which chance is drawn (default: 1)"
    )
    parser.add_argument("--rules", action="store_true", help="say how ties, gaps and intervals are dealt with")
    parser.add_argument(
        "--report", metavar="FILE", help="write a page with charts (.html), or tables (.md, .csv, .tex)"
    )


def run(options: argparse.Namespace, output: Output) -> int:
    """Measure, and show what was found."""
    if options.save and not options.fit_weights:
        raise UsageError("--save keeps the weights that --fit-weights finds.", "Give both.")
    if options.leaks is not None:
        return evaluate_weights.leaks(options, output)
    if options.fit_weights or options.equal_weights:
        return evaluate_weights.weights(options, output)
    if options.report is not None:
        from pinakes.evaluate.report.saving import refuse_target, save

        refuse_target(Path(options.report))
    of_library = not options.runs and options.qrels is None
    if of_library and options.report is not None:
        reported = evaluate_library.reported_of(options)
        evaluation = reported.evaluation
        save(Path(options.report), evaluation, (), reported.examples, reported.maps)
    else:
        evaluation = evaluate_library.evaluation_of(options) if of_library else _of_runs(options)
        if options.report is not None:
            save(Path(options.report), evaluation)
    output.record(evaluation.as_dict())
    shown = evaluate_library.lines if of_library else quality_table.lines
    for line in shown(evaluation, output, rules=options.rules):
        output.line(line)
    return EXIT_DONE


def _of_runs(options: argparse.Namespace) -> Evaluation:
    """The figures of runs in files."""
    from dataclasses import replace

    from pinakes.cli.library_options import loaded_settings
    from pinakes.evaluate.formats import read_qrels, read_run
    from pinakes.evaluate.runs import evaluate_runs
    from pinakes.metrics.names import parse_all

    if options.by or options.queries or options.label:
        raise UsageError("--by, --queries and --label measure the library, not runs.", "Leave out --run and --qrels.")
    if not options.runs or options.qrels is None:
        raise UsageError(
            "A run is measured by judgements, and judgements measure a run.", "Name both: --run FILE --qrels FILE"
        )
    metrics = parse_all(_METRICS_OF_RUNS if options.metrics is None else options.metrics)
    limits = loaded_settings(options).limits
    qrels = read_qrels(Path(options.qrels), limits=limits)
    runs = [read_run(Path(name), known=qrels.collection, limits=limits) for name in options.runs]
    if len({one.name for one in runs}) < len(runs):
        # Files of one name in several folders.
        runs = [replace(one, name=name) for one, name in zip(runs, options.runs, strict=True)]
    return evaluate_runs(runs, qrels, metrics, seed=options.seed, documents=options.documents)
