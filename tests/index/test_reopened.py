"""What stays of the index when the library has grown: segments that were opened are taken as they are."""

from __future__ import annotations

from pathlib import Path

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
