"""Packed streams read forward only: gzip, bzip2 and xz, with every byte that goes in and comes out counted."""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from typing import BinaryIO, Protocol

from pinakes.errors import TooLarge
from pinakes.limits import MIB
from pinakes.sources.unpacking import CHUNK, Budget

# So little is read of what is packed at a time that a bomb shows before much has come out of it.
PACKED_CHUNK = 1 << 12


class Counted(io.RawIOBase):
    """A file that counts the bytes that were read from it."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self._file.read(size)
        self.taken += len(data)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place; what was read counts on."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Where we are."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Yes."""
        return True

    def readable(self) -> bool:
        """Yes."""
        return True


class _Decompressor(Protocol):
    """What bz2 and lzma offer, and zlib does not quite."""

    @property
    def needs_input(self) -> bool:
        """Whether it has given all that it can."""

    @property
    def eof(self) -> bool:
        """Whether a stream has ended."""

    @property
    def unused_data(self) -> bytes:
        """What came after the end of the stream."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """The next bytes, at most so many."""


class _Gunzip:
    """Decompression of gzip with the interface of the other two."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=31)
        self._left = b""

    @property
    def needs_input(self) -> bool:
        return not self._left and not self._zlib.eof

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        out = self._zlib.decompress(self._left + data, max_length)
        self._left = self._zlib.unconsumed_tail
        return out


# The most memory that a packer's dictionary may take.
_MAX_DICTIONARY = 256 * MIB
_PACKERS: tuple[tuple[bytes, Callable[[], _Decompressor]], ...] = (
    (b"\x1f\x8b", _Gunzip),
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\0", lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MAX_DICTIONARY)),
)


class Forward:
    """The content of a packed or plain file, read forward only, with every byte that comes out counted.

    Enough of a file for `tarfile`, which asks for headers of a size that the archive chooses: those are bounded too.
    """

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        self._source = Counted(file)
        self._budget = budget
        head = file.read(6)
        file.seek(0)
        self._make = next((make for sign, make in _PACKERS if head.startswith(sign)), None)
        self._unpacker = self._make() if self._make else None
        self._place = 0

    @property
    def is_packed(self) -> bool:
        """Whether there is a packer in between."""
        return self._make is not None

    def read(self, size: int) -> bytes:
        """The next bytes, all of them unless the file ends."""
        if size > self._budget.limits.max_metadata_bytes:
            raise TooLarge(f"A header in {self._budget.archive} has {size:,} bytes.", "Pack it again.")
        pieces = []
        while size > 0:
            piece = self._piece(size)
            if not piece:
                break
            pieces.append(piece)
            size -= len(piece)
            self._place += len(piece)
        return b"".join(pieces)

    def tell(self) -> int:
        """How far we have read."""
        return self._place

    def seek(self, place: int) -> int:
        """Go forward to a place, or to the end if that is nearer."""
        if place < self._place:
            raise io.UnsupportedOperation("backwards")
        if self._unpacker is None:
            self._place = self._source.seek(place)
        while self._place < place and self.read(min(CHUNK, place - self._place)):
            pass
        return self._place

    def _piece(self, size: int) -> bytes:
        if self._unpacker is None:
            return self._source.read(size)
        while True:
            if self._unpacker.eof:
                # Another stream may follow; padding may, too.
                left = self._unpacker.unused_data or self._source.read(PACKED_CHUNK)
                left = left.lstrip(b"\0")
                if not left or self._make is None:
                    return b""
                self._unpacker = self._make()
                data = left
            else:
                data = self._source.read(PACKED_CHUNK) if self._unpacker.needs_input else b""
                if not data and self._unpacker.needs_input:
                    raise EOFError("the packed data end early")
            piece = self._unpacker.decompress(data, size)
            if piece:
                self._budget.check_whole(self._place + len(piece), self._source.taken)
                return piece
