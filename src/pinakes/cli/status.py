"""pinakes status: what the library holds, its spaces, its last runs, and what failed."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pinakes.cli.columns import near, plural
from pinakes.cli.library_options import open_library
from pinakes.cli.output import Output, printable
from pinakes.errors import EXIT_DONE

if TYPE_CHECKING:
    from pinakes.library import Library

HELP = "what the library holds, and what failed"
EPILOG = "A file that failed is not read again until it changes; `pinakes add PATH --retry` reads it all the same."
EXAMPLES = (
    ("the whole library in a few lines", "pinakes status"),
    ("which files could not be read, why, and what to do", "pinakes status --failures"),
    ("the same for programs", "pinakes status --failures --json"),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--failures", action="store_true", help="list the files that could not be read, and why")
    parser.add_argument("--duplicates", action="store_true", help="list groups of parts that are almost the same")


def run(options: argparse.Namespace, output: Output) -> int:
    """Show the state of the library."""
    with open_library(options) as library:
        if options.failures or options.duplicates:
            if options.failures:
                _failures(library, output)
            if options.duplicates:
                _duplicates(library, output)
            return EXIT_DONE
        status = library.status()
    output.record(status)
    output.line(output.bold(printable(status["library"])))
    for name, value in _lines(status):
        output.line(f"{name:12} {value}")
    return EXIT_DONE


def _failures(library: Library, output: Output) -> None:
    found = library.failures()
    for failure in found:
        path = os.fsdecode(failure.path)
        record = {"path": path, "code": failure.code, "message": failure.message, "hint": failure.hint}
        output.record(record)
        output.line(printable(near(path)))
        output.line(f"  {failure.code}: {printable(f'{failure.message} {failure.hint}'.strip())}")
    if not found:
        output.line("Every file could be read.")


def _duplicates(library: Library, output: Output) -> None:
    found = library.duplicates()
    for group in found:
        output.record({"parts": [part.id for part in group], "items": [part.item_id for part in group]})
        output.line("  ".join(f"item:{part.item_id} (part {part.id})" for part in group))
    if not found:
        output.line("Nothing is almost the same.")


def _lines(status: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What a person wants to know, in their words; what is nothing is left out."""
    by_modality = [
        f"{number:,} {name.removesuffix('_parts')}" for name, number in status.items() if name.endswith("_parts")
    ]
    yield "items", f"{status['items']:,} in {plural(status['files'], 'file')}"
    yield "parts", f"{status['parts']:,}" + (f": {', '.join(by_modality)}" if by_modality else "")
    if status["missing"]:
        yield "missing", f"{plural(status['missing'], 'item')}: pinakes remove --missing"
    if status["collections"]:
        yield "collections", ", ".join(f"{printable(name)} {n:,}" for name, n in status["collections"].items())
    spaces = ", ".join(f"{name} ({bits} bits)" for name, bits in status["spaces"].items())
    yield "spaces", ", ".join(filter(None, ["words", spaces]))
    if status["building"]:
        yield "being built", f"{', '.join(status['building'])}: goes on with pinakes models use NAME"
    if status["advice"]:
        yield "advice", status["advice"]
    if status["failures"]:
        yield "failures", f"{plural(status['failures'], 'file')}: pinakes status --failures"
    if status["last_run"]:
        yield "last run", _run(status["last_run"])
    yield "catalogue", f"{status['catalogue']}, generation {status['generation']}, {_segments(status['segments'])}"
    for damage in status.get("damage", ()):
        yield "damaged", printable(damage)


def _segments(number: int) -> str:
    return plural(number, "segment") if number else "empty"


def _run(last: dict[str, Any]) -> str:
    counts = [f"{n:,} {name}" for name, n in last.items() if isinstance(n, int) and n and name not in ("done", "parts")]
    read = [plural(last["parts"], "part")] if last.get("parts") else []
    return f"{last['state']}: {', '.join(counts + read) or 'nothing to do'}"
