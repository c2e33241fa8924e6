"""The members of one zip or tar file: their names as bytes, what is wrong with them, and how to unpack them."""

from __future__ import annotations

import calendar
import functools
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeAlias, cast

from pinakes.errors import BadMedia, PinakesError, TooLarge, UnsafePath, Unsupported
from pinakes.sources.base import shown
from pinakes.sources.names import check_member
from pinakes.sources.streams import Counted, Forward
from pinakes.sources.unpacking import Budget, Kept, Scratch, damaged, keep

_UTF8_NAME, _ENCRYPTED = 0x800, 0x1
_END, _END64_LOCATOR, _END64 = b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06"
_END_SIZE, _LOCATOR_SIZE, _END64_SIZE, _ENTRY_SIZE, _LOCAL_SIZE = 22, 20, 56, 46, 30
_COMMENT = 0xFFFF
# Names and comments may take so much of a directory for each entry that is allowed.
_DIRECTORY_BYTES_PER_ENTRY = 1024
_STORED_AS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


@dataclass(frozen=True, slots=True)
class Member:
    """An entry that is a file, or one that is refused; size and time are what the archive declares."""

    name: bytes
    size: int
    mtime_ns: int
    unpack: Callable[[Scratch], Kept]
    refusal: PinakesError | None = None


Members: TypeAlias = Iterator[Member]


def refused(name: bytes, error: PinakesError) -> Member:
    """An entry that is not offered."""

    def nothing(scratch: Scratch) -> Kept:
        raise error

    return Member(name, 0, 0, nothing, error)


def zip_members(file: BinaryIO, archive: str, budget: Budget) -> Members:
    """The entries of a zip file in the order of its directory; folders are passed over."""
    _check_directory(file, archive, budget)
    counted = Counted(file)
    with damaged(archive):
        opened = zipfile.ZipFile(cast("BinaryIO", counted))
    overlapping = _overlapping(opened.infolist())
    for info in opened.infolist():
        budget.count_entry()
        name = _raw_name(info)
        if info.is_dir():
            continue
        problem = _zip_problem(info, name, archive, overlaps=info.header_offset in overlapping)
        if problem is not None:
            yield refused(name, problem)
            continue
        unpack = functools.partial(_unpack_zip, opened, counted, info, archive, budget)
        yield Member(name, info.file_size, _zip_time(info), unpack)


def _check_directory(file: BinaryIO, archive: str, budget: Budget) -> None:
    """Refuse a directory that is too large, or of too many entries, before it is read into memory."""
    start, size = _directory(file, archive)
    most = budget.limits.max_archive_entries
    entries = 0
    file.seek(start)
    while size >= _ENTRY_SIZE and entries <= most:
        head = file.read(_ENTRY_SIZE)
        if len(head) < _ENTRY_SIZE:
            break
        more = sum(struct.unpack("<HHH", head[28:34]))
        file.seek(more, 1)
        size -= _ENTRY_SIZE + more
        entries += 1
    if entries > most or file.tell() - start > most * _DIRECTORY_BYTES_PER_ENTRY:
        raise TooLarge(f"{archive} has more than {most:,} entries.", "Raise max_archive_entries, or split it.")
    file.seek(0)


def _directory(file: BinaryIO, archive: str) -> tuple[int, int]:
    """Where the central directory lies and its size, found as `zipfile` finds it."""
    end = file.seek(0, 2)
    file.seek(max(0, end - _END_SIZE - _COMMENT))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise BadMedia(f"{archive} is damaged: its directory is missing.", "Check that it opens elsewhere.")
    place = end - len(tail) + at
    (size,) = struct.unpack("<I", tail[at + 12 : at + 16])
    if at >= _LOCATOR_SIZE and tail[at - _LOCATOR_SIZE : at].startswith(_END64_LOCATOR):
        file.seek(max(0, place - _LOCATOR_SIZE - _END64_SIZE))
        record = file.read(_END64_SIZE)
        if record.startswith(_END64):
            place -= _LOCATOR_SIZE + _END64_SIZE
            (size,) = struct.unpack("<Q", record[40:48])
    # The directory lies right before its end, whatever offset is declared.
    return max(0, place - size), min(size, place)


def _overlapping(infos: list[zipfile.ZipInfo]) -> set[int]:
    """Where entries begin whose bytes are those of another entry too: no packer makes such."""
    found = set()
    spans = sorted((info.header_offset, info.header_offset + _LOCAL_SIZE + info.compress_size) for info in infos)
    reach, owner = -1, -1
    for start, end in spans:
        if start < reach:
            found |= {start, owner}
        if end > reach:
            reach, owner = end, start
    return found


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    """The very bytes of a name; zipfile reads those that are not marked as UTF-8 as cp437, which has all bytes."""
    return info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8_NAME else "cp437", "surrogateescape")


def _zip_problem(info: zipfile.ZipInfo, name: bytes, archive: str, *, overlaps: bool) -> PinakesError | None:
    try:
        check_member(name, archive)
    except UnsafePath as error:
        return error
    # Systems other than Unix leave the upper half empty.
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return _irregular(name, archive, "a link" if kind == stat.S_IFLNK else "no regular file")
    if info.flag_bits & _ENCRYPTED:
        return BadMedia(f"The member {shown(name)} of {archive} is encrypted.", "Add a copy without protection.")
    if info.compress_type not in _STORED_AS:
        return Unsupported(
            f"The member {shown(name)} of {archive} is packed by method {info.compress_type}.", "Pack it with deflate."
        )
    if overlaps:
        return BadMedia(f"The member {shown(name)} of {archive} shares its bytes with another; it was left out.")
    return None


def _irregular(name: bytes, archive: str, what: str) -> UnsafePath:
    return UnsafePath(f"The member {shown(name)} of {archive} is {what}; it was left out.")


def _zip_time(info: zipfile.ZipInfo) -> int:
    try:
        return calendar.timegm((*info.date_time, 0, 0, 0)) * 10**9
    except (ValueError, OverflowError):
        return 0


def _unpack_zip(
    opened: zipfile.ZipFile,
    counted: Counted,
    info: zipfile.ZipInfo,
    archive: str,
    budget: Budget,
    scratch: Scratch,
) -> Kept:
    what = f"The member {shown(_raw_name(info))} of {archive}"
    with damaged(what), opened.open(info) as entry:
        before, count = counted.taken, budget.meter()
        seen = 0

        def check(size: int) -> None:
            nonlocal seen
            seen = size
            count(size)
            # By what was really read, whatever the entry declares.
            budget.check_ratio(size, counted.taken - before, what)

        kept = keep(entry.read, check, info.orig_filename, scratch)
        if seen != info.file_size:
            kept.remove()
            raise BadMedia(f"{what} has {seen:,} bytes and not {info.file_size:,}, as the archive says.")
        return kept


def tar_members(file: BinaryIO, archive: str, budget: Budget) -> Members:
    """The entries of a tar file, packed or plain, one after the other; folders are passed over."""
    forward = Forward(file, budget)
    with damaged(archive):
        opened = tarfile.open(  # noqa: SIM115 -- it owns nothing that must be closed
            fileobj=cast("BinaryIO", forward), mode="r:", encoding="utf-8", errors="surrogateescape"
        )
    while True:
        with damaged(archive):
            info = opened.next()
        if info is None:
            return
        # It keeps all that it has seen.
        cast("Any", opened).members.clear()
        budget.count_entry()
        name = info.name.encode("utf-8", "surrogateescape")
        if info.isdir():
            continue
        problem = _tar_problem(info, name, archive)
        if problem is not None:
            yield refused(name, problem)
            continue
        unpack = functools.partial(_unpack_tar, opened, info, name, archive, budget)
        yield Member(name, info.size, _tar_time(info), unpack)


def _tar_problem(info: tarfile.TarInfo, name: bytes, archive: str) -> PinakesError | None:
    try:
        check_member(name, archive)
    except UnsafePath as error:
        return error
    if info.issym() or info.islnk():
        return _irregular(name, archive, "a link")
    if not info.isreg():
        return _irregular(name, archive, "no regular file")
    return None


def _tar_time(info: tarfile.TarInfo) -> int:
    try:
        return int(info.mtime * 10**9)
    except (ValueError, OverflowError):
        return 0


def _unpack_tar(
    opened: tarfile.TarFile, info: tarfile.TarInfo, name: bytes, archive: str, budget: Budget, scratch: Scratch
) -> Kept:
    what = f"The member {shown(name)} of {archive}"
    with damaged(what):
        entry = opened.extractfile(info)
        if entry is None:
            raise BadMedia(f"{what} is no file.")
        return keep(entry.read, budget.meter(), info.name, scratch)
