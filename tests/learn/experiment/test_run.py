"""From a configuration to a model: what it learned serves rows that it did not see, and nothing leaks."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pinakes.errors import BadInput, BadSetting, NotFound, TrainingStopped, UnknownName
from pinakes.learn.data.base import Taken, TrainingSet
from pinakes.learn.data.layouts.base import Loaded
from pinakes.learn.data.memory import Texts
from pinakes.learn.data.readers import BagReader
from pinakes.learn.data.splits import load
from pinakes.learn.experiment.data import opened
from pinakes.learn.experiment.judge import Measured, figures_of, mean, measured, packed
from pinakes.learn.experiment.model import open_model
from pinakes.learn.experiment.plan import DataPlan, JudgePlan, Plan, from_dict, read_plan
from pinakes.learn.experiment.run import Trained, build, run, spread
from pinakes.learn.training.run_folder import RunFolder
from tests.learn.experiment.shelf import config


def trained(folder: Path, *changes: str, loaded: Loaded | None = None) -> tuple[Trained, Plan]:
    """A run of the small benchmark."""
    plan = read_plan(config(folder), changes)
    return run(plan, RunFolder(folder / "run"), loaded=loaded), plan


def test_a_trained_hasher_finds_rows_that_it_did_not_see(tmp_path: Path) -> None:
    done, _ = trained(tmp_path, "train.epochs=8")
    summary = done.summary
    # By chance a quarter is relevant.
    assert summary["figures"]["map"] > 0.6
    assert set(done.figures) == {"image to text", "text to image"}
    assert summary["rows"] == {"train": 66, "validation": 24, "query": 30, "database": 90}
    assert json.loads((tmp_path / "run" / "result.json").read_text())["figures"] == summary["figures"]


def test_looking_between_epochs_takes_no_more_rows_than_it_is_told(tmp_path: Path) -> None:
    ready = build(read_plan(config(tmp_path)))
    source = ready.source("train")
    assert source is not None
    assert spread(source, 0) is spread(source, 66) is source
    few = spread(source, 10)
    assert few.rows == 10 and set(few.chosen) <= set(source.chosen) and few.chosen[-1] == source.chosen[-1]
    assert torch.equal(few.batch(np.array([9])).inputs["image"], source.batch(np.array([65])).inputs["image"])


@pytest.mark.reliability
def test_who_asks_is_neither_learned_from_nor_found(tmp_path: Path) -> None:
    """H5."""
    trained(tmp_path)
    split = load(tmp_path / "run" / "split.json")
    assert not set(split.query) & (set(split.train) | set(split.validation) | set(split.database))
    assert not set(split.train) & set(split.validation)


@pytest.mark.reliability
def test_from_shuffled_labels_nothing_is_learned(tmp_path: Path) -> None:
    """H7."""
    plan = read_plan(config(tmp_path), ["train.epochs=2"])
    loaded = opened(plan.data)
    labels = loaded.set.labels
    assert labels is not None
    shuffled = replace(loaded.set, labels=labels[np.random.default_rng(0).permutation(len(labels))])
    found = [
        run(
            replace(plan, train=replace(plan.train, seed=seed)),
            RunFolder(tmp_path / f"{seed}"),
            loaded=Loaded(shuffled),
        )
        for seed in range(3)
    ]
    figures = [each.summary["figures"]["map"] for each in found]
    queries = [values["map"] for each in found for values in each.figures.values()]
    sigma = float(np.mean([values.std() / np.sqrt(len(values)) for values in queries]))
    # A quarter of what is found shares the label; of so few rows average precision lies a little above.
    assert abs(float(np.mean(figures)) - 0.27) < 3 * sigma


def test_a_run_goes_on_where_it_stood_and_a_finished_one_is_not_trained_again(tmp_path: Path) -> None:
    first, plan = trained(tmp_path)
    again = run(plan, RunFolder(tmp_path / "run"))
    assert again.summary == first.summary


def test_a_rate_that_was_too_high_is_lowered_in_the_same_folder(tmp_path: Path) -> None:
    with pytest.raises(TrainingStopped, match=r"in step \d of epoch 1\. Lower the rate"):
        trained(tmp_path, "train.rate=1e9")
    assert trained(tmp_path, "train.rate=0.01")[1].train.rate == 0.01
    with pytest.raises(BadInput, match=r"begun with another configuration: train\.rate differ"):
        trained(tmp_path, "train.rate=0.02")


def test_a_model_is_opened_from_its_folder_with_the_weights_of_its_best_epoch(tmp_path: Path) -> None:
    done, plan = trained(tmp_path)
    model = open_model(tmp_path / "run")
    ready = build(plan)
    source = ready.source("query")
    assert source is not None
    batch = source.batch(np.arange(5))
    with torch.no_grad():
        here = model.learner.embed("image", batch.inputs["image"])
        there = done.outcome.learner.embed("image", batch.inputs["image"])
    assert torch.equal(here, there)


def test_a_common_space_is_judged_by_pairs(tmp_path: Path) -> None:
    path = config(tmp_path)
    text = path.read_text().replace('name = "dcmh"\nbits = 16\nhidden = [16]', 'name = "joint"\ndim = 8')
    path.write_text(text)
    done = run(read_plan(path, ["train.epochs=8"]), RunFolder(tmp_path / "run"))
    assert done.summary["relevant"] == "pairs"
    # Of thirty rows one is the right one.
    assert done.summary["figures"]["r@5, image to text"] > 0.5


def test_a_vocabulary_is_learned_from_texts_that_were_cleaned(tmp_path: Path) -> None:
    rows = 12
    texts = Texts([("cafÃ© noir" if row % 2 else "red wine",) for row in range(rows)])
    labels = np.eye(2, dtype=np.uint8)[np.arange(rows) % 2]
    loaded = Loaded(TrainingSet("menu", tuple(f"{row}" for row in range(rows)), {"text": texts}, labels))
    told = {
        "data": {"layout": "features", "cleaning": ["mojibake"]},
        "text": {"network": "bag", "least": 1},
        "method": {"name": "classifier"},
    }
    reader = build(from_dict(told), loaded).prepared["text"].reader
    assert isinstance(reader, BagReader) and "café" in reader.vocabulary.words


def test_what_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    path = config(tmp_path)
    with pytest.raises(UnknownName, match="Did you mean dcmh"):
        build(read_plan(path, ["method.name=dcmhh"]))
    with pytest.raises(BadSetting, match="method has no setting bit"):
        build(read_plan(path, ["method.bit=3"]))
    with pytest.raises(BadInput, match="has no audio"):
        build(read_plan(path, ["audio.seconds=2.0"]))
    with pytest.raises(BadSetting, match=r"image\.network is resnet18, but the image .* is features"):
        build(read_plan(path, ["image.network=resnet18"]))
    with pytest.raises(UnknownName):
        build(read_plan(path, ["split.protocol=mirflikr-dcmh"]))
    with pytest.raises(BadSetting, match=r"image\.augment does nothing to features"):
        build(read_plan(path, ['image.augment=[{step="rotate"}]']))
    with pytest.raises(BadSetting, match=r"image\.settings does nothing to features"):
        build(read_plan(path, ["image.settings.width=0.5"]))


def test_cleaning_that_has_nothing_to_clean_is_refused_and_some_of_it_told_of(tmp_path: Path) -> None:
    path = config(tmp_path)
    with pytest.raises(BadSetting, match=r"nothing here by mojibake, size: of features text is features, image is f"):
        build(read_plan(path, ['data.cleaning=["mojibake", "size"]']))
    with pytest.raises(UnknownName, match="Did you mean mojibake"):
        build(read_plan(path, ['data.cleaning=["mojibak"]']))
    views = {"image": opened(read_plan(path).data).set.view("image"), "text": Texts([("one",), ("two",)] * 60)}
    labels = np.eye(2, dtype=np.uint8)[np.arange(120) % 2]
    mixed = Loaded(TrainingSet("mixed", tuple(map(str, range(120))), views, labels))  # type: ignore[arg-type]
    changes = ['data.cleaning=["mojibake", "size"]', "image.standardise=true", "text.least=1"]
    assert build(read_plan(path, changes), mixed).notes == ("data.cleaning does nothing here by size.",)


def test_an_option_that_names_no_matrix_is_told_of(tmp_path: Path) -> None:
    path = config(tmp_path)
    for value in ("''", "'image + '", "3"):
        with pytest.raises(BadSetting, match=r"image is .*, where the name of a matrix belongs.*leave image out"):
            build(read_plan(path, [f"data.options={{ image = {value} }}"]))


def test_a_modality_that_the_configuration_leaves_out_is_told_of(tmp_path: Path) -> None:
    path = config(tmp_path)
    assert build(read_plan(path)).notes == ()
    ready = build(read_plan(path, ["image.standardise=true"]))
    assert ready.notes == ("Learned from image alone: the configuration has no table [text].",)
    assert build(read_plan(path, ["image.standardise=true", "text.length=32"])).notes == ()


def test_a_folder_of_features_is_read_by_names_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "told").mkdir()
    np.save(tmp_path / "told" / "pictures.npy", np.eye(4, 3))
    np.save(tmp_path / "told" / "words.npy", np.eye(4, 5))
    options = {"image": "pictures", "text": "words"}
    found = opened(DataPlan(layout="features", folder=str(tmp_path / "told"), options=options)).set
    assert found.name == "told" and found.modalities == ("text", "image") and len(found) == 4


def test_features_that_are_not_there_are_told_of_with_those_that_are(tmp_path: Path) -> None:
    path = config(tmp_path)
    for changes in (["data.folder=feature.npz"], ["data.folder=feature.npz", 'data.options={image="image"}']):
        with pytest.raises(NotFound, match=r"There is no .*feature\.npz.*Did you mean features\.npz\?"):
            build(read_plan(path, changes))
    with pytest.raises(NotFound, match=r"nor the folder .*none"):
        build(read_plan(path, ["data.folder=none/features.npz"]))
    (tmp_path / "features.npz").unlink()
    with pytest.raises(NotFound, match=r"There is no .*features\.npz\. .*No file there ends in \.mat"):
        build(read_plan(path))


def test_options_of_a_table_are_what_they_should_be(tmp_path: Path) -> None:
    (tmp_path / "told.csv").write_text("title,kind\nA red shirt,shirt\nA blue shirt,shirt\n", encoding="utf-8")
    plan = DataPlan(table=str(tmp_path / "told.csv"), options={"labels": "kind"})
    assert opened(plan).set.label_names == ("shirt",)
    wrong: dict[str, object] = {"columns": "title", "labels": [3], "least": "two", "texts": 1}
    for name, value in wrong.items():
        with pytest.raises(BadSetting, match=rf"data\.options\.{name} is .* where a .* belongs"):
            opened(replace(plan, options={name: value}))
    with pytest.raises(BadSetting, match=r"data\.options\.columns"):
        opened(replace(plan, options={"columns": {"title": 3}}))
    with pytest.raises(BadSetting, match=r"data\.options\.least must be 1 or more, not 0"):
        opened(replace(plan, options={"least": 0}))
    with pytest.raises(BadSetting, match=r"data\.options\.passages must be 0 or more, not -1"):
        opened(DataPlan(library=str(tmp_path), options={"passages": -1}))


def test_settings_that_a_network_does_not_have_are_refused_by_name(tmp_path: Path) -> None:
    texts = Texts([("red wine",), ("white wine",)] * 6)
    told = {"data": {"layout": "features"}, "method": {"name": "classifier"}}
    loaded = Loaded(
        TrainingSet("menu", tuple(map(str, range(12))), {"text": texts}, np.eye(2, dtype=np.uint8)[np.arange(12) % 2])
    )
    plan = from_dict({**told, "text": {"network": "lstm", "settings": {"hiden": 3}}})
    with pytest.raises(BadSetting, match=r"text\.settings: lstm has no setting hiden\. Did you mean hidden"):
        build(plan, loaded)
    with pytest.raises(BadSetting, match="A bag is made of words"):
        build(from_dict({**told, "text": {"vocabulary": "wordpiece"}}), loaded)


def test_fields_that_no_work_has_and_labels_that_none_share_are_told_of(tmp_path: Path) -> None:
    (tmp_path / "told.csv").write_text("title,kind,own\nA red shirt,shirt,1\nA blue shirt,shirt,2\n", encoding="utf-8")
    plan = DataPlan(table=str(tmp_path / "told.csv"))
    with pytest.raises(BadSetting, match=r"No work of told has the field kinds, .*options\.labels .*mean kind"):
        opened(replace(plan, options={"labels": "kinds"}))
    with pytest.raises(BadSetting, match=r"No work of told has the field name, .*options\.texts"):
        opened(replace(plan, options={"texts": "name"}))
    with pytest.raises(BadSetting, match="None of the 2 labels of told is that of 2 works or more"):
        opened(replace(plan, options={"labels": "own"}))
    (tmp_path / "told.csv").write_text("scan,nombre\na.png,A red shirt\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"No row of told\.csv names a file or a text of a work; .* nombre"):
        opened(replace(plan, options={"columns": {"ignore": "scan"}}))


def test_a_modality_is_missed_with_the_reason_for_which_its_files_are_not_there(tmp_path: Path) -> None:
    lines = "path,title\na.png,A red shirt\nb.png,A blue shirt\n"
    (tmp_path / "told.csv").write_text(lines, encoding="utf-8")
    told = {"data": {"table": str(tmp_path / "told.csv")}, "image": {}, "method": {"name": "djsrh"}}
    with pytest.raises(BadInput, match=r"is seen in any modality\. told\.csv, line 2: a\.png is not there"):
        build(from_dict(told))
    (tmp_path / "told.csv").write_text(lines + ",A green shirt\n", encoding="utf-8")
    with pytest.raises(NotFound, match=r"has no image\. Known: text\. told\.csv, line 2: a\.png is not there"):
        build(from_dict(told))


def test_signs_are_packed_bit_by_bit() -> None:
    assert packed(np.array([[1, -1, 2, 0, -3, 1, 1, -1, 4]], np.float32)).tolist() == [[0b10100110, 0b10000000]]


def test_vectors_are_judged_as_a_naive_loop_judges_them() -> None:
    random = np.random.default_rng(1)
    image, text = (random.standard_normal((30, 6)).astype(np.float32) for _ in range(2))
    labels = torch.tensor(random.integers(0, 2, (30, 3))).float()
    how = Measured("labels", ("map", "p@5"), "rows", codes=False)
    found = figures_of({"image": image, "text": text}, labels, how)["image to text"]
    for query in range(30):
        scores = [float(image[query] @ each / np.linalg.norm(image[query]) / np.linalg.norm(each)) for each in text]
        order = sorted(range(30), key=lambda row: -scores[row])
        hits = [bool((labels[query] * labels[row]).sum() > 0) for row in order]
        if not any(hits):
            continue
        precisions = [sum(hits[: place + 1]) / (place + 1) for place, hit in enumerate(hits) if hit]
        assert found["map"][query] == pytest.approx(np.mean(precisions), abs=1e-9)
        assert found["p@5"][query] == pytest.approx(sum(hits[:5]) / 5)


def test_pairs_are_found_by_their_place() -> None:
    vectors = np.eye(4, dtype=np.float32)
    how = measured(JudgePlan(), hashing=False, labelled=False)
    found = figures_of({"image": vectors, "text": vectors[[0, 1, 3, 2]]}, None, how)
    assert how.by == "pairs"
    assert mean(found["image to text"]["r@1"]) == 0.5


def test_a_row_without_a_modality_neither_asks_nor_is_found_in_it() -> None:
    random = np.random.default_rng(2)
    image, text = (random.standard_normal((12, 4)).astype(np.float32) for _ in range(2))
    labels = torch.tensor(random.integers(0, 2, (12, 3))).float()
    there = {"text": np.arange(12) % 3 > 0}
    kept = np.flatnonzero(there["text"])
    for by, codes in (("pairs", False), ("labels", False), ("labels", True)):
        how = Measured(by, ("map",), "rows", codes)
        found = figures_of({"image": image, "text": text}, labels, how, there=there)
        asked = (
            figures_of({"text": text[kept]}, labels[kept], how, {"image": image}, labels) if by == "labels" else None
        )
        assert {way: len(values["map"]) for way, values in found.items()} == {"image to text": 12, "text to image": 8}
        if asked is not None:
            assert found["text to image"]["map"] == pytest.approx(asked["text to image"]["map"], nan_ok=True)
    # Of the pairs' figures those of rows without text have nothing to find.
    pairs = figures_of(
        {"image": image, "text": text}, None, Measured("pairs", ("map",), "rows", codes=False), there=there
    )
    assert np.isnan(pairs["image to text"]["map"]).tolist() == (~there["text"]).tolist()


def test_what_learns_from_labels_is_judged_by_them() -> None:
    told = {"hashing": False, "labelled": True}
    assert measured(JudgePlan(), **told).by == "pairs"
    assert measured(JudgePlan(), **told, by_labels=True).by == "labels"


@pytest.mark.parametrize(
    ("hashing", "metric", "said"),
    [
        (False, "p@radius=2", "within a radius need codes"),
        (False, "bpref", "judged and found not relevant"),
        (True, "ndcg@10", "not measured on codes"),
    ],
)
def test_what_can_not_be_measured_is_refused_before_training(hashing: bool, metric: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        measured(JudgePlan(metrics=(metric,)), hashing=hashing, labelled=True)


def test_figures_that_say_nothing_are_told_of(tmp_path: Path) -> None:
    path = config(tmp_path)
    found = opened(read_plan(path).data).set
    few = found.take(np.arange(2), "few")
    done, _ = trained(tmp_path, loaded=Loaded(few))
    assert done.figures == {} and done.summary["notes"][0].startswith("Nothing was measured: no row asks")
    # Of each label there are ten rows of one content, which no split parts.
    same = np.repeat(np.arange(4), 10)
    views = {name: Taken(view, same) for name, view in found.views.items()}
    doubles = TrainingSet("doubles", tuple(map(str, range(40))), views, np.eye(4, dtype=np.uint8)[same])
    done = run(read_plan(path), RunFolder(tmp_path / "doubles"), loaded=Loaded(doubles))
    assert done.summary["notes"] == ["10 of 10 rows that ask have nothing relevant to find, and do not count."]
    one = replace(found, labels=np.ones((120, 1), np.uint8))
    done = run(read_plan(path, ["method.name=djsrh"]), RunFolder(tmp_path / "one"), loaded=Loaded(one))
    assert done.summary["notes"][0].startswith("All rows share a label")
    alone = ["method.name=itq", "text.least=1", "evaluate.relevant=pairs"]
    done = run(read_plan(path, alone), RunFolder(tmp_path / "alone"), loaded=Loaded(found))
    assert done.summary["notes"][-1].startswith("Nothing was measured: of one modality alone")
    assert run(read_plan(path), RunFolder(tmp_path / "usual")).summary["notes"] == []
