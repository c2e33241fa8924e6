"""pinakes remove: take items out of the library; the originals stay where they are."""

from __future__ import annotations

import argparse

from pinakes.cli.columns import plural
from pinakes.cli.library_options import open_library
from pinakes.cli.output import Output
from pinakes.cli.reading import item
from pinakes.errors import EXIT_DONE, UsageError

HELP = "take items out of the library (the originals stay)"
EPILOG = "The files themselves are left alone; to add them again brings them back."
EXAMPLES = (
    ("one item, by the number that each hit shows", "pinakes remove 12"),
    ("what no longer lies where it lay", "pinakes remove --missing"),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("items", nargs="*", type=item, metavar="ID", help="numbers of items: 12 or item:12")
    parser.add_argument("--missing", action="store_true", help="all items whose files have vanished")
    parser.add_argument("--collection", metavar="NAME", help="all items of a collection")


def run(options: argparse.Namespace, output: Output) -> int:
    """Remove, and say how many."""
    if not options.items and not options.missing and not options.collection:
        raise UsageError("Nothing to remove is named.", "Give numbers of items, --missing or --collection NAME.")
    with open_library(options) as library:
        count = library.remove(*options.items, missing=options.missing, collection=options.collection)
    output.record({"removed": count})
    output.line(f"Removed {plural(count, 'item')}.")
    return EXIT_DONE
