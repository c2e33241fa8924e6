"""Works whose files move, vanish or come together: what keeps its item, and what is marked."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pinakes.library import Library
from pinakes.settings import Settings


@pytest.fixture
def library(tmp_path: Path, settings: Settings) -> Iterator[Library]:
    """A new library on each of the two databases."""
    with Library.open(tmp_path / "library", create=True, settings={"catalogue": settings.catalogue}) as opened:
        yield opened
        assert not opened.check()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three small texts, one of them in two files of one name."""
    place = tmp_path / "media"
    place.mkdir()
    for name, words in {"boat.txt": "a boat", "boat.md": "# a caption of a boat", "lamp.txt": "a lamp"}.items():
        (place / name).write_text(words)
    return place


def outcomes(library: Library, *paths: Path, **how: object) -> Counter[str]:
    """Add and count what became of the files."""
    return Counter(told.outcome for told in library.adding(*paths, **how))  # type: ignore[arg-type]


def files(library: Library, item: int) -> set[str]:
    """Names of an item's files."""
    return {os.path.basename(os.fsdecode(file.path)) for file in library.item(item).files}


def missing(library: Library) -> set[str]:
    """Titles of the items that are marked."""
    return {hit.title for hit in library.search("state=missing", limit=50)}


def zipped(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, words in members.items():
            archive.writestr(f"{name}.txt", words)
    return path


def test_a_table_that_puts_known_files_together_leaves_no_item_of_theirs(library: Library, folder: Path) -> None:
    assert outcomes(library, folder) == {"added": 3}
    (folder / "works.csv").write_text("path,title\nboat.txt;boat.md,The Boat\n")
    assert outcomes(library, folder / "works.csv") == {"changed": 2}
    assert library.status()["items"] == 2
    (hit,) = library.search("caption")
    assert (hit.title, files(library, hit.item)) == ("The Boat", {"boat.txt", "boat.md"})
    assert [hit.title for hit in library.search("boat")] == ["The Boat"]


def test_what_a_table_said_survives_a_walk_that_reads_a_changed_file(library: Library, folder: Path) -> None:
    (folder / "works.csv").write_text("path,title,creator\nboat.txt;boat.md,The Boat,Klee\n")
    outcomes(library, folder / "works.csv")
    (folder / "boat.txt").write_text("a boat at a pier")
    assert outcomes(library, folder) == {"unchanged": 1, "changed": 1, "added": 1}
    (hit,) = library.search("pier")
    assert (hit.title, files(library, hit.item)) == ("The Boat", {"boat.txt", "boat.md"})
    assert outcomes(library, folder / "works.csv") == {"unchanged": 2}


def test_how_a_path_was_added_is_remembered_for_the_next_time(library: Library, folder: Path) -> None:
    (folder / "works.csv").write_text("Bild,Name\nboat.txt,Ein Boot\n")
    outcomes(library, folder / "works.csv", columns={"path": "Bild", "title": "Name"})
    assert outcomes(library, folder / "works.csv") == {"unchanged": 1}
    outcomes(library, folder, pair=True)
    (folder / "lamp.md").write_text("# the lamp once more")
    assert outcomes(library, folder) == {"unchanged": 2, "changed": 1, "added": 1}
    assert files(library, library.search("once more")[0].item) == {"lamp.txt", "lamp.md"}


def test_files_are_paired_later_and_stay_paired(library: Library, folder: Path) -> None:
    outcomes(library, folder)
    assert outcomes(library, folder, pair=True) == {"unchanged": 1, "changed": 2}
    item = library.search("caption")[0].item
    assert (library.status()["items"], files(library, item)) == (2, {"boat.txt", "boat.md"})
    (folder / "boat.md").write_text("# another caption")
    assert outcomes(library, folder / "boat.md") == {"changed": 1}
    assert [hit.item for hit in library.search("another")] == [item]


def test_a_pair_that_moves_keeps_its_item_and_one_that_parts_does_not(library: Library, folder: Path) -> None:
    outcomes(library, folder, pair=True)
    item = library.search("caption")[0].item
    (folder / "sub").mkdir()
    for suffix in ("txt", "md"):
        (folder / f"boat.{suffix}").rename(folder / "sub" / f"ship.{suffix}")
    assert outcomes(library, folder) == {"unchanged": 1, "moved": 2}
    assert files(library, item) == {"ship.txt", "ship.md"}
    (folder / "sub" / "ship.md").rename(folder / "lamp.md")
    assert outcomes(library, folder)["added"] == 1
    assert files(library, library.search("caption")[0].item) == {"lamp.txt", "lamp.md"}
    assert {file.state for file in library.item(item).files} == {"here", "vanished"}


def test_a_file_that_moves_with_its_sidecar_keeps_its_item(library: Library, folder: Path) -> None:
    (folder / "boat.txt.json").write_text('{"title": "The Boat"}')
    outcomes(library, folder)
    item = library.search('title:"The Boat"')[0].item
    (folder / "sub").mkdir()
    for name in ("boat.txt", "boat.txt.json"):
        (folder / name).rename(folder / "sub" / name)
    assert outcomes(library, folder) == {"unchanged": 2, "moved": 1}
    assert (library.item(item).title, files(library, item)) == ("The Boat", {"boat.txt"})


def test_equal_files_that_move_together_are_all_found_again(library: Library, folder: Path) -> None:
    for name in ("copy 1.txt", "copy 2.txt", "copy 3.txt"):
        shutil.copy(folder / "lamp.txt", folder / name)
    outcomes(library, folder)
    before = {name: hit.item for hit in library.search("lamp", unfold=True) for name in files(library, hit.item)}
    folder.rename(folder.with_name("moved"))
    assert outcomes(library, folder.with_name("moved")) == {"moved": 6}
    assert {
        name: hit.item for hit in library.search("lamp", unfold=True) for name in files(library, hit.item)
    } == before
    assert len(before) == 4


def test_a_member_that_left_its_archive_is_marked(library: Library, folder: Path) -> None:
    packed = zipped(folder / "old.zip", first="about whales", second="about krill")
    outcomes(library, folder)
    zipped(packed, first="about whales", third="about plankton")
    assert outcomes(library, packed)["added"] == 1
    assert missing(library) == {"second"}
    packed.write_bytes(packed.read_bytes()[:-30])
    outcomes(library, folder)
    assert missing(library) == {"second"}, "of a damaged archive nothing is taken for gone"
    packed.unlink()
    outcomes(library, folder)
    assert missing(library) == {"first", "second", "third"}


def test_archives_in_folders_with_a_mark_of_exclamation_are_found(library: Library, folder: Path) -> None:
    (folder / "Ahoy!").mkdir()
    zipped(folder / "Ahoy!" / "old.zip", first="about whales")
    outcomes(library, folder)
    assert outcomes(library, folder) == {"unchanged": 4}
    assert missing(library) == set()
    with library.search("whales")[0].open() as original:
        assert original.read() == b"about whales"


def test_works_of_a_table_are_marked_when_row_file_or_table_go(library: Library, folder: Path) -> None:
    table = folder / "works.csv"
    header, lost, gone, lamp = "id,path,title\n", "a,,A lost work\n", "b,,Gone\n", "c,lamp.txt,Lamp\n"
    table.write_text(header + lost + gone + lamp)
    assert outcomes(library, table) == {"added": 3}
    outcomes(library, folder)
    assert missing(library) == set(), "a walk over the folder does not ask the table"
    table.write_text(header + lost + "too,many,cells,here\n" + lamp)
    outcomes(library, table)
    assert missing(library) == set(), "a row that can not be read may be any"
    table.write_text(header + lost + lamp)
    (folder / "lamp.txt").unlink()
    outcomes(library, table)
    assert missing(library) == {"Gone", "Lamp"}
    table.unlink()
    outcomes(library, folder)
    assert missing(library) == {"Gone", "Lamp", "A lost work"}


def test_a_drive_that_does_not_answer_is_not_taken_for_empty(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes(library, folder)
    (folder / "lamp.txt").unlink()

    lstat = os.lstat

    def failing(path: str | bytes, *args: object, **how: object) -> os.stat_result:
        if os.fsencode(path).endswith(b"lamp.txt"):
            raise PermissionError(13, "Permission denied")
        return lstat(path, *args, **how)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(os, "lstat", failing)
        outcomes(library, folder)
    assert missing(library) == set()
    outcomes(library, folder)
    assert missing(library) == {"lamp"}


def test_the_previews_of_a_changed_file_replace_the_old_ones(library: Library, folder: Path) -> None:
    from PIL import Image

    picture = folder / "boat.png"
    Image.new("RGB", (64, 48), (200, 30, 30)).save(picture)
    outcomes(library, folder)
    before = set((library.folder / "previews").rglob("*.jpg"))
    Image.new("RGB", (64, 48), (30, 30, 200)).save(picture)
    assert outcomes(library, folder)["changed"] == 1
    after = set((library.folder / "previews").rglob("*.jpg"))
    assert len(after) == len(before)
    assert before != after
