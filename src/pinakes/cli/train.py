"""pinakes train: a model of one's own, learned from a library or from known data, as a configuration says."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pinakes.cli.learning import add_config
from pinakes.cli.output import Output
from pinakes.cli.progress import Progress
from pinakes.errors import EXIT_DONE, BadSetting
from pinakes.learn.extra import needs_torch

if TYPE_CHECKING:
    from pinakes.learn.experiment.run import Trained
    from pinakes.learn.training import events

HELP = "train a model: networks, common spaces and hash codes, from your own material"
EPILOG = (
    "The configuration is a file of TOML: [data] says where the rows come from, [image], [text] and [audio] how each "
    "modality is read and by which network, [method] what is learned, [train] how. docs/how-to/train.md shows some; "
    "docs/reference/training.md lists every setting. All that is written lies in the run's folder. A run that was "
    "stopped, by Ctrl-C or by force, goes on by the same command and ends as one that was not."
)
EXAMPLES = (
    ("codes of 32 bits from features", "pinakes train hashing.toml"),
    (
        "the same with other settings, in a folder of its own",
        "pinakes train hashing.toml --change method.bits=64 --to runs/64",
    ),
    ("all usual lengths of codes, one after the other", "pinakes train hashing.toml --each method.bits=16,32,64,128"),
    ("on both processors", "torchrun --nproc-per-node 2 -m pinakes train hashing.toml"),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    add_config(parser, "folder of the run (default: runs/NAME)")
    parser.add_argument(
        "--each",
        metavar="TABLE.NAME=VALUE,...",
        help="train once for each value of a setting, as method.bits=16,32,64,128, each in a folder of its own",
    )


def run(options: argparse.Namespace, output: Output) -> int:
    """Train, and show what came out."""
    needs_torch()
    from pinakes.learn.training.together import joined

    # Processes that train together meet once, however many runs there are.
    with joined():
        for change in wanted(options.each):
            _train(options, change, output)
    return EXIT_DONE


def _train(options: argparse.Namespace, change: Sequence[str], output: Output) -> None:
    """One run, with its own change of a setting."""
    from pinakes.learn.experiment.plan import read_plan
    from pinakes.learn.experiment.run import run as train
    from pinakes.learn.training.run_folder import RunFolder
    from pinakes.learn.training.together import leads

    plan = read_plan(Path(options.config), [*options.change, *change])
    path = Path(options.folder or Path("runs") / plan.name)
    folder = RunFolder(path.joinpath(*(folder_of(each) for each in change)))
    if not leads():
        train(plan, folder)
        return
    with Progress(" ".join([plan.name, *change]), quiet=options.json) as progress:
        told = Told(progress, output)
        trained = train(plan, folder, told, tell=told.reading)
    output.record({"run": str(folder.path), **trained.summary})
    for line in lines(trained, folder.path):
        output.line(line)


def wanted(each: str | None) -> list[tuple[str, ...]]:
    """The changes of each run: of `method.bits=16,32` two, each of one setting; without any a run as it stands."""
    if each is None:
        return [()]
    name, equals, values = each.partition("=")
    # A list is one value: its commas stand within brackets.
    found = [value.strip() for value in re.split(r",(?![^\[\]]*\])", values)]
    if not equals or not all(found):
        raise BadSetting(f"{each!r} names no values.", "Write TABLE.NAME=VALUE,VALUE, as method.bits=16,32.")
    return [(f"{name.strip()}={value}",) for value in dict.fromkeys(found)]


def folder_of(change: str) -> str:
    """What the folder of a run with its own change is called: of `train.rate=0.01` it is `rate-0.01`."""
    from pinakes.sources.names import safe_name

    name, _, value = change.partition("=")
    return safe_name(re.sub(r"[/\\]", "_", f"{name.rpartition('.')[2]}-{value}"))


class Told:
    """Shows a training's steps on one line, and what is worth a line of its own."""

    def __init__(self, progress: Progress, output: Output) -> None:
        self.progress, self.output = progress, output
        self.name = progress.what

    def reading(self, what: str, done: int, total: int) -> None:
        """Show how much of the data is decoded."""
        self.progress.what, self.progress.total, self.progress.done = f"{self.name}: decoding {what}", total, done - 1
        self.progress.step()

    def __call__(self, event: events.Event) -> None:
        """Show an event."""
        from pinakes.learn.training import events

        if isinstance(event, events.Step):
            losses = sum(event.losses.values())
            self.progress.total = event.epochs * event.steps
            self.progress.done = event.epoch * event.steps + event.step - 1
            self.progress.what = (
                f"{self.name}: epoch {event.epoch + 1}/{event.epochs}, loss {losses:.4g}, rate {event.rate:.2g}, step"
            )
            self.progress.step()
        elif isinstance(event, events.Taken):
            for damaged in event.damaged:
                self.output.error_line(damaged)
            if not event.done:
                self.output.line(f"Going on from step {event.steps:,}, in epoch {event.epoch + 1}.")


def lines(trained: Trained, path: Path) -> list[str]:
    """What came out, for people: a row for each direction, a column for each metric."""
    from pinakes.cli.columns import table
    from pinakes.learn.experiment.judge import mean

    summary = trained.summary
    rows: list[list[str]] = []
    names: list[str] = []
    for way, figures in trained.figures.items():
        names = list(figures)
        rows.append([way, *(f"{mean(values):.3f}" for values in figures.values())])
    shown = [
        f"{summary['method']}: {summary['parameters']:,} parameters, {summary['steps']:,} steps in "
        f"{summary['seconds']:,.1f} s; epoch {summary['best_epoch']} of {summary['epochs']} was the best.",
    ]
    if rows:
        sizes = summary["rows"]
        asked = f"{sizes['query']:,} ask" if sizes["query"] else f"{sizes['validation']:,} ask"
        shown += [f"Learned from {sizes['train']:,} rows; {asked}; relevant by {summary['relevant']}.", ""]
        shown += table(["", *names], rows)
    shown += [f"Note: {note}" for note in summary["notes"]]
    return [*shown, "", f"The run lies in {path}."]
