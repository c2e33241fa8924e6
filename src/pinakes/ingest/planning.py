"""Planning: which files must be read, and which are as they were, were touched, have moved, or failed before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.entries import totals
from pinakes.catalogue.jobs import FailedFile
from pinakes.catalogue.known import (
    KnownFailure,
    KnownFile,
    by_path,
    companions,
    failed_before,
    fields_by,
    item_of,
    of_sizes,
)
from pinakes.errors import Unreadable
from pinakes.ingest.events import Failed, Moved, Planned, Seen, ToRead, Unchanged
from pinakes.ingest.presence import on_disk
from pinakes.ingest.works import work_key
from pinakes.limits import MIB
from pinakes.sources.base import Candidate, Origin, Refused, shown

_AT_A_TIME = 256
_MOST_UNPACKED = 64 * MIB
_BLOCK = 1 << 20
TABLE: Origin = "table"


def plan(found: Iterable[Candidate | Refused], catalogue: Catalogue, *, retry: bool = False) -> Iterator[Planned]:
    """What is to be done with each file that a source offers."""
    with catalogue.reading() as connection:
        empty = totals(connection)["files"] == 0
    offered = iter(found)
    moves = Moves(catalogue)
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
                yield _known(one, known[one.key], catalogue)
            elif one.key in failed and not retry and _same_failure(one, failed[one.key]):
                yield _failed_again(one, failed[one.key])
            else:
                yield moves.of(one, same_size.get(one.size, ())) or _new(one)


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
    """Who says something of a file beside the file itself, and a hash of what is said."""
    if not candidate.origin:
        return ""
    said = json.dumps(sorted(candidate.fields.items()))
    sum_of_it = hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{candidate.origin}:{sum_of_it}"


def _known(candidate: Candidate, known: KnownFile, catalogue: Catalogue) -> Planned:
    said = told(candidate)
    same_words = says_the_same(candidate, known)
    # Who says nothing of works leaves a file in the one that it has.
    key = work_key(candidate) if candidate.work and not _table_stands(candidate, known) else known.item_key
    same = known.size == candidate.size and same_words and key == known.item_key
    if same and known.mtime_ns == candidate.mtime_ns:
        return Unchanged(candidate.key) if known.state == "here" else Seen(known, candidate.mtime_ns)
    if same and (candidate.metadata_only or _same_content(candidate, known)):
        return Seen(known, candidate.mtime_ns)
    if _table_stands(candidate, known):
        with catalogue.reading() as connection:
            words = fields_by(connection, known, TABLE)
        candidate = replace(candidate, fields={**candidate.fields, **words}, origin=TABLE)
        said = known.told
    return ToRead(candidate, said, known=True, item_key=key)


def says_the_same(candidate: Candidate, known: KnownFile) -> bool:
    """Whether nothing new is said of a file."""
    return known.told == told(candidate) or _table_stands(candidate, known)


def _table_stands(candidate: Candidate, known: KnownFile) -> bool:
    """What a table says of a file stands until a table says something else: a walk over its folder says less."""
    return known.told.startswith(TABLE) and candidate.origin != TABLE


def _same_content(candidate: Candidate, known: KnownFile) -> bool:
    return bool(known.sha256) and content_hash(candidate.path) == known.sha256


def _same_failure(candidate: Candidate, failed: KnownFailure) -> bool:
    same_file = (failed.size, failed.mtime_ns) == (candidate.size, candidate.mtime_ns)
    return same_file and failed.told == told(candidate)


def _failed_again(candidate: Candidate, failed: KnownFailure) -> Failed:
    name = shown(candidate.key)
    error = Unreadable(
        f"{name} failed before ({failed.code}) and has not changed.", "Mend it, or read it again with --retry."
    )
    return Failed(FailedFile(candidate.key, candidate.size, candidate.mtime_ns, failed.told, error), again=True)


def _new(candidate: Candidate) -> Planned:
    return ToRead(candidate, told(candidate), known=False, item_key=work_key(candidate))


class Moves:
    """Finds files that were known elsewhere and are gone from there; each is found once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._found: set[int] = set()

    def of(self, candidate: Candidate, same_size: Sequence[KnownFile]) -> Moved | None:
        """The known file that lies here now, if there is one."""
        if candidate.metadata_only:
            return None
        gone = [known for known in same_size if known.id not in self._found and not on_disk(known)]
        # Of equal files the one that has kept its name.
        gone.sort(key=lambda known: _name(known.path) != _name(candidate.key))
        content = content_hash(candidate.path) if gone else ""
        for known in gone:
            if content and known.sha256 == content and says_the_same(candidate, known):
                key = self._key_after(candidate, known)
                if key:
                    self._found.add(known.id)
                    return Moved(known, candidate.key, candidate.mtime_ns, key)
        return None

    def _key_after(self, candidate: Candidate, known: KnownFile) -> bytes:
        """What identifies the file's work after the move; nothing where it comes to another work."""
        alone = known.item_key == known.path
        if not candidate.work:
            return candidate.key if alone else known.item_key
        if alone:
            return b""
        key = work_key(candidate)
        with self._catalogue.reading() as connection:
            stay = any(on_disk(other) for other in companions(connection, known))
            taken = item_of(connection, key) not in (None, known.item_id)
        return b"" if stay or taken else key


def _name(path: bytes) -> bytes:
    return path.rpartition(b"/")[2]


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
