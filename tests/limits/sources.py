"""Trials of the bounds on tables and archives."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from pinakes.limits import MIB, Limits
from pinakes.sources.archive import read_archive
from pinakes.sources.base import Candidate, Refused
from pinakes.sources.table import read_table
from tests.limits.trials import trial, written


def zipped(members: Mapping[str, bytes], packed: int = zipfile.ZIP_STORED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", packed) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def unpacks(name: str, data: bytes, bound: int, members: int, folder: Path) -> bool:
    """Whether all members of an archive are offered; a refusal names the bound."""
    offers = list(read_archive(written(folder, data), Limits(**{name: bound}), scratch=folder))
    refused = [offer.error for offer in offers if isinstance(offer, Refused)]
    for error in refused:
        assert error.code == "too-large"
        assert name in f"{error} {error.hint}"
    good = sum(isinstance(offer, Candidate) for offer in offers)
    assert (good == members) != bool(refused)
    return not refused


@trial("max_archive_entries")
def entries(more: int, folder: Path) -> bool:
    count = 10 + more
    return unpacks("max_archive_entries", zipped({str(n): b"x" for n in range(count)}), 10, count, folder)


@trial("max_archive_bytes")
def archive_bytes(more: int, folder: Path) -> bool:
    return unpacks("max_archive_bytes", zipped({"a": b"x" * 600, "b": b"y" * (400 + more)}), 1000, 2, folder)


@trial("max_archive_ratio")
def ratio(more: int, folder: Path) -> bool:
    # So much that a little over the free first part counts; the bound is just the ratio of the whole, or one off.
    content = bytes(4 * MIB)
    data = zipped({"a": content}, zipfile.ZIP_DEFLATED)
    packed = min(len(data), len(zlib.compress(content)) - 6)
    reached = -(-len(content) // packed)
    return unpacks("max_archive_ratio", data, reached - more, 1, folder)


@trial("max_archive_depth")
def depth(more: int, folder: Path) -> bool:
    data = zipped({"a.txt": b"x"})
    for _ in range(2 + more):
        data = zipped({"inner.zip": data})
    return unpacks("max_archive_depth", data, 2, 1, folder)


@trial("max_line_bytes")
def line_bytes(more: int, folder: Path) -> bool:
    line = '{"title": "' + "x" * (87 + more) + '"}'
    assert len(line) + 1 == 101 + more
    path = written(folder, f"{line}\n".encode(), "works.jsonl")
    (offer,) = read_table(path, limits=Limits(max_line_bytes=101))
    assert isinstance(offer, Candidate) or "max_line_bytes" in str(offer.error)
    return isinstance(offer, Candidate)
