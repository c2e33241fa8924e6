"""pinakes backup: one file with everything that can not be derived."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pinakes.cli.columns import near
from pinakes.cli.library_options import open_library
from pinakes.cli.output import Output, printable
from pinakes.errors import EXIT_DONE

if TYPE_CHECKING:
    from pinakes.library import Library

HELP = "write a backup, also while the library is in use"
EPILOG = "With what was handed in; without the index and originals that lie elsewhere: they stay, or are made anew."

EXAMPLES = (
    ("into a folder of backups, named by the day", "pinakes backup backups/2026-11-01.pinakes"),
    ("small, where another program copies what was handed in", "pinakes backup --without-originals catalogue.pinakes"),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("file", metavar="FILE", help="where to write it")
    parser.add_argument("--without-originals", action="store_true", help="leave out the files that were handed in")


def run(options: argparse.Namespace, output: Output) -> int:
    """Write the backup."""
    target = Path(options.file)
    with open_library(options) as library:
        library.backup(target, originals=not options.without_originals)
        _note(library, target)
    size = target.stat().st_size
    output.record({"backup": str(target), "bytes": size})
    output.line(
        f"{printable(near(str(target)))}: {size:,} bytes. Make a library of it: pinakes restore FILE --library DIR"
    )
    return EXIT_DONE


def _note(library: Library, target: Path) -> None:
    """A whole library was taken away: that stands in its log, where there is one to be written."""
    from pinakes.accounts import audit

    if not library.catalogue.read_only:
        with library.catalogue.writing() as connection:
            audit.record(connection, None, "export.backup", target.name)
