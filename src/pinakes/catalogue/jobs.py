"""Long work on record: what ran, how far it came, and what failed in it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from pinakes.catalogue.counters import take
from pinakes.catalogue.naming import storable
from pinakes.catalogue.pieces import pieces
from pinakes.catalogue.schema import failures, jobs
from pinakes.errors import PinakesError


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read, with the error and the way out."""

    path: bytes
    code: str
    message: str
    hint: str
    at: float


@dataclass(frozen=True, slots=True)
class Job:
    """One run of long work."""

    id: int
    kind: str
    state: str
    created: float
    ended: float | None
    done: int
    failed: int
    details: dict[str, Any]


def start(connection: Connection, kind: str, details: Mapping[str, object]) -> int:
    """Put a job on record; jobs of that kind that never ended were interrupted."""
    connection.execute(update(jobs).where(jobs.c.kind == kind, jobs.c.state == "running").values(state="interrupted"))
    number = take(connection, "job")
    connection.execute(
        insert(jobs).values(id=number, kind=kind, created=time.time(), details=json.dumps(dict(details)))
    )
    return number


def progress(connection: Connection, job_id: int, done: int, failed: int) -> None:
    """Note how far a job has come, in the transaction that stores what it did."""
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(done=done, failed=failed))


def end(connection: Connection, job_id: int, state: str, details: Mapping[str, object]) -> None:
    """Note how a job ended."""
    connection.execute(
        update(jobs)
        .where(jobs.c.id == job_id)
        .values(state=state, ended=time.time(), details=json.dumps(dict(details)))
    )


def latest(connection: Connection, kind: str) -> Job | None:
    """The last job of a kind."""
    row = connection.execute(select(jobs).where(jobs.c.kind == kind).order_by(jobs.c.id.desc()).limit(1)).first()
    if row is None:
        return None
    return Job(row.id, row.kind, row.state, row.created, row.ended, row.done, row.failed, json.loads(row.details))


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file that could not be read, as it was then."""

    path: bytes
    size: int
    mtime_ns: int
    told: str
    error: PinakesError


def fail(connection: Connection, job_id: int, failed: Sequence[FailedFile]) -> None:
    """Put failures on record; each file keeps its latest."""
    rows = {}
    for one in failed:
        rows[one.path] = {
            "path": one.path,
            "job_id": job_id,
            "size": one.size,
            "mtime_ns": one.mtime_ns,
            "told": one.told,
            "code": one.error.code,
            "message": storable(one.error.message),
            "hint": storable(one.error.hint),
            "at": time.time(),
        }
    if rows:
        for piece in pieces(list(rows)):
            connection.execute(delete(failures).where(failures.c.path.in_(piece)))
        connection.execute(insert(failures), list(rows.values()))


def forget_failures(connection: Connection, paths: Sequence[bytes]) -> None:
    """Strike files off the record that were read after all."""
    for piece in pieces(list(paths)):
        connection.execute(delete(failures).where(failures.c.path.in_(piece)))


def all_failures(connection: Connection, job_id: int | None = None) -> Iterator[Failure]:
    """The failures on record, by path."""
    query = select(failures.c.path, failures.c.code, failures.c.message, failures.c.hint, failures.c.at).order_by(
        failures.c.path
    )
    if job_id is not None:
        query = query.where(failures.c.job_id == job_id)
    for path, *rest in connection.execute(query):
        yield Failure(bytes(path), *rest)


def count_failures(connection: Connection) -> int:
    """How many files are on record as failed."""
    return connection.scalar(select(func.count()).select_from(failures)) or 0
