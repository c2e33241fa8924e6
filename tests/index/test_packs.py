"""Packs: what is written comes back, and what rots is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.errors import Damaged
from pinakes.index import packs
from pinakes.index.packs import FilePack, Stream, write_pack


def test_arrays_come_back_as_they_were_written(tmp_path: Path) -> None:
    arrays = {
        "one": np.arange(10, dtype=np.uint32),
        "two": np.arange(12, dtype=np.float16).reshape(4, 3),
        "none": np.zeros(0, np.int64),
    }
    write_pack(tmp_path / "p", arrays, {"note": "x"})
    pack = FilePack(tmp_path / "p")
    assert pack.extra == {"note": "x"}
    for name, array in arrays.items():
        assert np.array_equal(pack.array(name), array)
        assert pack.array(name).dtype == array.dtype
        assert pack.size(name) == len(array)


def test_a_stream_is_written_as_if_it_were_whole(tmp_path: Path) -> None:
    whole = np.arange(packs.PIECE // 2, dtype=np.uint32)
    pieces = [whole[:1], whole[1:5000], whole[5000:5000], whole[5000:]]
    write_pack(tmp_path / "p", {"a": Stream(np.dtype("<u4"), 0, pieces)})
    pack = FilePack(tmp_path / "p")
    assert np.array_equal(pack.array("a"), whole)
    pack.check()


@settings(max_examples=60, deadline=None)
@given(at=st.floats(0, 1), bit=st.integers(0, 7))
def test_one_flipped_bit_is_found_wherever_it_is(tmp_path_factory: pytest.TempPathFactory, at: float, bit: int) -> None:
    path = tmp_path_factory.mktemp("pack") / "p"
    write_pack(path, {"a": np.arange(70_000, dtype=np.uint32), "b": np.ones((7, 3), np.float16)}, {"x": 1})
    data = bytearray(path.read_bytes())
    place = min(int(at * len(data)), len(data) - 1)
    data[place] ^= 1 << bit
    path.write_bytes(bytes(data))
    padding = not _is_read(bytes(data), place)
    try:
        FilePack(path).check()
    except Damaged:
        return
    assert padding, f"byte {place} was changed and nobody noticed"


def _is_read(data: bytes, place: int) -> bool:
    """Whether a byte belongs to anything: between two arrays lie some that do not."""
    import json
    import struct

    length = struct.unpack("<I", data[-16:-12])[0]
    try:
        table = json.loads(data[-16 - length : -16])["arrays"]
    except ValueError:
        return True
    used = [(0, 8), (len(data) - 16 - length, len(data))]
    for entry in table.values():
        size = int(np.prod(entry["shape"])) * np.dtype(entry["dtype"]).itemsize
        used += [(entry["offset"], entry["offset"] + size), (entry["sums"][0], entry["sums"][0] + 4 * entry["sums"][1])]
    return any(start <= place < stop for start, stop in used)


def test_a_slice_checks_only_the_pieces_that_it_touches(tmp_path: Path) -> None:
    path = tmp_path / "p"
    write_pack(path, {"a": np.zeros(3 * packs.PIECE, np.uint8)})
    data = bytearray(path.read_bytes())
    data[64 + 2 * packs.PIECE + 5] = 1
    path.write_bytes(bytes(data))
    pack = FilePack(path)
    assert not pack.slice("a", 0, 2 * packs.PIECE).any()
    with pytest.raises(Damaged, match="piece 2"):
        pack.slice("a", 0, 2 * packs.PIECE + 1)


@pytest.mark.parametrize("cut", [0, 1, 8, 20, 100])
def test_a_pack_that_was_cut_or_grew_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "p"
    write_pack(path, {"a": np.arange(100)})
    data = path.read_bytes()
    path.write_bytes(data[:cut])
    with pytest.raises(Damaged):
        FilePack(path)
    path.write_bytes(data + b"x")
    with pytest.raises(Damaged):
        FilePack(path)
