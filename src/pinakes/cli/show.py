"""pinakes show: everything that the library knows of an item."""

from __future__ import annotations

import argparse
import os
from dataclasses import asdict

from pinakes.cli import thumbnails
from pinakes.cli.library_options import open_library
from pinakes.cli.output import Output, printable
from pinakes.errors import EXIT_DONE

HELP = "show an item: its metadata, files, parts and cleaning"
EPILOG = ""


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("item", type=int, metavar="ID", help="number of the item, as every hit shows it")
    parser.add_argument("--parts", type=int, default=10, metavar="N", help="parts shown (default: 10; 0: all)")


def run(options: argparse.Namespace, output: Output) -> int:
    """Show the item."""
    with open_library(options) as library:
        item, parts = library.item(options.item), library.parts(options.item)
        shown = parts[: options.parts] if options.parts else parts
        output.record(
            {
                "item": item.id,
                "title": item.title,
                "collection": item.collection,
                "state": item.state,
                "fields": item.fields,
                "files": [asdict(file) | {"path": os.fsdecode(file.path)} for file in item.files],
                "parts": [asdict(part) | {"place": part.place.as_dict()} for part in shown],
            }
        )
        output.line(output.bold(printable(item.title)))
        output.line(output.dim(f"item:{item.id}  collection {item.collection}  {item.state}"))
        for name, values in item.fields.items():
            output.line(f"{name}: {printable('; '.join(values))}")
        for file in item.files:
            facts = ", ".join(f"{name} {value:g}" for name, value in file.facts.items())
            output.line(f"{printable(os.fsdecode(file.path))}  {file.kind}  {file.size:,} bytes  {facts}  {file.state}")
            for note in file.notes:
                output.line(f"  note: {printable(note)}")
        for part in shown:
            flags = f"  [{', '.join(part.flags)}]" if part.flags else ""
            output.line(f"part {part.id}: {part.modality} {part.place}{flags}")
            if part.text:
                output.line(f"  {printable(' '.join(part.text.split()))[: output.width - 2]}")
            for step in part.cleaning:
                done = "applied" if step["applied"] else "not applied"
                output.line(f"  cleaning {step['step']}: {done}{': ' + step['detail'] if step['detail'] else ''}")
        if len(parts) > len(shown):
            output.line(f"and {len(parts) - len(shown):,} more parts: --parts 0")
        thumbnails.show(lambda: library.preview(parts[0].id) if parts else None, "")
    return EXIT_DONE
