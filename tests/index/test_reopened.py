"""What stays of the index when the library has grown: segments that were opened are taken as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinakes.catalogue.counters import next_generation
from pinakes.index import local
from pinakes.index.state import State, load
from pinakes.library import Library


def test_only_what_is_new_is_opened_when_another_process_has_added_to_a_library(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.txt").write_text(f"the {name} of many words", encoding="utf-8")
    with Library.open(tmp_path / "library", create=True) as library, Library.open(tmp_path / "library") as reader:
        library.add(tmp_path / "one.txt")
        before = reader._index.snapshot().segments
        with library.catalogue.writer():
            # Another holds the right to write while it goes on adding: the reader takes what was published last.
            library._index.publish()
        library.add(tmp_path / "two.txt")
        after = reader._index.snapshot().segments
        assert [hit.title for hit in reader.search("two")] == ["two"]
        stayed = {segment.name: segment for segment in before}
        assert all(segment is stayed[segment.name] for segment in after if segment.name in stayed)
        assert set(reader._index._opened.values()) == set(after)


def test_what_is_open_stays_so_while_another_process_writes_and_has_published_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.txt").write_text(f"the {name} of many words", encoding="utf-8")
    loads = []

    def counted(*told: object) -> State | None:
        loads.append(told)
        return load(*told)  # type: ignore[arg-type]

    monkeypatch.setattr(local, "load", counted)
    with Library.open(tmp_path / "library", create=True) as library, Library.open(tmp_path / "library") as reader:
        library.add(tmp_path / "one.txt")
        assert reader.search("one").total == 1
        with library.catalogue.writer():
            _go_on(library)
            first = reader._index.snapshot()
            loads.clear()
            _go_on(library)
            assert [reader.search("one").total for _ in range(3)] == [1, 1, 1]
            assert reader._index.snapshot() is first
            assert not loads
            # What is published is seen by the next search, though the right to write is still held.
            published = library._index.publish()
            assert reader._index.snapshot().generation == published.generation
        # So is what is left unpublished by a process that ended.
        _go_on(library)
        assert reader._index.snapshot().generation == library.catalogue.generation()
        library.add(tmp_path / "two.txt")
        assert reader.search("two").total == 1


def _go_on(library: Library) -> None:
    """A change of the catalogue that the index does not have."""
    with library.catalogue.writing() as connection:
        next_generation(connection)
