"""Whether known files are still where they were: on the disk, in their archive, in their table."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from pinakes.catalogue.known import KnownFile
from pinakes.errors import BadTable
from pinakes.sources.base import IN_ARCHIVE, IN_TABLE, Candidate, Refused, archive_of, table_of


def on_disk(file: KnownFile) -> bool:
    """Whether a file, or the archive or table in which it lies, is where it was."""
    if file.is_record:
        return bool(table_of(file.path))
    return _lies(file.path) or bool(archive_of(file.path))


def _lies(path: bytes) -> bool:
    """Whether something lies there; what can not be asked, such as a drive that fails, is not taken for gone."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:
        return True
    return True


class Met:
    """What a run met in archives and tables: of what it knows to be in them, the rest has vanished."""

    def __init__(self, table: bytes = b"") -> None:
        # The table that is read, if one is.
        self._table = table
        # Hashes, not names, like those that the sources keep.
        self._met: set[int] = set()
        self._refused: set[int] = set()
        self._rows_unread = False

    def watching(self, found: Iterable[Candidate | Refused]) -> Iterator[Candidate | Refused]:
        """The same offers, each remembered."""
        for offer in found:
            if isinstance(offer, Refused):
                self._refused.add(hash(offer.key))
                self._rows_unread |= isinstance(offer.error, BadTable)
            elif IN_ARCHIVE in offer.key or offer.metadata_only:
                self._met.add(hash(offer.key))
            yield offer

    def still_there(self, file: KnownFile) -> bool:
        """Whether a known file is where it was, now that everything has been met."""
        if file.is_record:
            # A row that could not be read may be any.
            return self._row_is_there(file.path) if self._table else on_disk(file)
        if _lies(file.path):
            return True
        archive = archive_of(file.path)
        if not archive:
            return False
        return hash(file.path) in self._met or self._was_refused(file.path, archive)

    def _row_is_there(self, key: bytes) -> bool:
        if not key.startswith(self._table + IN_TABLE):
            return bool(table_of(key))
        return hash(key) in self._met or self._rows_unread

    def _was_refused(self, key: bytes, archive: bytes) -> bool:
        """Whether the member or an archive around it was met and could not be read, which does not make it gone."""
        around = archive
        rest = key[len(archive) :]
        while True:
            if hash(around) in self._refused:
                return True
            if not rest:
                return False
            at = rest.find(IN_ARCHIVE, 1)
            step = rest if at < 0 else rest[:at]
            around, rest = around + step, rest[len(step) :]
