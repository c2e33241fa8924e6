"""Kinds of work that change what a library holds: adding, removing, encoding anew."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from pinakes.catalogue.collections import counts, forget, items_of
from pinakes.catalogue.entries import item_entry
from pinakes.catalogue.jobs import latest
from pinakes.catalogue.schema import items
from pinakes.errors import UsageError
from pinakes.ingest.annotate import check_steps
from pinakes.ingest.events import Report as Added
from pinakes.library import Library, deposits
from pinakes.library.adding import AddRun
from pinakes.library.growing import check_name, how_to_add
from pinakes.library.paths import models_of
from pinakes.library.sources import count_files
from pinakes.library.trained import is_folder
from pinakes.sources.base import shown
from pinakes.tasks.kinds import Report, kind

# Failures that are told with the result; the library's own record has all.
_FAILURES_TOLD = 100


def _check_add(library: Library, arguments: Mapping[str, Any]) -> None:
    paths = arguments.get("paths")
    if not isinstance(paths, list) or not paths or not all(isinstance(path, str) and path for path in paths):
        raise UsageError("Nothing is named that could be added.", "Name files, folders, archives or tables.")
    collection, cleaning, columns = (arguments.get(name) for name in ("collection", "cleaning", "columns"))
    if not isinstance(collection or "", str) or not all(isinstance(one, str) for one in _listed(cleaning)):
        raise UsageError(
            "The collection must be a text, and cleaning a list of steps.", "See the reference of the API."
        )
    if not isinstance(columns or {}, dict) or not all(isinstance(one, str) for one in (columns or {}).values()):
        raise UsageError("The columns must be texts by the names of fields.", 'Write {"title": "Name"}.')
    how_to_add("main" if collection is None else collection, None, retry=False)
    check_steps(tuple(_listed(cleaning)))


def _listed(value: Any) -> list[Any]:
    """A list, or one of nothing that passes for a list of texts."""
    return value if isinstance(value, list) else [] if value is None else [None]


def _whole(value: Any) -> int:
    """A whole number of zero or more."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise UsageError(f"{str(value)[:40]!r} is no number of that kind.", "Give whole numbers.")
    return value


@kind("add", goes_on=True, check=_check_add)
def add(library: Library, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Add files, folders, archives and tables: `paths`, `collection`, and what `Library.adding` takes."""
    paths = [str(path) for path in arguments["paths"]]
    how = {
        name: arguments[name] for name in ("collection", "cleaning", "columns", "pair", "retry") if name in arguments
    }
    counted = _Counted(paths)
    with library.adding(*paths, **how) as run:
        return _to_the_end(library, run, report, "add", counted)


def _check_use(library: Library, arguments: Mapping[str, Any]) -> None:
    model = str(arguments.get("model", ""))
    if is_folder(model):
        # Whoever asks may be far away: what lies on the server's disk is none of theirs to name.
        raise UsageError(f"{model} is a folder.", "Name a model that the library has.")
    check_name(model, library.settings, models_of(library.folder))
    _whole(arguments.get("bits") or 0)


@kind("use", goes_on=True, check=_check_use)
def use(library: Library, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Encode the library anew with a model while the old one answers: `model`, `beside`, `bits`, `hasher`."""
    model = str(arguments["model"])
    with library.using(model, beside=bool(arguments.get("beside"))) as run:
        result = _to_the_end(library, run, report, "encode", None)
    bits, hasher = int(arguments.get("bits") or 0), str(arguments.get("hasher") or "")
    if bits or hasher:
        library.recode(model, bits=bits, hasher=hasher)
    return result


def _check_remove(library: Library, arguments: Mapping[str, Any]) -> None:
    if not any(arguments.get(name) for name in ("items", "missing", "collection", "deposits")):
        raise UsageError("Nothing is named that could be removed.", "Name items, a collection, or what is missing.")
    _whole(arguments.get("deposits") or 0)
    with library.catalogue.reading() as connection:
        for number in _listed(arguments.get("items")):
            item_entry(connection, _whole(number))
        if arguments.get("collection"):
            items_of(connection, str(arguments["collection"]))


@kind("remove", goes_on=True, check=_check_remove)
def remove(library: Library, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Remove `items`, those whose files are `missing`, a whole `collection`, or what a user handed in (`deposits`).

    The originals stay, but for those that were handed in: nobody else has a use for them.
    """
    user = int(arguments.get("deposits") or 0)
    collection, catalogue = str(arguments.get("collection") or ""), library.catalogue
    report(message=collection)
    chosen = _there(library, arguments, collection)
    places = deposits.forget(catalogue, chosen)
    count = library.remove(*chosen, missing=bool(arguments.get("missing")))
    deposits.clear(catalogue, places)
    if user:
        with catalogue.writer():
            deposits.forget_all(catalogue, user)
    if collection:
        with catalogue.writer(), catalogue.writing() as connection:
            forget(connection, collection)
    return {"removed": count}


def _there(library: Library, arguments: Mapping[str, Any], collection: str) -> list[int]:
    """The items that are meant and still there: those that are gone were removed before this was interrupted."""
    with library.catalogue.reading() as connection:
        chosen = [int(number) for number in arguments.get("items") or ()]
        chosen = [number for number in chosen if connection.scalar(select(items.c.id).where(items.c.id == number))]
        if collection in counts(connection):
            chosen += items_of(connection, collection)
    if user := int(arguments.get("deposits") or 0):
        chosen += deposits.items_of(library.catalogue, user)
    return list(dict.fromkeys(chosen))


class _Counted:
    """How many files there are, counted beside the work: known as soon as it is."""

    def __init__(self, paths: list[str]) -> None:
        self.total = 0
        threading.Thread(target=self._count, args=(paths,), daemon=True).start()

    def _count(self, paths: list[str]) -> None:
        self.total = sum(count_files(path) for path in paths)


def _to_the_end(library: Library, run: AddRun, report: Report, job: str, counted: _Counted | None) -> dict[str, Any]:
    """Run to the end, telling how far it is; what failed is told with the way out."""
    added = run.report
    for told in run:
        total = counted.total if counted else added.expected
        report(added.done, max(total, added.done), added.failed, Path(os.fsdecode(told.path)).name)
    report(added.done, added.done, added.failed)
    return {"report": added.as_dict(), "job": _job(library, job), "failures": _failures(added)}


def _job(library: Library, kind: str) -> int:
    """The number under which the library has the run on record."""
    with library.catalogue.reading() as connection:
        found = latest(connection, kind)
    return found.id if found else 0


def _failures(report: Added) -> list[dict[str, str]]:
    failed = report.failures[:_FAILURES_TOLD]
    return [{"path": shown(told.path), **told.error.as_dict()} for told in failed if told.error]
