"""pinakes restore: make a library of a backup."""

from __future__ import annotations

import argparse
from pathlib import Path

from pinakes.cli.library_options import settings_of
from pinakes.cli.output import Output
from pinakes.errors import EXIT_DONE

HELP = "make a library of a backup"
EPILOG = "The library must not exist yet; name another folder with --library."


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("file", metavar="FILE", help="the backup")


def run(options: argparse.Namespace, output: Output) -> int:
    """Restore, and open the library once, so that its index is made."""
    from pinakes.library import Library

    with Library.restore(Path(options.file), options.library, settings=settings_of(options)) as library:
        status = library.status()
        folder = library.folder
    output.record({"library": str(folder), "items": status["items"], "parts": status["parts"]})
    output.line(f"{folder}: {status['items']:,} items, {status['parts']:,} parts.")
    return EXIT_DONE
