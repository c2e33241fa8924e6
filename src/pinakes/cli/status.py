"""pinakes status: what the library holds, its spaces, its last runs, and what failed."""

from __future__ import annotations

import argparse
import os

from pinakes.cli.library_options import open_library
from pinakes.cli.output import Output, printable
from pinakes.errors import EXIT_DONE

HELP = "what the library holds, and what failed"
EPILOG = ""


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--failures", action="store_true", help="list the files that could not be read, and why")
    parser.add_argument("--duplicates", action="store_true", help="list groups of parts that are almost the same")


def run(options: argparse.Namespace, output: Output) -> int:
    """Show the state of the library."""
    with open_library(options) as library:
        if options.failures:
            for failure in library.failures():
                path = os.fsdecode(failure.path)
                record = {"path": path, "code": failure.code, "message": failure.message, "hint": failure.hint}
                output.record(record)
                output.line(
                    f"{printable(path)}\n  {failure.code}: {printable(failure.message)} {printable(failure.hint)}"
                )
            return EXIT_DONE
        if options.duplicates:
            for group in library.duplicates():
                output.record({"parts": [part.id for part in group], "items": [part.item_id for part in group]})
                output.line("  ".join(f"item:{part.item_id} part {part.id}" for part in group))
            return EXIT_DONE
        status = library.status()
    output.record(status)
    for name, value in status.items():
        output.line(f"{name.replace('_', ' '):14} {_shown(value)}")
    return EXIT_DONE


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(one)}" for key, one in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(_shown, value)) or "none"
    return f"{value:,}" if isinstance(value, int) else str(value)
