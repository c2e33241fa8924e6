"""pinakes restore: make a library of a backup."""

from __future__ import annotations

import argparse
from pathlib import Path

from pinakes.cli.columns import plural
from pinakes.cli.library_options import settings_of
from pinakes.cli.output import Output
from pinakes.errors import EXIT_DONE

HELP = "make a library of a backup"
EPILOG = (
    "The library must not exist yet; name another folder with --library. What was handed in comes back with it; other "
    "originals are not in a backup: the library looks for them where they were."
)
EXAMPLES = (("into a folder beside the old one", "pinakes restore backups/2026-11-01.pinakes --library restored"),)


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
    output.line(f"{folder}: {plural(status['items'], 'item')}, {plural(status['parts'], 'part')}.")
    return EXIT_DONE
