"""How a library grows: adding paths and vectors, removing items, encoding anew; loaded only by those who do it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from unicodedata import category

from pinakes.catalogue import collections, items, previews
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.compaction import compact
from pinakes.catalogue.entries import item_entry, parts_of
from pinakes.encoders.find import find
from pinakes.errors import UsageError
from pinakes.index.local import LocalIndex
from pinakes.ingest import run
from pinakes.ingest.events import Report, Told
from pinakes.ingest.reencode import reencode
from pinakes.library import fitting, trained
from pinakes.library.asking import PathLike, item_number
from pinakes.library.encoders import Encoders
from pinakes.library.sources import Reading, source_of
from pinakes.settings import Settings

# Kinds of characters that are none: controls, and halves of others, which is what bytes that are no UTF-8 become.
_NO_LETTERS = ("Cc", "Cs")


def adding(
    catalogue: Catalogue,
    index: LocalIndex,
    encoders: Encoders,
    paths: Sequence[PathLike],
    how: run.Adding,
    columns: Mapping[str, str],
    report: Report,
    *,
    pair: bool,
    anywhere: bool,
) -> Iterator[Told]:
    """Add what paths name, one after the other; the right to write is held meanwhile."""
    reading = Reading(columns, pair, anywhere)
    sources = [source_of(path, catalogue, reading) for path in paths]
    with catalogue.writer():
        chosen = encoders.chosen(catalogue)
        for found in sources:
            with closing(run.add(catalogue, index, chosen, found, how, report)) as told:
                yield from told


def how_to_add(collection: str, cleaning: Sequence[str] | None, *, retry: bool) -> run.Adding:
    """How files are added; refused where there is no name to add them under."""
    if not collection.strip():
        raise UsageError("A collection needs a name.", "Leave it out to add to the collection main.")
    if any(category(letter) in _NO_LETTERS for letter in collection):
        raise UsageError("The name of the collection holds what is no letter.", "Write it in one line, as UTF-8.")
    return run.Adding(collection, None if cleaning is None else tuple(cleaning), retry)


def remove(
    catalogue: Catalogue, index: LocalIndex, numbers: Sequence[int], *, missing: bool, collection: str | None
) -> int:
    """Remove items with all that belongs to them; returns how many there were."""
    with catalogue.reading() as connection:
        for number in numbers:
            item_entry(connection, item_number(number))
    with catalogue.writer():
        with catalogue.reading() as connection:
            chosen = list(numbers)
            chosen += collections.missing(connection) if missing else []
            chosen += collections.items_of(connection, collection) if collection else []
            parts = list(parts_of(connection, chosen))
        with catalogue.writing() as connection:
            count = items.remove(connection, chosen)
        previews.forget(catalogue.folder, [part.id for part in parts], [part.file_id or 0 for part in parts])
        compact(catalogue)
        index.publish(finish=True)
    return count


def using(
    catalogue: Catalogue,
    index: LocalIndex,
    encoders: Encoders,
    models: Path,
    name: str,
    report: Report,
    *,
    beside: bool,
) -> Iterator[Told]:
    """Encode a library anew with an encoder; one that is fitted to the library is fitted first."""
    fingerprint = fitting.fit_lsa(catalogue, models) if name == fitting.LSA else ""
    if trained.is_folder(name):
        name, fingerprint = trained.take(Path(name), models, catalogue.settings)
    encoder = find(name, catalogue.settings, models, fingerprint=fingerprint, measure=True)
    yield from reencode(catalogue, index, encoder, report, beside=beside)
    encoders.forget()


def check_name(name: str, settings: Settings, models: Path) -> None:
    """Refuse a name that no encoder has, before long work is begun for it."""
    if trained.is_folder(name):
        trained.check(Path(name), settings)
    elif name != fitting.LSA:
        find(name, settings, models)
