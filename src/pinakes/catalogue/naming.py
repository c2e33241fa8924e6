"""What files are called: a title for works that have none, and their paths, by whose words they are found too."""

from __future__ import annotations

import os
from pathlib import PurePath


def name_of(path: bytes) -> str:
    """What to call a work that has no title: its file's name, or its key's."""
    whole = _plain(path)
    return storable(PurePath(whole).stem.replace("_", " ").strip() or whole)


def path_text(path: bytes) -> str:
    """A path as pages and JSON can tell it, whatever its bytes are."""
    return storable(os.fsdecode(path))


def path_below(path: bytes, added: bytes | None) -> str:
    """A file's name, and before it the folders in which it lies below what was added.

    Members of an archive lie in it, unless it was itself what was added; of the files that a table lists these are the
    folders below its own.
    """
    whole, root = _plain(path), _plain(added or b"")
    below = whole.rpartition("/")[2]
    for folder in (root.rstrip("/"), root.rpartition("/")[0]):
        if root and whole.startswith(folder + "/"):
            below = whole[len(folder) + 1 :]
            break
    return storable(below)


def _plain(path: bytes) -> str:
    """A path with one kind of stroke between its steps, into archives too."""
    return os.fsdecode(path).replace(os.sep, "/").replace("!/", "/")


def storable(text: str) -> str:
    """Text that both databases take: PostgreSQL refuses NUL, and neither stores lone surrogates."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
