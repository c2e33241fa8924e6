"""Kinds of work that look after a library: checking, repairing, backing up."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pinakes.library import Library
from pinakes.tasks.kinds import Report, kind

BACKUPS = "backups"
_PROBLEMS_TOLD = 100


@kind("check")
def check(library: Library, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Compare everything that is stored with its checksums; with `repair`, make anew what can be made anew."""
    report(message="reading")
    found = library.check()
    told = [{"where": one.where, "what": one.what, "repair": one.repair} for one in found[:_PROBLEMS_TOLD]]
    result: dict[str, Any] = {"problems": len(found), "found": told}
    if arguments.get("repair"):
        report(message="repairing")
        result["to_read_again"] = library.repair()
        result["left"] = len(library.check())
    return result


@kind("backup", needs="administrator")
def backup(library: Library, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Write a backup into the library's folder of backups, also while the library is in use."""
    report(message="writing")
    folder = library.folder / BACKUPS
    folder.mkdir(mode=0o700, exist_ok=True)
    target = _free(folder, time.strftime("%Y-%m-%d-%H%M%S"))
    library.backup(target)
    return {"backup": target.name, "bytes": target.stat().st_size}


def _free(folder: Path, name: str) -> Path:
    """A path with that name that nothing has yet."""
    number, path = 1, folder / f"{name}.backup"
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}.backup"
    return path
