"""A folder as a source: walked lazily, folder by folder, in the order of names, without following links."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from pinakes.errors import BadInput, ChangedWhileRead, NotFound, UnsafePath
from pinakes.limits import Limits
from pinakes.sources.base import Candidate, Offers, Origin, Refused, irregular, key_of, shown, unreadable
from pinakes.sources.sidecar import find_sidecars, merged_sidecars, stem_of
from pinakes.types import Fields

# What systems and programs leave in folders; names that begin with a dot are hidden and skipped as well.
LITTER_NAMES = frozenset(
    {
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        "icon\r",
        "__macosx",
        "@eadir",
        "$recycle.bin",
        "system volume information",
        "lost+found",
    }
)
# Files that an office program holds open, and downloads that are not complete.
LITTER_PREFIXES = ("~$",)
LITTER_SUFFIXES = (".crdownload", ".part", ".partial", ".download", "~")


def is_litter(name: str) -> bool:
    """Whether a file or folder of that name is passed over without a word."""
    low = name.lower()
    return low.startswith((".", *LITTER_PREFIXES)) or low in LITTER_NAMES or low.endswith(LITTER_SUFFIXES)


def is_library(names: Iterable[str]) -> bool:
    """Whether a folder with such names in it is a library of ours, which is passed over: it holds no works."""
    return {"writer.lock", "index"} <= set(names)


def walk(root: Path, limits: Limits | None = None, *, pair_stems: bool = False) -> Offers:
    """All files under a folder, or the one file that `root` is; with `pair_stems` files of one stem are one work.

    Of links none is followed: what they point to under the root is met under its own name, and what lies outside is
    refused. The root itself may be a link.
    """
    limits = limits or Limits()
    try:
        real = Path(os.path.realpath(root, strict=True))
        is_folder = real.is_dir()
    except (OSError, ValueError) as error:
        raise NotFound(f"{shown(key_of(root))} is not there.") from error
    if not is_folder:
        yield from _single(real, limits)
        return
    waiting = [str(real)]
    while waiting:
        folder = waiting.pop()
        try:
            entries = _entries(folder)
        except FileNotFoundError:
            yield Refused(key_of(folder), ChangedWhileRead(f"{shown(key_of(folder))} vanished while it was walked."))
            continue
        except OSError as error:
            yield Refused(key_of(folder), unreadable(folder, error))
            continue
        if is_library(entry.name for entry in entries):
            continue
        yield from _files(folder, entries, real, limits, pair_stems=pair_stems)
        # Backwards, because the last is taken first.
        waiting.extend(entry.path for entry in reversed(entries) if entry.is_dir(follow_symlinks=False))


def count(root: Path) -> int:
    """How many files a walk may offer, for a progress bar: quickly, without looking at them."""
    if not root.is_dir():
        return int(root.exists())
    total = 0
    waiting = [os.fspath(root)]
    while waiting:
        try:
            entries = _entries(waiting.pop())
        except OSError:
            continue
        if is_library(entry.name for entry in entries):
            continue
        waiting += [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
        total += sum(entry.is_file(follow_symlinks=False) for entry in entries)
    return total


def _entries(folder: str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        kept = [entry for entry in entries if not is_litter(entry.name)]
    # By bytes, so that the order is the same everywhere and any name can be compared.
    kept.sort(key=lambda entry: os.fsencode(entry.name))
    return kept


def _files(folder: str, entries: list[os.DirEntry[str]], root: Path, limits: Limits, *, pair_stems: bool) -> Offers:
    names = [entry.name for entry in entries if not entry.is_dir(follow_symlinks=False)]
    sidecars = find_sidecars(names)
    taken = {name for found in sidecars.values() for name in found}
    stems: dict[str, int] = {}
    if pair_stems:
        for name in names:
            if name not in taken:
                stems[stem_of(name)] = stems.get(stem_of(name), 0) + 1
    for entry in entries:
        if entry.name in taken or entry.is_dir(follow_symlinks=False):
            continue
        if entry.is_symlink():
            yield from _link(entry.path, root)
            continue
        beside = tuple(Path(folder, name) for name in sidecars.get(entry.name, ()))
        if entry.name.lower().endswith(".xmp"):
            yield Refused(key_of(entry.path), _belongs_to_none(entry.path))
            continue
        stem = stem_of(entry.name)
        work = os.path.join(folder, stem) if stems.get(stem, 0) > 1 else ""  # noqa: PTH118 -- a string, not a path
        yield from _offer(entry, beside, work, limits)


def _single(path: Path, limits: Limits) -> Offers:
    """One file that was named by itself, whatever its name, with the sidecars that it has in its folder."""
    with os.scandir(path.parent) as entries:
        files = {entry.name: entry for entry in entries if not entry.is_dir(follow_symlinks=False)}
    if path.name not in files:
        yield Refused(key_of(path), ChangedWhileRead(f"{shown(key_of(path))} vanished while it was looked at."))
        return
    beside = find_sidecars(list(files)).get(path.name, ())
    yield from _offer(files[path.name], tuple(path.with_name(name) for name in beside), "", limits)


def _offer(entry: os.DirEntry[str], sidecars: tuple[Path, ...], work: str, limits: Limits) -> Offers:
    key = key_of(entry.path)
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        yield Refused(key, unreadable(entry.path, error))
        return
    refusal = irregular(entry.path, status.st_mode)
    if refusal is not None:
        yield Refused(key, refusal)
        return
    fields: Fields = {}
    if sidecars:
        fields, failures = merged_sidecars(sidecars, limits)
        for path, failure in failures:
            yield Refused(key_of(path), failure)
    origin: Origin = "sidecar" if sidecars else ""
    yield Candidate(key, Path(entry.path), status.st_size, status.st_mtime_ns, fields=fields, origin=origin, work=work)


def _belongs_to_none(path: str) -> BadInput:
    return BadInput(
        f"{shown(key_of(path))} is metadata that belongs to no one file.",
        "Name it after its file with the suffix .xmp behind, such as photo.jpg.xmp.",
    )


def _link(path: str, root: Path) -> Offers:
    target = Path(os.path.realpath(path))
    if not target.exists():
        yield Refused(key_of(path), unreadable(path, FileNotFoundError()))
    elif not target.is_relative_to(root):
        yield Refused(
            key_of(path),
            UnsafePath(
                f"{shown(key_of(path))} is a link that leads out of the folder; links are not followed.",
                "Add the place to which it points.",
            ),
        )
