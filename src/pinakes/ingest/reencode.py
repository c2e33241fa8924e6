"""Encoding a library anew: the media are read again for a new space, while the old one still answers.

The new space fills in state `building`; a run that was stopped goes on where it was; at the end the new space becomes
active in one transaction, and an older one of the same encoder goes.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace

import numpy as np
from sqlalchemy import Connection, and_, exists, select

from pinakes.catalogue import choices, jobs, vectors
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.collections import all_collections
from pinakes.catalogue.counters import next_generation
from pinakes.catalogue.examples import Examples, forget_others, keep, some_titles
from pinakes.catalogue.jobs import FailedFile
from pinakes.catalogue.pieces import pieces
from pinakes.catalogue.schema import codes, files, parts
from pinakes.catalogue.spaces import Space, all_spaces, change, create, drop
from pinakes.encoders.asking import asked, general_queries
from pinakes.encoders.base import Encoder
from pinakes.encoders.hashers import default_bits, fit
from pinakes.errors import ChangedWhileRead
from pinakes.index.local import LocalIndex
from pinakes.ingest.ahead import Ahead, Idle
from pinakes.ingest.decoding import decoded
from pinakes.ingest.encoding import encoded
from pinakes.ingest.events import Encoded, Encoding, Failed, Planned, Report, Told, ToRead
from pinakes.ingest.run import spec_for
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


def reencode(
    catalogue: Catalogue, index: LocalIndex, encoder: Encoder, report: Report, *, beside: bool
) -> Iterator[Told]:
    """Fill the space of an encoder for all parts that it can take, then let it answer.

    The right to write is taken for each transaction alone, so that others can add meanwhile; what they add is encoded
    in another pass. With `beside`, encoders that were fetched or trained before stay too.
    """
    with catalogue.writer(_PATIENT), catalogue.writing() as connection:
        job_id = jobs.start(connection, "encode", {"encoder": encoder.description.name})
    state = "interrupted"
    tried: set[bytes] = set()
    try:
        while True:
            before = report.parts
            with closing(_pass(catalogue, encoder, job_id, report, tried)) as told:
                yield from told
            with catalogue.writer(_PATIENT):
                with catalogue.reading() as connection:
                    left = pending(connection, encoder, 0, 1)
                if not left or report.parts == before:
                    _switch(catalogue, index, encoder, beside=beside)
                    break
        state = "done"
    except Exception:
        state = "failed"
        raise
    finally:
        with catalogue.writer(_PATIENT), catalogue.writing() as connection:
            jobs.end(connection, job_id, state, report.as_dict())


def _pass(
    catalogue: Catalogue, encoder: Encoder, job_id: int, report: Report, tried: set[bytes]
) -> Generator[Told, None, None]:
    """Once through all parts that have no vector of the encoder yet; files in `tried` gave none before."""
    stop = threading.Event()
    planned = _planned(catalogue, encoder, frozenset(tried))
    stream: Ahead[Encoding] = Ahead(_encoded(catalogue, planned, encoder, stop), size=_AHEAD, stop=stop)
    try:
        for told in _stored(stream, catalogue, encoder, job_id, report, tried):
            report.count(told)
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
    decoding = Ahead(decoded(planned, spec, settings.decoders or cores(), stop), size=_AHEAD, stop=stop)
    try:
        yield from encoded(decoding, [encoder], settings.encode_batch, settings.commit_seconds)
    finally:
        decoding.close()


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
    space = _space_of(connection, encoder)
    having = and_(codes.c.part_id == parts.c.id, codes.c.space_id == (space.id if space else -1))
    lacking = exists().where(
        parts.c.item_id == files.c.item_id,
        parts.c.file_id == files.c.id,
        parts.c.modality.in_(encoder.description.modalities),
        ~exists().where(having),
    )
    query = select(files.c.id, files.c.path).where(files.c.id > after, files.c.state == "here", lacking)
    return [(number, bytes(path)) for number, path in connection.execute(query.order_by(files.c.id).limit(count))]


def _space_of(connection: Connection, encoder: Encoder) -> Space | None:
    described = encoder.description
    for space in all_spaces(connection, states=("active", "building")):
        if (space.name, space.fingerprint) == (described.name, described.fingerprint):
            return space
    return None


def _stored(
    stream: Iterable[Encoding | Idle],
    catalogue: Catalogue,
    encoder: Encoder,
    job_id: int,
    report: Report,
    tried: set[bytes],
) -> Iterator[Told]:
    """Store vectors in transactions of some thousand parts; what became of a file is told when that is durable."""
    waiting: list[Encoded] = []
    total = 0
    for thing in stream:
        if isinstance(thing, Encoded):
            waiting.append(thing)
            total += len(thing.parts)
        elif isinstance(thing, Failed):
            tried.add(thing.file.path)
            yield Told("failed", thing.file.path, None, thing.file.error)
        if total >= catalogue.settings.commit_parts:
            yield from _commit(waiting, catalogue, encoder, job_id, report, tried)
            waiting, total = [], 0
    yield from _commit(waiting, catalogue, encoder, job_id, report, tried)


def _commit(
    waiting: Sequence[Encoded],
    catalogue: Catalogue,
    encoder: Encoder,
    job_id: int,
    report: Report,
    tried: set[bytes],
) -> Iterator[Told]:
    if not waiting:
        return
    name = encoder.description.name
    told = []
    numbers: list[int] = []
    found: list[Floats] = []
    with catalogue.writer(_PATIENT), catalogue.writing() as connection:
        for file in waiting:
            path = file.file.candidate.key
            matched = _matching_parts(connection, file)
            for part_id, part in zip(matched, file.parts, strict=False):
                if name in part.vectors:
                    numbers.append(part_id)
                    found.append(part.vectors[name])
                elif part.part.modality in encoder.description.modalities:
                    # Silent or empty: reading it once more would bring nothing.
                    tried.add(path)
            if not matched:
                tried.add(path)
            told.append(Told("changed", path) if matched else Told("failed", path, None, _changed(path)))
        if numbers:
            space = _space_of(connection, encoder) or _new_space(connection, encoder, np.stack(found))
            _store_missing(connection, space, numbers, np.stack(found))
        jobs.progress(connection, job_id, report.done + len(told), report.failed)
    report.parts += len(numbers)
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


def _changed(path: bytes) -> ChangedWhileRead:
    return ChangedWhileRead(f"{os.fsdecode(path)} is not the file that was added.", "Add it again, then encode it.")


def _new_space(connection: Connection, encoder: Encoder, sample: Floats) -> Space:
    described = encoder.description
    hasher = fit("rotation", sample, described.metric, default_bits(described.dim))
    return create(connection, described, hasher, "building")


def _store_missing(connection: Connection, space: Space, numbers: Sequence[int], found: Floats) -> None:
    """Store the vectors of those parts that have none yet: another part of the same file may have had one."""
    having: set[int] = set()
    for piece in pieces(numbers):
        query = select(codes.c.part_id).where(codes.c.space_id == space.id, codes.c.part_id.in_(piece))
        having.update(connection.scalars(query))
    chosen = [place for place, number in enumerate(numbers) if number not in having]
    if chosen:
        vectors.store(connection, space, [numbers[place] for place in chosen], found[chosen])


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
        stay = {name for name in chosen if beside or name in choices.CLASSICAL}
        for space in all_spaces(connection, states=("active", "building")):
            older = space.name == described.name and space.fingerprint != described.fingerprint
            if older or (space.name in chosen and space.name not in stay and space.name != described.name):
                drop(connection, space.id)
        filled = _space_of(connection, encoder)
        if filled is not None and filled.state == "building":
            change(connection, filled.id, state="active")
        left = {space.fingerprint for space in all_spaces(connection)} | {described.fingerprint}
        forget_others(connection, left)
        choices.choose_encoders(connection, [name for name in chosen if name in stay] + [described.name])
        next_generation(connection)
    index.publish(finish=True)
