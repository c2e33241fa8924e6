"""Work that pages and programs ask for: who may ask for what, and of which files of this machine."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from pinakes import tasks
from pinakes.accounts import audit
from pinakes.accounts.who import Who
from pinakes.catalogue.collections import addresses
from pinakes.catalogue.schema import users
from pinakes.errors import NotAllowed, NotFound, UsageError
from pinakes.library import Library
from pinakes.library.deposits import FOLDER
from pinakes.settings import between_commas
from pinakes.tasks.kinds import kind_of
from pinakes.tasks.records import Task, task
from pinakes.tasks.wishes import Wish, wish


def ask(library: Library, who: Who, kind: str, arguments: Mapping[str, Any], request_key: str | None = None) -> int:
    """Ask for work in somebody's name, who must have the right to it."""
    _may(who, kind)
    if kind == "add":
        arguments = {**arguments, "paths": checked_paths(library, arguments.get("paths"))}
    if kind == "use" and os.sep in str(arguments.get("model", "")):
        raise NotAllowed("A model is named, not a folder of this machine.", "See the list of models.")
    number = tasks.ask(library, kind, arguments, who.number, request_key)
    with library.catalogue.writing() as connection:
        audit.record(connection, who.number, "task.asked", f"task {number}", kind=kind, task=number)
    return number


def wished(library: Library, who: Who, number: int, what: Wish) -> Task:
    """Wish something of a task in somebody's name, who must have the right to ask for such."""
    with library.catalogue.reading() as connection:
        _may(who, task(connection, number).kind)
    with library.catalogue.writing() as connection:
        after = wish(connection, number, what)
        audit.record(connection, who.number, f"task.{what}", f"task {number}")
    return after


def _may(who: Who, kind: str) -> None:
    needed = kind_of(kind).needs
    if not who.may(needed):
        raise NotAllowed(f"This needs the rights of: {needed}.", "Ask an administrator.")


def about(one: Task) -> str:
    """What a task is about, in a few words: a collection, a model, a run."""
    named = (one.arguments.get(name) for name in ("collection", "model", "run", "by"))
    return next((str(value) for value in named if value), "")


def names(library: Library, found: Sequence[Task]) -> dict[int, str]:
    """The names of those who asked for tasks."""
    numbers = {one.user for one in found if one.user is not None}
    with library.catalogue.reading() as connection:
        return dict(connection.execute(select(users.c.id, users.c.name).where(users.c.id.in_(numbers))).all())


def roots(library: Library) -> list[Path]:
    """The folders of this machine of which pages may add what lies in them."""
    return [Path(os.path.realpath(one)) for one in between_commas(library.settings.server_folders)]


def within(library: Library, path: str) -> Path:
    """A path below one of those folders, wherever links in it lead."""
    real = Path(os.path.realpath(path))
    if not any(real.is_relative_to(root) for root in roots(library)):
        raise NotAllowed(
            "That folder is not one of which pages may add what lies in it.", "Name it in the setting server_folders."
        )
    if not real.exists():
        raise NotFound(f"There is no {path}.", "Check the path.")
    return real


def checked_paths(library: Library, paths: Any) -> list[str]:
    """Paths that may be added: of the folders of the setting, handed in, or a source of the library already."""
    if not isinstance(paths, Sequence) or isinstance(paths, str) or not all(isinstance(one, str) for one in paths):
        raise UsageError("The paths must be a list of texts.", "Name folders, archives or tables.")
    own = Path(os.path.realpath(library.folder / FOLDER))
    known: set[bytes] = set()
    with library.catalogue.reading() as connection:
        for kind in ("folder", "table", "file"):
            known |= addresses(connection, kind)
    found = []
    for path in paths:
        if "\0" in path:
            raise NotFound(f"There is no {path}.", "Check the path.")
        real = Path(os.path.realpath(path))
        is_own = real.is_relative_to(own) and real != own
        found.append(str(real if is_own or os.fsencode(real) in known else within(library, path)))
    return found
