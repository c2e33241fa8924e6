"""Where libraries lie, and how names of files that are no text are written as text."""

from __future__ import annotations

import os
from pathlib import Path

from pinakes.errors import BadSetting
from pinakes.settings import load, user_folder

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


def readable(path: bytes) -> str:
    """A path for people and for JSON; bytes that are no text come back exactly through os.fsencode."""
    return os.fsdecode(path)
