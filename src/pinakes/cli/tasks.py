"""pinakes tasks: what was asked for, how far it is, and what shall become of it."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from pinakes.cli.columns import table
from pinakes.cli.common import add_common
from pinakes.cli.library_options import open_library
from pinakes.cli.output import Output, printable
from pinakes.cli.reading import Help, count
from pinakes.errors import EXIT_DONE

if TYPE_CHECKING:
    from pinakes.tasks.records import Task

HELP = "list, pause, resume, cancel and retry tasks"
EPILOG = "Tasks are asked for on the pages of `pinakes serve` and by programs; workers do them (`pinakes worker`)."
EXAMPLES = (
    ("the newest tasks", "pinakes tasks list"),
    ("what a task has come to, with its failures", "pinakes tasks show 3"),
    ("have one wait, and go on later from where it was", "pinakes tasks pause 3"),
    ("", "pinakes tasks resume 3"),
)
_ACTIONS = {
    "list": "the newest tasks, with their states",
    "show": "one task with what came of it",
    "pause": "have a task wait; what it has done stays",
    "resume": "have a task that was paused go on",
    "cancel": "end a task; what it has done stays",
    "retry": "try a task again that failed or was cancelled",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    actions = parser.add_subparsers(
        dest="action", metavar="ACTION", required=True, title="actions", prog="pinakes tasks"
    )
    for name, told in _ACTIONS.items():
        action = actions.add_parser(
            name, help=told, description=f"{told[:1].upper()}{told[1:]}.", formatter_class=Help, allow_abbrev=False
        )
        if name == "list":
            action.add_argument("--limit", type=count, default=20, metavar="N", help="tasks shown (default: 20)")
            action.add_argument("--open", action="store_true", help="only those that wait, run or are paused")
        else:
            action.add_argument("number", type=count, metavar="N", help="number of the task")
        add_common(action)


def run(options: argparse.Namespace, output: Output) -> int:
    """Run the action."""
    return {"list": _list, "show": _show}.get(options.action, _wish)(options, output)


def _list(options: argparse.Namespace, output: Output) -> int:
    from pinakes.tasks.records import OPEN, listed

    with open_library(options) as library, library.catalogue.reading() as connection:
        found = listed(connection, states=OPEN if options.open else (), limit=options.limit)
    for one in found:
        output.record(asdict(one))
    if not found:
        output.line("There are no tasks.")
        return EXIT_DONE
    rows = [(str(one.id), one.kind, _state(one), _progress(one), printable(_told(one))) for one in found]
    for line in table(("task", "kind", "state", "done", "last"), rows):
        output.line(line)
    return EXIT_DONE


def _show(options: argparse.Namespace, output: Output) -> int:
    from pinakes.tasks.records import task

    with open_library(options) as library, library.catalogue.reading() as connection:
        one = task(connection, options.number)
    output.record(asdict(one))
    output.line(f"task {one.id}, {one.kind}: {_state(one)}, {_progress(one)}")
    for name, value in (*one.arguments.items(), *one.result.get("report", {}).items()):
        output.line(f"  {name}: {printable(str(value))}")
    if error := one.result.get("error"):
        output.line(f"  {printable(error['message'])}\n  {printable(error['hint'])}")
    for failure in one.result.get("failures", ()):
        output.line(f"  {printable(failure['path'])}\n    {printable(failure['message'])} {printable(failure['hint'])}")
    return EXIT_DONE


def _wish(options: argparse.Namespace, output: Output) -> int:
    from pinakes.tasks.wishes import wish

    with open_library(options) as library, library.catalogue.writing() as connection:
        one = wish(connection, options.number, options.action)
    output.record(asdict(one))
    output.line(f"task {one.id}: {_state(one)}")
    return EXIT_DONE


def _state(one: Task) -> str:
    """The state, and what it is about to become."""
    if one.wish:
        return f"{one.state}, to {one.wish}"
    wait = one.due - time.time()
    return f"{one.state}, again in {wait:.0f} s" if one.state == "waiting" and one.attempts and wait > 1 else one.state


def _progress(one: Task) -> str:
    failed = f", {one.failed:,} failed" if one.failed else ""
    return f"{one.done:,}/{one.total:,}{failed}" if one.total else f"{one.done:,}{failed}" if one.done else "-"


def _told(one: Task) -> str:
    error = one.result.get("error")
    return str(error["message"]) if error else one.message
