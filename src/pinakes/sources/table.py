"""A table that lists works as a source: each row names the files of a work and says what is known of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import TypeAlias

from pinakes.errors import BadTable, PinakesError, UnsafePath
from pinakes.limits import Limits
from pinakes.media.metadata.vocabulary import RawFields, clean_fields
from pinakes.sources.base import IN_TABLE, Candidate, Offers, Refused, irregular, key_of, shown, unreadable
from pinakes.sources.columns import ADDRESS, ID, IGNORED, PATH, WORK, Columns, is_address, mapping, values_of
from pinakes.sources.rows import BadRow, Row, Rows, Table, open_table
from pinakes.types import Fields

# Rows that are looked at before the first is offered, to see which columns a table without a header has.
_LOOK_AHEAD = 100


@dataclass(slots=True)
class _Entry:
    """What one row, or several in a row with the same identity, say."""

    line: int
    # The row's own id, the work it belongs to, or the only file that it names: what makes two rows one.
    identity: str = ""
    work: str = ""
    paths: list[str] = field(default_factory=list)
    fields: dict[str, list[str]] = field(default_factory=dict)


_Entries: TypeAlias = Iterator[_Entry | BadRow]


def read_table(
    path: Path,
    chosen: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    *,
    anywhere: bool = False,
) -> Offers:
    """The files that a table lists, with the fields that it tells of them.

    `chosen` maps roles (path, address, work, id, ignore, or any field) to columns; what it leaves out is guessed from
    the columns' names. Paths are relative to the table's folder and may not lead out of it unless `anywhere` is set.
    Neighbouring rows with the same work or the same file are one.
    """
    limits = limits or Limits()
    columns = mapping(chosen or {})
    with open_table(path, limits) as table:
        rows = _checked(table, columns, shown(path.name))
        reader = _Reader(path, limits, table.line_word, anywhere=anywhere)
        for entry in _together(_entries(rows, columns, limits)):
            yield from reader.offers(entry)


def _checked(table: Table, columns: Columns, name: str) -> Rows:
    """The rows, after it is clear that the columns that were chosen exist."""
    if table.columns:
        columns.check(table.columns, name)
        return table.rows
    ahead = list(islice(table.rows, _LOOK_AHEAD))
    present = {column: None for row in ahead if isinstance(row, Row) for column in row.cells}
    if present:
        columns.check(present, name)
    return chain(ahead, table.rows)


def _entries(rows: Rows, columns: Columns, limits: Limits) -> _Entries:
    for row in rows:
        yield row if isinstance(row, BadRow) else _entry(row, columns, limits)


def _entry(row: Row, columns: Columns, limits: Limits) -> _Entry | BadRow:
    entry = _Entry(row.line)
    own_id = ""
    for column, values in row.cells.items():
        role = columns.role(column)
        longest = max(map(len, values), default=0)
        if role != IGNORED and longest > limits.max_field_chars:
            return BadRow(
                row.line,
                f"has a value of {longest:,} characters in {shown(column)}; the limit is {limits.max_field_chars:,}",
            )
        if role == PATH:
            found = [one for value in values for one in values_of(ADDRESS, value)]
            entry.paths += [value for value in found if not is_address(value)]
            entry.fields.setdefault(ADDRESS, []).extend(value for value in found if is_address(value))
        elif role == ID:
            own_id = own_id or values[0]
        elif role == WORK:
            entry.work = entry.work or values[0]
        elif role != IGNORED:
            entry.fields.setdefault(role, []).extend(one for value in values for one in values_of(role, value))
    if sum(map(len, entry.fields.values())) > limits.max_fields:
        return BadRow(row.line, f"has more than {limits.max_fields:,} values, which is the limit")
    entry.identity = own_id
    if own_id and len(entry.paths) != 1:
        entry.work = entry.work or own_id
    return entry


def _together(entries: _Entries) -> _Entries:
    """Join neighbouring rows that speak of the same work, or of the same file, into one."""
    held: _Entry | None = None
    for entry in entries:
        if isinstance(entry, _Entry) and held is not None and _same(held, entry):
            held.paths += [path for path in entry.paths if path not in held.paths]
            for name, values in entry.fields.items():
                known = held.fields.setdefault(name, [])
                known += [value for value in values if value not in known]
            continue
        if held is not None:
            yield held
            held = None
        if isinstance(entry, _Entry):
            held = entry
        else:
            yield entry
    if held is not None:
        yield held


def _same(one: _Entry, other: _Entry) -> bool:
    if one.identity or other.identity:
        return False
    if one.work or other.work:
        return one.work == other.work
    return bool(one.paths) and one.paths == other.paths


class _Reader:
    """Turns entries into offers; remembers which ids and files were there before."""

    def __init__(self, table: Path, limits: Limits, line_word: str, *, anywhere: bool) -> None:
        self._table = Path(os.path.realpath(table))
        # Texts, not paths: there may be millions of rows.
        self._inside = os.path.join(self._table.parent, "")  # noqa: PTH118
        self._key = key_of(self._table)
        self._mtime_ns = self._table.stat().st_mtime_ns
        self._limits = limits
        self._line_word = line_word
        self._anywhere = anywhere
        # Hashes, not names: a table of ten million rows must fit.
        self._ids: set[int] = set()
        self._files: set[int] = set()

    def offers(self, entry: _Entry | BadRow) -> Offers:
        """The files of an entry, or why there are none."""
        if isinstance(entry, BadRow):
            yield self._refused(entry.line, entry.problem)
            return
        if entry.identity and _seen(self._ids, entry.identity):
            yield self._refused(entry.line, f"has the id {shown(entry.identity)}, which a line before it has too")
            return
        raw: RawFields = entry.fields
        fields = clean_fields(raw, self._limits)
        if not entry.paths:
            if fields:
                yield self._metadata_alone(entry, fields)
            else:
                yield self._refused(entry.line, "says nothing: it names no file and no field")
            return
        work = self._work(entry)
        for path in entry.paths:
            yield self._file(entry.line, path, fields, work)

    def _work(self, entry: _Entry) -> str:
        """A name for the work that no other table uses; none where it is one file and nobody calls it anything."""
        name = entry.work or (entry.paths[0] if len(entry.paths) > 1 else "")
        return os.fsdecode(self._key + IN_TABLE) + name if name else ""

    def _metadata_alone(self, entry: _Entry, fields: Fields) -> Candidate:
        name = entry.work or entry.identity or f"{self._line_word} {entry.line}"
        key = self._key + IN_TABLE + name.encode("utf-8", "surrogateescape")
        return Candidate(
            key,
            self._table,
            0,
            self._mtime_ns,
            fields=fields,
            origin="table",
            work=self._work(entry),
            metadata_only=True,
        )

    def _file(self, line: int, name: str, fields: Fields, work: str) -> Candidate | Refused:
        try:
            path = self._resolved(name)
            status = os.lstat(path)
        except PinakesError as error:
            return self._refused(line, "", error)
        except (OSError, ValueError) as error:
            known = error if isinstance(error, OSError) else FileNotFoundError()
            return self._refused(line, "", unreadable(name, known))
        wrong = irregular(name, status.st_mode)
        if wrong is not None:
            return self._refused(line, "", wrong)
        key = key_of(path)
        if _seen(self._files, key):
            return self._refused(line, f"names {shown(name)}, which a line before it names too")
        return Candidate(key, path, status.st_size, status.st_mtime_ns, fields=fields, origin="table", work=work)

    def _resolved(self, name: str) -> Path:
        """The real path of a file; UnsafePath if it lies outside the table's folder."""
        path = os.path.realpath(self._inside + name) if not Path(name).is_absolute() else os.path.realpath(name)
        if "\\" in name and not os.path.lexists(path):
            # Written on Windows.
            path = os.path.realpath(self._inside + name.replace("\\", "/"))
        if not self._anywhere and not path.startswith(self._inside):
            raise UnsafePath(
                f"{shown(name)} lies outside the folder of the table.",
                "Move the table to a folder above its files, or allow that with --anywhere.",
            )
        return Path(path)

    def _refused(self, line: int, problem: str, error: PinakesError | None = None) -> Refused:
        where = f"{shown(self._table.name)}, {self._line_word} {line}"
        if error is None:
            error = BadTable(f"{where} {problem}.")
        else:
            error = type(error)(f"{where}: {error.message}", error.hint)
        return Refused(self._key + IN_TABLE + f"{self._line_word} {line}".encode(), error)


def _seen(before: set[int], what: str | bytes) -> bool:
    """Whether this came before; from now on it has."""
    known = hash(what) in before
    before.add(hash(what))
    return known
