"""An archive as a source: zip and tar (plain, gz, bz2, xz), unpacked member by member under bounds.

A member lies in a temporary file as long as its candidate is alive, and no name in an archive ever becomes a path.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeAlias

from pinakes.errors import BadMedia, NotFound, PinakesError, TooLarge
from pinakes.limits import Limits
from pinakes.media.opening import open_regular
from pinakes.media.sniff import sniff_file
from pinakes.sources.base import IN_ARCHIVE, Candidate, Offers, Refused, key_of, shown
from pinakes.sources.members import Member, Members, tar_members, zip_members
from pinakes.sources.unpacking import Budget, Kept, Scratch

SUFFIXES = (".zip", ".tar", ".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz")
# Whether the bytes of a member are wanted, by key, size and time; of those that are not only these are told.
Wanted: TypeAlias = Callable[[bytes, int, int], bool]


def is_archive(path: Path) -> bool:
    """Whether a file is an archive by its name."""
    return path.name.lower().endswith(SUFFIXES)


def read_archive(
    path: Path, limits: Limits | None = None, *, scratch: Path | None = None, wanted: Wanted | None = None
) -> Offers:
    """The members of an archive, also of archives in it, each unpacked to a temporary file in `scratch`.

    A member that is not wanted is offered with the archive's own path, and is not unpacked to the disk.
    """
    limits = limits or Limits()
    real = Path(os.path.realpath(path))
    with open_regular(real, limits) as opened:
        budget = Budget(limits, opened.size, shown(path.name))
        reader = _Reader(budget, real, Scratch(scratch), wanted or _always)
        yield from reader.offers(opened.file, key_of(real), depth=0)


@contextmanager
def one_member(
    archive: Path, member: str, limits: Limits | None = None, *, scratch: Path | None = None
) -> Iterator[Path]:
    """One member of an archive as a temporary file while the context lasts; `!/` parts archives in archives."""
    key = key_of(os.path.realpath(archive)) + IN_ARCHIVE + os.fsencode(member)
    for offer in read_archive(archive, limits, scratch=scratch, wanted=lambda found, *_: found == key):
        if offer.key != key:
            continue
        if isinstance(offer, Refused):
            raise offer.error
        yield offer.path
        return
    raise NotFound(f"{shown(archive.name)} has no member {shown(member)}.")


def _always(*_: object) -> bool:
    return True


class _Reader:
    """Walks one archive and those in it with one budget."""

    def __init__(self, budget: Budget, path: Path, scratch: Scratch, wanted: Wanted) -> None:
        self._budget = budget
        self._path = path
        self._scratch = scratch
        self._wanted = wanted

    def offers(self, file: BinaryIO, key: bytes, depth: int) -> Offers:
        """The members of an open archive whose own key this is."""
        name = shown(key.rpartition(b"/")[2])
        try:
            for member in self._members(file, name):
                member_key = key + IN_ARCHIVE + member.name
                if member.refusal is not None:
                    yield Refused(member_key, member.refusal)
                    continue
                yield from self._member(member, member_key, depth)
        except PinakesError as error:
            # Of the archive as a whole: damaged, or beyond a limit.
            yield Refused(key, error)

    def _members(self, file: BinaryIO, name: str) -> Members:
        mime = sniff_file(file).mime
        if mime == "application/zip":
            return zip_members(file, name, self._budget)
        if mime in ("application/x-tar", "application/gzip", "application/x-bzip2", "application/x-xz"):
            return tar_members(file, name, self._budget)
        raise BadMedia(f"{name} is no archive of a kind that is read.", "Pack it as zip or tar.")

    def _member(self, member: Member, key: bytes, depth: int) -> Offers:
        text = os.fsdecode(key[len(key_of(self._path)) + len(IN_ARCHIVE) :])
        nested = _may_be_archive(member.name)
        if not nested and not self._wanted(key, member.size, member.mtime_ns):
            yield Candidate(key, self._path, member.size, member.mtime_ns, member=text)
            return
        try:
            kept = member.unpack(self._scratch)
        except PinakesError as error:
            if self._budget.spent:
                raise
            yield Refused(key, error)
            return
        if nested and _is_archive(kept):
            yield from self._nested(kept, key, depth + 1)
            return
        size = kept.path.stat().st_size
        yield Candidate(key, kept.path, size, member.mtime_ns, member=text, held=kept)

    def _nested(self, kept: Kept, key: bytes, depth: int) -> Offers:
        most = self._budget.limits.max_archive_depth
        if depth > most:
            yield Refused(
                key,
                TooLarge(
                    f"{shown(key)} lies more than {most} archives deep; it was not opened.",
                    "Raise max_archive_depth, or unpack it.",
                ),
            )
            return
        with kept.path.open("rb") as file:
            yield from self.offers(file, key, depth)
        kept.remove()


def _may_be_archive(name: bytes) -> bool:
    return name.lower().endswith(tuple(suffix.encode() for suffix in SUFFIXES))


def _is_archive(kept: Kept) -> bool:
    with kept.path.open("rb") as file:
        return sniff_file(file).medium == "archive"
