"""The built-in encoder: opened from the package, or told how to be had; its codes and what its cosines mean."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from pinakes.catalogue.choices import CLASSICAL, usual_encoders
from pinakes.encoders import builtin, find
from pinakes.encoders.base import ENCODERS
from pinakes.encoders.builtin import files
from pinakes.encoders.certainty import pair, probability
from pinakes.encoders.hashers import fit_for
from pinakes.encoders.hub.record import FileRecord, sha256_of
from pinakes.encoders.trained.encoder import open_trained
from pinakes.encoders.trained.record import read_record
from pinakes.errors import BadInput, Damaged, UnknownName
from pinakes.library.models import table
from pinakes.settings import Settings

from .standin import DIM, SAMPLES, SIDE, write

ROOT = Path(__file__).parents[3]


def picture(*colour: int) -> np.ndarray:
    return np.full((SIDE, SIDE, 3), colour, np.uint8)


def tone(hertz: float) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(SAMPLES) / 16_000).astype(np.float32)


def without(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As in a checkout in which nobody has trained it."""
    monkeypatch.setattr(files, "FOLDER", tmp_path / "nothing")
    monkeypatch.delitem(ENCODERS._things, "builtin", raising=False)


def test_words_pictures_and_sounds_lie_in_one_space(model: Path, settings: Settings) -> None:
    encoder = files.open_builtin(settings, model)
    red, blue, shrill = encoder.encode("text", ["a red boat", "the blue sea", "a shrill sound"])
    pictures = encoder.encode("image", [picture(200, 20, 20), picture(20, 20, 200)])
    sounds = encoder.encode("audio", [tone(5_000), tone(200)])
    assert (pictures @ red).argmax() == 0 and (pictures @ blue).argmax() == 1 and (sounds @ shrill).argmax() == 0
    assert encoder.description.modalities == ("text", "image", "audio")
    assert encoder.description.languages == ("en", "zh")


def test_graphs_are_opened_with_the_first_medium_that_needs_them(
    model: Path, settings: Settings, tmp_path: Path
) -> None:
    encoder = files.open_builtin(settings, model)
    assert not encoder._sessions
    encoder.encode("image", [picture(1, 2, 3)])
    assert [path.name for path in encoder._sessions] == ["image.onnx"]


def test_what_reads_a_medium_is_let_go_and_opened_again(model: Path, settings: Settings) -> None:
    encoder = files.open_builtin(settings, model)
    before = encoder.encode("text", ["a red boat"])
    encoder.encode("image", [picture(1, 2, 3)])
    encoder.let_go("text")
    assert [path.name for path in encoder._sessions] == ["image.onnx"]
    encoder.let_go("text")
    assert (encoder.encode("text", ["a red boat"]) == before).all()


def test_a_copy_without_weights_has_no_such_encoder_and_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    without(monkeypatch, tmp_path)
    assert "builtin" not in find.names(settings)
    assert usual_encoders() == CLASSICAL
    with pytest.raises(UnknownName, match=r"no weights of the built-in encoder.*pinakes\.learn\.builtin"):
        find.find("builtin", settings)
    with pytest.raises(UnknownName, match="no weights"):
        files.open_builtin(settings)
    (row,) = [row for row in table(settings) if row["name"] == "builtin"]
    assert not row["installed"] and "pinakes.learn.builtin" in row["about"]


def test_a_copy_with_weights_lists_it_with_its_size_languages_and_card(settings: Settings, builtin_model: Path) -> None:
    assert "builtin" in find.names(settings)
    assert usual_encoders() == (*CLASSICAL, "builtin")
    (row,) = [row for row in table(settings) if row["name"] == "builtin"]
    assert row["installed"] and row["languages"] == ["en", "zh"] and row["modalities"] == ["text", "image", "audio"]
    assert str(builtin.CARD) in row["about"]


@pytest.mark.parametrize("name", ["text.onnx", "codes.npz"])
def test_a_file_that_was_not_installed_whole_is_told(
    model: Path, settings: Settings, tmp_path: Path, name: str
) -> None:
    broken = tmp_path / "model"
    shutil.copytree(model, broken)
    data = (broken / name).read_bytes()
    (broken / name).write_bytes(data[:-1])
    with pytest.raises(Damaged, match=f"{name}.*has {len(data) - 1} bytes instead of {len(data)}"):
        files.open_builtin(settings, broken)
    (broken / name).unlink()
    with pytest.raises(Damaged, match=f"{name}.*is missing"):
        files.open_builtin(settings, broken)


def test_opening_it_writes_nothing_beside_it(model: Path, settings: Settings) -> None:
    before = sorted(model.iterdir())
    files.open_builtin(settings, model).encode("text", ["red"])
    assert sorted(model.iterdir()) == before


def test_codes_are_the_signs_of_its_projection_and_shorter_ones_are_their_beginning(
    model: Path, settings: Settings
) -> None:
    encoder = files.open_builtin(settings, model)
    vectors = np.random.default_rng(0).standard_normal((20, DIM)).astype(np.float32)
    long, short = fit_for(encoder, vectors), fit_for(encoder, vectors, bits=64)
    assert (long.name, long.bits, short.bits) == ("learned", 128, 64)
    with np.load(model / "codes.npz") as arrays:
        signs = (vectors - arrays["centre"]) @ arrays["projection"] > 0
    assert (long.codes(vectors) == np.packbits(signs, axis=1)).all()
    assert (short.codes(vectors) == long.codes(vectors)[:, :8]).all()
    with pytest.raises(BadInput, match="128 bits; no longer ones"):
        fit_for(encoder, vectors, bits=256)


def test_an_encoder_without_codes_of_its_own_has_none_to_give(settings: Settings) -> None:
    colour = find.find("colour", settings)
    with pytest.raises(BadInput, match=r"colour has learned no codes.*itq, rotation"):
        fit_for(colour, np.zeros((4, 3), np.float32), "learned")


@pytest.mark.parametrize("broken", [b"", b"PK\x03\x04 no archive", "wrong"])
def test_codes_that_can_not_be_read_are_damage(
    model: Path, settings: Settings, tmp_path: Path, broken: bytes | str
) -> None:
    copy = tmp_path / "model"
    shutil.copytree(model, copy)
    if isinstance(broken, str):
        np.savez(copy / "codes.npz", centre=np.zeros(3, np.float32), projection=np.zeros((3, 128), np.float32))
    else:
        (copy / "codes.npz").write_bytes(broken)
    told = json.loads((copy / "encoder.json").read_text())
    told["codes"]["bytes"] = (copy / "codes.npz").stat().st_size
    (copy / "encoder.json").write_text(json.dumps(told))
    with pytest.raises(Damaged, match="codes"):
        files.open_builtin(settings, copy).hasher()


def test_the_calibration_is_read_and_a_broken_one_is_damage(model: Path, settings: Settings, tmp_path: Path) -> None:
    assert open_trained(model, settings).calibration["text-image"] == (10.0, -5.0, 0.3)
    copy = tmp_path / "model"
    shutil.copytree(model, copy)
    for wrong in ({"text-image": [1, 2]}, {"text-image": "abc"}, [1], {"text-image": [1, 2, float("nan")]}):
        told = json.loads((model / "encoder.json").read_text()) | {"calibration": wrong}
        (copy / "encoder.json").write_text(json.dumps(told))
        with pytest.raises(Damaged, match="what its cosines mean"):
            open_trained(copy, settings)


def test_probabilities_rise_with_the_cosine_and_are_nothing_below_the_floor() -> None:
    cosines = np.array([-1, 0.29, 0.3, 0.5, 1], np.float32)
    told = probability((10.0, -5.0, 0.3), cosines)
    assert told.tolist() == pytest.approx([0, 0, 1 / (1 + np.exp(2)), 0.5, 1 / (1 + np.exp(-5))])
    assert np.isfinite(probability((1e9, 0.0, -1.0), cosines)).all()
    assert pair("image", "text") == pair("text", "image") == "text-image"


def test_the_wheel_and_the_source_archive_hold_its_files(tmp_path: Path) -> None:
    inner = Path("src/pinakes/encoders/builtin")
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore", "src/pinakes/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / inner, tmp_path / inner, ignore=shutil.ignore_patterns("model", "__pycache__"))
    write(tmp_path / inner / "model")
    (tmp_path / inner / "CARD.md").write_text("A card.")
    command = [sys.executable, "-m", "hatchling", "build", "-d", "made"]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    wanted = {path.relative_to(tmp_path / "src").as_posix() for path in (tmp_path / inner).rglob("*") if path.is_file()}
    assert len(wanted) >= 8
    with zipfile.ZipFile(next((tmp_path / "made").glob("*.whl"))) as zipped:
        assert wanted <= set(zipped.namelist())
    with tarfile.open(next((tmp_path / "made").glob("*.tar.gz"))) as tarred:
        assert wanted <= {name.partition("/src/")[2] for name in tarred.getnames()}


def test_what_is_shipped_is_whole_and_no_larger_than_25_megabytes(settings: Settings) -> None:
    if not files.is_there():
        pytest.skip("nobody has trained it in this checkout yet")
    assert sum(path.stat().st_size for path in files.FOLDER.iterdir()) <= 25_000_000
    assert files.CARD.is_file()
    assert set(modalities(settings)) == {"text", "image", "audio"}


def test_a_text_has_the_same_vector_alone_as_among_longer_and_shorter_ones(settings: Settings) -> None:
    if not files.is_there():
        pytest.skip("nobody has trained it in this checkout yet")
    encoder = builtin.make(settings)
    texts = [" ".join(["a red boat in the harbour"] * (1 + number * 7 % 15)) for number in range(70)]
    texts[3], texts[40] = "", "night"
    together = encoder.encode("text", texts)
    alone = np.concatenate([encoder.encode("text", [text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-5)
    assert not together[3].any() and together[40].any()
    assert all(session.inputs[0].shape == (None, None) for session in encoder._sessions.values())  # type: ignore[attr-defined]


def test_many_texts_have_the_vectors_of_few_by_a_quicker_graph(settings: Settings) -> None:
    if not files.is_there():
        pytest.skip("nobody has trained it in this checkout yet")
    encoder = files.open_builtin(settings)
    random = np.random.default_rng(0)
    words = ["a", "red", "boat", "in", "the", "harbour", "红色的小船", "qwrtzu", "two", "dogs", "beside", "lighthouse"]
    texts = [" ".join(random.choice(words, 1 + number % 40)) for number in range(300)]
    few = np.concatenate([encoder.encode("text", texts[begin : begin + 10]) for begin in range(0, 300, 10)])
    assert [path.name for path in encoder._sessions] == ["text.onnx"]
    many = encoder.encode("text", texts)
    assert [path.name for path in encoder._sessions] == ["text.onnx", "texts.onnx"]
    np.testing.assert_allclose(many, few, atol=2e-6)
    assert np.array_equal(encoder.encode("text", texts[:10]), few[:10])
    assert np.array_equal(encoder.encode("text", texts[:20]), encoder.encode("text", texts[:20]))


def modalities(settings: Settings) -> tuple[str, ...]:
    """The modalities of the shipped encoder, each of whose files is checked by its hash."""
    return read_record(files.FOLDER, settings.limits, wrong_hash).description.modalities


def wrong_hash(folder: Path, told: Mapping[str, FileRecord]) -> tuple[str, str] | None:
    wrong = [name for name, file in told.items() if sha256_of(folder / name) != file.sha256]
    return (wrong[0], "does not match its checksum") if wrong else None
