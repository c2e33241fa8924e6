"""From a folder of data to an encoder in the library's own layout, by one call; what was done is not done again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pinakes.encoders.base import unit_rows
from pinakes.encoders.hashers import fit_for
from pinakes.encoders.trained.encoder import open_trained
from pinakes.errors import NotFound
from pinakes.learn.builtin import build, certain, taught
from pinakes.learn.builtin.__main__ import main
from pinakes.learn.builtin.build import Plan
from pinakes.learn.builtin.looking import LookPlan
from pinakes.learn.builtin.packing import read_told
from pinakes.learn.builtin.patient import Patience
from pinakes.learn.builtin.seeing import Sight
from pinakes.settings import Settings
from pinakes.types import Floats
from tests.learn.builtin.test_pictures import lay as lay_pictures
from tests.learn.builtin.test_teacher import lay as lay_teacher
from tests.learn.builtin.test_teacher import make_weights

torch.set_num_threads(1)


def encode(several: Sequence[str]) -> Floats:
    """A teacher of texts to whom words that share letters are near."""
    found = np.zeros((len(several), 384), np.float32)
    for row, text in enumerate(several):
        for letters in zip(text, text[1:], text[2:], strict=False):
            found[row, int.from_bytes(hashlib.sha256("".join(letters).encode()).digest()[:2], "big") % 384] += 1
    return unit_rows(found)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(taught, "WIDTH", 4)
    folder = tmp_path / "data"
    captions = {f"{n}.png": {"captions": [f"a red wall number {n}", "a wall"]} for n in range(6)}
    lay_pictures(folder / "flickr8k", "captions_train.jsonl", "images_train.tar", captions)
    (folder / build.TEACHER).mkdir()
    lay_teacher(folder / build.TEACHER, make_weights())
    return folder


def small() -> Plan:
    plan = Plan(scenes=8, views=2, threads=1)
    sight = Sight(width=0.125, sides=(32,), batch=8)
    train = replace(plan.words.train, epochs=1, batch=8, average=0.0, threads=1)
    words = replace(plan.words, inner=32, hidden=32, pieces=300, train=train)
    look = LookPlan(sides=(32,), train=replace(plan.look.train, epochs=1, batch=8, threads=1))
    patience = Patience(side=32, used=32, asked=8, train=replace(plan.look.train, epochs=1, batch=8, threads=1))
    codes = replace(plan.codes, train=replace(plan.codes.train, epochs=1, batch=8, threads=1))
    return replace(plan, sight=sight, words=words, look=look, patience=patience, codes=codes)


@pytest.mark.slow
def test_a_folder_of_data_becomes_an_encoder(data: Path, tmp_path: Path) -> None:
    told: list[str] = []
    run = tmp_path / "run"
    folder = build.build(data, run, small(), lambda stage, *_: told.append(stage), encode)
    assert folder is not None
    assert {"teacher", "sight", "looking", "looking for long", "words"} <= set(told)
    encoder = open_trained(folder, Settings())
    pictures = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3)).astype(np.uint8)
    vectors = encoder.encode("image", list(pictures))
    words = encoder.encode("text", ["a red wall", "墙"])
    assert vectors.shape == (3, 256)
    np.testing.assert_allclose(np.linalg.norm(np.concatenate([vectors, words[:1]]), axis=1), 1, atol=1e-5)
    hasher = fit_for(encoder, vectors)
    assert hasher.bits == 128
    np.testing.assert_array_equal(hasher.first(64).codes(vectors), hasher.codes(vectors)[:, :8])
    before = read_told(folder)
    told.clear()
    assert build.build(data, run, small(), lambda stage, *_: told.append(stage), encode) == folder
    assert not {"teacher", "sight", "words", "looking", "looking for long"} & set(told), "nothing is done twice"
    assert read_told(folder)["parts"] == before["parts"]
    certain.calibrate(folder, data)
    assert "calibration" in read_told(folder)
    assert open_trained(folder, Settings()).calibration.keys() == read_told(folder)["calibration"].keys()


def test_a_folder_without_a_teacher_is_an_error(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "nowhere" / build.TEACHER).mkdir(parents=True)
    (data / build.TEACHER).rename(data / "elsewhere")
    with pytest.raises(NotFound, match="no teacher of pictures"):
        build.build(data, tmp_path / "run", small(), lambda *_: None, encode)
    assert main([str(tmp_path / "nowhere"), "--to", str(tmp_path / "run2")]) == 1
    assert "none of the sets of pictures" in capsys.readouterr().err
