"""Zip files as ebooks are, read within bounds on entries, ratio and total, whatever their headers say."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from pinakes.errors import BadMedia, TooLarge
from pinakes.limits import Limits
from pinakes.media.foreign import foreign

_CHUNK = 1 << 16
# A small text of blanks may be packed as tightly as it likes.
_RATIO_COUNTS_FROM = 1 << 20
_END = b"PK\x05\x06"
_END_SIZE, _COMMENT_SIZE, _ENTRY_SIZE = 22, 1 << 16, 46


class Zipped:
    """The entries of a zip file, by name."""

    def __init__(self, file: BinaryIO, what: str, limits: Limits) -> None:
        self._what, self._limits = what, limits
        self._read = 0
        _check_directory(file, what, limits)
        with foreign(what):
            self._zip = zipfile.ZipFile(file)
        self.names = frozenset(self._zip.namelist())

    def read(self, name: str, most: int, bound: str = "max_member_bytes") -> bytes:
        """All bytes of an entry, if there are not more than `most`, the value of that bound."""
        with foreign(self._what):
            info = self._zip.getinfo(name)
        if info.flag_bits & 1:
            raise BadMedia(f"{name} in {self._what} is encrypted.", "Add a copy without protection.")
        chunks: list[bytes] = []
        size = 0
        with foreign(f"{name} in {self._what}"), self._zip.open(info) as entry:
            while chunk := entry.read(_CHUNK):
                size += len(chunk)
                self._read += len(chunk)
                self._check(name, size, info.compress_size, most, bound)
                chunks.append(chunk)
        return b"".join(chunks)

    def _check(self, name: str, size: int, packed: int, most: int, bound: str) -> None:
        limits = self._limits
        if size > most:
            raise TooLarge(f"{name} in {self._what} has more than {most:,} bytes; {bound} is the limit.")
        if size > _RATIO_COUNTS_FROM and size > limits.max_archive_ratio * max(packed, 1):
            raise TooLarge(
                f"{name} in {self._what} unpacks to more than {limits.max_archive_ratio} times its size.",
                "Raise max_archive_ratio if the file is good.",
            )
        if self._read > limits.max_archive_bytes:
            raise TooLarge(
                f"{self._what} unpacks to more than {limits.max_archive_bytes:,} bytes; max_archive_bytes is the limit."
            )


def _check_directory(file: BinaryIO, what: str, limits: Limits) -> None:
    """Refuse too many entries by the directory's own end, before it is read into memory."""
    size = file.seek(0, 2)
    file.seek(max(size - _END_SIZE - _COMMENT_SIZE, 0))
    tail = file.read()
    at = tail.rfind(_END)
    file.seek(0)
    if at < 0 or len(tail) < at + _END_SIZE:
        raise BadMedia(
            f"{what} is damaged: its directory is missing.", "Check that it opens elsewhere, then add it again."
        )
    told, directory = (
        int.from_bytes(tail[at + 10 : at + 12], "little"),
        int.from_bytes(tail[at + 12 : at + 16], "little"),
    )
    # A longer format exists for more than 65,534 entries; the directory's size bounds them in both.
    entries = max(told if told < 0xFFFF else 0, min(directory, size) // (_ENTRY_SIZE + 200))
    if entries > limits.max_archive_entries:
        raise TooLarge(
            f"{what} has more than {limits.max_archive_entries:,} entries.", "Raise max_archive_entries, or split it."
        )
