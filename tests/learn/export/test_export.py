"""Exported models: the same vectors without torch, smaller where that costs nothing, and spaces of a library."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from pinakes.encoders.trained.encoder import open_trained
from pinakes.encoders.trained.inputs import inputs_of
from pinakes.errors import BadInput, Damaged, Unsupported
from pinakes.learn.data.picture_reader import PictureReader
from pinakes.learn.data.readers import BagReader, WordReader
from pinakes.learn.data.sound_reader import SoundReader
from pinakes.learn.experiment.model import open_model
from pinakes.learn.experiment.plan import read_plan
from pinakes.learn.experiment.run import run
from pinakes.learn.export.graph import run_graph, write_graph
from pinakes.learn.export.model import export
from pinakes.learn.training.run_folder import RunFolder
from pinakes.learn.training.state import State
from pinakes.library.trained import exported
from pinakes.settings import Settings
from pinakes.words.vocabulary import Words
from tests.learn.experiment.shelf import config
from tests.learn.training.toys import Near, made


def test_a_graph_gives_the_vectors_of_torch_for_any_number_of_rows(tmp_path: Path) -> None:
    learner = made().eval()
    difference = write_graph(learner, "text", torch.randn(4, 6), tmp_path / "text.onnx")
    assert difference <= 1e-4
    for rows in (1, 7):
        inputs = torch.randn(rows, 6)
        told = learner.embed("text", inputs).detach().numpy()
        assert run_graph(tmp_path / "text.onnx", inputs.numpy()) == pytest.approx(told, abs=1e-5)


def test_what_can_not_be_traced_is_refused(tmp_path: Path) -> None:
    class Fickle(Near):
        def embed(self, modality: str, inputs: torch.Tensor) -> torch.Tensor:
            return inputs if float(inputs.sum()) > 0 else -inputs

    with pytest.raises(Unsupported, match="can not be written as a graph"):
        write_graph(Fickle(), "text", torch.randn(4, 6), tmp_path / "text.onnx")


def test_a_run_on_features_is_exported_and_checked(tmp_path: Path) -> None:
    run(read_plan(config(tmp_path)), RunFolder(tmp_path / "run"))
    told = export(tmp_path / "run", int8=True)
    assert set(told.differences) == {"image", "text"} and max(told.differences.values()) <= 1e-4
    assert told.figures["int8"] >= told.figures["float32"] - 0.01 or not told.eight
    record = json.loads((told.folder / "encoder.json").read_text())
    assert (record["hasher"], record["dim"], record["method"]) == ("signs", 16, "dcmh")
    with pytest.raises(Unsupported, match="trained on features"):
        open_trained(told.folder, Settings())


def test_a_model_is_exported_though_its_data_have_changed_since(tmp_path: Path) -> None:
    run(read_plan(config(tmp_path)), RunFolder(tmp_path / "run"))
    with np.load(tmp_path / "features.npz") as arrays:
        changed = {name: arrays[name][:110] for name in arrays.files}
    changed["image"][0] += 1
    np.savez(tmp_path / "features.npz", **changed)
    assert max(export(tmp_path / "run").differences.values()) <= 1e-4
    split = json.loads((tmp_path / "run" / "split.json").read_text())
    (tmp_path / "run" / "split.json").write_text(json.dumps({**split, "validation": ["gone"]}))
    with pytest.raises(BadInput, match="is there any more"):
        export(tmp_path / "run")


def test_a_run_that_went_on_since_its_export_is_exported_again(tmp_path: Path) -> None:
    plan = read_plan(config(tmp_path), ["train.epochs=1", "split.validation=0.0"])
    run(plan, RunFolder(tmp_path / "run"))
    first = exported(tmp_path / "run") / "encoder.json"
    before = first.read_bytes()
    assert exported(tmp_path / "run") == first.parent and first.read_bytes() == before
    state = State(open_model(tmp_path / "run").learner, plan.train)
    with torch.no_grad():
        for each in state.learner.parameters():
            each.add_(1)
    state.write_weights(tmp_path / "run" / "best.safetensors", {"loss": 1.0})
    exported(tmp_path / "run")
    assert json.loads(first.read_bytes())["parts"] != json.loads(before)["parts"]


WORDS = Words.trained(["red boat on water", "a blue house", "red red wine 红 酒"], 20, 1)
TEXTS = ["red boat", "nothing known whatever", "a blue blue house by water", ""]


def test_texts_become_the_numbers_that_the_model_learned_from() -> None:
    reader = WordReader(WORDS, 5)
    inputs, there = inputs_of(json.loads(json.dumps(reader.describe()))).make(TEXTS)
    assert inputs.tolist() == reader.read([(text,) for text in TEXTS], None).tolist()
    assert there.tolist() == [True, False, True, False]


def test_bags_become_the_numbers_that_the_model_learned_from() -> None:
    reader = BagReader(WORDS)
    inputs, there = inputs_of(json.loads(json.dumps(reader.describe()))).make(TEXTS)
    assert inputs.tolist() == reader.read([(text,) for text in TEXTS], None).tolist()
    assert there.tolist() == [True, False, True, False]


def test_pictures_become_the_numbers_that_the_model_learned_from() -> None:
    from PIL import Image

    from pinakes.media.geometry import fit

    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (50, 70, 3), np.uint8)
    reader = PictureReader(32, (0.4, 0.5, 0.6), (0.2, 0.3, 0.4))
    inputs = inputs_of(json.loads(json.dumps(reader.describe())))
    assert inputs.image is not None
    told, _ = inputs.make([fit(Image.fromarray(pixels), inputs.image)])
    wanted = reader.read([pixels], None).numpy()
    # Both cut the same middle, one before and one after it was brought to size.
    assert np.abs(told - wanted).max() < 0.05


def test_sounds_become_the_numbers_that_the_model_learned_from() -> None:
    reader = SoundReader(0.1)
    sounds = [np.linspace(-1, 1, 3_000, dtype=np.float32), np.ones(100, np.float32), np.zeros(0, np.float32)]
    inputs, there = inputs_of(json.loads(json.dumps(reader.describe()))).make(sounds)
    assert inputs.tolist() == reader.read(sounds, None).tolist()
    assert there.tolist() == [True, True, False]


def test_a_graph_that_is_not_the_one_that_was_exported_is_refused(tmp_path: Path) -> None:
    run(read_plan(config(tmp_path)), RunFolder(tmp_path / "run"))
    folder = export(tmp_path / "run").folder
    (folder / "image.onnx").write_bytes((folder / "text.onnx").read_bytes())
    with pytest.raises(Damaged, match=r"image\.onnx is not what was exported"):
        open_trained(folder, Settings())
