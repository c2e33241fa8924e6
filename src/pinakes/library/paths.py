"""Where libraries lie, and how names of files that are no text are written as text."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pinakes.errors import BadSetting
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
_KEPT = ("catalogue", "language", "segmenter", "passage_chars", "span_seconds", "span_overlap")


def keep_settings(folder: Path, given: Mapping[str, Any]) -> None:
    """Write down those settings with which a new library was made that must stay the same."""
    kept = {name: parse(name, value) for name, value in given.items() if name in _KEPT and value != ""}
    if kept:
        lines = [f"{name} = {json.dumps(value)}\n" for name, value in kept.items()]
        write_whole(folder / SETTINGS, ["".join(lines).encode()])
