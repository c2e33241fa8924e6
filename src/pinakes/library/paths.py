"""Where libraries lie, and how names of files that are no text are written as text."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pinakes.errors import BadInput, BadSetting, NotFound
from pinakes.settings import load, parse, user_folder
from pinakes.storage import write_whole

DEFAULT = "library"
SETTINGS = "settings.toml"


def library_folder(path: str | os.PathLike[str] | None) -> Path:
    """The folder of the library that is meant: the given one, the settings' one, or the user's default."""
    if path:
        return Path(path)
    settings = load()
    if settings.library:
        return Path(settings.library)
    folder = user_folder("data")
    if folder is None:
        raise BadSetting("There is no home folder to keep a library in.", "Name one with --library DIR.")
    return folder / DEFAULT


# What a library is made with and can not be without: given once, it is kept.
KEPT = ("catalogue", "language", "segmenter", "passage_chars", "span_seconds", "span_overlap")


def models_of(folder: Path) -> Path:
    """Where a library keeps the models that were trained for it or fitted to it."""
    return folder / "models"


def keep_settings(folder: Path, given: Mapping[str, Any]) -> None:
    """Write down those settings with which a new library was made that must stay the same."""
    kept = {name: parse(name, value) for name, value in given.items() if name in KEPT and value != ""}
    if kept:
        lines = [f"{name} = {json.dumps(value)}\n" for name, value in kept.items()]
        write_whole(folder / SETTINGS, ["".join(lines).encode()])


def settings_mark(folder: Path) -> int:
    """When a library's own settings were written last; 0 where it has none."""
    try:
        return (folder / SETTINGS).stat().st_mtime_ns
    except OSError:
        return 0


def refuse_file(folder: Path) -> None:
    """Refuse a library's folder that is a file, or that would lie in one."""
    place = next((path for path in (folder, *folder.parents) if os.path.lexists(path)), folder)
    if os.path.lexists(place) and not place.is_dir():
        raise BadInput(f"{place} is not a folder, so there can be no library in it.", "Name another with --library.")


def refuse_target(target: Path) -> None:
    """Refuse a place for a backup where there is no folder, or where something else than a backup would be lost."""
    if not target.parent.is_dir():
        raise NotFound(f"There is no folder {target.parent} to write a backup into.", "Make it, or name another.")
    if target.is_dir():
        raise BadInput(f"{target} is a folder.", "Name the file to write, such as library.pinakes.")
    if os.path.lexists(target) and not is_backup(target):
        raise BadInput(f"{target} is there already and is no backup.", "Name another file, or remove this one first.")


def is_backup(path: Path) -> bool:
    """Whether a file looks like a backup at all; whether it is whole is seen when it is restored."""
    # Imported here: a search from the shell does not pay for it.
    import tarfile

    try:
        return path.is_file() and tarfile.is_tarfile(path)
    except OSError:
        return False
