"""What a path names: a folder, an archive, a table of works, or a single file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.collections import addresses, options_of
from pinakes.catalogue.known import by_path
from pinakes.errors import BadInput, NotFound, PinakesError
from pinakes.ingest.run import Source
from pinakes.sources.archive import is_archive, read_archive
from pinakes.sources.base import IN_ARCHIVE, Candidate, Offers, Refused, key_of
from pinakes.sources.folder import count, is_library, walk
from pinakes.sources.rows import is_table
from pinakes.sources.table import read_table


@dataclass(frozen=True, slots=True)
class Reading:
    """How paths are read."""

    columns: Mapping[str, str] = field(default_factory=dict)
    pair: bool = False
    anywhere: bool = False


def source_of(path: str | os.PathLike[str], catalogue: Catalogue, reading: Reading) -> Source:
    """The source that a path names."""
    if not os.fspath(path):
        # An empty name would be this folder: hardly what a script meant whose variable is not set.
        raise NotFound("An empty path names nothing.", "Write . for this folder.")
    place = Path(path)
    if not os.path.lexists(place):
        raise NotFound(f"There is no {place}.", "Check the path.")
    real = Path(os.path.realpath(place))
    limits = catalogue.settings.limits
    reading = _remembered(key_of(real), catalogue, reading)
    if real.is_dir():
        if is_library(os.listdir(real)):
            raise BadInput(f"{place} is a library, not a folder of media.", "Name the folder in which the media lie.")
        offers = _with_archives(walk(place, limits, pair_stems=reading.pair), catalogue)
        prefix = os.path.join(key_of(real), b"")  # noqa: PTH118 -- bytes
        return Source("folder", key_of(real), offers, prefix, {"pair": True} if reading.pair else {})
    if is_table(real):
        offers = read_table(real, reading.columns, limits, anywhere=reading.anywhere)
        options = {"columns": dict(reading.columns), "anywhere": reading.anywhere}
        return Source("table", key_of(real), offers, options=options)
    prefix = key_of(real) + IN_ARCHIVE if is_archive(real) else b""
    return Source("file", key_of(real), _with_archives(walk(place, limits), catalogue), prefix)


def _remembered(address: bytes, catalogue: Catalogue, reading: Reading) -> Reading:
    """How a source is read: as is said now, else as it was the last time."""
    with catalogue.reading() as connection:
        before = options_of(connection, address)
    columns = reading.columns or before.get("columns", {})
    pair = reading.pair or bool(before.get("pair"))
    return Reading(columns, pair, reading.anywhere or bool(before.get("anywhere")))


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
