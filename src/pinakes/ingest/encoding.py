"""Encoding: parts are gathered into batches for each encoder; a file goes on when all its parts have their vectors."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from pinakes.catalogue.jobs import FailedFile
from pinakes.encoders.base import Encoder
from pinakes.encoders.media import is_for, medium, vectors_of
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
    ToRead,
)
from pinakes.ingest.ocr import TextReader, with_words
from pinakes.media.base import DecodedPart, FileRecord
from pinakes.types import Floats, Modality

# Texts are short beside pictures and sounds: more of them make up a batch.
_TEXTS_PER_PICTURE = 4


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


@dataclass(slots=True)
class _Batch:
    encoder: Encoder
    modality: Modality
    size: int
    since: float = 0.0
    entries: list[tuple[_File, _Part]] = field(default_factory=list)


def encoded(
    events: Iterable[Decoding | Idle],
    encoders: Sequence[Encoder],
    batch_size: int,
    hold_seconds: float,
    reader: TextReader | None = None,
) -> Iterator[Encoding]:
    """What was settled before, and every file with its parts and their vectors; `reader` reads words in pictures."""
    stage = _Stage(encoders, batch_size, reader)
    for event in events:
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
        yield from stage.flush(hold_seconds)
    yield from stage.flush(0)


class _Stage:
    """Files that are being read, and batches that are being gathered."""

    def __init__(self, encoders: Sequence[Encoder], batch_size: int, reader: TextReader | None) -> None:
        self._reader = reader
        self.files: dict[int, _File] = {}
        self._batches: dict[Modality, list[_Batch]] = {"text": [], "image": [], "audio": []}
        for encoder in encoders:
            for modality in encoder.description.modalities:
                size = batch_size * (_TEXTS_PER_PICTURE if modality == "text" else 1)
                self._batches[modality].append(_Batch(encoder, modality, size))

    def add(self, token: int, decoded: DecodedPart) -> Iterator[Encoding]:
        """Put a part into the batches of all encoders that can take it."""
        file = self.files[token]
        if self._reader is not None:
            decoded = with_words(self._reader, decoded, [part.part for part in file.parts])
        batches = [batch for batch in self._batches[decoded.modality] if is_for(decoded, batch.encoder)]
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
        """Encode what has waited so long."""
        now = time.monotonic()
        for batches in self._batches.values():
            for batch in batches:
                if batch.entries and now - batch.since >= hold_seconds:
                    yield from self._run(batch)

    def _run(self, batch: _Batch) -> Iterator[Encoding]:
        entries = [(file, part) for file, part in batch.entries if not file.lost]
        batch.entries = []
        if not entries:
            return
        name = batch.encoder.description.name
        media = [medium(part.part, batch.encoder) for _, part in entries]
        for (file, part), several in zip(entries, vectors_of(batch.encoder, batch.modality, media), strict=True):
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
