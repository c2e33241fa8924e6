"""Common spaces, teachers and views, trained as a configuration says, and taken up again from their files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from pinakes.errors import BadInput, NotFound
from pinakes.learn.experiment.model import open_model
from pinakes.learn.experiment.plan import read_plan
from pinakes.learn.experiment.run import run
from pinakes.learn.joint.distillation import vectors_of
from pinakes.learn.training.run_folder import RunFolder
from tests.learn.experiment.shelf import config

CONFIG = """
name = "space"
[data]
layout = "features"
folder = "features.npz"
[split]
query = 0.25
validation = 0.2
[evaluate]
relevant = "labels"
metrics = ["map"]
[train]
epochs = 10
batch = 24
rate = 0.02
threads = 1
[method]
name = "{method}"
{rest}
"""


def learned(folder: Path, method: str, rest: str) -> dict[str, float]:
    plan = read_plan(config(folder, CONFIG.replace("{method}", method).replace("{rest}", rest)))
    done = run(plan, RunFolder(folder / "run"))
    model = open_model(folder / "run")
    assert model.learner.modalities == done.outcome.learner.modalities
    inputs = torch.randn(3, 6)
    if "text" in model.learner.modalities:
        assert torch.equal(model.learner.embed("text", inputs), done.outcome.learner.embed("text", inputs))
    figures: dict[str, float] = done.summary["figures"]
    return figures


@pytest.mark.parametrize("rest", ['loss = "siglip"', 'loss = "arcface"\ndim = 8'])
def test_a_space_is_learned_as_a_configuration_says(tmp_path: Path, rest: str) -> None:
    assert learned(tmp_path, "joint", rest)["map"] > 0.6, "by chance a quarter is relevant"


def test_a_fusion_is_taken_up_again_with_its_modalities_in_their_order(tmp_path: Path) -> None:
    assert learned(tmp_path, "fusion-gated", "dim = 8")["map"] > 0.6


def test_a_classifier_is_learned_as_a_configuration_says(tmp_path: Path) -> None:
    assert learned(tmp_path, "classifier", 'modality = "text"\nhidden = 8')["map"] > 0.6


def test_students_learn_the_vectors_that_a_file_has_for_each_row(tmp_path: Path) -> None:
    config(tmp_path)
    with np.load(tmp_path / "features.npz") as told:
        np.save(tmp_path / "teacher.npy", told["image"][:, :5])
    rest = f'teacher = "{tmp_path / "teacher.npy"}"\nwidth = 5\ndim = 4'
    assert learned(tmp_path, "distillation", rest)["map"] > 0.4
    # A model that has learned needs its teacher no more.
    (tmp_path / "teacher.npy").unlink()
    assert open_model(tmp_path / "run").learner.dim == 4


def test_a_teacher_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "teacher.npy", np.zeros((7, 5)))
    with pytest.raises(BadInput, match="7 x 5, and 8 x 5 are needed"):
        vectors_of(tmp_path / "teacher.npy", 8, 5)
    (tmp_path / "words.npy").write_text("no vectors")
    with pytest.raises(BadInput, match="numpy"):
        vectors_of(tmp_path / "words.npy", 8, 5)
    with pytest.raises(NotFound, match="no file"):
        vectors_of(tmp_path / "nothing.npy", 8, 5)


@pytest.mark.parametrize("method", ["simclr", "dino"])
def test_pictures_without_labels_are_learned_as_a_configuration_says(tmp_path: Path, method: str) -> None:
    random = np.random.default_rng(0)
    rows = ["path,title"]
    for number in range(12):
        Image.fromarray(random.integers(0, 256, (40, 40, 3), dtype=np.uint8)).save(tmp_path / f"{number}.png")
        rows.append(f"{number}.png,picture {number}")
    (tmp_path / "pictures.csv").write_text("\n".join(rows) + "\n")
    text = f"""
[data]
table = "pictures.csv"
[split]
query = 0.0
[image]
network = "mobilenet_v1"
side = 32
settings = {{ width = 0.125 }}
augment = [{{ step = "crop" }}, {{ step = "flip" }}]
[method]
name = "{method}"
[train]
epochs = 2
batch = 6
threads = 1
"""
    (tmp_path / "views.toml").write_text(text)
    done = run(read_plan(tmp_path / "views.toml"), RunFolder(tmp_path / "run"))
    assert done.summary["best_epoch"] == 2, "without anything to look for the last epoch is kept"
    assert done.figures == {}
    pictures = torch.zeros(2, 3, 32, 32)
    told = open_model(tmp_path / "run").learner.embed("image", pictures)
    assert torch.equal(told, done.outcome.learner.embed("image", pictures))
