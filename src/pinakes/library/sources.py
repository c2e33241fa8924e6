"""What a path names: a folder, an archive, a table of works, or a single file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.collections import addresses
from pinakes.catalogue.known import by_path
from pinakes.errors import NotFound, PinakesError
from pinakes.ingest.run import Source
from pinakes.sources.archive import is_archive, read_archive
from pinakes.sources.base import Candidate, Offers, Refused, key_of
from pinakes.sources.folder import count, walk
from pinakes.sources.rows import is_table
from pinakes.sources.table import read_table


@dataclass(frozen=True, slots=True)
class Reading:
    """How paths are read."""

    columns: Mapping[str, str] = field(default_factory=dict)
    pair: bool = False


def source_of(path: str | os.PathLike[str], catalogue: Catalogue, reading: Reading) -> Source:
    """The source that a path names."""
    place = Path(path)
    if not os.path.lexists(place):
        raise NotFound(f"There is no {place}.", "Check the path.")
    real = Path(os.path.realpath(place))
    limits = catalogue.settings.limits
    if real.is_dir():
        offers = _with_archives(walk(place, limits, pair_stems=reading.pair), catalogue)
        return Source("folder", key_of(real), offers, prefix=os.path.join(key_of(real), b""))  # noqa: PTH118 -- bytes
    if is_table(real):
        return Source("table", key_of(real), read_table(real, reading.columns, limits))
    return Source("file", key_of(real), _with_archives(walk(place, limits), catalogue))


def _with_archives(offers: Offers, catalogue: Catalogue) -> Offers:
    """The offers, with the members of every archive in its place."""

    def wanted(key: bytes, size: int, mtime_ns: int) -> bool:
        with catalogue.reading() as connection:
            known = by_path(connection, [key]).get(key)
        return known is None or (known.size, known.mtime_ns) != (size, mtime_ns)

    with catalogue.reading() as connection:
        tables = addresses(connection, "table")
    for offer in offers:
        if offer.key in tables:
            # It lists works; it is none itself.
            continue
        if not isinstance(offer, Candidate) or not is_archive(offer.path):
            yield offer
            continue
        try:
            yield from read_archive(offer.path, catalogue.settings.limits, wanted=wanted)
        except PinakesError as error:
            yield Refused(offer.key, error)


def count_files(path: str | os.PathLike[str]) -> int:
    """About how many files a path holds; members of archives and rows of tables are not counted."""
    return count(Path(path))
