"""Files that a library knows already, offered once more so that they can be read again."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from pinakes.errors import ChangedWhileRead
from pinakes.limits import Limits
from pinakes.sources.archive import read_archive
from pinakes.sources.base import Candidate, Offers, Refused, archive_of, shown, unreadable


def revisit(keys: Sequence[bytes], limits: Limits) -> Offers:
    """The files of these keys where they are still there, members of an archive in one pass through it."""
    for outer, group in groupby(keys, key=archive_of):
        if outer:
            yield from _members(outer, set(group), limits)
            continue
        for key in group:
            path = Path(os.fsdecode(key))
            try:
                status = path.stat()
            except OSError as error:
                yield Refused(key, unreadable(path, error))
                continue
            yield Candidate(key, path, status.st_size, status.st_mtime_ns)


def _members(archive: bytes, keys: set[bytes], limits: Limits) -> Offers:
    left = set(keys)
    for offer in read_archive(Path(os.fsdecode(archive)), limits, wanted=lambda key, *_: key in keys):
        if offer.key in keys:
            left.discard(offer.key)
            yield offer
    for key in sorted(left):
        yield Refused(key, ChangedWhileRead(f"{shown(key)} is not in its archive any more.", "Add the archive again."))
