"""pinakes worker: do what was asked for with pages, programs and `pinakes tasks`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pinakes.cli.columns import near, plural
from pinakes.cli.library_options import open_library
from pinakes.cli.output import Output, printable
from pinakes.errors import EXIT_DONE

if TYPE_CHECKING:
    from pinakes.tasks.records import Task

HELP = "do the tasks that were asked for, one after the other"
EPILOG = (
    "`pinakes serve` starts workers of its own, as many as the setting `workers` says; this command is for more of "
    "them, also on other machines that reach the same catalogue and the same files. Ctrl-C ends it: what it was at "
    "goes back to the queue, and goes on from there."
)
EXAMPLES = (
    ("work until asked to end", "pinakes worker"),
    ("do what is waiting, then end", "pinakes worker --until-empty"),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--until-empty", action="store_true", help="end as soon as nothing is due")


def run(options: argparse.Namespace, output: Output) -> int:
    """Work."""
    from pinakes.tasks.worker import work

    with open_library(options) as library:
        folder, settings = library.folder, library.settings

    def told(task: Task) -> None:
        output.record({"task": task.id, "kind": task.kind, "attempt": task.attempts})
        output.line(f"task {task.id}: {task.kind}")
        output.flush()

    if not options.until_empty:
        output.line(output.dim(f"Works for {printable(near(str(folder)))} until Ctrl-C."))
        output.flush()
    taken = work(folder, settings, until_empty=options.until_empty, told=told)
    output.record({"taken": taken})
    output.line(f"{plural(taken, 'task')} done.")
    return EXIT_DONE
