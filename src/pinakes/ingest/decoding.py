"""Decoding: small texts at once, everything else in the pool of children, both into one stream."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from itertools import count

from pinakes.errors import PinakesError
from pinakes.ingest.ahead import Ahead, Idle
from pinakes.ingest.events import Begun, Decoding, FileLost, FileRead, PartRead, Planned, ToRead
from pinakes.media.base import DecodedPart, DecodeSpec, FileRecord
from pinakes.media.decode import decode
from pinakes.media.sandbox import DecoderPool, FileDone, Job, PartReady, decodes_here
from pinakes.types import Place

_WAITING = 64
_HEAD = 4096


def decoded(
    planned: Iterable[Planned], spec: DecodeSpec, children: int, stop: threading.Event
) -> Iterator[Decoding | Idle]:
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
            yield Begun(token, one)
            if one.candidate.metadata_only:
                yield from _record(token, one)
            elif _small_text(one, spec):
                yield from _decoded_here(token, one, spec)
            else:
                jobs.put(Job(token, one.candidate.path))
    finally:
        jobs.put(None)


def _record(token: int, file: ToRead) -> Iterator[Decoding]:
    """A work of metadata alone is one part: what its card says."""
    fields = file.candidate.fields
    text = "\n".join(value for name in ("title", "description") for value in fields.get(name, ()))
    yield PartRead(token, DecodedPart("text", Place(), text))
    yield FileRead(token, FileRecord(""))


def _small_text(file: ToRead, spec: DecodeSpec) -> bool:
    candidate = file.candidate
    if candidate.size > spec.limits.small_text_bytes:
        return False
    try:
        with candidate.path.open("rb") as opened:
            head = opened.read(_HEAD)
    except OSError:
        return False
    return decodes_here(candidate.path, candidate.size, head, spec.limits)


def _decoded_here(token: int, file: ToRead, spec: DecodeSpec) -> Iterator[Decoding]:
    try:
        for found in decode(file.candidate.path, spec):
            if isinstance(found, DecodedPart):
                yield PartRead(token, found)
            elif isinstance(found, FileRecord):
                yield FileRead(token, found)
    except PinakesError as error:
        yield FileLost(token, error)


def _pooled(pool: DecoderPool, jobs: _Jobs) -> Iterator[Decoding]:
    for event in pool.run(jobs):
        if isinstance(event, PartReady):
            yield PartRead(event.token, event.part)
        elif isinstance(event, FileDone):
            yield FileRead(event.token, event.record)
        else:
            yield FileLost(event.token, event.error)
