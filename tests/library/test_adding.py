"""Adding to a library: what is read, what is not, and what becomes of items."""

from __future__ import annotations

import json
import os
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pinakes.errors import Busy, Conflict, NotFound, UnknownName, WrongSpace
from pinakes.library import Library
from pinakes.settings import Settings

RED, BLUE = (200, 30, 30), (30, 40, 200)


def picture(path: Path, colour: tuple[int, int, int], seed: int = 0) -> Path:
    """A picture of a boat in a colour, on a speckled sea."""
    random = np.random.default_rng(seed)
    image = Image.fromarray(random.integers(180, 230, (120, 160, 3), dtype=np.uint8))
    ImageDraw.Draw(image).polygon([(30, 70), (130, 70), (105, 95), (55, 95)], fill=colour)
    image.save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pictures and two texts."""
    place = tmp_path / "media"
    place.mkdir()
    picture(place / "red boat.png", RED)
    picture(place / "blue boat.png", BLUE, seed=1)
    (place / "letter.txt").write_text("The keeper of the lighthouse wrote this letter about a boat.")
    (place / "酒.txt").write_text("一瓶红酒在桌上。")
    return place


@pytest.fixture
def library(tmp_path: Path, settings: Settings) -> Iterator[Library]:
    """A new library on each of the two databases."""
    with Library.open(tmp_path / "library", create=True, settings={"catalogue": settings.catalogue}) as opened:
        yield opened


def outcomes(library: Library, *paths: Path, **how: object) -> Counter[str]:
    """Add and count what became of the files."""
    return Counter(told.outcome for told in library.adding(*paths, **how))  # type: ignore[arg-type]


def found(library: Library, *query: str, **options: object) -> list[str]:
    """Titles of the hits."""
    return [hit.title for hit in library.search(list(query), **options)]  # type: ignore[arg-type]


def test_a_folder_of_mixed_media_is_found_with_words_and_pictures(library: Library, folder: Path) -> None:
    assert outcomes(library, folder) == {"added": 4}
    assert set(found(library, "boat")) == {"red boat", "blue boat", "letter"}
    assert found(library, "红酒") == ["酒"]
    (first, *_) = library.search(image=folder / "red boat.png")
    assert (first.title, first.score) == ("red boat", pytest.approx(1.0))
    assert {reason.space for reason in first.why.spaces} - {"builtin"} == {"colour", "gradient", "texture"}
    assert not library.check()


def test_unchanged_files_are_not_read_twice(library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes(library, folder)
    monkeypatch.setattr("pinakes.ingest.decoding.hold_regular", None)
    monkeypatch.setattr("pinakes.ingest.decoding.DecoderPool.run", lambda self, jobs: iter([None for _ in jobs]))
    assert outcomes(library, folder) == {"unchanged": 4}


def test_a_touched_file_keeps_its_parts(library: Library, folder: Path) -> None:
    outcomes(library, folder)
    before = library.parts(1)
    os.utime(Path(os.fsdecode(library.item(1).files[0].path)), (1, 1))
    assert outcomes(library, folder) == {"unchanged": 3, "seen": 1}
    assert library.parts(1) == before
    assert outcomes(library, folder) == {"unchanged": 4}


def test_a_renamed_file_keeps_its_item(library: Library, folder: Path) -> None:
    outcomes(library, folder)
    item = library.search("letter")[0].item
    parts = library.parts(item)
    (folder / "letter.txt").rename(folder / "a moved letter.txt")
    assert outcomes(library, folder) == {"unchanged": 3, "moved": 1}
    assert library.parts(item) == parts
    assert library.item(item).files[0].path == os.fsencode(folder / "a moved letter.txt")
    assert library.status()["items"] == 4


def test_a_copy_is_an_item_of_its_own(library: Library, folder: Path) -> None:
    outcomes(library, folder)
    (folder / "copy.txt").write_bytes((folder / "letter.txt").read_bytes())
    assert outcomes(library, folder) == {"unchanged": 4, "added": 1}
    assert library.status()["items"] == 5


def test_a_changed_file_keeps_its_item_and_changes_its_words(library: Library, folder: Path) -> None:
    outcomes(library, folder)
    item = library.search("lighthouse")[0].item
    (folder / "letter.txt").write_text("Now about a windmill.")
    assert outcomes(library, folder) == {"unchanged": 3, "changed": 1}
    assert [hit.item for hit in library.search("windmill")] == [item]
    assert found(library, "lighthouse") == []
    assert not library.check()


def test_a_vanished_file_is_marked_and_removed_on_request(library: Library, folder: Path) -> None:
    outcomes(library, folder)
    item = library.search("lighthouse")[0].item
    (folder / "letter.txt").unlink()
    outcomes(library, folder)
    assert library.item(item).state == "missing"
    assert [hit.item for hit in library.search("state=missing")] == [item]
    assert library.remove(missing=True) == 1
    with pytest.raises(NotFound):
        library.item(item)
    assert found(library, "lighthouse") == []
    assert not library.check()


def test_a_file_that_comes_back_is_no_longer_missing(library: Library, folder: Path) -> None:
    outcomes(library, folder)
    item = library.search("lighthouse")[0].item
    (folder / "letter.txt").rename(folder.parent / "away.txt")
    outcomes(library, folder)
    (folder.parent / "away.txt").rename(folder / "letter.txt")
    assert outcomes(library, folder)["seen"] == 1
    assert library.item(item).state == "ready"


def test_a_bad_file_is_one_line_in_the_report_and_not_read_again(library: Library, folder: Path) -> None:
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    report = library.add(folder)
    assert (report.added, report.failed) == (4, 1)
    (failure,) = library.failures()
    assert failure.path.endswith(b"broken.jpg")
    assert failure.code == "bad-media"
    again = library.add(folder)
    assert (again.unchanged, again.failed) == (4, 1)
    assert "has not changed" in str(again.failures[0].error)
    picture(folder / "broken.jpg", RED)
    assert outcomes(library, folder) == {"unchanged": 4, "added": 1}
    assert library.failures() == []


def test_a_failed_file_is_read_again_on_request(library: Library, folder: Path) -> None:
    (folder / "empty.txt").write_text("")
    outcomes(library, folder)
    told = next(told for told in library.adding(folder, retry=True) if told.outcome == "failed")
    assert told.error is not None
    assert "has not changed" not in str(told.error)


def test_members_of_an_archive_are_items_and_are_not_unpacked_twice(library: Library, folder: Path) -> None:
    with zipfile.ZipFile(folder / "old.zip", "w") as archive:
        archive.writestr("notes/first.txt", "a note about whales")
        archive.write(folder / "red boat.png", "pictures/whale.png")
    assert outcomes(library, folder) == {"added": 6}
    hit = library.search("text:whales")[0]
    assert hit.path.endswith("old.zip!/notes/first.txt")
    with hit.open() as original:
        assert original.read() == b"a note about whales"
    assert outcomes(library, folder) == {"unchanged": 6}


@pytest.mark.usefixtures("classical_alone")
def test_a_table_lists_works_with_their_metadata(library: Library, folder: Path) -> None:
    (folder / "works.csv").write_text(
        "file,title,creator,date,labels\n"
        "red boat.png,The Red Boat,Klee,1905,ship;sea\n"
        ",A lost work,Miró,1910,\n"
        "nowhere.png,Nothing,,,\n"
    )
    report = library.add(folder / "works.csv")
    assert (report.added, report.failed) == (2, 1)
    assert found(library, "creator=klee labels=sea") == ["The Red Boat"]
    assert found(library, "lost work") == ["A lost work"]
    assert library.search("title:red")[0].modality == "image"


def test_a_walk_over_a_folder_keeps_what_a_table_said_of_its_files(library: Library, folder: Path) -> None:
    table = folder.parent / "works.csv"
    table.write_text("path,title\nmedia/red boat.png,The Red Boat\n")
    library.add(table)
    assert outcomes(library, folder) == {"unchanged": 1, "added": 3}
    assert library.search("The Red Boat")[0].title == "The Red Boat"
    table.write_text("path,title\nmedia/red boat.png,Regatta\n")
    assert outcomes(library, table) == {"changed": 1}


def test_a_sidecar_overrides_and_its_change_is_a_change_of_the_work(library: Library, folder: Path) -> None:
    sidecar = folder / "red boat.png.json"
    sidecar.write_text(json.dumps({"title": "Regatta", "creator": "Ann"}))
    assert outcomes(library, folder) == {"added": 4}
    assert found(library, "creator=ann") == ["Regatta"]
    sidecar.write_text(json.dumps({"title": "Second Regatta"}))
    assert outcomes(library, folder) == {"unchanged": 3, "changed": 1}
    assert found(library, "regatta") == ["Second Regatta"]
    assert found(library, "creator=ann") == []


def test_files_of_one_name_are_one_work_where_that_is_asked_for(library: Library, folder: Path) -> None:
    (folder / "red boat.txt").write_text("A caption that tells of a regatta.")
    outcomes(library, folder, pair=True)
    assert library.status()["items"] == 4
    (hit,) = library.search("regatta")
    assert {part.modality for part in library.parts(hit.item)} == {"image", "text"}


def test_a_run_that_is_closed_early_keeps_what_it_told_and_resumes(library: Library, tmp_path: Path) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for number in range(60):
        (many / f"{number:02}.txt").write_text(f"text number {number}")
    told = set()
    with library.adding(many) as run:
        for one in run:
            told.add(one.path)
            if len(told) == 3:
                break
    stored = library.status()["items"]
    assert stored >= 3
    assert not library.check()
    rest = outcomes(library, many)
    assert rest["unchanged"] == stored
    assert rest["added"] == 60 - stored
    assert not library.check()


def test_collections_have_their_own_cleaning(library: Library, folder: Path) -> None:
    with pytest.raises(UnknownName, match="mojibake"):
        library.add(folder, cleaning=("mojibak",))
    library.add(folder, collection="scans", cleaning=("median-denoise",))
    part = next(part for part in library.parts(library.search("red boat")[0].item))
    assert [note["step"] for note in part.cleaning] == ["median-denoise"]
    assert set(found(library, "collection=scans")) >= {"red boat", "blue boat"}


def test_a_library_that_was_closed_says_so(library: Library, folder: Path) -> None:
    library.add(folder)
    assert len(library.search("boat"))
    library.close()
    library.close()
    for asked in (lambda: library.search("boat"), lambda: library.add(folder), lambda: library.item(1), library.status):
        with pytest.raises(Conflict, match=r"was closed\. Open it again"):
            asked()


def test_two_writers_do_not_meet(library: Library, folder: Path) -> None:
    with Library.open(library.folder, settings={"catalogue": library.settings.catalogue, "busy_seconds": 0.1}) as other:
        with library.adding(folder) as run:
            next(iter(run))
            with pytest.raises(Busy, match="writing"):
                other.add(folder)
        assert other.add(folder).failed == 0


@pytest.mark.reliability
def test_vectors_of_an_encoder_that_changed_are_refused(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H6."""
    outcomes(library, folder)
    (folder / "new.txt").write_text("new")
    from dataclasses import replace

    from pinakes.encoders.base import ENCODERS

    colour = ENCODERS.get("colour")(Settings())

    class Changed:
        description = replace(colour.description, fingerprint="other")
        encode = colour.encode

    monkeypatch.setitem(ENCODERS._things, "colour", lambda _: Changed())
    with (
        Library.open(library.folder, settings={"catalogue": library.settings.catalogue}) as again,
        pytest.raises(WrongSpace),
    ):
        again.add(folder)


def test_an_encoder_that_is_ready_for_a_long_run_stays_so_for_the_next(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pinakes.encoders.base import ENCODERS

    colour, opened = ENCODERS.get("colour"), []
    monkeypatch.setitem(ENCODERS._things, "colour", lambda settings: opened.append(settings) or colour(settings))
    outcomes(library, folder)
    assert outcomes(library, folder)["unchanged"] == 4
    assert len(opened) == 1
    with Library.open(library.folder, settings={"catalogue": library.settings.catalogue}) as again:
        # What was opened for a query is not what is quickest in a long run.
        again.search(image=folder / "red boat.png")
        again.add(folder)
        again.add(folder)
    assert len(opened) == 3


def test_previews_are_made_once_and_shown_with_their_part(library: Library, folder: Path) -> None:
    outcomes(library, folder)
    hit = library.search("red boat")[0]
    assert hit.preview is not None
    with Image.open(hit.preview) as preview:
        assert max(preview.size) <= library.settings.preview_pixels


def test_the_previews_of_a_changed_file_take_the_place_of_the_old_ones(library: Library, folder: Path) -> None:
    outcomes(library, folder)
    before = set(library.folder.glob("previews/*/*.jpg"))
    kept = library.search("blue boat")[0].preview
    picture(folder / "red boat.png", RED, seed=7)
    assert outcomes(library, folder)["changed"] == 1
    after = set(library.folder.glob("previews/*/*.jpg"))
    assert len(after) == len(before)
    assert after != before
    assert {kept, library.search("red boat")[0].preview} <= after


def test_a_path_that_is_not_there_is_an_error(library: Library, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        library.add(tmp_path / "nowhere")
