"""pinakes compare: ways to learn beside each other, on one's own material."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pinakes.cli.columns import table
from pinakes.cli.learning import add_config
from pinakes.cli.output import Output
from pinakes.cli.progress import Progress
from pinakes.errors import EXIT_DONE
from pinakes.learn.extra import needs_torch
from pinakes.settings import between_commas

if TYPE_CHECKING:
    from pinakes.learn.fusion.compare import Row
    from pinakes.learn.training import events

HELP = "train and score ways to fuse modalities side by side, on your own material"
EPILOG = (
    "The configuration is that of `pinakes train`; its method may be any fusion. Each is trained with the same data, "
    "split and settings, and looks for works by one modality of a query and by all of them. Late fusion stands beside "
    "them: one list for each modality, made into one by votes or by weights. What a run's folder holds already is not "
    "done again."
)
EXAMPLES = (
    ("all of them, once", "pinakes compare fusion fusion.toml"),
    ("some of them, by three seeds", "pinakes compare fusion fusion.toml --methods fusion-gated,joint --seeds 3"),
)
# Below this a difference is taken for real.
_SURE = 0.05


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("what", metavar="WHAT", choices=("fusion",), help="what is compared: fusion")
    add_config(parser, "folder of the runs (default: runs/NAME)")
    parser.add_argument(
        "--methods", default="", metavar="NAMES", help="fusions by name, with commas; joint stands for late fusion"
    )
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="trainings of each, with a seed of its own")


def run(options: argparse.Namespace, output: Output) -> int:
    """Train and score all, and show them in a table."""
    needs_torch()
    from pinakes.learn.experiment.plan import read_plan
    from pinakes.learn.fusion.compare import compare

    plan = read_plan(Path(options.config), options.change)
    folder = Path(options.folder or Path("runs") / plan.name)
    names = between_commas(options.methods)
    with Progress(plan.name, quiet=options.json) as progress:

        def listen(name: str, event: events.Event) -> None:
            progress.what = name
            progress.step()

        rows = compare(plan, folder, names, options.seeds, listen)
    told = list(differences(rows, plan.train.seed))
    for row in rows:
        output.record(row.as_dict())
    for one in told:
        output.record(one)
    for line in lines(rows, told, output.width):
        output.line(line)
    return EXIT_DONE


def differences(rows: Sequence[Row], seed: int) -> Iterator[dict[str, Any]]:
    """For each direction the best by the first metric, and how surely each other is worse; p after Holm."""
    import numpy as np

    from pinakes.evaluate.significance import holm, randomisation

    for way, by in rows[0].seeds[0].items():
        metric = next(iter(by))
        ordered = sorted(rows, key=lambda row: -float(np.mean(row.means(way, metric))))
        best = ordered[0].each(way, metric)
        apart = [best - row.each(way, metric) for row in ordered[1:]]
        chances = holm([randomisation(each[~np.isnan(each)], seed=seed) for each in apart])
        yield {
            "way": way,
            "metric": metric,
            "best": ordered[0].method,
            "others": {row.method: p for row, p in zip(ordered[1:], chances, strict=True)},
        }


def lines(rows: Sequence[Row], told: Sequence[dict[str, Any]], width: int) -> Iterator[str]:
    """A table for each metric, and what can be said of who is best."""
    ways = list(rows[0].seeds[0])
    for metric in rows[0].seeds[0][ways[0]]:
        yield metric
        cells = [
            [row.method, *(_mean(row.means(way, metric)) for way in ways), f"{row.parameters:,}", f"{row.seconds:,.1f}"]
            for row in rows
        ]
        yield from table(("", *ways, "parameters", "seconds"), cells)
        yield ""
    for one in told:
        like = [name for name, p in one["others"].items() if not p < _SURE]
        sentence = f"{one['way']}: {one['best']} has the best {one['metric']}"
        if like:
            sentence += f"; {', '.join(like)} may be as good (p after Holm is {_SURE:g} or more)"
        yield from textwrap.wrap(f"{sentence}.", width)


def _mean(values: Sequence[float]) -> str:
    """The mean, and the deviation where there are several seeds."""
    mean = sum(values) / len(values)
    if len(values) < 2:
        return f"{mean:.3f}"
    deviation = (sum((value - mean) ** 2 for value in values) / (len(values) - 1)) ** 0.5
    return f"{mean:.3f} ±{deviation:.3f}"
