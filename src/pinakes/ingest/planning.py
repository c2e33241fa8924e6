"""Planning: which files must be read, and which are as they were, were touched, have moved, or failed before."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.entries import totals
from pinakes.catalogue.jobs import FailedFile
from pinakes.catalogue.known import KnownFailure, KnownFile, by_path, exists, failed_before, of_sizes
from pinakes.errors import Unreadable
from pinakes.ingest.events import Failed, Moved, Planned, Seen, ToRead, Unchanged
from pinakes.limits import MIB
from pinakes.sources.base import Candidate, Refused

_AT_A_TIME = 256
_MOST_UNPACKED = 64 * MIB
_BLOCK = 1 << 20
_TABLE, _SIDECAR = "table", "sidecar"


def plan(found: Iterable[Candidate | Refused], catalogue: Catalogue, *, retry: bool = False) -> Iterator[Planned]:
    """What is to be done with each file that a source offers."""
    with catalogue.reading() as connection:
        empty = totals(connection)["files"] == 0
    offered = iter(found)
    while batch := _batch(offered):
        candidates = [one for one in batch if isinstance(one, Candidate)]
        keys = [one.key for one in candidates]
        with catalogue.reading() as connection:
            known = by_path(connection, keys)
            failed = failed_before(connection, keys)
            new = [] if empty else [one.size for one in candidates if one.key not in known]
            same_size = of_sizes(connection, new) if new else {}
        for one in batch:
            if isinstance(one, Refused):
                yield Failed(FailedFile(one.key, 0, 0, "", one.error))
            elif one.key in known:
                yield _known(one, known[one.key])
            elif one.key in failed and not retry and _same_failure(one, failed[one.key]):
                yield _failed_again(one, failed[one.key])
            else:
                yield _new(one, same_size.get(one.size, ()))


def _batch(offered: Iterator[Candidate | Refused]) -> list[Candidate | Refused]:
    """The next files to be looked up together; members of archives lie unpacked meanwhile, so that they are bounded."""
    batch: list[Candidate | Refused] = []
    unpacked = 0
    for one in offered:
        batch.append(one)
        unpacked += one.size if isinstance(one, Candidate) and one.member else 0
        if len(batch) >= _AT_A_TIME or unpacked >= _MOST_UNPACKED:
            break
    return batch


def told(candidate: Candidate) -> str:
    """Who says something of a file beside the file itself, and a hash of it: its fields, its sidecars, its work."""
    if not candidate.fields and not candidate.sidecars and not candidate.work:
        return ""
    sidecars = [(os.fsencode(path).hex(), path.stat().st_mtime_ns) for path in candidate.sidecars if path.exists()]
    said = json.dumps([sorted(candidate.fields.items()), sidecars, candidate.work])
    sum_of_it = hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{_SIDECAR if candidate.sidecars or not candidate.fields else _TABLE}:{sum_of_it}"


def _known(candidate: Candidate, known: KnownFile) -> Planned:
    said = told(candidate)
    # What a table says of a file stands until a table says something else: a walk over its folder says less.
    same_words = known.told == said or (known.told.startswith(_TABLE) and not said.startswith(_TABLE))
    same_size = known.size == candidate.size and same_words
    if same_size and known.mtime_ns == candidate.mtime_ns:
        return Unchanged(candidate.key) if known.state == "here" else Seen(known, candidate.mtime_ns)
    if same_size and (candidate.metadata_only or _same_content(candidate, known)):
        return Seen(known, candidate.mtime_ns)
    return ToRead(candidate, said, known=True)


def _same_content(candidate: Candidate, known: KnownFile) -> bool:
    return bool(known.sha256) and content_hash(candidate.path) == known.sha256


def _same_failure(candidate: Candidate, failed: KnownFailure) -> bool:
    same_file = (failed.size, failed.mtime_ns) == (candidate.size, candidate.mtime_ns)
    return same_file and failed.told == told(candidate)


def _failed_again(candidate: Candidate, failed: KnownFailure) -> Failed:
    name = os.fsdecode(candidate.key)
    error = Unreadable(
        f"{name} failed before ({failed.code}) and has not changed.", "Mend it, or read it again with --retry."
    )
    return Failed(FailedFile(candidate.key, candidate.size, candidate.mtime_ns, failed.told, error), again=True)


def _new(candidate: Candidate, same_size: Sequence[KnownFile]) -> Planned:
    """A file that lies where none was known: new, or one that is gone from where it was."""
    gone = [known for known in same_size if not exists(known.path)] if not candidate.metadata_only else []
    if gone:
        content = content_hash(candidate.path)
        for known in gone:
            if content and known.sha256 == content and known.told == told(candidate):
                return Moved(known, candidate.key, candidate.mtime_ns)
    return ToRead(candidate, told(candidate), known=False)


def content_hash(path: Path) -> str:
    """SHA-256 of a file's bytes; empty where it can not be read."""
    hasher = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                hasher.update(block)
    except OSError:
        return ""
    return hasher.hexdigest()
