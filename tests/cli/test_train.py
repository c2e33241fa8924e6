"""The commands that train, export and use a model, one after the other as a user would."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pinakes.cli.train import folder_of
from pinakes.errors import MissingExtra
from pinakes.learn.extra import needs_torch
from tests.cli.conftest import Run
from tests.learn.experiment.shelf import CONFIG, config

COLOURS = {"red": (200, 30, 30), "green": (30, 200, 30), "blue": (30, 30, 200), "yellow": (200, 200, 30)}
OWN = """
name = "own"
[data]
table = "works.csv"
cache = "cache"
options = { labels = ["labels"], texts = ["title"], least = 1 }
[split]
query = 0.2
validation = 0.2
[image]
network = "mobilenet_v1"
side = 32
settings = { width = 0.25 }
[text]
network = "bag"
least = 1
[method]
name = "dcmh"
bits = 16
hidden = [16]
[train]
epochs = 6
batch = 16
rate = 0.01
threads = 1
"""


def works(folder: Path) -> None:
    """Pictures of one colour each, in a table with their titles and labels."""
    random = np.random.default_rng(0)
    lines = ["path,title,labels"]
    for number in range(48):
        name = list(COLOURS)[number % 4]
        pixels = np.clip(np.array(COLOURS[name]) + random.integers(-25, 25, (48, 48, 3)), 0, 255)
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{number:02}.png")
        lines.append(f"{number:02}.png,a {name} square,{name}")
    (folder / "works.csv").write_text("\n".join(lines))
    (folder / "own.toml").write_text(OWN)


def test_a_model_is_trained_exported_and_used_to_find_pictures_by_words(run: Run, tmp_path: Path) -> None:
    works(tmp_path)
    trained = run("train", "own.toml")
    assert trained.code == 0, trained.err
    assert "dcmh:" in trained.out and "image to text" in trained.out and "runs/own" in trained.out
    exported = run("export", "runs/own", "--licence", "CC0-1.0")
    assert exported.code == 0, exported.err
    assert "vectors differ from torch's" in exported.out
    assert run("add", "--library", "library", "works.csv").code == 0
    used = run("models", "use", "runs/own", "--library", "library")
    assert used.code == 0, used.err
    listed = {record["name"]: record for record in run("models", "list", "--library", "library", "--json").records}
    assert listed["own"]["installed"] and listed["own"]["licence"] == "CC0-1.0"
    assert sorted(listed["own"]["modalities"]) == ["image", "text"]
    assert "own" not in {record["name"] for record in run("models", "list", "--json").records}
    for name in ("runs", "runs/other"):
        assert f"{name} is no encoder, and no folder of a run" in run("models", "use", name, "--library", "library").err
    # A word that no title has, so that only the model can answer; and a picture, to whose colour it has no words.
    found = run("search", "--library", "library", "00.png", "--json", "--why")
    assert found.records[0]["title"] == "a red square"


def test_a_model_of_features_is_not_said_to_be_for_a_library(run: Run, tmp_path: Path) -> None:
    config(tmp_path)
    assert run("train", "small.toml", "--change", "train.epochs=1").code == 0
    exported = run("export", "runs/small").out
    assert "so that none can use it" in exported and "models use" not in exported


def test_the_figures_of_a_run_are_told_to_programs_too(run: Run, tmp_path: Path) -> None:
    config(tmp_path)
    again = ("train", "small.toml", "--change", "train.epochs=2", "--to", "elsewhere")
    (record,) = run(*again, "--json").records
    assert record["run"] == "elsewhere" and record["epochs"] == 2
    assert json.loads((tmp_path / "elsewhere" / "result.json").read_text())["figures"] == record["figures"]
    # A run that is done is told again, and nothing is said to go on.
    assert "Going on" not in run(*again).out


def test_what_is_wrong_with_a_configuration_is_told_with_the_way_out(run: Run, tmp_path: Path) -> None:
    config(tmp_path)
    told = run("train", "small.toml", "--change", "method.name=dmch")
    assert told.code == 2 and "Did you mean dcmh" in told.err
    assert run("train", "nowhere.toml").code != 0
    assert "no folder of a run" in run("export", "nowhere").err


def test_without_torch_the_line_that_installs_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pinakes.learn.extra.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"pinakes\[train\]"):
        needs_torch()


def test_each_value_of_a_setting_is_trained_in_a_folder_of_its_own(run: Run, tmp_path: Path) -> None:
    config(tmp_path)
    told = run("train", "small.toml", "--change", "train.epochs=1", "--each", "method.bits=8, 16", "--json")
    assert [record["run"] for record in told.records] == ["runs/small/bits-8", "runs/small/bits-16"]
    assert [
        json.loads((tmp_path / record["run"] / "config.json").read_text())["method"]["bits"] for record in told.records
    ] == [8, 16]
    lists = run("train", "small.toml", "--change", "train.epochs=1", "--each", "method.hidden=[8],[16, 8]", "--json")
    assert [Path(record["run"]).name for record in lists.records] == ["hidden-[8]", "hidden-[16, 8]"]
    rates = run("train", "small.toml", "--change", "train.epochs=1", "--each", "train.rate=0.01,1e-3", "--json")
    assert [Path(record["run"]).name for record in rates.records] == ["rate-0.01", "rate-1e-3"]
    wrong = run("train", "small.toml", "--each", "method.bits")
    assert wrong.code == 2 and "method.bits=16,32" in wrong.err


@pytest.mark.parametrize("command", [("train",), ("tune",), ("compare", "fusion")])
def test_a_name_leads_out_of_the_folder_of_runs_nowhere(command: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    config(tmp_path, CONFIG.replace('"small"', '"../evil"'))
    told = run(*command, "small.toml")
    assert told.code == 2 and "'../evil' can not be the name of a run" in told.err
    assert not (tmp_path / "evil").exists() and not (tmp_path / "runs").exists()


def test_a_value_leads_out_of_the_folder_of_its_run_nowhere() -> None:
    assert folder_of("image.weights=x/../../evil") == "weights-x_.._.._evil"
    assert folder_of("image.weights=C:\\a") == "weights-C__a"


@pytest.mark.slow
def test_several_runs_of_two_processes_end(tmp_path: Path) -> None:
    config(tmp_path)
    launcher = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc-per-node",
        "2",
        "-m",
        "pinakes",
        "train",
    ]
    told = ["small.toml", "--change", "train.epochs=1", "--each", "method.bits=8,16"]
    subprocess.run([*launcher, *told], cwd=tmp_path, check=True, timeout=120, capture_output=True)
    assert all((tmp_path / "runs" / "small" / f"bits-{bits}" / "result.json").is_file() for bits in (8, 16))
