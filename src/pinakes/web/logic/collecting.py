"""The collections of a library as they are looked after: their works, where these come from, and what can be added."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pinakes.accounts.who import Who
from pinakes.catalogue.collections import counts, sources_of
from pinakes.catalogue.naming import path_text
from pinakes.errors import BadInput, NotFound, nearest
from pinakes.library import Library
from pinakes.library.deposits import FOLDER, Deposit, files_in
from pinakes.sources.folder import is_library, is_litter
from pinakes.sources.rows import is_table
from pinakes.tasks.records import task
from pinakes.web.logic.tasking import ask, roots, within

_FOLDERS_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class Source:
    """Where works of a collection come from."""

    kind: str
    # The path; empty for what was handed in.
    path: str
    # Whether it is still there.
    here: bool


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection with what is said of it."""

    name: str
    works: int
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of this machine as it is chosen from: what lies in it."""

    path: Path
    # The folder above it, where that may be looked at, too.
    above: Path | None
    folders: tuple[Path, ...]
    tables: tuple[Path, ...]
    files: int


def collections(library: Library) -> list[Collection]:
    """All of them, by name."""
    own = os.fsencode(os.path.realpath(library.folder / FOLDER)) + os.sep.encode()
    with library.catalogue.reading() as connection:
        numbers, found = counts(connection), sources_of(connection)
    return [
        Collection(name, works, tuple(_source(kind, address, own) for kind, address in found.get(name, ())))
        for name, works in numbers.items()
    ]


def _source(kind: str, address: bytes, own: bytes) -> Source:
    here = os.path.lexists(address)
    if address.startswith(own):
        return Source("deposit", "", here)
    return Source(kind, path_text(address), here)


def again(library: Library, who: Who, name: str, key: str | None = None) -> int:
    """Ask for a collection's sources to be looked through again: what is new or has changed is added."""
    with library.catalogue.reading() as connection:
        found = sources_of(connection)
    if name not in found:
        raise NotFound(f"There is no collection named {name} with sources.", nearest(name, found))
    paths = [os.fsdecode(address) for _, address in found[name] if os.path.lexists(address)]
    if not paths:
        raise NotFound(f"None of the sources of {name} is there any longer.", "Add it from elsewhere.")
    return ask(library, who, "add", {"paths": paths, "collection": name}, key)


def add_deposit(
    library: Library, who: Who, deposit: Deposit, collection: str, *, table: bool, pair: bool, key: str | None = None
) -> int:
    """Ask for what was handed in to be added: all of it, or the works that a table in it lists."""
    folder = deposit.close()
    paths = [folder]
    if table:
        paths = [path for path in files_in(folder) if is_table(path)]
        if not paths:
            raise BadInput(
                "There is no table among the files.", "Hand in a CSV, TSV, JSON Lines or Parquet file with them."
            )
    arguments: dict[str, Any] = {"paths": [str(path) for path in paths], "collection": collection}
    arguments |= {"pair": True} if pair else {}
    number = ask(library, who, "add", arguments, key)
    with library.catalogue.reading() as connection:
        if task(connection, number).arguments.get("paths") != [os.path.realpath(path) for path in paths]:
            # The same request came twice at once, and the other was quicker.
            deposit.abandon()
    return number


def shelf(library: Library, path: str) -> Shelf:
    """What lies in a folder of this machine that may be chosen."""
    real = within(library, path)
    if not real.is_dir():
        raise NotFound(f"{path} is no folder.", "Choose a folder.")
    entries = sorted(os.scandir(real), key=lambda one: one.name)
    if is_library(entry.name for entry in entries):
        raise BadInput("That folder is a library, not a folder of media.", "Choose the folder in which the media lie.")
    folders, tables, files = [], [], 0
    for entry in entries:
        if is_litter(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            folders.append(real / entry.name)
        elif entry.is_file(follow_symlinks=False):
            files += 1
            tables += [real / entry.name] if is_table(real / entry.name) else []
    is_root = real in roots(library)
    return Shelf(real, None if is_root else real.parent, tuple(folders[:_FOLDERS_SHOWN]), tuple(tables), files)
