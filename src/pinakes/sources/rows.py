"""Rows of tables, one at a time with their line: CSV and TSV, JSON Lines, Parquet; what can not be read is told."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from pinakes.errors import BadTable, MissingExtra
from pinakes.limits import Limits
from pinakes.media.encoding import detect
from pinakes.media.foreign import reason
from pinakes.media.opening import open_regular
from pinakes.media.textual import mark_of
from pinakes.sources.base import shown
from pinakes.sources.cells import restore
from pinakes.sources.sidecar import flat

SAMPLE_BYTES = 64 << 10
_DELIMITERS = ",\t;|"
_BATCH_ROWS = 256


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row by column, several values where the format has lists, and the line on which it begins."""

    line: int
    cells: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that can not be read."""

    line: int
    problem: str


Rows: TypeAlias = Iterator[Row | BadRow]


@dataclass(frozen=True, slots=True)
class Table:
    """A table being read: its columns, if it tells them before the rows, its rows, and what a line is called."""

    columns: tuple[str, ...]
    rows: Rows
    line_word: str = "line"


@contextmanager
def open_table(path: Path, limits: Limits) -> Iterator[Table]:
    """Open a table of works; its kind is told by its suffix."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise BadTable(
            f"{shown(path.name)} is no table of a kind that is read.", f"Its name must end in {', '.join(SUFFIXES)}."
        )
    with open_regular(path, limits) as opened:
        if suffix in _TEXT_READERS:
            with _text(opened.file) as text:
                yield _TEXT_READERS[suffix](text, path.name, limits)
        else:
            yield _read_parquet(opened.file, path.name)


def is_table(path: Path) -> bool:
    """Whether a file is a table by its name."""
    return path.suffix.lower() in SUFFIXES


class _Lines:
    """Lines of a text with their number, none longer than the limit; goes on after a line that was."""

    def __init__(self, file: io.TextIOWrapper, limit: int) -> None:
        self._file = file
        self._limit = limit
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline(self._limit + 1)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) <= self._limit:
            return line
        while line and not line.endswith(("\n", "\r")):
            line = self._file.readline(self._limit)
        raise _TooLong(f"it has more than {self._limit:,} characters, which is the limit (max_line_bytes)")


class _TooLong(Exception):
    """A line beyond the limit."""


def _text(file: BinaryIO) -> io.TextIOWrapper:
    sample = file.read(SAMPLE_BYTES)
    file.seek(0)
    marked, _ = mark_of(sample)
    encoding = {"utf-8": "utf-8-sig", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}.get(marked, marked)
    if not encoding:
        encoding = "utf-8" if _is_utf8(sample) else detect(sample)
    # Bytes that are none of the encoding stay what they are in paths; in other fields they are left out.
    return io.TextIOWrapper(file, encoding=encoding, errors="surrogateescape", newline="")


def _is_utf8(sample: bytes) -> bool:
    """Whether it is UTF-8, but for a character that its end may have cut."""
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.end == len(sample) and error.reason == "unexpected end of data"
    return True


def _read_csv(text: io.TextIOWrapper, name: str, limits: Limits) -> Table:
    delimiter = "\t" if name.lower().endswith((".tsv", ".tab")) else _delimiter(text)
    text.seek(0)
    lines = _Lines(text, limits.max_line_bytes)
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        header = [cell.strip() for cell in next(reader, [])]
    except (csv.Error, _TooLong, ValueError) as error:
        raise BadTable(f"{shown(name)} has no header that can be read: {error}.") from None
    if not any(header):
        raise BadTable(f"{shown(name)} is empty.", "Its first line must name the columns.")
    double = [column for column, times in Counter(filter(None, header)).items() if times > 1]
    if double:
        raise BadTable(f"{shown(name)} has two columns named {shown(double[0])}.", "Give each its own name.")
    return Table(tuple(filter(None, header)), _csv_rows(reader, lines, header))


def _csv_rows(reader: Iterator[list[str]], lines: _Lines, header: list[str]) -> Rows:
    while True:
        line = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLong, ValueError) as error:
            yield BadRow(line, f"can not be read: {error}")
            continue
        if not any(cells):
            continue
        if len(cells) != len(header):
            yield BadRow(line, f"has {len(cells)} cells; there are {len(header)} columns")
            continue
        named = zip(header, cells, strict=True)
        yield Row(line, {column: _cell_values(restore(cell)) for column, cell in named if column and cell.strip()})


def _cell_values(cell: str) -> list[str]:
    """The values of a cell that holds a JSON list, or the cell itself."""
    text = cell.strip()
    if text.startswith("[") and text.endswith("]"):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return [text]
        if isinstance(found, list) and all(isinstance(value, str | int | float) for value in found):
            return [str(value) for value in found]
    return [text]


def _delimiter(text: io.TextIOWrapper) -> str:
    """The character at which the first lines fall into the same number of cells, and into most."""
    sample = text.read(SAMPLE_BYTES).splitlines(keepends=True)[:30]
    best, most = ",", (0, 0)
    for delimiter in _DELIMITERS:
        try:
            lengths = [len(cells) for cells in csv.reader(sample, delimiter=delimiter) if cells]
        except csv.Error:
            continue
        if not lengths or lengths[0] < 2:
            continue
        score = (sum(length == lengths[0] for length in lengths), lengths[0])
        if score > most:
            best, most = delimiter, score
    return best


def _read_json_lines(text: io.TextIOWrapper, name: str, limits: Limits) -> Table:
    return Table((), _json_rows(_Lines(text, limits.max_line_bytes)))


def _json_rows(lines: _Lines) -> Rows:
    while True:
        number = lines.number + 1
        try:
            line = next(lines)
        except StopIteration:
            return
        except (_TooLong, ValueError) as error:
            yield BadRow(number, f"can not be read: {error}")
            continue
        if line.strip():
            yield _json_row(number, line)


def _json_row(number: int, line: str) -> Row | BadRow:
    try:
        found = json.loads(line, parse_constant=lambda constant: None)
    except (ValueError, RecursionError) as error:
        return BadRow(number, f"is no JSON: {reason(error)}")
    if not isinstance(found, dict):
        return BadRow(number, "holds no JSON object")
    return Row(number, _as_texts(found))


def _as_texts(found: dict[str, Any]) -> dict[str, list[str]]:
    texts = {name: [str(value) for value in values if value is not None] for name, values in flat(found).items()}
    return {name: [value for value in values if value.strip()] for name, values in texts.items()}


def _read_parquet(file: BinaryIO, name: str) -> Table:
    try:
        from pyarrow import ArrowException, parquet, types
    except ImportError:
        raise MissingExtra("Reading Parquet", "parquet") from None
    try:
        opened = parquet.ParquetFile(file)
        schema = opened.schema_arrow
    except (ArrowException, OSError, ValueError) as error:
        raise BadTable(f"{shown(name)} is no Parquet file that can be read: {reason(error)}.") from None
    # Columns of bytes are media inside the table, which is not their place.
    columns = [
        column.name for column in schema if not (types.is_binary(column.type) or types.is_large_binary(column.type))
    ]
    return Table(tuple(columns), _parquet_rows(opened, columns, ArrowException), "row")


def _parquet_rows(opened: Any, columns: list[str], failure: type[Exception]) -> Rows:
    number = 0
    try:
        for batch in opened.iter_batches(batch_size=_BATCH_ROWS, columns=columns):
            for found in batch.to_pylist():
                number += 1
                yield Row(number, _as_texts({name: _plain(value) for name, value in found.items()}))
    except (failure, OSError, ValueError) as error:
        yield BadRow(number + 1, f"and all after it can not be read: {reason(error)}")


def _plain(value: Any) -> Any:
    """A value of Parquet as JSON has it: moments as text, bytes left out."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, bytes | None):
        return None
    return value if isinstance(value, str | int | float | bool) else str(value)


_TEXT_READERS: dict[str, Callable[[io.TextIOWrapper, str, Limits], Table]] = {
    ".csv": _read_csv,
    ".tsv": _read_csv,
    ".tab": _read_csv,
    ".jsonl": _read_json_lines,
    ".ndjson": _read_json_lines,
}
SUFFIXES = (*_TEXT_READERS, ".parquet")
