"""Packs: files of several named arrays, mapped into memory and checked piece by piece when first touched.

Layout: magic, the arrays (each aligned), a table of CRC-32 sums (one for each piece of each array), a JSON footer that
names dtype, shape, offset and sums of every array, and a trailer with the footer's length and sum.
"""

from __future__ import annotations

import errno
import json
import mmap
import struct
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import Damaged
from pinakes.storage import DISK, Disk, explained, with_suppressed_unlink

MAGIC = b"PINAKES1"
PIECE = 1 << 18
_ALIGN = 64
# MADV_POPULATE_READ of Linux 5.14, which Python has no name for.
_POPULATE_READ = 22
_TRAILER = struct.Struct("<II8s")

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Stream:
    """An array that is written in pieces, so that it never lies in memory whole."""

    dtype: np.dtype[Any]
    width: int  # 0: one-dimensional
    pieces: Iterable[Array]


class Pack(Protocol):
    """Named arrays, wherever they lie."""

    @property
    def name(self) -> str:
        """The name of the file, or what it would be."""

    @property
    def extra(self) -> dict[str, Any]:
        """Plain data that goes with the arrays."""

    def array(self, name: str) -> Array:
        """The whole array, checked."""

    def slice(self, name: str, start: int, stop: int) -> Array:
        """Rows start to stop of an array, checked."""

    def raw(self, name: str) -> Array:
        """The whole array, unchecked: the caller checks what it takes from it."""

    def size(self, name: str) -> int:
        """Number of rows of an array."""

    def check(self) -> None:
        """Raise if anything in it is damaged."""

    def let_go(self) -> None:
        """Give back the memory of what was read; it can be read again."""


class MemoryPack:
    """Arrays that were just built and lie in memory."""

    def __init__(self, name: str, arrays: Mapping[str, Array], extra: dict[str, Any] | None = None) -> None:
        self.name = name
        self.arrays = dict(arrays)
        self.extra = extra or {}

    def array(self, name: str) -> Array:
        """The whole array."""
        return self.arrays[name]

    def slice(self, name: str, start: int, stop: int) -> Array:
        """Rows start to stop of an array."""
        return self.arrays[name][start:stop]

    raw = array

    def size(self, name: str) -> int:
        """Number of rows of an array."""
        return len(self.arrays[name])

    def check(self) -> None:
        """Nothing can be damaged that was not written yet."""

    def let_go(self) -> None:
        """There is nothing to give back: it lies nowhere else."""


class FilePack:
    """Arrays in a file that never changes once it has its name."""

    def __init__(self, path: Path, disk: Disk = DISK) -> None:
        self.name = path.name
        self.path = path
        with explained(path), disk.open(path, "rb") as file:
            self._map = _mapped(path, file)
        self._table, self.extra = self._read_footer()
        self._arrays: dict[str, Array] = {}
        # Of each array, which pieces were checked: a byte each, since most looks are at one piece.
        self._seen: dict[str, bytearray] = {}

    def _read_footer(self) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
        try:
            self._fetch(len(self._map) - _TRAILER.size, len(self._map))
            length, total, magic = _TRAILER.unpack(self._map[-_TRAILER.size :])
            self._fetch(len(self._map) - _TRAILER.size - length, len(self._map))
            footer = self._map[-_TRAILER.size - length : -_TRAILER.size]
            if magic != MAGIC or self._map[: len(MAGIC)] != MAGIC or crc32(footer) != total:
                raise self._damaged("its footer")
            data = json.loads(footer)
        except (struct.error, ValueError):
            raise self._damaged("its footer") from None
        return data["arrays"], data["extra"]

    def raw(self, name: str) -> Array:
        """The whole array, unchecked."""
        if name not in self._arrays:
            entry = self._table[name]
            shape = tuple(entry["shape"])
            count = int(np.prod(shape))
            flat = np.frombuffer(self._map, entry["dtype"], count, entry["offset"])
            self._arrays[name] = flat.reshape(shape)
            self._seen[name] = bytearray(entry["sums"][1])
        return self._arrays[name]

    def array(self, name: str) -> Array:
        """The whole array, checked."""
        return self.slice(name, 0, self.size(name))

    def slice(self, name: str, start: int, stop: int) -> Array:
        """Rows start to stop of an array, the pieces in which they lie checked at their first use."""
        array = self.raw(name)
        rows = array[start:stop]
        if rows.nbytes:
            stride = array.strides[0]
            self._check(name, start * stride // PIECE, (stop * stride - 1) // PIECE + 1)
        return rows

    def size(self, name: str) -> int:
        """Number of rows of an array."""
        return int(self._table[name]["shape"][0])

    def check(self) -> None:
        """Check every piece of every array, whether seen before or not, and that there is nothing between them."""
        end = len(MAGIC)
        for name, entry in self._table.items():
            self.raw(name)
            self._seen[name] = bytearray(len(self._seen[name]))
            self._check(name, 0, len(self._seen[name]))
            self._check_empty(end, entry["offset"])
            end = entry["offset"] + self._arrays[name].nbytes
        self._check_empty(end, min((entry["sums"][0] for entry in self._table.values()), default=end))

    def let_go(self) -> None:
        """Give back the memory of what was read; it can be read again, from the system's cache or the file."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)

    def _check_empty(self, start: int, end: int) -> None:
        if self._map[start:end].strip(b"\0"):
            raise self._damaged("what lies between its arrays")

    def _check(self, name: str, first: int, last: int) -> None:
        seen = self._seen[name]
        if seen.find(0, first, last) < 0:
            return
        entry = self._table[name]
        at, _ = entry["sums"]
        self._fetch(at + 4 * first, at + 4 * last)
        sums = np.frombuffer(self._map, "<u4", last - first, at + 4 * first)
        begin, end = entry["offset"], entry["offset"] + self._arrays[name].nbytes
        self._fetch(begin + first * PIECE, min(begin + last * PIECE, end))
        for piece in range(first, last):
            if seen[piece]:
                continue
            data = memoryview(self._map)[begin + piece * PIECE : min(begin + (piece + 1) * PIECE, end)]
            if crc32(data) != sums[piece - first]:
                raise self._damaged(f"piece {piece} of its array {name}")
            seen[piece] = 1

    def _fetch(self, start: int, end: int) -> None:
        """Have the system read those bytes now: what a disk refuses is an error here, and a fatal signal later on."""
        start = max(0, start - start % mmap.ALLOCATIONGRANULARITY)
        try:
            if sys.platform == "linux" and start < end:
                self._map.madvise(_POPULATE_READ, start, end - start)
        except OSError as error:
            # An older system does not know the request.
            if error.errno in (errno.EFAULT, errno.EIO):
                raise Damaged(
                    f"{self.name}: the disk does not give back what was written.", "Run `pinakes check --repair`."
                ) from error

    def _damaged(self, what: str) -> Damaged:
        return Damaged(f"{self.name}: {what} does not match its checksum.", "Run `pinakes check --repair`.")


def _mapped(path: Path, file: IO[bytes]) -> mmap.mmap:
    try:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except ValueError:
        raise Damaged(f"{path.name} is empty.", "Run `pinakes check --repair`.") from None


def write_pack(
    path: Path, arrays: Mapping[str, Array | Stream], extra: Mapping[str, Any] | None = None, disk: Disk = DISK
) -> None:
    """Write a pack so that its name appears only when all of it is on the disk."""
    part = path.with_name(path.name + ".part")
    with explained(path):
        try:
            with disk.open(part, "wb") as file:
                _write(_Writer(file, disk), arrays, dict(extra or {}))
                disk.fsync(file)
            disk.replace(part, path)
        except BaseException:
            with_suppressed_unlink(part, disk)
            raise


class _Writer:
    """Writes and counts."""

    def __init__(self, file: IO[bytes], disk: Disk) -> None:
        self._file = file
        self._disk = disk
        self.offset = 0

    def write(self, data: bytes | memoryview) -> None:
        self._disk.write(self._file, data)
        self.offset += len(data)

    def align(self) -> None:
        self.write(b"\0" * (-self.offset % _ALIGN))


def _write(writer: _Writer, arrays: Mapping[str, Array | Stream], extra: dict[str, Any]) -> None:
    table: dict[str, dict[str, Any]] = {}
    sums: dict[str, list[int]] = {}
    writer.write(MAGIC)
    for name, value in arrays.items():
        stream = value if isinstance(value, Stream) else _whole(value)
        writer.align()
        offset = writer.offset
        sums[name] = []
        for block in _blocks(stream.pieces):
            writer.write(block)
            sums[name].append(crc32(block))
        row = stream.dtype.itemsize * max(1, stream.width)
        rows = (writer.offset - offset) // row
        shape = [rows, stream.width] if stream.width else [rows]
        table[name] = {"dtype": stream.dtype.str, "shape": shape, "offset": offset}
    writer.align()
    for name, values in sums.items():
        table[name]["sums"] = [writer.offset, len(values)]
        writer.write(np.array(values, "<u4").tobytes())
    footer = json.dumps({"arrays": table, "extra": extra}).encode()
    writer.write(footer)
    writer.write(_TRAILER.pack(len(footer), crc32(footer), MAGIC))


def _whole(array: Array) -> Stream:
    return Stream(array.dtype.newbyteorder("<"), array.shape[1] if array.ndim == 2 else 0, [array])


def _blocks(pieces: Iterable[Array]) -> Iterator[bytes | memoryview]:
    """The bytes of the pieces, cut anew into blocks of the size that a checksum covers."""
    rest = bytearray()
    for piece in pieces:
        if not piece.nbytes:
            continue
        data = np.ascontiguousarray(piece.astype(piece.dtype.newbyteorder("<"), copy=False)).data.cast("B")
        start = 0
        if rest:
            start = PIECE - len(rest)
            rest += data[:start]
            if len(rest) < PIECE:
                continue
            yield bytes(rest)
        for at in range(start, len(data) - PIECE + 1, PIECE):
            yield data[at : at + PIECE]
            start = at + PIECE
        rest = bytearray(data[start:])
    if rest:
        yield bytes(rest)
