"""pinakes backup: one file with everything that can not be derived."""

from __future__ import annotations

import argparse
from pathlib import Path

from pinakes.cli.columns import near
from pinakes.cli.library_options import open_library
from pinakes.cli.output import Output, printable
from pinakes.errors import EXIT_DONE

HELP = "write a backup, also while the library is in use"
EPILOG = "The originals of the media, the index and the previews are not in it: they stay, or are made anew."

EXAMPLES = (("into a folder of backups, named by the day", "pinakes backup backups/2026-11-01.pinakes"),)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("file", metavar="FILE", help="where to write it")


def run(options: argparse.Namespace, output: Output) -> int:
    """Write the backup."""
    target = Path(options.file)
    with open_library(options) as library:
        library.backup(target)
    size = target.stat().st_size
    output.record({"backup": str(target), "bytes": size})
    output.line(
        f"{printable(near(str(target)))}: {size:,} bytes. Make a library of it: pinakes restore FILE --library DIR"
    )
    return EXIT_DONE
