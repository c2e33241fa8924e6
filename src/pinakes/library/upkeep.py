"""Looking after a library: status, checks, repair, duplicates, encoders, vectors from elsewhere."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from pinakes.catalogue import check as catalogue_check
from pinakes.catalogue import choices, collections, jobs, previews
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.check import Problem
from pinakes.catalogue.entries import part_entries, totals
from pinakes.catalogue.records import NewField, NewPart, NewWork, PartEntry
from pinakes.catalogue.schema import parts
from pinakes.catalogue.spaces import Space, all_spaces, checked, create, well_formed
from pinakes.catalogue.store import store
from pinakes.encoders.base import Description, unit_rows
from pinakes.encoders.builtin import files as builtin
from pinakes.encoders.find import version_folder
from pinakes.encoders.hashers import default_bits, fit
from pinakes.errors import BadInput, BadVector, Damaged, PinakesError, WrongSpace
from pinakes.index.documents import SEGMENT_ROWS
from pinakes.index.local import LocalIndex
from pinakes.library.encoders import ELSEWHERE, Encoders
from pinakes.library.paths import models_of
from pinakes.media.clean.duplicates import near_duplicates
from pinakes.types import METRICS, Floats, Metric, Place

_AT_A_TIME = 4_096
_READ_AGAIN = "run `pinakes check --repair`, and add its file again"


def status(catalogue: Catalogue, index: LocalIndex) -> dict[str, Any]:
    """Counts, spaces, collections and the last run."""
    snapshot = index.snapshot()
    with catalogue.reading() as connection:
        counts = totals(connection)
        found = {
            "library": str(catalogue.folder),
            "catalogue": catalogue.dialect,
            **counts,
            "collections": collections.counts(connection),
            "spaces": {space.name: space.hasher.bits for space in all_spaces(connection)},
            "building": [space.name for space in all_spaces(connection, states=("building",))],
            "failures": jobs.count_failures(connection),
            "generation": snapshot.generation,
            "segments": len(snapshot.segments),
            "last_run": _last_run(connection, catalogue),
            "encoding": _encoding(connection),
            "advice": _advice(connection, counts),
        }
    if snapshot.damage:
        found["damage"] = [str(error) for error in snapshot.damage.values()]
    return found


def _advice(connection: Connection, counts: Mapping[str, int]) -> str:
    """What would let words find pictures and sounds in a library that was made before it could."""
    joined = [space for space in all_spaces(connection, states=("active", "building")) if len(space.modalities) > 1]
    there = counts.get("image_parts", 0) or counts.get("audio_parts", 0)
    if joined or not there or not builtin.is_there() or builtin.NAME in choices.encoders(connection):
        return ""
    return f"Let words find pictures and sounds that nobody has described: pinakes models use {builtin.NAME}"


def _last_run(connection: Connection, catalogue: Catalogue) -> dict[str, Any]:
    job = jobs.latest(connection, "add")
    if job is None:
        return {}
    # What could write its end no more, as on a full disk, can not say that it does not run.
    gone = job.state == "running" and not catalogue.is_written()
    return {"state": "interrupted" if gone else job.state, "done": job.done, "failed": job.failed, **job.details}


def _encoding(connection: Connection) -> dict[str, Any]:
    """The last run that encoded the library anew, and how far it has come."""
    job = jobs.latest(connection, "encode")
    if job is None:
        return {}
    known: dict[str, Any] = {name: job.details[name] for name in ("encoder", "files", "error") if name in job.details}
    return {"state": job.state, **known, "done": job.done, "failed": job.failed}


def failures(catalogue: Catalogue) -> list[jobs.Failure]:
    """The files that could not be read, with the error and the way out."""
    with catalogue.reading() as connection:
        return list(jobs.all_failures(connection))


def check(catalogue: Catalogue, index: LocalIndex, encoders: Encoders) -> list[Problem]:
    """Everything stored that does not match its checksum or its counterpart."""
    with catalogue.reading() as connection:
        found = list(catalogue_check.problems(connection))
        in_catalogue = set(connection.scalars(select(parts.c.id)))
    rebuild = "run `pinakes check --repair`, which makes the index anew"
    found += [
        Problem(f"preview {path.relative_to(catalogue.folder)}", "does not match its checksum", _READ_AGAIN)
        for path, data in previews.each(catalogue.folder)
        if not previews.is_whole(data)
    ]
    found += _models(catalogue, encoders)
    damaged = index.check()
    found += [Problem(f"index file {name}", error.message, rebuild) for name, error in damaged.items()]
    if not damaged:
        snapshot = index.snapshot()
        indexed = set()
        for segment in snapshot.segments:
            alive = segment.parts if segment.alive_rows is None else segment.parts[segment.alive_rows]
            indexed.update(alive.tolist())
        for name, only in (("catalogue", in_catalogue - indexed), ("index", indexed - in_catalogue)):
            if only:
                found.append(Problem("index", f"{len(only)} parts are in the {name} alone", rebuild))
    return found


def repair(catalogue: Catalogue, index: LocalIndex) -> int:
    """Give up damaged vectors and make the index anew; returns how many files are to be read again."""
    with catalogue.writer():
        with catalogue.writing() as connection:
            again = catalogue_check.repair(connection)
            again += _give_up_previews(catalogue, connection)
        index.rebuild()
    return again


def _models(catalogue: Catalogue, encoders: Encoders) -> Iterator[Problem]:
    """Models that are not as they were when the library was encoded with them.

    Of those that lie elsewhere, another version is no damage, and neither is one that was removed.
    """
    encoders.forget()
    with catalogue.reading() as connection:
        spaces = [space for space in all_spaces(connection) if space.fingerprint != ELSEWHERE]
    for space in spaces:
        try:
            encoders.of_space(space)
        except PinakesError as error:
            own = version_folder(models_of(catalogue.folder), space.name, space.fingerprint)
            if isinstance(error, Damaged) or own.exists():
                yield Problem(f"model {space.name}", error.message, error.hint)


def _give_up_previews(catalogue: Catalogue, connection: Connection) -> int:
    """Delete previews that are damaged, and mark their files to be read again, which makes them anew."""
    bad = [path for path, data in previews.each(catalogue.folder) if not previews.is_whole(data)]
    for path in bad:
        path.unlink(missing_ok=True)
    return catalogue_check.read_again(connection, *previews.owners(bad)) if bad else 0


# A word more or less turns more bits of a text's signature than another size or quality does of a picture's: of
# abstracts with one changed word three bits find 42 %, six 89 %, and neither takes different ones for the same.
_ALIKE_BITS = {"image": 3, "text": 6}


def duplicates(catalogue: Catalogue, within_bits: int | None) -> list[list[PartEntry]]:
    """Groups of parts whose signatures differ in few bits; None: as few as their modality bears."""
    with catalogue.reading() as connection:
        query = select(parts.c.id, parts.c.modality, parts.c.signature).where(parts.c.signature.is_not(None))
        rows = connection.execute(query.order_by(parts.c.modality, parts.c.id)).all()
        groups: list[list[int]] = []
        for modality, alike in itertools.groupby(rows, key=lambda row: row.modality):
            found = list(alike)
            bits = _ALIKE_BITS.get(modality, 3) if within_bits is None else within_bits
            signatures = np.array([row.signature for row in found], np.int64).view(np.uint64)
            groups += _groups([row.id for row in found], near_duplicates(signatures, bits))
        entries = part_entries(connection, [number for group in groups for number in group])
    return [[entries[number] for number in group] for group in groups]


def _groups(numbers: Sequence[int], labels: Any) -> list[list[int]]:
    groups: dict[int, list[int]] = {}
    for number, label in zip(numbers, labels.tolist(), strict=True):
        groups.setdefault(label, []).append(number)
    return [group for group in groups.values() if len(group) > 1]


def add_vectors(
    catalogue: Catalogue,
    index: LocalIndex,
    name: str,
    vectors: Floats,
    titles: Sequence[str],
    metric: Metric,
    bits: int,
) -> list[int]:
    """Add works of nothing but vectors, in bounded transactions."""
    if metric not in METRICS:
        raise BadInput(f"A space's metric is one of {', '.join(METRICS)}, not {metric!r}.")
    shape = np.shape(vectors) if isinstance(vectors, np.ndarray) else ()
    if len(shape) != 2 or not all(shape):
        raise BadVector(f"Vectors must be an array of shape (n, dim), not {shape or type(vectors).__name__}.")
    if titles and len(titles) != len(vectors):
        raise BadInput(f"There are {len(vectors)} vectors but {len(titles)} titles.")
    for start in range(0, len(vectors), _AT_A_TIME):
        # All of them before the first is stored: a wrong one leaves the library as it was.
        well_formed(vectors[start : start + _AT_A_TIME], name, shape[1])
    with catalogue.writer():
        return _store_vectors(catalogue, index, name, vectors, titles, metric, bits)


def _store_vectors(
    catalogue: Catalogue,
    index: LocalIndex,
    name: str,
    vectors: Floats,
    titles: Sequence[str],
    metric: Metric,
    bits: int,
) -> list[int]:
    space, collection = _vector_space(catalogue, name, vectors, metric, bits)
    numbers: list[int] = []
    for start in range(0, len(vectors), _AT_A_TIME):
        piece = checked(vectors[start : start + _AT_A_TIME], space)
        piece = unit_rows(piece) if space.metric == "cosine" else piece
        with catalogue.writing() as connection:
            first = _next_key(connection)
            works = [
                _vector_work(space, collection, first + row, titles[start + row] if titles else "", vector)
                for row, vector in enumerate(piece)
            ]
            numbers += [stored.item_id for stored in store(connection, works, {space.id: space})]
        if len(numbers) % (2 * SEGMENT_ROWS) < _AT_A_TIME:
            index.publish()
    index.publish(finish=True)
    return numbers


def _vector_space(catalogue: Catalogue, name: str, vectors: Floats, metric: Metric, bits: int) -> tuple[Space, int]:
    described = Description(name, (), vectors.shape[1], metric, "", 0, ELSEWHERE)
    with catalogue.writing() as connection:
        sample = np.asarray(vectors[:: max(1, len(vectors) // 10_000)], np.float32)
        sample = unit_rows(sample) if metric == "cosine" else sample
        for space in all_spaces(connection):
            if space.name == name and (space.fingerprint, space.metric) != (ELSEWHERE, metric):
                raise WrongSpace(
                    f"Space {name} of this library holds other vectors, compared by {space.metric}.",
                    "Give these vectors a space of their own.",
                )
        hasher = fit("rotation", sample, metric, bits or default_bits(vectors.shape[1]))
        space = create(connection, described, hasher, "active")
        return space, collections.ensure(connection, "vectors", None, ()).id


def _next_key(connection: Connection) -> int:
    from pinakes.catalogue.counters import take

    return take(connection, "vector-work", _AT_A_TIME)


def _vector_work(space: Space, collection: int, number: int, title: str, vector: Floats) -> NewWork:
    key = b"vector:%d" % number
    part = NewPart("image", Place(), vectors={space.id: vector})
    return NewWork(key, collection, None, None, (NewField("title", title, "person"),) if title else (), (part,))
