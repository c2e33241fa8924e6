"""pinakes tune: the settings of a training chosen by trial, on the validation rows alone."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pinakes.cli.learning import add_config
from pinakes.cli.output import Output
from pinakes.cli.progress import Progress
from pinakes.errors import EXIT_DONE
from pinakes.learn.extra import needs_torch

if TYPE_CHECKING:
    from pinakes.learn.tune.record import Heard, Tried, Tuned

HELP = "search for the settings of a training: a grid, by chance, Bayesian or genetic"
EPILOG = (
    "The configuration is that of a training with a table [tune], which says how to search, and [tune.space], which "
    "says what: docs/how-to/tune.md shows some. Each trial is a run in a folder of its own, judged on the validation "
    "rows; the rows that ask are left alone until --train. A search that was stopped, by Ctrl-C or by force, goes on "
    "by the same command, and tries what it would have tried."
)
EXAMPLES = (
    ("search as the configuration says", "pinakes tune hashing.toml"),
    ("with more trials, two at a time", "pinakes tune hashing.toml --change tune.trials=50 --change tune.parallel=2"),
    ("and train with the best settings once more", "pinakes tune hashing.toml --train"),
)
REPORT = "report.html"
_SHOWN = 5


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    add_config(parser, "folder of the search (default: runs/NAME-tuning)")
    parser.add_argument(
        "--train",
        action="store_true",
        help="train with the best settings at the end, and measure on the rows that ask",
    )


def run(options: argparse.Namespace, output: Output) -> int:
    """Search, and show what was best."""
    needs_torch("Tuning", optuna=True)
    from pinakes.learn.experiment.plan import from_dict, placed, read_tables
    from pinakes.learn.tune.search import tune
    from pinakes.learn.tune.settings import from_table

    path = Path(options.config)
    tables = read_tables(path, options.change)
    plan = placed(from_dict(tables, path.stem), path.parent)
    settings = from_table(tables.get("tune", {}))
    folder = Path(options.folder or Path("runs") / f"{plan.name}-tuning")
    with Progress(plan.name, quiet=options.json) as progress:
        told = Told(progress)
        tuned = tune(plan, settings.space, settings, folder, told, tell=told.reading)
    reported = _report(tuned, folder)
    trained = _train(folder, output, quiet=options.json) if options.train else None
    output.record({"run": str(folder), **tuned.as_dict(), **({"trained": trained} if trained else {})})
    for line in lines(tuned, folder, reported=reported, trained=trained is not None):
        output.line(line)
    return EXIT_DONE


class Told:
    """Shows on one line how far the search is."""

    def __init__(self, progress: Progress) -> None:
        self.progress, self.name = progress, progress.what
        self.best = float("-inf")
        self.begun = False

    def reading(self, what: str, done: int, total: int) -> None:
        """Show how much of the data is decoded."""
        self.progress.what, self.progress.total, self.progress.done = f"{self.name}: decoding {what}", total, done - 1
        self.progress.step()

    def __call__(self, heard: Heard) -> None:
        """Show that a trial begins or has ended."""
        from pinakes.learn.tune.record import Began

        if isinstance(heard, Began):
            if not self.begun:
                # Those before were made by a search that was stopped.
                self.progress.total, self.progress.done, self.begun = heard.trials, heard.number, True
            self._draw()
            return
        if heard.ended.state == "done":
            self.best = max(self.best, heard.ended.value or 0.0)
        self._draw()
        self.progress.step(failed=heard.ended.state == "failed")

    def _draw(self) -> None:
        best = f" best {self.best:.4f}," if self.best > float("-inf") else ""
        self.progress.what = f"{self.name}:{best} trials"
        self.progress.draw()


def lines(tuned: Tuned, folder: Path, *, reported: bool, trained: bool) -> list[str]:
    """What came out, for people: the best trials with their settings."""
    from pinakes.cli.columns import table

    budget = tuned.budget
    done = sorted(
        (each for each in tuned.trials if each.ended.state == "done"), key=lambda each: -(each.ended.value or 0.0)
    )
    names = list(tuned.space)
    shown = [
        f"{tuned.sampler}: {budget['trials']:,} trials ({budget['stopped']:,} stopped early, {budget['failed']:,} "
        f"failed), {budget['epochs']:,} epochs and {budget['steps']:,} steps in {budget['seconds']:,.1f} s.",
        "",
        *table(["trial", tuned.metric, *names], [_row(each, names) for each in done[:_SHOWN]]),
    ]
    if tuned.importance:
        parts = ", ".join(f"{name} {share:.2f}" for name, share in tuned.importance.items())
        shown += ["", f"What mattered: {parts}."]
    shown += ["", f"The best settings: pinakes train {folder / 'best.toml'}"] if not trained else [""]
    shown += [f"The report lies in {folder / REPORT}."] if reported else [
        "For a report with charts: pip install 'pinakes[report]', and the same command."
    ]  # fmt: skip
    return [*shown, f"The search lies in {folder}."]


def _row(tried: Tried, names: list[str]) -> list[str]:
    return [str(tried.number), f"{tried.ended.value or 0.0:.4f}", *(_told(tried.settings[name]) for name in names)]


def _told(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _report(tuned: Tuned, folder: Path) -> bool:
    """Write the report where charts can be drawn."""
    if find_spec("matplotlib") is None:
        return False
    from pinakes.evaluate.report.page import whole
    from pinakes.evaluate.report.tuning import document
    from pinakes.storage import write_whole

    write_whole(folder / REPORT, [whole(document(tuned)).encode()])
    return True


def _train(folder: Path, output: Output, *, quiet: bool) -> Mapping[str, Any]:
    """Train with the best settings, and only now ask."""
    from pinakes.cli.train import Told as Trained
    from pinakes.cli.train import lines as said
    from pinakes.learn.experiment.plan import read_plan
    from pinakes.learn.experiment.run import run as train
    from pinakes.learn.training.run_folder import RunFolder
    from pinakes.learn.tune.search import BEST

    plan, place = read_plan(folder / BEST), RunFolder(folder / "best")
    with Progress(plan.name, quiet=quiet) as progress:
        told = Trained(progress, output)
        trained = train(plan, place, told, tell=told.reading)
    for line in [*said(trained, place.path), ""]:
        output.line(line)
    return trained.summary
