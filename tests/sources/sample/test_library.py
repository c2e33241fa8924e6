"""The library as a whole: what is written, that it is written the same twice, and that its metadata can be found."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from pinakes.errors import StorageFailed, UsageError
from pinakes.sources.sample import library, pictures
from pinakes.sources.sample.creators import CREATORS, RIGHTS
from pinakes.sources.sample.library import DEMO_QUERIES, SampleLibrary, everything, generate, is_made, shares
from pinakes.sources.sample.made import Made, plate_scene, plates, sounds
from pinakes.sources.sample.recipes import KEYSTONES
from pinakes.sources.sample.work import TABLE_COLUMNS, Work
from tests.sources.sample.conftest import WORKS


def of(sample: SampleLibrary, **wanted: str) -> list[Work]:
    """The works whose fields have these values."""
    return [work for work in sample.works if all(getattr(work, name) == value for name, value in wanted.items())]


def test_there_are_as_many_works_as_asked(sample: SampleLibrary) -> None:
    assert len(sample.works) == WORKS
    assert len({work.path for work in sample.works}) == WORKS


@pytest.mark.parametrize("works", [40, 41, 100, 399, 400, 1_000])
def test_the_shares_add_up(works: int) -> None:
    assert sum(shares(works).values()) + library.DIFFICULT == works
    assert min(shares(works).values()) >= 1


def test_the_folder_holds_the_works_their_sidecars_and_the_table(sample: SampleLibrary, collection: Path) -> None:
    found = {path.relative_to(collection).as_posix() for path in collection.rglob("*") if path.is_file()}
    sidecars = {f"{work.path}.json" for work in sample.works if work.told == "sidecar"}
    assert found == {work.path for work in sample.works} | sidecars | {"works.csv"}
    assert sidecars


def test_all_kinds_are_there(sample: SampleLibrary) -> None:
    assert Counter(work.modality for work in sample.works).keys() == {"image", "text", "audio", "film"}
    suffixes = {work.path.rsplit(".", 1)[1] for work in sample.works}
    assert {"jpg", "webp", "txt", "md", "html", "pdf", "epub", "mp4"} <= suffixes
    assert {work.told for work in sample.works} == {"embedded", "sidecar", "table", "nowhere"}


def test_the_same_seed_gives_the_same_bytes(sample: SampleLibrary, collection: Path) -> None:
    for made in _still(1):
        assert made.data == (collection / made.work.path).read_bytes(), made.work.path


def test_another_seed_gives_other_works(sample: SampleLibrary, collection: Path) -> None:
    written = {path.read_bytes() for path in collection.rglob("*") if path.is_file()}
    whole = everything(2, WORKS)
    assert not written & {next(whole).data for _ in range(shares(WORKS)["plates"] + shares(WORKS)["sounds"])}


def _still(seed: int) -> list[Made]:
    """Everything but the films, which come last and have their own test."""
    whole = everything(seed, WORKS)
    return [next(whole) for _ in range(WORKS - shares(WORKS)["films"])]


def test_labels_agree_with_the_scenes(sample: SampleLibrary) -> None:
    for work in sample.works:
        for scene in work.scenes:
            assert set(scene.labels) <= set(work.labels), work.path
        if work.difficulty == "empty":
            assert not work.labels
        else:
            assert work.labels, work.path
            assert all(work.captions[language] for language in ("en", "zh"))


def test_creators_never_lived_in_two_places_at_once(sample: SampleLibrary) -> None:
    years = {name: who.years for who in CREATORS for name in (who.name, who.name_zh)}
    for work in sample.works:
        if work.creator:
            assert work.creator in years
        if work.day is not None:
            assert 1890 <= work.day.year <= 1935


def test_texts_are_utf_8_unless_they_are_difficult(sample: SampleLibrary, collection: Path) -> None:
    for work in of(sample, modality="text"):
        if work.path.endswith((".txt", ".md", ".html")) and not work.difficulty:
            words = (collection / work.path).read_text(encoding="utf-8")
            assert len(words) > 60
            assert (
                all(thing.name in words.lower() for scene in work.scenes for thing in scene.things)
                or work.language == "zh"
            )


def test_pictures_can_be_opened_and_have_their_size(sample: SampleLibrary, collection: Path) -> None:
    for work in of(sample, modality="image"):
        with Image.open(collection / work.path) as image:
            image.load()
            assert 300 <= max(image.size) <= 900, work.path
            assert np.asarray(image.convert("L")).std() > 10


def test_sounds_can_be_read(sample: SampleLibrary, collection: Path) -> None:
    for work in of(sample, modality="audio"):
        samples, _ = soundfile.read(collection / work.path)
        assert np.abs(samples).max() > 0.1


def test_the_table_describes_the_works_that_say_so(sample: SampleLibrary, collection: Path) -> None:
    rows = list(csv.DictReader(io.StringIO((collection / "works.csv").read_text(encoding="utf-8"))))
    told = {work.path: work for work in of(sample, told="table")}
    assert {row["path"] for row in rows} == set(told)
    for row in rows:
        assert tuple(row) == TABLE_COLUMNS
        work = told[row["path"]]
        assert row["title"] == work.title
        assert row["labels"].split("; ") == list(work.labels)
        assert row["rights"] == RIGHTS


def test_a_sidecar_tells_the_same_as_the_work(sample: SampleLibrary, collection: Path) -> None:
    for work in of(sample, told="sidecar"):
        told = json.loads((collection / f"{work.path}.json").read_text(encoding="utf-8"))
        assert told["title"] == work.title
        assert tuple(told["labels"]) == work.labels
        assert all(told["description"].count(words) == 1 for words in work.captions.values())


def test_embedded_metadata_can_be_read_back(sample: SampleLibrary, collection: Path) -> None:
    pictures = [work for work in of(sample, told="embedded", modality="image") if work.path.endswith((".jpg", ".webp"))]
    assert pictures
    for work in pictures:
        with Image.open(collection / work.path) as image:
            exif = image.getexif()
            assert exif[0x013B] == work.creator
            assert exif[0x010E] == work.captions["en"]
            packet = image.info["xmp"].decode()
        assert work.title in packet
        assert work.captions["zh"] in packet


def test_png_plates_tell_their_title_in_any_script() -> None:
    work = next(iter(plates(1, 1))).work
    with Image.open(io.BytesIO(pictures.encoded(Image.new("RGB", (8, 8)), "png", work))) as image:
        told = dict(image.text)  # type: ignore[attr-defined]
    assert told["Title"] == work.title
    assert told["Description"] == work.description
    assert any(ord(letter) > 0x4E00 for letter in told["Description"])


def test_works_that_tell_nothing_have_nothing_in_them(sample: SampleLibrary, collection: Path) -> None:
    for work in of(sample, told="nowhere", modality="image"):
        with Image.open(collection / work.path) as image:
            assert set(image.getexif()) <= {0x0112}
            assert not image.info.get("xmp")


def test_each_difficulty_is_what_it_says(sample: SampleLibrary, collection: Path) -> None:
    by_name = {work.difficulty: work for work in sample.works if work.difficulty}
    assert len(by_name) == library.DIFFICULT
    assert (collection / by_name["empty"].path).stat().st_size == 0
    assert (collection / by_name["wrong-suffix"].path).read_bytes()[8:12] == b"WEBP"
    assert by_name["wrong-suffix"].path.endswith(".jpg")
    with Image.open(collection / by_name["turned"].path) as image:
        assert image.getexif()[0x0112] == 6
    (collection / by_name["gb18030"].path).read_bytes().decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        (collection / by_name["gb18030"].path).read_bytes().decode("utf-8")
    assert "â€" in (collection / by_name["mojibake"].path).read_text(encoding="utf-8")


def test_a_turned_plate_shown_upright_is_the_plate_that_it_was_made_of(sample: SampleLibrary, collection: Path) -> None:
    from PIL import ImageOps

    turned = next(work for work in sample.works if work.difficulty == "turned")
    with Image.open(collection / turned.path) as copy, Image.open(collection / turned.copy_of) as original:
        upright = np.asarray(ImageOps.exif_transpose(copy).convert("RGB")).astype(int)
        assert np.abs(upright - np.asarray(original.convert("RGB")).astype(int)).mean() < 6


def test_copies_name_their_original(sample: SampleLibrary) -> None:
    paths = {work.path for work in sample.works}
    for work in sample.works:
        if work.copy_of:
            assert work.copy_of in paths
            assert work.labels == sample.work(work.copy_of).labels


def test_the_first_plates_are_in_every_copy() -> None:
    for seed in (1, 2):
        scene, artist = plate_scene(0, seed)
        assert scene.labels == ("boat", "red boat", "harbour", "day")
        assert artist.who.shelf == "plates/harbour-suite"
    assert len(KEYSTONES) == 16


def test_the_demonstration_asks_for_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pinakes.sources.sample.made.draw", lambda scene, size: Image.new("RGB", (8, 8)))
    monkeypatch.setattr("pinakes.sources.sample.made.sound", lambda name, seed: np.zeros(800, np.float32))
    count = shares(400)
    paths = {made.work.path for made in (*plates(1, count["plates"]), *sounds(1, count["sounds"]))}
    named = [word for query in DEMO_QUERIES for word in query.split() if "/" in word]
    assert len(named) == 2
    assert set(named) <= paths


def test_a_sample_that_was_written_to_its_end_is_known_again(sample: SampleLibrary) -> None:
    assert is_made(sample.folder, 1, WORKS)
    assert not is_made(sample.folder, 2, WORKS)
    assert not is_made(sample.folder.parent, 1, WORKS)


def test_another_sample_leaves_nothing_of_the_former(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = list(sounds(1, 2))
    monkeypatch.setattr(library, "judged", lambda works, seed: [])
    monkeypatch.setattr(library, "everything", lambda seed, works: iter(made))
    assert generate(tmp_path, 1, WORKS).collection.joinpath(made[1].work.path).is_file()
    monkeypatch.setattr(library, "everything", lambda seed, works: iter(made[:1]))
    assert not generate(tmp_path, 2, WORKS).collection.joinpath(made[1].work.path).exists()
    assert not is_made(tmp_path, 1, WORKS)


def test_progress_is_told_for_every_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = list(sounds(1, 3))
    monkeypatch.setattr(library, "everything", lambda seed, works: iter(made))
    monkeypatch.setattr(library, "judged", lambda works, seed: [])
    told: list[tuple[int, int]] = []
    generate(tmp_path, works=WORKS, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, WORKS), (2, WORKS), (3, WORKS)]


@pytest.mark.parametrize("works", [library.FEWEST - 1, library.MOST + 1, 0, -5])
def test_too_few_or_too_many_works_are_refused(tmp_path: Path, works: int) -> None:
    with pytest.raises(UsageError, match=str(works)):
        generate(tmp_path, works=works)
    assert not list(tmp_path.iterdir())


def test_the_books_open(sample: SampleLibrary, collection: Path) -> None:
    for work in sample.works:
        if work.path.endswith(".epub"):
            with zipfile.ZipFile(collection / work.path) as book:
                assert book.testzip() is None
        if work.path.endswith(".pdf"):
            assert (collection / work.path).read_bytes().startswith(b"%PDF-1.4")


def test_public_names_load_on_first_use() -> None:
    import pinakes.sources.sample as room

    assert room.generate is generate
    for name in room.__all__:
        assert getattr(room, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        room.nothing  # noqa: B018


def test_a_folder_that_can_not_be_written_is_one_of_our_errors(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StorageFailed, match="taken"):
        generate(tmp_path / "taken", works=WORKS)
