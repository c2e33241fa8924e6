"""Tuning a training: the examples that everybody knows, at small size, and what a tuner must never see."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch import Tensor, nn

from pinakes.errors import BadInput, BadSetting, Busy, TrainingStopped
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.layouts import Loaded
from pinakes.learn.data.memory import Pictures, Texts
from pinakes.learn.experiment.data import opened, shared_out
from pinakes.learn.experiment.plan import Plan, from_dict, read_plan
from pinakes.learn.experiment.run import run
from pinakes.learn.networks.base import NETWORKS, Network, Tower
from pinakes.learn.training.run_folder import RunFolder
from pinakes.learn.tune.record import Began, Tried, Tuned
from pinakes.learn.tune.search import tune
from pinakes.learn.tune.settings import TuneSettings
from pinakes.learn.tune.space import changed
from pinakes.learn.tune.trial import trial_folder
from pinakes.types import Rows
from tests.learn.tune.toys import Killed, plan

RATE = {"train.rate": {"low": 1e-3, "high": 1e-1, "log": True}}
SHORT = TuneSettings(sampler="random", trials=3, pruner="none")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting for the disk."""
    monkeypatch.setattr("os.fsync", lambda file: None)


class Tiny(Tower):
    """One convolution with as many kernels as are wanted."""

    def __init__(self, kernels: int = 32) -> None:
        super().__init__(kernels)
        self.layers = nn.Sequential(nn.Conv2d(3, kernels, 3, 2), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())

    def forward(self, inputs: Tensor) -> Tensor:
        """Vectors (n, kernels)."""
        vectors: Tensor = self.layers(inputs)
        return vectors


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The tiny network among the others."""
    monkeypatch.setitem(NETWORKS._things, "tiny", Network("tiny", "image", Tiny, "none", None, 8))
    yield


def pictures(rows: int = 60) -> Loaded:
    """Pictures of three colours, with the name of the colour."""
    random = np.random.default_rng(5)
    named = np.arange(rows) % 3
    pixels = random.integers(0, 120, (rows, 8, 8, 3), dtype=np.uint8)
    pixels[np.arange(rows), :, :, named] += 100
    views = {"image": Pictures(pixels), "text": Texts([(("red", "green", "blue")[each],) for each in named])}
    return Loaded(TrainingSet("colours", tuple(map(str, range(rows))), views, np.eye(3, dtype=np.uint8)[named]))


def of_pictures(**method: Any) -> Plan:
    """A common space of the pictures and their words."""
    return from_dict(
        {
            "name": "colours",
            "data": {"layout": "plain", "folder": "nowhere"},
            "split": {"query": 0.2, "validation": 0.25},
            "image": {"network": "tiny", "side": 8},
            "text": {"least": 1},
            "method": {"name": "dcmh", "bits": 8, "hidden": [], **method},
            "train": {"epochs": 1, "threads": 1},
        }
    )


@pytest.mark.usefixtures("tiny")
def test_the_27_points_of_rate_batch_and_kernels_are_each_tried_once(tmp_path: Path) -> None:
    space = {
        "train.rate": [0.001, 0.01, 0.1],
        "train.batch": [16, 32, 64],
        "image.settings.kernels": [32, 64, 128],
    }
    tuned = tune(of_pictures(), space, TuneSettings(sampler="grid", pruner="none"), tmp_path, loaded=pictures())
    points = [tuple(each.settings.values()) for each in tuned.trials]
    assert Counter(points) == Counter(
        (a, b, c) for a in (0.001, 0.01, 0.1) for b in (16, 32, 64) for c in (32, 64, 128)
    )
    assert tuned.best.ended.value == max(each.ended.value or 0 for each in tuned.trials)
    for each in tuned.trials:
        config = RunFolder(tmp_path / "trials" / f"{each.number:04d}").config()
        assert (config["train"]["rate"], config["train"]["batch"], config["image"]["settings"]["kernels"]) == points[
            each.number
        ]
    assert len({each.ended.value for each in tuned.trials}) > 5


def test_hidden_units_from_100_to_500_and_dropout_from_a_fifth_to_a_half_are_drawn_at_random(tmp_path: Path) -> None:
    space = {"method.hidden": {"low": 100, "high": 500}, "method.dropout": {"low": 0.2, "high": 0.5}}
    tuned = tune(plan(tmp_path), space, replace(SHORT, trials=6), tmp_path / "tuned")
    drawn = [(each.settings["method.hidden"], each.settings["method.dropout"]) for each in tuned.trials]
    assert len(set(drawn)) == 6
    assert all(100 <= hidden <= 500 and 0.2 <= dropout <= 0.5 for hidden, dropout in drawn)
    assert [trial_folder(tmp_path / "tuned", number).config()["method"]["hidden"] for number in range(6)] == [
        [hidden] for hidden, _ in drawn
    ]


def test_the_best_settings_are_a_configuration_that_trains_to_the_figure_that_was_found(tmp_path: Path) -> None:
    tuned = tune(plan(tmp_path), RATE, SHORT, tmp_path / "tuned")
    best = read_plan(tmp_path / "tuned" / "best.toml")
    assert best.train.rate == tuned.best.settings["train.rate"]
    trained = run(best, RunFolder(tmp_path / "again"))
    assert trained.summary["validation"]["valid.map"] == pytest.approx(tuned.best.ended.value, abs=1e-9)
    assert trained.figures


def test_what_was_tried_is_written_with_its_seed_and_its_cost(tmp_path: Path) -> None:
    small = plan(tmp_path, "train.epochs=2", "train.seed=5")
    tuned = tune(small, RATE, SHORT, tmp_path / "tuned")
    told = json.loads((tmp_path / "tuned" / "tune.json").read_text())
    assert Tuned.from_dict(told).trials == tuned.trials
    assert told["budget"] == {**tuned.budget, "trials": 3, "done": 3, "stopped": 0, "failed": 0, "epochs": 6}
    for each in told["trials"]:
        lines = trial_folder(tmp_path / "tuned", each["number"]).figures()
        assert (each["epochs"], each["seed"], len(each["history"])) == (2, 5, 2)
        assert each["steps"] == lines[-1]["steps"]
        assert each["seconds"] >= lines[-1]["seconds"] > 0
        assert each["history"] == [line["valid.map"] for line in lines]
        assert each["value"] == max(each["history"])
        assert each["history"][each["best_epoch"] - 1] == each["value"]


def test_folders_of_trials_keep_figures_and_no_weights_unless_they_are_wanted(tmp_path: Path) -> None:
    tune(plan(tmp_path), RATE, replace(SHORT, trials=1), tmp_path / "without")
    tune(plan(tmp_path), RATE, replace(SHORT, trials=1, keep_weights=True), tmp_path / "with")
    assert not [*(tmp_path / "without").rglob("*.safetensors")]
    assert trial_folder(tmp_path / "with", 0).best.exists()
    assert trial_folder(tmp_path / "without", 0).figures()


class Watched:
    """A view that writes down which rows were read."""

    kind = "features"

    def __init__(self, view: Any) -> None:
        self.view, self.seen = view, set[int]()

    def __len__(self) -> int:
        return len(self.view)

    def read(self, rows: Rows) -> Any:
        """The rows."""
        self.seen.update(rows.tolist())
        return self.view.read(rows)

    def digests(self, rows: Rows) -> list[str]:
        """Of the rows, which is no look at them."""
        return self.view.digests(rows)


@pytest.mark.reliability
def test_tuning_reads_no_row_that_asks(tmp_path: Path) -> None:
    """H5: of the rows that ask, not even the features are read."""
    small = plan(tmp_path, "image.standardise=true", "text.standardise=true")
    found = opened(small.data).set
    watched = {name: Watched(view) for name, view in found.views.items()}
    held = Loaded(replace(found, views=watched))
    tune(small, RATE, SHORT, tmp_path / "tuned", loaded=held)
    parts = shared_out(held, small.split)[0].rows(found)
    for view in watched.values():
        assert len(parts["query"]) > 5
        assert not view.seen & set(parts["query"].tolist())
        assert view.seen == {*parts["train"].tolist(), *parts["validation"].tolist()}


def test_figures_of_the_rows_that_ask_are_nowhere_in_a_study(tmp_path: Path) -> None:
    tune(plan(tmp_path), RATE, replace(SHORT, trials=1), tmp_path / "tuned")
    told = trial_folder(tmp_path / "tuned", 0).result()
    assert told is not None
    assert "figures" not in told


def test_a_metric_of_one_direction_can_be_what_is_tuned(tmp_path: Path) -> None:
    metric = "p@10, image to text"
    tuned = tune(plan(tmp_path), RATE, replace(SHORT, metric=metric), tmp_path / "tuned")
    lines = trial_folder(tmp_path / "tuned", tuned.best.number).figures()
    assert tuned.best.ended.value == max(line[f"valid.{metric}"] for line in lines)
    assert read_plan(tmp_path / "tuned" / "best.toml").train.monitor == metric


def test_a_metric_that_is_not_measured_is_refused_before_anything_is_tried(tmp_path: Path) -> None:
    for metric in ("p@7", "map, image to audio"):
        with pytest.raises(BadSetting, match="is not measured on the validation rows"):
            tune(plan(tmp_path), RATE, replace(SHORT, metric=metric), tmp_path / "tuned")
    assert not (tmp_path / "tuned").exists()


def test_without_validation_rows_there_is_nothing_to_choose_by(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no validation rows"):
        tune(plan(tmp_path, "split.validation=0.0"), RATE, SHORT, tmp_path / "tuned")


def test_another_search_in_the_same_folder_is_refused_and_more_trials_are_not(tmp_path: Path) -> None:
    small = plan(tmp_path)
    before = tune(small, RATE, replace(SHORT, trials=1), tmp_path / "tuned")
    with pytest.raises(BadInput, match=r"tune.seed differ"):
        tune(small, RATE, replace(SHORT, seed=2), tmp_path / "tuned")
    with pytest.raises(BadInput, match=r"space.train.rate.low differ"):
        tune(small, {"train.rate": {"low": 1e-2, "high": 1e-1, "log": True}}, SHORT, tmp_path / "tuned")
    after = tune(small, RATE, replace(SHORT, trials=2, keep_weights=True), tmp_path / "tuned")
    assert after.trials[:1] == before.trials
    assert len(after.trials) == 2


def test_two_searches_at_a_time_do_not_share_a_folder(tmp_path: Path) -> None:
    small = plan(tmp_path)
    with RunFolder(tmp_path / "tuned").locked(), pytest.raises(Busy):
        tune(small, RATE, SHORT, tmp_path / "tuned")


def test_a_search_killed_between_and_within_trials_ends_as_one_that_was_not(tmp_path: Path) -> None:
    small, settings = plan(tmp_path, "train.epochs=2"), replace(SHORT, sampler="tpe", trials=5, startup=2)
    whole = tune(small, RATE, settings, tmp_path / "whole")

    def kill(heard: Began | Tried) -> None:
        if isinstance(heard, Began) and heard.number == 2 and not (tmp_path / "once").exists():
            (tmp_path / "once").touch()
            raise Killed

    with pytest.raises(Killed):
        tune(small, RATE, settings, tmp_path / "killed", kill)
    with pytest.MonkeyPatch.context() as patch:
        written = RunFolder.add_figures

        def add(folder: RunFolder, line: dict[str, Any]) -> None:
            written(folder, line)
            if folder.path.name == "0003" and line["epoch"] == 1:
                raise Killed

        patch.setattr(RunFolder, "add_figures", add)
        with pytest.raises(Killed):
            tune(small, RATE, settings, tmp_path / "killed")
    resumed = tune(small, RATE, settings, tmp_path / "killed")
    assert [(each.settings, each.history, each.ended.value) for each in resumed.trials] == [
        (each.settings, each.history, each.ended.value) for each in whole.trials
    ]
    assert resumed.best.settings == whole.best.settings


def test_a_trial_with_bad_settings_fails_with_its_reason_and_the_search_goes_on(tmp_path: Path) -> None:
    space = {"train.gradient_limit": [1e9, 1e-9]}
    tuned = tune(plan(tmp_path), space, TuneSettings(sampler="grid"), tmp_path / "tuned")
    assert [each.ended.state for each in tuned.trials] == ["done", "failed"]
    assert "the limit is 1e-09" in tuned.trials[1].ended.reason
    assert tuned.best.number == 0


def test_values_that_can_not_be_had_together_fail_and_the_search_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def apart(plan: Plan, values: dict[str, Any]) -> Plan:
        if values == {"train.rate": 0.1, "method.bits": 8}:
            raise BadSetting("These do not go together.")
        return changed(plan, values)

    monkeypatch.setattr("pinakes.learn.tune.search.changed", apart)
    space = {"train.rate": [0.1, 0.01], "method.bits": [8, 16]}
    tuned = tune(plan(tmp_path), space, TuneSettings(sampler="grid", pruner="none"), tmp_path / "tuned")
    assert [each.ended.state for each in tuned.trials] == ["failed", "done", "done", "done"]
    assert "These do not go together." in tuned.trials[0].ended.reason


def test_where_every_trial_fails_the_search_stops_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(TrainingStopped, match="first 3 trials failed, the last for this: The gradient has length"):
        tune(plan(tmp_path, "train.gradient_limit=1e-9"), RATE, replace(SHORT, trials=9), tmp_path / "tuned")


def test_bad_trials_are_stopped_early_and_cost_fewer_epochs(tmp_path: Path) -> None:
    small = plan(tmp_path, "train.epochs=4", "train.schedule=constant")
    rates = {"train.rate": [0.03, 0.02, 1e-7, 1e-8]}
    settings = TuneSettings(sampler="grid", pruner="median", observed=2, warmup=1)
    tuned = tune(small, rates, settings, tmp_path / "tuned")
    assert [each.ended.state for each in tuned.trials] == ["done", "done", "stopped", "stopped"]
    assert [each.ended.epochs for each in tuned.trials] == [4, 4, 2, 2]
    assert tuned.budget["epochs"] == 12


def test_sets_in_memory_are_not_handed_to_other_processes(tmp_path: Path) -> None:
    small = plan(tmp_path)
    with pytest.raises(BadSetting, match=r"Set tune.parallel to 1"):
        tune(small, RATE, replace(SHORT, parallel=2), tmp_path / "tuned", loaded=opened(small.data))


def test_gaussian_processes_repeat_and_use_what_they_have_seen(tmp_path: Path) -> None:
    small, settings = plan(tmp_path), replace(SHORT, sampler="gp", trials=4, startup=3)
    one = tune(small, RATE, settings, tmp_path / "one")
    assert [each.settings for each in tune(small, RATE, settings, tmp_path / "two").trials] == [
        each.settings for each in one.trials
    ]
    chance = tune(small, RATE, replace(settings, sampler="random"), tmp_path / "chance")
    assert [a.settings == b.settings for a, b in zip(one.trials, chance.trials, strict=True)] == [True] * 3 + [False]
