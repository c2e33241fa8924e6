"""Sets made quick to read: the same rows, in the geometry of their reader, without those that can not be read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from pinakes.errors import BadInput
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.decoding import PictureFiles, SoundFiles
from pinakes.learn.data.files import FolderFiles
from pinakes.learn.data.memory import Texts
from pinakes.learn.data.packed import PackedPictures
from pinakes.learn.data.picture_reader import PictureReader
from pinakes.learn.data.prepare import Held, _bottom, prepared
from pinakes.learn.data.readers import WordReader
from pinakes.learn.data.sound_reader import SoundReader
from pinakes.learn.data.source import Source
from pinakes.words.vocabulary import Words
from tests.learn.data.layouts.makers import jpeg, wav


@pytest.fixture
def found(tmp_path: Path) -> TrainingSet:
    for number in range(4):
        jpeg(tmp_path / f"{number}.jpg", number)
        wav(tmp_path / f"{number}.wav")
    names = [str(number) for number in range(4)]
    files = {suffix: FolderFiles(tmp_path, tuple(f"{name}.{suffix}" for name in names)) for suffix in ("jpg", "wav")}
    views = {
        "image": PictureFiles(files["jpg"]),
        "audio": SoundFiles(files["wav"]),
        "text": Texts([(n,) for n in names]),
    }
    return TrainingSet("made", tuple(names), views)  # type: ignore[arg-type]


READERS = {"image": PictureReader(8, short=9), "audio": SoundReader(0.05)}


def test_packed_and_unpacked_pictures_are_read_alike(found: TrainingSet, tmp_path: Path) -> None:
    packed = prepared(found.take([3, 1, 0]), READERS, tmp_path / "pack")  # type: ignore[arg-type]
    plain = prepared(found.take([3, 1, 0]), READERS)  # type: ignore[arg-type]
    assert isinstance(_bottom(packed.set.view("image"))[0], PackedPictures)
    assert isinstance(_bottom(packed.set.view("audio"))[0], Held)
    one, other = (Source.whole(each.set, READERS).batch(np.arange(3)) for each in (packed, plain))  # type: ignore[arg-type]
    # Children decode JPEG in the very same way.
    assert torch.equal(one.inputs["image"], other.inputs["image"])
    assert torch.equal(one.inputs["audio"], other.inputs["audio"]) and one.inputs["audio"].abs().sum() > 0
    assert packed.set.fingerprint() == found.take([3, 1, 0]).fingerprint() == plain.set.fingerprint()
    assert packed.notes == ()


def test_rows_that_can_not_be_read_are_left_out_and_told(found: TrainingSet, tmp_path: Path) -> None:
    (tmp_path / "2.jpg").write_bytes((tmp_path / "2.jpg").read_bytes()[:200])
    (tmp_path / "0.wav").write_bytes(b"no sound at all, but words")
    told: list[tuple[str, int, int]] = []
    done = prepared(found, READERS, tmp_path / "pack", tell=lambda *heard: told.append(heard))  # type: ignore[arg-type]
    assert done.set.ids == ("1", "3")
    assert "2 of 4 rows can not be read and were left out" in done.notes[0]
    assert ("image", 4, 4) in told and ("audio", 4, 4) in told
    with pytest.raises(BadInput, match="No row of made can be read"):
        prepared(found.take([2]), READERS, tmp_path / "pack")  # type: ignore[arg-type]


def test_only_rows_that_are_there_are_decoded(found: TrainingSet, tmp_path: Path) -> None:
    (tmp_path / "2.jpg").unlink()
    there = np.array([True, True, False, True])
    partly = TrainingSet("made", found.ids, found.views, present={"image": there})
    done = prepared(partly, READERS, tmp_path / "pack")  # type: ignore[arg-type]
    assert done.set.ids == found.ids and done.notes == ()


def test_cleaning_is_done_once_and_changes_no_content_hash(found: TrainingSet, tmp_path: Path) -> None:
    garbled = TrainingSet("made", found.ids, {**found.views, "text": Texts([("FranÃ§ois",)] * 4)})  # type: ignore[arg-type]
    readers = {**READERS, "text": WordReader(Words.trained(["François"]), 2)}
    steps = ("mojibake", "grey-world", "loudness")
    done = prepared(garbled, readers, tmp_path / "pack", cleaning=steps).set  # type: ignore[arg-type]
    plain = prepared(garbled, readers, tmp_path / "pack").set  # type: ignore[arg-type]
    assert done.view("text").read(np.array([2])) == [("François",)]
    rows = np.arange(4)
    assert not np.array_equal(done.view("image").read(rows), plain.view("image").read(rows))
    assert not np.array_equal(done.view("audio").read(rows)[0], plain.view("audio").read(rows)[0])
    assert done.fingerprint() == plain.fingerprint() == garbled.fingerprint()
