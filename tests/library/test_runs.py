"""Trainings that a library keeps in its folder: asked for, run, stopped, gone on with; and what forms need of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pinakes.errors import BadInput, BadSetting, Interrupted, NotFound
from pinakes.library import Library, runs
from pinakes.library.forms import SPLIT, TOWERS, TRAIN, TUNE, forms

TABLES: dict[str, Any] = {
    "method": {"name": "dcmh", "bits": 8, "hidden": [8]},
    "image": {"network": "mobilenet_v1", "side": 16, "settings": {"width": 0.25}},
    "text": {"network": "bag", "least": 1},
    "split": {"validation": 0.2, "query": 0.2},
    "train": {"epochs": 3, "batch": 8, "threads": 1},
}


def squares(folder: Path, count: int = 20) -> Path:
    """A table of dark and light squares, each with a title and a label."""
    folder.mkdir()
    random = np.random.default_rng(1)
    lines = ["path,title,labels"]
    for number in range(count):
        name = ("dark", "light")[number % 2]
        pixels = random.integers(0, 80, (24, 24, 3)) + 150 * (number % 2)
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{number:02}.png")
        lines.append(f"{number:02}.png,a {name} square,{name}")
    (folder / "works.csv").write_text("\n".join(lines))
    return folder / "works.csv"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    place = tmp_path_factory.mktemp("runs")
    with Library.open(place / "library", create=True, settings={"decoders": 1, "threads": 1}) as made:
        assert made.add(squares(place / "squares")).failed == 0
        yield made


def tables(tmp_path: Path, **changed: Any) -> dict[str, Any]:
    return TABLES | {"data": {"cache": str(tmp_path / "cache")}} | changed


def test_a_run_that_is_stopped_goes_on_and_its_figures_are_told_on_the_way(library: Library, tmp_path: Path) -> None:
    runs.ask(library, "codes", "train", tables(tmp_path))
    told: list[tuple[int, int, str]] = []

    def stop(done: int, total: int, what: str) -> None:
        told.append((done, total, what))
        if what.startswith("epoch 2"):
            raise Interrupted("It is to stop.")

    with pytest.raises(Interrupted):
        runs.train(library, "codes", stop)
    stopped = runs.run(library, "codes")
    assert (stopped.kind, stopped.method, stopped.total) == ("train", "dcmh", 3)
    assert [line["epoch"] for line in stopped.figures] == [0]
    assert stopped.result is None
    assert stopped.usable
    result = runs.train(library, "codes", lambda done, total, what: told.append((done, total, what)))
    ended = runs.run(library, "codes")
    assert [line["epoch"] for line in ended.figures] == [0, 1, 2]
    assert ended.result is not None and result["figures"] == ended.result["figures"]
    assert told[-1][:2] == (6, 6)
    assert [one.name for one in runs.runs(library)] == ["codes"]
    runs.remove(library, "codes")
    assert runs.runs(library) == []


@pytest.mark.slow
def test_a_search_for_settings_tells_its_trials_and_its_best_is_a_training(library: Library, tmp_path: Path) -> None:
    pytest.importorskip("optuna")
    tune = {"sampler": "grid", "pruner": "none", "space": {"method.bits": [8, 16]}}
    told = tables(tmp_path, tune=tune, method={"name": "hyperplanes"})
    runs.ask(library, "search", "tune", told)
    with pytest.raises(BadInput, match="no best settings yet"):
        runs.best_tables(runs.run(library, "search"))
    runs.tune(library, "search", lambda done, total, what: None)
    found = runs.run(library, "search")
    assert [line["trial"] for line in found.figures] == [1, 2]
    assert found.result is not None
    best = runs.best_tables(found)
    assert best["method"]["bits"] in (8, 16)
    assert "tune" not in best


@pytest.mark.parametrize("name", ["", "..", "a/b", "A", "x" * 41, "-a", "a b"])
def test_a_name_that_is_no_folder_is_refused(library: Library, name: str) -> None:
    with pytest.raises(BadSetting, match="name of a run"):
        runs.ask(library, name, "train", TABLES)


def test_a_name_is_given_once_and_an_unknown_one_is_told(library: Library) -> None:
    runs.ask(library, "once", "train", TABLES)
    with pytest.raises(BadInput, match="There is a run named once already"):
        runs.ask(library, "once", "train", TABLES)
    with pytest.raises(NotFound):
        runs.run(library, "never")


@pytest.mark.slow
def test_forms_know_every_method_and_network_without_torch_in_this_process() -> None:
    found = forms()
    assert {"dcmh", "pinakes", "joint", "classifier"} <= found.methods.keys()
    assert found.networks["mobilenet_v1"].width
    bits = next(one for one in found.methods["dcmh"].settings if one.name == "bits")
    assert (bits.kind, bits.default) == ("int", 32)
    assert {one.name for one in TRAIN} >= {"epochs", "batch", "rate", "optimiser"}
    assert {one.name for one in SPLIT} == {"validation", "query", "seed"}
    assert {one.name for one in TUNE} >= {"sampler", "trials", "pruner"}
    assert set(TOWERS) == {"image", "text", "audio"}
