"""Decoding: small texts at once, everything else in the pool of children, both into one stream."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable, Iterator
from itertools import count

from pinakes.errors import PinakesError
from pinakes.ingest.ahead import Ahead, Idle
from pinakes.ingest.events import Begun, Decoding, FileLost, FileRead, PartRead, Planned, ReadAtOnce, ToRead
from pinakes.media.base import DecodedPart, DecodeSpec, FileRecord, StillGoing
from pinakes.media.decode import decode_opened
from pinakes.media.opening import hold_regular
from pinakes.media.sandbox import DecoderPool, FileDone, Job, PartReady, is_plain, is_small_text
from pinakes.types import Place

_WAITING = 64
_HEAD = 4096


def decoded(
    planned: Iterable[Planned], spec: DecodeSpec, children: int, stop: threading.Event
) -> Generator[Decoding | Idle, None, None]:
    """What was settled by planning, and the parts of every file that is read."""
    jobs = _Jobs(stop)
    with DecoderPool(spec, children) as pool:
        lanes: Ahead[Decoding] = Ahead(_here(planned, spec, jobs), _pooled(pool, jobs), size=_WAITING // 2, stop=stop)
        try:
            yield from lanes
        finally:
            lanes.close()


class _Jobs:
    """Hands jobs from the planning lane to the pool, a bounded number at a time."""

    def __init__(self, stop: threading.Event) -> None:
        self._queue: queue.Queue[Job | None] = queue.Queue(_WAITING)
        self._stop = stop

    def put(self, job: Job | None) -> None:
        while not self._stop.is_set():
            try:
                return self._queue.put(job, timeout=0.1)
            except queue.Full:
                continue
        return None

    def __iter__(self) -> Iterator[Job]:
        while not self._stop.is_set():
            try:
                job = self._queue.get(timeout=0.1)
            except queue.Empty:
                continue
            if job is None:
                return
            yield job


def _here(planned: Iterable[Planned], spec: DecodeSpec, jobs: _Jobs) -> Iterator[Decoding]:
    """The planning lane: passes on what is settled, decodes small texts itself, and sends the rest to the pool."""
    tokens = count(1)
    try:
        for one in planned:
            if not isinstance(one, ToRead):
                yield one
                continue
            token = next(tokens)
            if one.candidate.metadata_only:
                yield ReadAtOnce((Begun(token, one), *_record(token, one)))
            elif is_small_text(one.candidate.path, one.candidate.size, spec.limits):
                yield from _here_or_there(token, one, spec, jobs)
            else:
                yield Begun(token, one)
                jobs.put(Job(token, one.candidate.path))
    finally:
        jobs.put(None)


def _record(token: int, file: ToRead) -> tuple[PartRead, FileRead]:
    """A work of metadata alone is one part: what its card says."""
    fields = file.candidate.fields
    text = "\n".join(value for name in ("title", "description") for value in fields.get(name, ()))
    return PartRead(token, DecodedPart("text", Place(), text)), FileRead(token, FileRecord(""))


def _here_or_there(token: int, file: ToRead, spec: DecodeSpec, jobs: _Jobs) -> Iterator[Decoding]:
    """A small file that is a plain text by its name: decoded here, unless its content says otherwise."""
    begun = Begun(token, file)
    try:
        held = hold_regular(file.candidate.path, spec.limits)
        # It may have grown since the folder was walked.
        if held is None or not is_plain(held.file.read(_HEAD)):
            yield begun
            jobs.put(Job(token, file.candidate.path))
            return
        read = [_event(token, found) for found in decode_opened(held, spec) if not isinstance(found, StillGoing)]
    except PinakesError as error:
        yield ReadAtOnce((begun, FileLost(token, error)))
    else:
        yield ReadAtOnce((begun, *read))


def _event(token: int, found: DecodedPart | FileRecord) -> PartRead | FileRead:
    return PartRead(token, found) if isinstance(found, DecodedPart) else FileRead(token, found)


def _pooled(pool: DecoderPool, jobs: _Jobs) -> Iterator[Decoding]:
    for event in pool.run(jobs):
        if isinstance(event, PartReady):
            yield PartRead(event.token, event.part)
        elif isinstance(event, FileDone):
            yield FileRead(event.token, event.record)
        else:
            yield FileLost(event.token, event.error)
