"""Encoding: parts are gathered into batches for each encoder; a file goes on when all its parts have their vectors."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import wait
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from pinakes.catalogue.jobs import FailedFile
from pinakes.encoders.base import Encoder
from pinakes.encoders.media import medium, vectors_where_read
from pinakes.encoders.trained.encoder import TrainedEncoder
from pinakes.ingest.ahead import Idle
from pinakes.ingest.events import (
    Begun,
    Decoding,
    Encoded,
    EncodedPart,
    Encoding,
    Failed,
    FileLost,
    FileRead,
    PartRead,
    ReadAtOnce,
    Step,
    ToRead,
)
from pinakes.ingest.ocr import TextReader, with_words
from pinakes.ingest.texts_beside import Answer, TextsBeside
from pinakes.media.base import DecodedPart, FileRecord
from pinakes.settings import Settings
from pinakes.threads import cores
from pinakes.types import Floats, Modality

# Texts are short beside pictures and sounds: more of them make up a batch.
_TEXTS_PER_PICTURE = 4
# A process for texts is begun for so many, and has at most so many batches to encode.
_MANY_TEXTS, _MOST_ASKED = 256, 4
_LOOK_SECONDS = 0.1


@dataclass(slots=True)
class _Part:
    part: DecodedPart
    waiting: int = 0
    vectors: dict[str, Floats] = field(default_factory=dict)


@dataclass(slots=True)
class _File:
    file: ToRead
    parts: list[_Part] = field(default_factory=list)
    waiting: int = 0
    record: FileRecord | None = None
    lost: bool = False


def _one_by_one(events: Iterable[Decoding | Idle]) -> Iterator[Step | Idle]:
    for event in events:
        if isinstance(event, ReadAtOnce):
            yield from event.events
        else:
            yield event


_Entry: TypeAlias = tuple[_File, _Part]


@dataclass(slots=True)
class _Batch:
    encoder: Encoder
    modality: Modality
    size: int
    since: float = 0.0
    entries: list[_Entry] = field(default_factory=list)
    # How many were encoded here, and who encodes the others.
    encoded: int = 0
    beside: TextsBeside | None = None
    asked: deque[tuple[list[_Entry], Answer]] = field(default_factory=deque)


def encoded(
    events: Iterable[Decoding | Idle],
    encoders: Sequence[Encoder],
    settings: Settings,
    stop: threading.Event,
    reader: TextReader | None = None,
) -> Iterator[Encoding]:
    """What was settled before, and every file with its parts and their vectors; `reader` reads words in pictures."""
    stage = _Stage(encoders, settings, stop, reader)
    try:
        for event in _one_by_one(events):
            if isinstance(event, Idle):
                yield from stage.flush(0)
            elif isinstance(event, Begun):
                stage.files[event.token] = _File(event.file)
            elif isinstance(event, PartRead):
                yield from stage.add(event.token, event.part)
            elif isinstance(event, FileRead):
                yield from stage.finish(event.token, event.record)
            elif isinstance(event, FileLost):
                yield stage.lose(event)
            else:
                yield event
            yield from stage.flush(settings.commit_seconds)
        yield from stage.flush(0)
        yield from stage.wait()
    finally:
        stage.close()


class _Stage:
    """Files that are being read, and batches that are being gathered."""

    def __init__(
        self, encoders: Sequence[Encoder], settings: Settings, stop: threading.Event, reader: TextReader | None
    ) -> None:
        self._reader = reader
        self._settings, self._stop = settings, stop
        self._beside = ExitStack()
        self.files: dict[int, _File] = {}
        self._batches: dict[Modality, list[_Batch]] = {"text": [], "image": [], "audio": []}
        for encoder in encoders:
            for modality in encoder.description.modalities:
                size = settings.encode_batch * (_TEXTS_PER_PICTURE if modality == "text" else 1)
                self._batches[modality].append(_Batch(encoder, modality, size))

    def add(self, token: int, decoded: DecodedPart) -> Iterator[Encoding]:
        """Put a part into the batches of all encoders that can take it."""
        file = self.files[token]
        if self._reader is not None:
            decoded = with_words(self._reader, decoded, [part.part for part in file.parts])
        batches = [batch for batch in self._batches[decoded.modality] if medium(decoded, batch.encoder) is not None]
        part = _Part(decoded, waiting=len(batches))
        file.parts.append(part)
        file.waiting += len(batches)
        if not batches:
            _let_go(part)
        for batch in batches:
            if not batch.entries:
                batch.since = time.monotonic()
            batch.entries.append((file, part))
            if len(batch.entries) >= batch.size:
                yield from self._run(batch)

    def finish(self, token: int, record: FileRecord) -> Iterator[Encoding]:
        """All parts of a file have been read."""
        file = self.files.pop(token)
        file.record = record
        yield from _whole(file)

    def lose(self, event: FileLost) -> Failed:
        """A file can not be read: its parts that still wait are passed over."""
        file = self.files.pop(event.token)
        file.lost = True
        candidate = file.file.candidate
        failed = FailedFile(candidate.key, candidate.size, candidate.mtime_ns, file.file.told, event.error)
        return Failed(failed)

    def flush(self, hold_seconds: float) -> Iterator[Encoding]:
        """Encode what has waited so long, and take what was encoded beside."""
        now = time.monotonic()
        for batches in self._batches.values():
            for batch in batches:
                if batch.entries and now - batch.since >= hold_seconds:
                    yield from self._run(batch)
                yield from self._answered(batch, _MOST_ASKED)

    def wait(self) -> Iterator[Encoding]:
        """Take all that is still being encoded beside."""
        for batch in self._batches["text"]:
            yield from self._answered(batch, 0)

    def close(self) -> None:
        """End what was begun beside."""
        self._beside.close()

    def _run(self, batch: _Batch) -> Iterator[Encoding]:
        entries = [(file, part) for file, part in batch.entries if not file.lost]
        batch.entries = []
        if not entries:
            return
        beside = self._working(batch)
        if beside is not None:
            batch.asked.append((entries, beside.ask([part.part.text for _, part in entries])))
            yield from self._answered(batch, _MOST_ASKED)
        else:
            # Of a file that comes twice the last version is stored last.
            yield from self._answered(batch, 0)
            yield from self._here(batch, entries)

    def _working(self, batch: _Batch) -> TextsBeside | None:
        """Who encodes texts in a process of its own, which takes a while to begin, and a core to run."""
        many = batch.beside is None and batch.modality == "text" and batch.encoded >= _MANY_TEXTS
        if many and cores() > 1 and self._settings.threads != 1:
            batch.encoded = 0
            # No other: it is opened there by its files.
            if type(batch.encoder) is TrainedEncoder:
                with suppress(OSError):
                    batch.beside = TextsBeside(batch.encoder, self._settings)
                    self._beside.callback(batch.beside.close)
                    batch.encoder.let_go("text")
        return batch.beside if batch.beside is not None and batch.beside.works else None

    def _answered(self, batch: _Batch, most: int) -> Iterator[Encoding]:
        """What was encoded beside; waits until no more than so many batches are on their way."""
        while batch.asked and (batch.asked[0][1].done() or len(batch.asked) > most):
            entries, answer = batch.asked.popleft()
            if not self._waited(batch, answer):
                return
            vectors = answer.result()
            yield from self._here(batch, entries) if vectors is None else _with_vectors(batch, entries, vectors)

    def _waited(self, batch: _Batch, answer: Answer) -> bool:
        """Wait for an answer, from a silent process no longer than from a decoder; false where all is stopped."""
        silent_at = time.monotonic() + self._settings.limits.decode_silent_seconds
        while not answer.done() and not self._stop.is_set():
            if batch.beside is not None and time.monotonic() > silent_at:
                batch.beside.give_up()
            wait([answer], _LOOK_SECONDS)
        return answer.done()

    def _here(self, batch: _Batch, entries: list[_Entry]) -> Iterator[Encoding]:
        batch.encoded += len(entries)
        media = [medium(part.part, batch.encoder) for _, part in entries]
        return _with_vectors(batch, entries, vectors_where_read(batch.encoder, batch.modality, media))


def _with_vectors(batch: _Batch, entries: list[_Entry], vectors: list[Floats]) -> Iterator[Encoding]:
    name = batch.encoder.description.name
    for (file, part), several in zip(entries, vectors, strict=True):
        if len(several):
            part.vectors[name] = several
        part.waiting -= 1
        file.waiting -= 1
        if not part.waiting:
            _let_go(part)
        yield from _whole(file)


def _let_go(part: _Part) -> None:
    part.part = replace(part.part, arrays={})


def _whole(file: _File) -> Iterator[Encoding]:
    if file.record is not None and not file.waiting and not file.lost:
        parts = tuple(EncodedPart(part.part, part.vectors) for part in file.parts)
        yield Encoded(file.file, file.record, parts)
