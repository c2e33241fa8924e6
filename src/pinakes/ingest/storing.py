"""Storing: what is ready goes into the catalogue, some thousand parts a transaction, and then into the index."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import Connection

from pinakes.catalogue import jobs, known, previews
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.records import NewWork, Stored
from pinakes.catalogue.spaces import Space
from pinakes.catalogue.store import store
from pinakes.encoders.base import Encoder
from pinakes.index.documents import SEGMENT_ROWS
from pinakes.index.local import LocalIndex
from pinakes.ingest.ahead import Idle
from pinakes.ingest.annotate import Annotator
from pinakes.ingest.events import Encoded, Encoding, Failed, Moved, Report, Seen, Settled, Told, Unchanged
from pinakes.ingest.spaces import new_space
from pinakes.ingest.works import work_of

# From so many rows on a process for the index, which takes half a second to begin, is worth it.
_WORTH_A_PROCESS = SEGMENT_ROWS // 4


@dataclass(frozen=True, slots=True)
class Target:
    """Where works go."""

    catalogue: Catalogue
    index: LocalIndex
    encoders: Mapping[str, Encoder]
    collection_id: int
    source_id: int
    job_id: int
    annotator: Annotator


@dataclass(slots=True)
class _Waiting:
    """What the next transaction will store."""

    files: list[Encoded] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    paths: set[bytes] = field(default_factory=set)
    parts: int = 0
    since: float = 0.0


def stored(
    stream: Iterable[Encoding | Idle], target: Target, spaces: dict[str, Space], report: Report
) -> Generator[Told, None, None]:
    """Store everything; what became of a file is told when that is durable. Closing it early stores what waits."""
    settings = target.catalogue.settings
    waiting = _Waiting()
    unpublished = 0
    try:
        for thing in stream:
            if isinstance(thing, Encoded) and thing.file.candidate.key in waiting.paths:
                yield from _commit(waiting, target, spaces, report)
            if not isinstance(thing, Idle):
                _wait(waiting, thing)
            due = time.monotonic() - waiting.since >= settings.commit_seconds
            if waiting.parts >= settings.commit_parts or (due and (waiting.files or waiting.settled)):
                unpublished += waiting.parts
                yield from _commit(waiting, target, spaces, report)
                if unpublished >= SEGMENT_ROWS:
                    target.index.publish_beside()
                    unpublished = 0
        unpublished += waiting.parts
        yield from _commit(waiting, target, spaces, report)
        if unpublished >= _WORTH_A_PROCESS:
            # While it is looked for what has vanished.
            target.index.publish_beside()
    finally:
        for told in _commit(waiting, target, spaces, report):
            report.count(told)


def _wait(waiting: _Waiting, thing: Encoding) -> None:
    if not waiting.files and not waiting.settled:
        waiting.since = time.monotonic()
    if isinstance(thing, Encoded):
        waiting.files.append(thing)
        waiting.paths.add(thing.file.candidate.key)
        waiting.parts += max(1, len(thing.parts))
    else:
        waiting.settled.append(thing)


def _commit(waiting: _Waiting, target: Target, spaces: dict[str, Space], report: Report) -> Iterator[Told]:
    """One transaction for all that waits; it is told only after the transaction is durable."""
    files, settled, parts = waiting.files, waiting.settled, waiting.parts
    waiting.files, waiting.settled, waiting.paths, waiting.parts = [], [], set(), 0
    if not files and not settled:
        return
    if not files and all(isinstance(one, Unchanged) for one in settled):
        yield from (_told(one) for one in settled)
        return
    target.catalogue.check_space()
    files = [target.annotator.annotated(file) for file in files]
    with target.catalogue.writing() as connection:
        _make_spaces(connection, files, target.encoders, spaces)
        works = [work_of(file, target.collection_id, target.source_id, spaces) for file in files]
        numbers = store(connection, works, {space.id: space for space in spaces.values()})
        _settle(connection, settled, target)
        jobs.progress(connection, target.job_id, report.done + len(files) + len(settled), report.failed)
        # Before the commit: what is stored is never read again, so that its previews must be there.
        _save_previews(target.catalogue, works, numbers)
    previews.forget(target.catalogue.folder, [part_id for number in numbers for part_id in number.gone_ids], [])
    report.parts += parts
    for file, number in zip(files, numbers, strict=True):
        yield Told("changed" if file.file.known else "added", file.file.candidate.key, number.item_id)
    yield from (_told(one) for one in settled)


def _make_spaces(
    connection: Connection, files: Sequence[Encoded], encoders: Mapping[str, Encoder], spaces: dict[str, Space]
) -> None:
    """Spaces for encoders whose first vectors these are; their hashers learn from them."""
    for name, encoder in encoders.items():
        if name in spaces:
            continue
        vectors = [part.vectors[name] for file in files for part in file.parts if name in part.vectors]
        if vectors:
            spaces[name] = new_space(connection, encoder, np.concatenate(vectors), "active")


def _settle(connection: Connection, settled: Sequence[Settled], target: Target) -> None:
    failed = []
    for one in settled:
        if isinstance(one, Seen):
            known.touched(connection, one.known, one.mtime_ns)
        elif isinstance(one, Moved):
            known.moved(connection, one.known, one.path, one.mtime_ns, one.item_key, target.source_id)
        elif isinstance(one, Failed) and not one.again:
            failed.append(one.file)
    jobs.fail(connection, target.job_id, failed)


def _told(one: Settled) -> Told:
    if isinstance(one, Unchanged):
        return Told("unchanged", one.path)
    if isinstance(one, Seen):
        return Told("seen", one.known.path, one.known.item_id)
    if isinstance(one, Moved):
        return Told("moved", one.path, one.known.item_id)
    return Told("failed", one.file.path, None, one.file.error)


def _save_previews(catalogue: Catalogue, works: Sequence[NewWork], numbers: Sequence[Stored]) -> None:
    by_file = {number.file_id: work.preview for work, number in zip(works, numbers, strict=True)}
    by_part = {
        part_id: part.preview
        for work, number in zip(works, numbers, strict=True)
        for part, part_id in zip(work.parts, number.part_ids, strict=True)
    }
    previews.save_all(catalogue.folder, by_part, by_file)
