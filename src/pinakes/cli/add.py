"""pinakes add: put files, folders, archives and tables of works into the library."""

from __future__ import annotations

import argparse
import os
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pinakes.cli.columns import near, plural
from pinakes.cli.library_options import open_library
from pinakes.cli.output import Output, printable
from pinakes.cli.progress import Progress
from pinakes.errors import EXIT_DONE, EXIT_PARTLY, UsageError
from pinakes.settings import between_commas

if TYPE_CHECKING:
    from pinakes.ingest.events import Report, Told

HELP = "add files, folders, archives and tables of works"
EPILOG = (
    "Run it again at any time: unchanged files are not read twice, and Ctrl-C loses nothing. The originals stay where "
    "they are and are not changed. A table (CSV, TSV, JSON Lines, Parquet) lists works, one a row; --map FIELD=COLUMN "
    "tells which column is which where the names do not."
)
EXAMPLES = (
    ("a folder with everything in it, into the default library", "pinakes add ~/Pictures"),
    (
        "into a library of its own, as a collection",
        "pinakes add scans letters.zip --library archive --collection letters",
    ),
    ("a table of works whose columns have other names", "pinakes add works.csv --map title=Name --map path=File"),
    ("repair garbled text and noisy pictures while reading", "pinakes add scans --clean mojibake,median-denoise"),
)

_SHOWN = 10


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="file, folder, archive or table")
    parser.add_argument("--collection", default="main", metavar="NAME", help="collection to add to (default: main)")
    parser.add_argument("--clean", metavar="STEPS", help="cleaning steps of the collection, separated by commas")
    parser.add_argument("--no-clean", action="store_true", help="no cleaning in the collection from now on")
    parser.add_argument(
        "--map", metavar="FIELD=COLUMN", action="append", default=[], help="which column of a table holds a field"
    )
    parser.add_argument("--pair", action="store_true", help="files with one name but for the suffix are one work")
    parser.add_argument("--anywhere", action="store_true", help="tables may name files outside their folder")
    parser.add_argument("--retry", action="store_true", help="read files again that failed before")


def run(options: argparse.Namespace, output: Output) -> int:
    """Add, and say what became of everything."""
    cleaning: tuple[str, ...] | None = None
    if options.no_clean:
        cleaning = ()
    elif options.clean is not None:
        cleaning = tuple(between_commas(options.clean))
    with open_library(options, create=True) as library, Progress("adding", quiet=options.json) as progress:
        running = library.adding(
            *options.paths,
            collection=options.collection,
            cleaning=cleaning,
            columns=_columns(options.map),
            pair=options.pair,
            anywhere=options.anywhere,
            retry=options.retry,
        )
        counter = threading.Thread(target=_count, args=(options.paths, progress), daemon=True)
        counter.start()
        with running:
            for told in running:
                progress.step(1, int(told.outcome == "failed"))
                record: dict[str, object] = {"outcome": told.outcome, "path": os.fsdecode(told.path), "item": told.item}
                if told.error is not None:
                    record["error"] = told.error.as_dict()
                output.record(record)
        advice = library.status()["advice"] if running.report.changed else ""
    report = running.report
    output.record({"report": report.as_dict()})
    output.line(f"{printable(near(str(library.folder)))}: {_summary(report, options.paths)}")
    show_failures(report.failures, report.failed, output)
    if advice:
        output.line(output.dim(advice))
    return EXIT_PARTLY if report.failed else EXIT_DONE


def _summary(report: Report, paths: Sequence[str]) -> str:
    """What became of the files, in numbers."""
    counts = [f"{number:,} {name}" for name, number in report.as_dict().items() if number and name != "parts"]
    if not counts:
        return f"there is nothing to add in {printable(', '.join(paths))}."
    return f"{', '.join(counts)}; {plural(report.parts, 'part') if report.parts else 'nothing new'}."


def show_failures(failures: Sequence[Told], total: int, output: Output) -> None:
    """The files that could not be read: the first of them by name, the rest in number."""
    for told in failures[:_SHOWN]:
        output.line(f"  {printable(near(os.fsdecode(told.path)))}\n    {printable(str(told.error))}")
    if total > _SHOWN:
        output.line(f"  and {total - _SHOWN:,} more: pinakes status --failures")


def _columns(pairs: list[str]) -> dict[str, str]:
    """Columns by field, with semicolons between several of one field."""
    columns: dict[str, str] = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals:
            raise UsageError(f"--map {pair} names no column.", "Write --map FIELD=COLUMN.")
        columns[field] = f"{columns[field]};{column}" if field in columns else column
    return columns


def _count(paths: list[str], progress: Progress) -> None:
    """Count the files in a thread of its own, so that the bar appears at once and learns its total later."""
    from pinakes.library.sources import count_files

    progress.total = sum(count_files(path) for path in paths)
