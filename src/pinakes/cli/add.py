"""pinakes add: put files, folders, archives and tables of works into the library."""

from __future__ import annotations

import argparse
import os
import threading

from pinakes.cli.library_options import open_library
from pinakes.cli.output import Output, printable
from pinakes.cli.progress import Progress
from pinakes.errors import EXIT_DONE, EXIT_PARTLY, UsageError

HELP = "add files, folders, archives and tables of works"
EPILOG = (
    "Run it again at any time: unchanged files are not read twice. A table (CSV, TSV, JSON Lines, Parquet) lists "
    "works; --map FIELD=COLUMN tells which column is which where the names do not."
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="file, folder, archive or table")
    parser.add_argument("--collection", default="main", help="collection to add to (default: main)")
    parser.add_argument("--clean", metavar="STEPS", help="cleaning steps of the collection, separated by commas")
    parser.add_argument("--no-clean", action="store_true", help="no cleaning in the collection")
    parser.add_argument("--map", metavar="FIELD=COLUMN", action="append", default=[], help="column of a table")
    parser.add_argument("--pair", action="store_true", help="files with one name but for the suffix are one work")
    parser.add_argument("--retry", action="store_true", help="read files again that failed before")


def run(options: argparse.Namespace, output: Output) -> int:
    """Add, and say what became of everything."""
    cleaning: tuple[str, ...] | None = None
    if options.no_clean:
        cleaning = ()
    elif options.clean is not None:
        cleaning = tuple(step.strip() for step in options.clean.split(",") if step.strip())
    with open_library(options, create=True) as library, Progress("adding", quiet=options.json) as progress:
        running = library.adding(
            *options.paths,
            collection=options.collection,
            cleaning=cleaning,
            columns=_columns(options.map),
            pair=options.pair,
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
    report = running.report
    output.record({"report": report.as_dict()})
    parts = f"{report.parts:,} parts" if report.parts else "nothing new"
    counts = [f"{count:,} {name}" for name, count in report.as_dict().items() if count and name != "parts"]
    output.line(f"{library.folder}: {', '.join(counts) or 'no files'}; {parts}.")
    for told in report.failures[:10]:
        output.line(f"  {printable(os.fsdecode(told.path))}: {told.error}")
    if report.failed > 10:
        output.line(f"  and {report.failed - 10:,} more: pinakes status --failures")
    return EXIT_PARTLY if report.failed else EXIT_DONE


def _columns(pairs: list[str]) -> dict[str, str]:
    columns = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals:
            raise UsageError(f"--map {pair} names no column.", "Write --map FIELD=COLUMN.")
        columns[field] = column
    return columns


def _count(paths: list[str], progress: Progress) -> None:
    """Count the files in a thread of its own, so that the bar appears at once and learns its total later."""
    from pinakes.library.sources import count_files

    progress.total = sum(count_files(path) for path in paths)
