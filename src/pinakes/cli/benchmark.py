"""pinakes benchmark: what searching costs, on the user's own library or on libraries that are made for it."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from pinakes.cli import cost_table
from pinakes.cli.library_options import open_library
from pinakes.cli.output import Output
from pinakes.cli.progress import Progress
from pinakes.cli.reading import count
from pinakes.errors import EXIT_DONE, NotFound, UsageError

if TYPE_CHECKING:
    from pinakes.evaluate.cost import Cost
    from pinakes.evaluate.load import Load
    from pinakes.library.benchmarking import Plan

HELP = "measure what searching costs: response times, load, sizes on disk"
EPILOG = (
    "Without --sizes and --published the library itself is measured: it is asked for words of its titles, for its own "
    "items, and for both together, and nothing in it is changed. Operations under load arrive by a schedule, whether "
    "or not others were answered, and their times count from when they were to arrive. Let the machine do nothing else "
    "meanwhile."
)
EXAMPLES = (
    ("your own library: response times, a minute of load, sizes on disk", "pinakes benchmark"),
    (
        "response time by size, on libraries that are generated for it and thrown away",
        "pinakes benchmark --sizes 100,1000,10000,100000",
    ),
    ("the highest rate at which 99 of 100 searches take no more than 200 ms", "pinakes benchmark --fastest 200"),
    ("beside the figures that a paper on digital libraries published", "pinakes benchmark --published"),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    made = parser.add_mutually_exclusive_group()
    made.add_argument("--sizes", metavar="N,N", help="measure generated libraries of so many parts each instead")
    made.add_argument(
        "--published",
        action="store_true",
        help="measure the sample library of 1,000 works under a fixed load, beside published figures",
    )
    parser.add_argument("--folder", metavar="DIR", help="where libraries are made (default: a temporary folder)")
    parser.add_argument(
        "--searches", type=count, default=100, metavar="N", help="timed searches of each kind (default: 100)"
    )
    parser.add_argument(
        "--mode", choices=("quick", "precise", "both"), default="both", help="ways of searching (default: both)"
    )
    parser.add_argument("--queries", metavar="FILE", help="ask these questions instead, one a line, as after `search`")
    parser.add_argument("--no-load", action="store_true", help="response times and sizes alone")
    parser.add_argument("--rate", type=float, default=10.0, metavar="N", help="arrivals a second (default: 10)")
    parser.add_argument("--seconds", type=float, default=60.0, metavar="N", help="length of the load (default: 60)")
    parser.add_argument("--clients", type=count, default=92, metavar="N", help="operations at once (default: 92)")
    parser.add_argument(
        "--timeout", type=float, default=5.0, metavar="N", help="seconds after which one has failed (default: 5)"
    )
    parser.add_argument(
        "--warmup", type=float, default=5.0, metavar="N", help="seconds of load that do not count (default: 5)"
    )
    parser.add_argument(
        "--arrivals",
        choices=("poisson", "constant"),
        default="poisson",
        help="by chance, or evenly apart (default: poisson)",
    )
    parser.add_argument("--fastest", type=float, metavar="MS", help="look for the highest rate with such a p99")
    parser.add_argument("--at-once", action="store_true", help="look for the most operations at the same moment")
    parser.add_argument(
        "--processes", type=count, default=0, metavar="N", help="processes that search (default: one for each core)"
    )
    parser.add_argument(
        "--report", metavar="FILE", help="write a page with charts (.html), or tables (.md, .csv, .tex)"
    )
    parser.add_argument(
        "--seed", type=count, default=1, metavar="N", help="number from which chance is drawn (default: 1)"
    )


def run(options: argparse.Namespace, output: Output) -> int:
    """Measure, and show what was found."""
    if options.report is not None:
        from pinakes.evaluate.report.saving import refuse_target, save

        refuse_target(Path(options.report))
    with _Telling(quiet=options.json) as telling:
        found = _measured(options, telling)
    if options.report is not None:
        save(Path(options.report), None, [found])
    for record in found.records():
        output.record(record)
    for line in cost_table.lines(found, output):
        output.line(line)
    return EXIT_DONE


def _measured(options: argparse.Namespace, telling: _Telling) -> Cost:
    from pinakes.library.making import beside_published, by_size

    plan = _plan(options, telling)
    plan.check()
    folder = Path(options.folder) if options.folder else None
    if options.sizes is not None:
        return by_size(_sizes(options.sizes), plan, folder)
    if options.published:
        return beside_published(plan, folder)
    if folder is not None:
        raise UsageError("--folder is where libraries are made; your own lies where it is.", "Name it with --library.")
    from pinakes.library.benchmarking import measured

    try:
        library = open_library(options)
    except NotFound as error:
        raise NotFound(
            error.message, "Make one with `pinakes add FOLDER`, or measure others: pinakes benchmark --sizes 100,1000"
        ) from error
    with library:
        return measured(library, plan)


def _plan(options: argparse.Namespace, telling: _Telling) -> Plan:
    from pinakes.library.benchmarking import Plan

    if options.no_load and (options.fastest is not None or options.at_once or options.published):
        raise UsageError("--no-load leaves out what --fastest, --at-once and --published measure.")
    if options.published and (options.rate, options.clients, options.seconds) != (10.0, 92, 60.0):
        raise UsageError("--published has a load of its own: 92 clients, 10 arrivals a second, for 60 s.")
    if options.fastest is not None and not options.fastest > 0:
        raise UsageError(f"--fastest is a limit in milliseconds, more than zero, not {options.fastest:g}.")
    return Plan(
        searches=options.searches,
        modes=("quick", "precise") if options.mode == "both" else (options.mode,),
        questions=_lines(options.queries) if options.queries is not None else (),
        load=None if options.no_load else _load(options),
        processes=options.processes,
        fastest_ms=options.fastest or 0.0,
        at_once=options.at_once,
        seed=options.seed,
        tell=telling.tell,
    )


def _load(options: argparse.Namespace) -> Load:
    from pinakes.evaluate.load import Load

    return Load(
        rate=options.rate,
        seconds=options.seconds,
        clients=options.clients,
        timeout=options.timeout,
        warmup=options.warmup,
        arrivals=options.arrivals,
        seed=options.seed,
    )


def _sizes(text: str) -> list[int]:
    pieces = [piece.strip() for piece in text.split(",")]
    if not all(piece.isdecimal() and 0 < int(piece[:12]) < 10**11 for piece in pieces):
        raise UsageError(f"--sizes {text} is no list of whole numbers above zero.", "Write --sizes 100,1000,10000.")
    return [int(piece) for piece in pieces]


def _lines(path: str) -> tuple[str, ...]:
    try:
        lines = tuple(Path(path).read_text(encoding="utf-8").splitlines())
    except OSError as error:
        raise NotFound(f"{path} can not be read: {error.strerror}.", "Name a file with one question a line.") from error
    except UnicodeDecodeError:
        raise UsageError(f"{path} is no text in UTF-8.", "Name a file with one question a line.") from None
    if not any(line.strip() for line in lines):
        raise UsageError(f"{path} holds no question.", "Write one on each line, as after `pinakes search`.")
    return lines


class _Telling:
    """A progress bar for each thing that is done, one after the other."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._what = ""
        self._bar: Progress | None = None
        self._open = ExitStack()

    def __enter__(self) -> _Telling:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def tell(self, what: str, done: int, total: int) -> None:
        """Draw how far it is."""
        if what != self._what or self._bar is None:
            self._open.close()
            self._what = what
            self._bar = self._open.enter_context(Progress(what, total or None, quiet=self._quiet))
        self._bar.step(done - self._bar.done)
