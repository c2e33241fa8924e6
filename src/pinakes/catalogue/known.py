"""What the catalogue knows of files on disk: unchanged, moved, vanished, failed before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update

from pinakes.catalogue.checksums import sealed
from pinakes.catalogue.counters import next_generation
from pinakes.catalogue.items import refresh_titles, touch
from pinakes.catalogue.pieces import pieces
from pinakes.catalogue.schema import failures, fields, files, items
from pinakes.types import Fields


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file's row, as far as it decides whether the file is read again."""

    id: int
    item_id: int
    path: bytes
    size: int
    mtime_ns: int
    sha256: str
    told: str
    state: str
    item_key: bytes

    @property
    def is_record(self) -> bool:
        """Whether it is a row of a table and no file."""
        return not self.size and not self.sha256


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """A file that could not be read when it had this size and time."""

    size: int
    mtime_ns: int
    told: str
    code: str


# Where very many files are equally large, a moved one among them is read again.
_SAME_SIZE = 10_000
_COLUMNS = (*(files.c[name] for name in KnownFile.__slots__ if name != "item_key"), items.c.key.label("item_key"))
_SELECT = select(*_COLUMNS).join(items, files.c.item_id == items.c.id)


def by_path(connection: Connection, paths: Sequence[bytes]) -> dict[bytes, KnownFile]:
    """The known ones among some paths."""
    found: dict[bytes, KnownFile] = {}
    for piece in pieces(paths):
        for row in connection.execute(_SELECT.where(files.c.path.in_(piece))):
            found[bytes(row.path)] = KnownFile(*row)
    return found


def failed_before(connection: Connection, paths: Sequence[bytes]) -> dict[bytes, KnownFailure]:
    """The failures on record for some paths."""
    found: dict[bytes, KnownFailure] = {}
    for piece in pieces(paths):
        query = select(failures.c.path, failures.c.size, failures.c.mtime_ns, failures.c.told, failures.c.code)
        for path, *rest in connection.execute(query.where(failures.c.path.in_(piece))):
            found[bytes(path)] = KnownFailure(*rest)
    return found


def of_sizes(connection: Connection, sizes: Sequence[int]) -> dict[int, list[KnownFile]]:
    """The files of exactly these sizes: where one of them is gone from its place, it may have moved."""
    found: dict[int, list[KnownFile]] = {}
    for piece in pieces(list(dict.fromkeys(sizes))):
        for row in connection.execute(_SELECT.where(files.c.size.in_(piece)).limit(_SAME_SIZE)):
            found.setdefault(row.size, []).append(KnownFile(*row))
    return found


def companions(connection: Connection, file: KnownFile) -> list[KnownFile]:
    """The other files of a file's item."""
    return [
        KnownFile(*row)
        for row in connection.execute(_SELECT.where(files.c.item_id == file.item_id, files.c.id != file.id))
    ]


def item_of(connection: Connection, key: bytes) -> int | None:
    """The item of that key."""
    return connection.scalar(select(items.c.id).where(items.c.key == key))


def fields_by(connection: Connection, file: KnownFile, origin: str) -> Fields:
    """What a source told of a file."""
    query = select(fields.c.name, fields.c.value).where(
        fields.c.item_id == file.item_id, fields.c.file_id == file.id, fields.c.origin == origin
    )
    found: dict[str, tuple[str, ...]] = {}
    for name, value in connection.execute(query.order_by(fields.c.position)):
        found[name] = (*found.get(name, ()), value)
    return found


def moved(connection: Connection, file: KnownFile, path: bytes, mtime_ns: int, item_key: bytes, source_id: int) -> None:
    """Give a file its new path; its item stays as it is, but for its key, what brought it, and a title that was the
    file's name.
    """
    _change_file(connection, file.id, path=path, mtime_ns=mtime_ns, state="here")
    values = {"key": item_key, "state": "ready", "source_id": source_id}
    touch(connection, file.item_id, next_generation(connection), values)
    refresh_titles(connection, [file.item_id])


def touched(connection: Connection, file: KnownFile, mtime_ns: int) -> None:
    """A file has a new time but the same content, or is back where it was."""
    _change_file(connection, file.id, mtime_ns=mtime_ns, state="here")
    if file.state != "here":
        touch(connection, file.item_id, next_generation(connection), {"state": "ready"})


def below(prefix: bytes) -> ColumnElement[bool]:
    """The files whose path begins so."""
    return and_(files.c.path >= prefix, files.c.path < prefix[:-1] + bytes([prefix[-1] + 1]))


def of_source(source_id: int) -> ColumnElement[bool]:
    """The files of the items that a source brought."""
    return items.c.source_id == source_id


def mark_vanished(
    connection: Connection,
    where: ColumnElement[bool],
    still_there: Callable[[KnownFile], bool],
    batch: int = 1_000,
) -> int:
    """Mark those of some files that are there no more; returns how many are newly gone."""
    last = b""
    count = 0
    while True:
        query = _SELECT.where(where, files.c.path > last)
        rows = [KnownFile(*row) for row in connection.execute(query.order_by(files.c.path).limit(batch))]
        if not rows:
            return count
        last = bytes(rows[-1].path)
        gone = [row for row in rows if row.state == "here" and not still_there(row)]
        count += len(gone)
        _mark(connection, gone)


def _mark(connection: Connection, gone: Iterable[KnownFile]) -> None:
    item_ids = []
    for row in gone:
        _change_file(connection, row.id, state="vanished")
        item_ids.append(row.item_id)
    if not item_ids:
        return
    generation = next_generation(connection)
    for item_id in dict.fromkeys(item_ids):
        here = connection.scalar(select(files.c.id).where(files.c.item_id == item_id, files.c.state == "here").limit(1))
        if here is None:
            touch(connection, item_id, generation, {"state": "missing"})


def _change_file(connection: Connection, file_id: int, **values: object) -> None:
    row = dict(connection.execute(select(files).where(files.c.id == file_id)).mappings().one()) | values
    connection.execute(update(files).where(files.c.id == file_id).values(sealed(files, row)))


def forget_vanished_failures(connection: Connection, paths: Sequence[bytes]) -> None:
    """Drop the failures of files that are no more."""
    for piece in pieces(paths):
        connection.execute(delete(failures).where(failures.c.path.in_(piece)))
