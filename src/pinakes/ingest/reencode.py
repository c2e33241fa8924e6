"""Encoding a library anew: the media are read again for a new space, while the old one still answers.

The new space fills in state `building`; a run that was stopped goes on where it was; at the end the new space becomes
active in one transaction, and an older one of the same encoder goes.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

import numpy as np
from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, true

from pinakes.catalogue import choices, jobs, vectors
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.certainties import forget_other_certainties
from pinakes.catalogue.collections import all_collections
from pinakes.catalogue.counters import next_generation
from pinakes.catalogue.examples import Examples, forget_others, keep, some_titles
from pinakes.catalogue.jobs import FailedFile
from pinakes.catalogue.pieces import pieces
from pinakes.catalogue.schema import codes, files, parts
from pinakes.catalogue.spaces import Space, all_spaces, change, drop
from pinakes.encoders.asking import asked, general_queries
from pinakes.encoders.base import Encoder
from pinakes.encoders.readable import ReadingEncoder
from pinakes.errors import ChangedWhileRead
from pinakes.index.local import LocalIndex
from pinakes.ingest.ahead import Ahead, Idle
from pinakes.ingest.decoding import decoded
from pinakes.ingest.encoding import encoded
from pinakes.ingest.events import Encoded, Encoding, Failed, Planned, Report, Told, ToRead
from pinakes.ingest.run import spec_for
from pinakes.ingest.spaces import new_space
from pinakes.sources.base import Refused
from pinakes.sources.revisit import revisit
from pinakes.threads import cores
from pinakes.types import Floats

_AHEAD = 32
# Seconds for which this background work waits for its turn to write.
_PATIENT = 24 * 3600.0
_AT_A_TIME = 256
# Titles of works that stand for what is asked of the library.
_TITLES = 64


@dataclass(frozen=True, slots=True)
class _Run:
    """One run, with the paths of files that gave no vector in it: they are not read once more."""

    catalogue: Catalogue
    encoder: Encoder
    job_id: int
    report: Report
    tried: set[bytes] = field(default_factory=set)


def reencode(
    catalogue: Catalogue, index: LocalIndex, encoder: Encoder, report: Report, *, beside: bool
) -> Iterator[Told]:
    """Fill the space of an encoder for all parts that it can take, then let it answer.

    The right to write is taken for each transaction alone, so that others can add meanwhile; what they add is encoded
    in another pass. With `beside`, encoders that were fetched or trained before stay too.
    """
    with catalogue.reading() as connection:
        report.expected = count_pending(connection, encoder)
    details: dict[str, object] = {"encoder": encoder.description.name, "files": report.expected}
    with catalogue.writer(_PATIENT), catalogue.writing() as connection:
        job_id = jobs.start(connection, "encode", details)
    run = _Run(catalogue, encoder, job_id, report)
    state = "interrupted"
    try:
        while True:
            before = report.parts
            with closing(_pass(run)) as told:
                yield from told
            with catalogue.writer(_PATIENT):
                with catalogue.reading() as connection:
                    left = pending(connection, encoder, 0, 1)
                if not left or report.parts == before:
                    _switch(catalogue, index, encoder, beside=beside)
                    break
        state = "done"
    except Exception as error:
        # A run in the background has nobody to tell but the record.
        state, details["error"] = "failed", str(error)
        raise
    finally:
        with catalogue.writer(_PATIENT), catalogue.writing() as connection:
            jobs.end(connection, job_id, state, details | report.as_dict())


def _pass(run: _Run) -> Generator[Told, None, None]:
    """Once through all parts that have no vector of the encoder yet."""
    stop = threading.Event()
    planned = _planned(run.catalogue, run.encoder, frozenset(run.tried))
    stream: Ahead[Encoding] = Ahead(_encoded(run.catalogue, planned, run.encoder, stop), size=_AHEAD, stop=stop)
    try:
        for told in _stored(stream, run):
            run.report.count(told)
            yield told
    finally:
        stream.close()


def _encoded(
    catalogue: Catalogue, planned: Iterator[Planned], encoder: Encoder, stop: threading.Event
) -> Iterator[Encoding]:
    settings = catalogue.settings
    with catalogue.reading() as connection:
        cleaning = {collection.cleaning for collection in all_collections(connection)}
    # Cleaning decides what an encoder sees: where collections differ in it, the media are read plain.
    spec = spec_for(settings, [encoder], cleaning.pop() if len(cleaning) == 1 else ())
    spec = replace(spec, previews=False)
    with closing(decoded(planned, spec, settings.decoders or cores(), stop)) as decoding:
        yield from encoded(decoding, [encoder], settings, stop)


def _planned(catalogue: Catalogue, encoder: Encoder, tried: frozenset[bytes]) -> Iterator[Planned]:
    """The files with a part that the encoder could take and that has no vector of it yet."""
    last = 0
    while True:
        with catalogue.reading() as connection:
            rows = pending(connection, encoder, last, _AT_A_TIME)
        if not rows:
            return
        last = rows[-1][0]
        paths = [path for _, path in rows if path not in tried]
        for offer in revisit(paths, catalogue.settings.limits):
            if isinstance(offer, Refused):
                yield Failed(FailedFile(offer.key, 0, 0, "", offer.error))
            else:
                yield ToRead(offer, "", known=True, item_key=b"")


def pending(connection: Connection, encoder: Encoder, after: int, count: int) -> list[tuple[int, bytes]]:
    """Numbers and paths of the next files with a part that the encoder could take but has not."""
    query = select(files.c.id, files.c.path).where(files.c.id > after, _lacking(connection, encoder))
    return [(number, bytes(path)) for number, path in connection.execute(query.order_by(files.c.id).limit(count))]


def count_pending(connection: Connection, encoder: Encoder) -> int:
    """How many files have a part that the encoder could take but has not."""
    return connection.scalar(select(func.count()).select_from(files).where(_lacking(connection, encoder))) or 0


def _lacking(connection: Connection, encoder: Encoder) -> ColumnElement[bool]:
    space = _space_of(connection, encoder)
    having = and_(codes.c.part_id == parts.c.id, codes.c.space_id == (space.id if space else -1))
    lacking = exists().where(
        parts.c.item_id == files.c.item_id,
        parts.c.file_id == files.c.id,
        parts.c.modality.in_(encoder.description.modalities),
        _may_be_read(encoder),
        ~exists().where(having),
    )
    return and_(files.c.state == "here", lacking)


def _may_be_read(encoder: Encoder) -> ColumnElement[bool]:
    """Texts in a language that an encoder has not learned have no vector in its space, and lack none."""
    languages = encoder.description.languages
    if not languages or not isinstance(encoder, ReadingEncoder):
        return true()
    return or_(parts.c.modality != "text", parts.c.language.in_(("", *languages)))


def _space_of(connection: Connection, encoder: Encoder) -> Space | None:
    described = encoder.description
    for space in all_spaces(connection, states=("active", "building")):
        if (space.name, space.fingerprint) == (described.name, described.fingerprint):
            return space
    return None


def _stored(stream: Iterable[Encoding | Idle], run: _Run) -> Iterator[Told]:
    """Store vectors in transactions of some thousand parts; what became of a file is told when that is durable."""
    waiting: list[Encoded | Failed] = []
    total = 0
    for thing in stream:
        if isinstance(thing, Encoded | Failed):
            waiting.append(thing)
            total += len(thing.parts) if isinstance(thing, Encoded) else 1
        if total >= run.catalogue.settings.commit_parts:
            yield from _commit(waiting, run)
            waiting, total = [], 0
    yield from _commit(waiting, run)


def _commit(waiting: Sequence[Encoded | Failed], run: _Run) -> Iterator[Told]:
    if not waiting:
        return
    name = run.encoder.description.name
    told: list[Told] = []
    lost: list[FailedFile] = []
    numbers: list[int] = []
    found: list[Floats] = []
    with run.catalogue.writer(_PATIENT), run.catalogue.writing() as connection:
        for thing in waiting:
            matched = [] if isinstance(thing, Failed) else _matching_parts(connection, thing)
            if isinstance(thing, Failed) or not matched:
                lost.append(thing.file if isinstance(thing, Failed) else _changed(thing))
                told.append(Told("failed", lost[-1].path, None, lost[-1].error))
                continue
            path = thing.file.candidate.key
            for part_id, part in zip(matched, thing.parts, strict=True):
                if name in part.vectors:
                    numbers.append(part_id)
                    found.append(part.vectors[name])
                elif part.part.modality in run.encoder.description.modalities:
                    # Silent, empty, or not to be read: decoding it once more would bring nothing.
                    run.tried.add(path)
            told.append(Told("changed", path))
        run.tried.update(one.path for one in lost)
        jobs.forget_failures(connection, [one.path for one in told if one.error is None])
        jobs.fail(connection, run.job_id, lost)
        if numbers:
            space = _space_of(connection, run.encoder) or new_space(
                connection, run.encoder, np.concatenate(found), "building"
            )
            _store_missing(connection, space, numbers, found)
        done = run.report.done + len(told)
        jobs.progress(connection, run.job_id, done, run.report.failed + len(lost))
    run.report.parts += len(numbers)
    yield from told


def _matching_parts(connection: Connection, file: Encoded) -> list[int]:
    """The stored parts of a file that was read again, if they are the same in number and kind."""
    query = (
        select(parts.c.id, parts.c.modality)
        .join(files, and_(files.c.id == parts.c.file_id, files.c.item_id == parts.c.item_id))
        .where(files.c.path == file.file.candidate.key, files.c.sha256 == file.record.sha256)
        .order_by(parts.c.position)
    )
    rows = connection.execute(query).all()
    same = [row.modality for row in rows] == [part.part.modality for part in file.parts]
    return [row.id for row in rows] if same else []


def _changed(file: Encoded) -> FailedFile:
    """A file that is not the one that was added."""
    candidate = file.file.candidate
    error = ChangedWhileRead(
        f"{os.fsdecode(candidate.key)} is not the file that was added.", "Add it again, then encode it."
    )
    return FailedFile(candidate.key, candidate.size, candidate.mtime_ns, file.file.told, error)


def _store_missing(connection: Connection, space: Space, numbers: Sequence[int], found: Sequence[Floats]) -> None:
    """Store the vectors of those parts that have none yet: another part of the same file may have had one."""
    having: set[int] = set()
    for piece in pieces(numbers):
        query = select(codes.c.part_id).where(codes.c.space_id == space.id, codes.c.part_id.in_(piece))
        having.update(connection.scalars(query))
    lacking = [(number, several) for number, several in zip(numbers, found, strict=True) if number not in having]
    if lacking:
        part_ids = [number for number, several in lacking for _ in several]
        vectors.store(connection, space, part_ids, np.concatenate([several for _, several in lacking]))


def _examples(catalogue: Catalogue, encoder: Encoder) -> Examples | None:
    """Queries as the encoder sees them, by which the scores of its space are told high or low."""
    if "text" not in encoder.description.modalities:
        return None
    with catalogue.reading() as connection:
        titles = some_titles(connection, _TITLES)
    return Examples(asked(encoder, general_queries(encoder.description.languages)), asked(encoder, titles))


def _switch(catalogue: Catalogue, index: LocalIndex, encoder: Encoder, *, beside: bool) -> None:
    """Let the filled space answer, and drop what it replaces, in one transaction; the index has both before it."""
    described = encoder.description
    found = _examples(catalogue, encoder)
    if found is not None:
        with catalogue.writing() as connection:
            keep(connection, described.fingerprint, found)
    index.prepare()
    with catalogue.writing() as connection:
        chosen = choices.encoders(connection)
        stay = {name for name in chosen if beside or choices.stays(name, described.modalities)}
        for space in all_spaces(connection, states=("active", "building")):
            older = space.name == described.name and space.fingerprint != described.fingerprint
            if older or (space.name in chosen and space.name not in stay and space.name != described.name):
                drop(connection, space.id)
        filled = _space_of(connection, encoder)
        if filled is not None and filled.state == "building":
            change(connection, filled.id, state="active")
        left = {space.fingerprint for space in all_spaces(connection)} | {described.fingerprint}
        forget_others(connection, left)
        forget_other_certainties(connection, left)
        choices.choose_encoders(connection, [name for name in chosen if name in stay] + [described.name])
        next_generation(connection)
    index.publish(finish=True)
