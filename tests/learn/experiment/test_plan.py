"""Configurations: what they say is taken as it is written, and what they can not say is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinakes.errors import BadInput, BadSetting, NotFound
from pinakes.learn.experiment.plan import from_dict, put, read_plan
from tests.learn.experiment.shelf import CONFIG

LEAST = {"data": {"layout": "features"}, "method": {"name": "dcmh"}}


def test_a_configuration_is_read_with_the_defaults_of_what_it_leaves_out(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(CONFIG)
    plan = read_plan(path)
    assert (plan.name, plan.method, plan.config) == ("small", "dcmh", {"bits": 16, "hidden": [16]})
    assert plan.data.folder == str(tmp_path / "features.npz")
    assert (plan.train.epochs, plan.train.optimiser, plan.split.query) == (3, "adamw", 0.25)


def test_the_same_configuration_names_the_same_data_wherever_it_is_called_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "small.toml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)
    here = read_plan(Path("small.toml"))
    monkeypatch.chdir(tmp_path / "inner")
    assert read_plan(Path("../small.toml")) == here


def test_the_file_of_a_teacher_lies_beside_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(CONFIG)
    plan = read_plan(path, ["method.name=distillation", "method.teacher=vectors.npy"])
    assert plan.config["teacher"] == str(tmp_path.resolve() / "vectors.npy")


def test_a_plan_is_made_again_from_its_own_dictionary(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(CONFIG + '\n[image]\nnetwork = "resnet18"\nsettings = { width = 0.5 }\n')
    plan = read_plan(path)
    assert from_dict(plan.as_dict()) == plan


@pytest.mark.parametrize(
    "name",
    ["../evil", "a/b", "a\\b", "/tmp/a", "C:a", ".hidden", "..", "", " ", "a.", "a\0b", "nul", "x" * 81, 5, ["a"]],
)
def test_a_name_that_is_no_folders_is_refused(name: object) -> None:
    with pytest.raises(BadSetting, match="can not be the name of a run"):
        from_dict({**LEAST, "name": name})


@pytest.mark.parametrize("name", ["hashing", "hashing.v2", "64 bits", "Größe_2-a", "散列", "x" * 80])
def test_a_name_that_can_be_a_folders_is_taken(name: str) -> None:
    assert from_dict({**LEAST, "name": name}).name == name


def test_changes_are_made_by_table_and_name(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(CONFIG)
    plan = read_plan(path, ["train.rate=0.5", "method.bits=64", "method.name=idcmh", "image.settings.width=0.25"])
    assert (plan.train.rate, plan.config["bits"], plan.method) == (0.5, 64, "idcmh")
    assert plan.towers["image"].settings == {"width": 0.25}


@pytest.mark.parametrize(
    ("table", "name", "value", "bounds"),
    [
        ("split", "seed", -1, "0 or more"),
        ("image", "side", -1, "0 or more"),
        ("text", "length", 0, "1 or more"),
        ("text", "words", 0, "1 or more"),
        ("text", "least", 0, "1 or more"),
        ("audio", "seconds", 0.0, "more than 0"),
    ],
)
def test_numbers_that_make_no_sense_are_refused_by_name(table: str, name: str, value: float, bounds: str) -> None:
    with pytest.raises(BadSetting, match=rf"{table}\.{name} must be {bounds}, not {value}"):
        from_dict({**LEAST, table: {name: value}})


@pytest.mark.parametrize("change", ["rate=3", "train.rate", "name.inner.x=1"])
def test_a_change_that_changes_nothing_is_refused(change: str) -> None:
    with pytest.raises(BadSetting):
        put({"name": "x"}, change)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({**LEAST, "trian": {}}, "no table [trian]. Did you mean train"),
        ({**LEAST, "train": 5}, "train is a table"),
        ({**LEAST, "train": {"epoch": 5}}, "train has no setting epoch. Did you mean epochs"),
        ({**LEAST, "image": {"sides": 5}}, "image has no setting sides. Did you mean side"),
        ({**LEAST, "image": {"augment": ["rotate"]}}, "image.augment holds 'rotate', where a table belongs"),
        ({**LEAST, "evaluate": {"metrics": [3]}}, "evaluate.metrics holds 3, where a text belongs"),
        ({"data": {"layout": "features"}}, "names no method"),
        ({"method": {"name": "dcmh"}}, "one of layout, table and library"),
        ({**LEAST, "data": {"layout": "features", "table": "x.csv"}}, "one of layout, table and library"),
    ],
)
def test_what_a_configuration_can_not_say_is_refused_by_name(told: dict[str, object], said: str) -> None:
    with pytest.raises(BadSetting) as caught:
        from_dict(told)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"settings": {"width": 2}}, "text.settings does nothing to a bag of words"),
        ({"weights": "x.pt"}, "text.weights does nothing to a bag of words"),
        ({"vocabulary": "bpe"}, "A bag is made of words, and text.vocabulary is bpe"),
    ],
)
def test_what_only_networks_have_is_refused_for_a_bag(setting: dict[str, object], said: str) -> None:
    with pytest.raises(BadSetting, match=said):
        from_dict({**LEAST, "text": {"network": "bag", **setting}})


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("[data")
    with pytest.raises(BadInput, match="no configuration in TOML"):
        read_plan(path)
    path.write_bytes(b'name = "caf\xe9"')
    with pytest.raises(BadInput, match="no configuration in TOML: 'utf-8' codec"):
        read_plan(path)
    with pytest.raises(NotFound, match=r"There is no configuration .*y\.toml"):
        read_plan(tmp_path / "y.toml")
