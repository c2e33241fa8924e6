"""Libraries and tables as training sets: works that are seen in two modalities, with labels that several have."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from pinakes.errors import BadInput, BadTable
from pinakes.learn.data.from_library import from_library
from pinakes.learn.data.from_table import from_table
from pinakes.learn.data.picture_reader import PictureReader
from pinakes.learn.data.prepare import prepared
from pinakes.learn.data.splits import Sizes, check, divided
from pinakes.learn.data.works import Work, set_of
from pinakes.library import Library
from tests.learn.data.layouts.makers import jpeg, text, wav

TABLE = (
    "id,path,title,labels",
    "w1,1.jpg,A red boat,boat; sea",
    "w2,2.jpg,A green boat,boat",
    "w3,3.jpg;3.txt,The lamp,lamp; sea",
    "w4,4.wav,The sound of the sea,sea",
    "w5,5.jpg,,",
    "w6,none.jpg,Nothing,sea",
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    for number in (1, 2, 3, 5):
        jpeg(folder / f"{number}.jpg", number)
    wav(folder / "4.wav")
    text(folder / "3.txt", "It stands on the table and is lit.")
    return text(folder / "works.csv", *TABLE)


def test_a_table_becomes_rows_with_what_each_work_has(table: Path) -> None:
    found = from_table(table)
    assert found.set.modalities == ("text", "image", "audio") and len(found.set) == 4
    texts = found.set.view("text").read(np.arange(4))
    assert texts[0] == ("A red boat",) and texts[2] == ("The lamp", "It stands on the table and is lit.")
    assert found.set.has("image").tolist() == [True, True, True, False]
    assert found.set.has("audio").tolist() == [False, False, False, True]
    assert found.set.label_names == ("boat", "sea") and found.set.labels is not None
    assert found.set.labels.tolist() == [[1, 1], [1, 0], [0, 1], [0, 1]]
    assert "none.jpg is not there" in found.notes[0] and "1 of 5 works are not seen in 2" in found.notes[1]
    assert found.set.view("image").read(np.array([0]))[0].shape == (192, 256, 3)
    assert found.set.view("audio").read(np.array([3]))[0].shape == (1_600,)
    check(found.set, divided(found.set, Sizes(0.5, 0, 0.5)))


def test_columns_and_modalities_are_told(table: Path) -> None:
    found = from_table(table, {"labels": "title", "title": "labels"}, ("image", "text"), least=1)
    assert found.set.label_names == ("A green boat", "A red boat", "The lamp")
    assert found.set.modalities == ("image", "text") and not found.set.present
    with pytest.raises(BadTable, match="no column named labelz"):
        from_table(table, {"labels": "labelz"})


def test_a_file_that_is_no_medium_is_told(table: Path) -> None:
    (table.parent / "2.jpg").write_bytes(b"PK\x05\x06" + bytes(18))
    found = from_table(table)
    assert any("2.jpg is of a type that is not learned from (archive)" in note for note in found.notes)


def test_works_with_one_modality_alone_are_refused() -> None:
    with pytest.raises(BadInput, match="None of the 2 works of shelf is seen in text and image"):
        set_of("shelf", [Work("a", ("x",)), Work("b", ("y",))], ("text", "image"))
    with pytest.raises(BadInput, match="None of the 0 works of shelf is seen in any modality"):
        set_of("shelf", [])
    assert len(set_of("shelf", [Work("a", ("x",)), Work("b", ("y",))]).set) == 2


def test_a_library_becomes_rows_with_previews_and_originals(table: Path, tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", create=True) as library:
        library.add(table)
        found = from_library(library._catalogue, least=1)
    assert found.set.modalities == ("text", "image", "audio") and len(found.set) == 4
    assert set(found.set.label_names) == {"boat", "lamp", "sea"}
    texts = found.set.view("text").read(np.arange(4))
    assert ("The lamp", "It stands on the table and is lit.") in texts and ("A red boat",) in texts
    pictures = np.flatnonzero(found.set.has("image"))
    assert [pixels.shape[2] for pixels in found.set.view("image").read(pictures)] == [3, 3, 3]
    hashes = [digest for digest in found.set.hashes("image") if digest]
    assert len(set(hashes)) == 3
    reader = {"image": PictureReader(8)}
    packed = prepared(found.set, reader, tmp_path / "pack").set  # type: ignore[arg-type]
    plain = prepared(found.set, reader).set  # type: ignore[arg-type]
    assert np.array_equal(packed.view("image").read(pictures), np.stack(plain.view("image").read(pictures)))
    heard = np.flatnonzero(found.set.has("audio"))
    assert found.set.view("audio").read(heard)[0].shape == (1_600,)


def test_pictures_of_a_library_are_known_by_their_originals_whatever_the_preview(table: Path, tmp_path: Path) -> None:
    shutil.copy(table.parent / "1.jpg", table.parent / "5.jpg")
    text(table, "path,title", "1.jpg,one", "2.jpg,two", "5.jpg,one again")
    with Library.open(tmp_path / "library", create=True) as library:
        library.add(table)
        found = from_library(library._catalogue)
    texts = [several[0] for several in found.set.view("text").read(np.arange(3))]
    hashes = dict(zip(texts, found.set.hashes("image"), strict=True))
    assert hashes["one"] == hashes["one again"] != hashes["two"]
    assert found.set.labels is None
