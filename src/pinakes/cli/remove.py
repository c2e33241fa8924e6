"""pinakes remove: take items out of the library; the originals stay where they are."""

from __future__ import annotations

import argparse

from pinakes.cli.library_options import open_library
from pinakes.cli.output import Output
from pinakes.errors import EXIT_DONE, UsageError

HELP = "take items out of the library (the originals stay)"
EPILOG = ""


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("items", nargs="*", type=int, metavar="ID", help="numbers of items")
    parser.add_argument("--missing", action="store_true", help="all items whose files have vanished")
    parser.add_argument("--collection", metavar="NAME", help="all items of a collection")


def run(options: argparse.Namespace, output: Output) -> int:
    """Remove, and say how many."""
    if not options.items and not options.missing and not options.collection:
        raise UsageError("Nothing to remove is named.", "Give numbers of items, --missing or --collection NAME.")
    with open_library(options) as library:
        count = library.remove(*options.items, missing=options.missing, collection=options.collection)
    output.record({"removed": count})
    output.line(f"Removed {count:,} item{'' if count == 1 else 's'}.")
    return EXIT_DONE
