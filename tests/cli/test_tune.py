"""pinakes tune: a search from a configuration, its report, and the one look at the rows that ask."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.learn.experiment.shelf import CONFIG, features

SEARCH = """
[tune]
sampler = "random"
trials = 2
pruner = "none"
[tune.space]
"train.rate" = { low = 0.001, high = 0.1, log = true }
"method.hidden" = [[8], [16]]
"""


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration of an epoch with a search."""
    monkeypatch.setattr("os.fsync", lambda file: None)
    features(tmp_path, 60)
    path = tmp_path / "small.toml"
    path.write_text(CONFIG.replace("epochs = 3", "epochs = 1") + SEARCH, encoding="utf-8")
    return path


def test_a_search_ends_with_its_best_settings_a_report_and_a_configuration(run: Run, small: Path) -> None:
    ran = run("tune", small)
    assert ran.code == 0
    folder = small.parent / "runs" / "small-tuning"
    told = json.loads((folder / "tune.json").read_text())
    assert "random: 2 trials (0 stopped early, 0 failed), 2 epochs" in ran.out
    best = next(line for line in ran.out.splitlines() if line.startswith("    "))
    assert best.split()[:2] == [str(told["best"]["number"]), f"{told['best']['value']:.4f}"]
    assert (folder / "report.html").read_text().startswith("<!doctype html>")
    assert "pinakes train runs/small-tuning/best.toml" in ran.out
    assert not (folder / "best").exists()


def test_asked_for_the_best_settings_are_trained_once_and_measured_on_the_rows_that_ask(run: Run, small: Path) -> None:
    ran = run("tune", small, "--train", "--to", "searched", "--json")
    assert ran.code == 0
    (told,) = ran.records
    trained = json.loads((small.parent / "searched" / "best" / "result.json").read_text())
    assert told["trained"]["figures"] == trained["figures"]
    assert trained["rows"]["query"] == 15
    assert trained["validation"]["valid.map"] == pytest.approx(told["best"]["value"], abs=1e-9)
    again = run("tune", small, "--train", "--to", "searched", "--json")
    assert again.records[0]["trials"] == told["trials"]


def test_a_search_goes_on_where_more_trials_are_asked_for(run: Run, small: Path) -> None:
    before = run("tune", small, "--json").records[0]["trials"]
    after = run("tune", small, "--json", "--change", "tune.trials=3").records[0]["trials"]
    assert after[:2] == before
    assert len(after) == 3


def test_training_by_the_same_configuration_leaves_its_search_aside(run: Run, small: Path) -> None:
    (told,) = run("train", small, "--json").records
    assert told["epochs"] == 1


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ("tune.trials=0", 2, "tune.trials must be at least 1, not 0"),
        ("tune.sampler=grid", 2, "Say how many, as steps = 5"),
        ("tune.space.train.rte=[1]", 2, "train has no setting rte. Did you mean rate"),
        ("tune.metric=p@7", 2, "p@7 is not measured on the validation rows"),
        ("split.validation=0.0", 3, "no validation rows"),
        ("tune.trails=2", 2, "Did you mean trials"),
        ("tune=2", 2, "changes nothing"),
    ],
)
def test_a_search_that_can_not_be_made_says_why_and_leaves_nothing(
    run: Run, small: Path, change: str, code: int, said: str
) -> None:
    ran = run("tune", small, "--change", change)
    assert (ran.code, said in ran.err) == (code, True), ran.err
    assert not (small.parent / "runs").exists()


def test_a_configuration_without_a_search_says_what_is_missing(run: Run, small: Path) -> None:
    small.write_text(CONFIG, encoding="utf-8")
    ran = run("tune", small)
    assert (ran.code, "the space is empty" in ran.err) == (2, True)


def test_without_matplotlib_there_is_a_search_and_the_line_that_installs_it(
    run: Run, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pinakes.cli.tune.find_spec", lambda name: None if name == "matplotlib" else object())
    ran = run("tune", small)
    assert ran.code == 0
    assert "pip install 'pinakes[report]'" in ran.out
    assert not (small.parent / "runs" / "small-tuning" / "report.html").exists()


def test_without_optuna_the_error_is_the_line_that_installs_it(
    run: Run, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pinakes.learn.extra.find_spec", lambda name: None)
    ran = run("tune", small)
    assert (ran.code, "pip install 'pinakes[train]'" in ran.err) == (2, True)
