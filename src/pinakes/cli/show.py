"""pinakes show: everything that the library knows of an item."""

from __future__ import annotations

import argparse
import os
from dataclasses import asdict
from typing import TYPE_CHECKING

from pinakes.cli import thumbnails
from pinakes.cli.columns import fit, near, plural, wrapped
from pinakes.cli.library_options import open_library
from pinakes.cli.output import Output, printable
from pinakes.cli.reading import count, item
from pinakes.errors import EXIT_DONE

if TYPE_CHECKING:
    from pinakes.catalogue.records import FileEntry, ItemEntry, PartEntry

HELP = "show an item: its metadata, files, parts and cleaning"
EPILOG = "Parts are what a search finds: pages, passages, plates, spans of sound, shots of a film."
EXAMPLES = (("an item, by the number that each hit shows", "pinakes show 12"),)

# Of one field, which may hold a whole abstract.
_MOST_ROWS = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("item", type=item, metavar="ID", help="number of the item: 12 or item:12")
    parser.add_argument("--parts", type=count, default=10, metavar="N", help="parts shown (default: 10; 0: all)")
    parser.add_argument("--no-pictures", action="store_true", help="no thumbnail, also where the terminal can")


def run(options: argparse.Namespace, output: Output) -> int:
    """Show the item."""
    with open_library(options) as library:
        found, parts = library.item(options.item), library.parts(options.item)
        shown = parts[: options.parts] if options.parts else parts
        output.record(_record(found, shown))
        if output.json:
            return EXIT_DONE
        lines = [output.bold(printable(found.title)), output.dim(_state(found))]
        room = output.width - thumbnails.margin(output)
        for name, values in found.fields.items():
            if name != "title":
                lines += wrapped(f"{name}: {printable('; '.join(values))}", room, _MOST_ROWS)
        can = parts and not options.no_pictures
        picture = thumbnails.drawn(lambda: library.preview(parts[0].id), output) if can else None
    if picture is None:
        for line in lines:
            output.line(line)
    else:
        thumbnails.beside(picture, lines, output)
    for file in found.files:
        _show_file(file, output)
    for part in shown:
        _show_part(part, output)
    if len(parts) > len(shown):
        output.line(f"and {plural(len(parts) - len(shown), 'part')} more: --parts 0")
    return EXIT_DONE


def _record(found: ItemEntry, shown: list[PartEntry]) -> dict[str, object]:
    return {
        "item": found.id,
        "title": found.title,
        "collection": found.collection,
        "state": found.state,
        "fields": found.fields,
        "files": [asdict(file) | {"path": os.fsdecode(file.path)} for file in found.files],
        "parts": [asdict(part) | {"place": part.place.as_dict()} for part in shown],
    }


def _state(found: ItemEntry) -> str:
    return f"item:{found.id}, collection {printable(found.collection)}, {found.state}"


def _show_file(file: FileEntry, output: Output) -> None:
    output.line(printable(near(os.fsdecode(file.path))))
    facts = [f"{name} {value:g}" for name, value in file.facts.items()]
    gone = [] if file.state == "here" else [file.state]
    # A work of which there is nothing but what a table says has a file in name alone: its type is record.
    read = [file.kind, plural(file.size, "byte")] if file.kind else ["record"]
    output.line(f"  {', '.join([*read, *facts, *gone])}")
    for note in file.notes:
        output.line(f"  note: {printable(note)}")


def _show_part(part: PartEntry, output: Output) -> None:
    flags = f"  [{', '.join(part.flags)}]" if part.flags else ""
    place = f", {part.place}" if str(part.place) else ""
    output.line(f"part {part.id}: {part.modality}{place}{flags}")
    if part.text:
        output.line(f"  {fit(printable(' '.join(part.text.split())), output.width - 2)}")
    for step in part.cleaning:
        done = "applied" if step["applied"] else "not applied"
        output.line(f"  cleaning {step['step']}: {done}{': ' + step['detail'] if step['detail'] else ''}")
