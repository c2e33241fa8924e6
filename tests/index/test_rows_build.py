"""Building the rows of a space: in their order, piece by piece, and without all vectors twice in memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pinakes.index import rows_build
from pinakes.index.packs import Stream
from pinakes.index.rows_build import build_space, row_sums

BITS = 16


def space(dim: int) -> Any:
    return SimpleNamespace(dim=dim, hasher=SimpleNamespace(bits=BITS, bearings=lambda rows: rows[:, 0] * 2))


def vectors_of(part: int, dim: int) -> np.ndarray:
    """One to four of them, none for every fifth part."""
    count = 0 if part % 5 == 0 else 1 + part % 4
    return np.full((count, dim), part, np.float16) + np.arange(count, dtype=np.float16)[:, None] / 4


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many parts were looked up at a time; they come backwards, as blocks may lie anyhow."""
    asked: list[int] = []

    def of_parts(_: Any, space: Any, part_ids: Sequence[int]) -> Iterator[tuple[int, bytes, np.ndarray]]:
        asked.append(len(part_ids))
        for part in reversed(part_ids):
            several = vectors_of(part, space.dim)
            if len(several):
                yield part, part.to_bytes(2, "big") * len(several), several

    monkeypatch.setattr(rows_build, "of_parts", of_parts)
    return asked


def whole(value: Any) -> np.ndarray:
    return np.concatenate(list(value.pieces)) if isinstance(value, Stream) else value


def test_the_rows_stand_in_their_order_whatever_is_looked_up_at_a_time(
    stored: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows_build, "_PARTS", 7)
    monkeypatch.setattr(rows_build, "_PIECE", 3)
    parts = np.array([3, 4, 5, 8, 9, 10, 11, 20, 25, 26, 29, 30, 31, 35, 40, 45, 50, 55, 60, 65, 70, 72], np.int64)
    found = {name: whole(value) for name, value in build_space(None, space(4), parts).items()}
    several = [vectors_of(part, 4) for part in parts.tolist()]
    assert stored == [7, 7, 7, 1]
    assert found["rows"].tolist() == [row for row, each in enumerate(several) for _ in each]
    assert (found["vectors"] == np.concatenate(several)).all()
    assert (found["sums"] == row_sums(np.concatenate(several))).all()
    assert (found["bearings"] == np.concatenate(several)[:, 0] * 2).all()
    assert found["codes"].shape == (len(found["rows"]), BITS // 8)
    assert [int.from_bytes(code.tobytes(), "big") for code in found["codes"]] == parts[found["rows"]].tolist()


@pytest.mark.usefixtures("stored")
def test_there_is_nothing_where_no_part_has_any() -> None:
    assert build_space(None, space(4), np.array([5, 10], np.int64)) == {}
    assert build_space(None, space(4), np.zeros(0, np.int64)) == {}


@pytest.mark.usefixtures("stored")
def test_vectors_lie_in_memory_once() -> None:
    dim, parts = 256, np.arange(8_000, dtype=np.int64)
    tracemalloc.start()
    try:
        found = build_space(None, space(dim), parts)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    size = whole(found["vectors"]).nbytes
    assert size > 7_000_000
    assert peak < 2 * size
