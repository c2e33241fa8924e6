"""Classes of precision: a space keeps its own, and no machine puts vectors of another into it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pinakes import errors
from pinakes.encoders.hub import load
from pinakes.encoders.hub.layouts import read_plan
from pinakes.encoders.hub.load import describe, fingerprint_of, load_folder
from pinakes.encoders.runtime import choose, verdicts
from pinakes.encoders.runtime.verdicts import Trial, Verdict


@pytest.fixture()
def model(build: Any, install: Any) -> Any:
    return install(build("sentences").folder)


@pytest.fixture()
def prints(model: Any, settings: Any) -> dict[str, str]:
    plan = read_plan(model.folder, settings.limits)
    return {p: fingerprint_of(model.record, plan, p) for p in ("float32", "reduced")}


@pytest.fixture()
def measured(model: Any, settings: Any) -> Any:
    """Settings under which this machine found reduced precision worth while."""
    auto = replace(settings, runtime="auto")
    trials = (
        Trial("onnxruntime", "float32", 10, 0.1, 1.0),
        Trial("openvino", "float32", 12, 0.4, 1.0),
        Trial("openvino-bf16", "reduced", 40, 0.5, 0.9999),
    )
    key = choose.key_of(model.record.files["onnx/model.onnx"].sha256, auto)
    verdicts.store((model.folder,), key, Verdict(trials))
    return auto


def engine(encoder: Any) -> str:
    return next(iter(encoder.engines.values()))


@pytest.mark.parametrize(("pieces", "by_sentence"), [(77, True), (128, True), (129, False), (512, False)])
def test_a_model_that_reads_few_pieces_is_given_sentences_and_its_fingerprint_tells(
    model: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, pieces: int, by_sentence: bool
) -> None:
    read = read_plan(model.folder, settings.limits)
    assert read.text is not None
    plan = replace(read, text=replace(read.text, most_tokens=pieces))
    assert describe(model.record, plan, "float32").sentences == by_sentence
    before = fingerprint_of(model.record, plan, "float32")
    monkeypatch.setattr(load, "CUT", load.CUT + 1)
    assert (fingerprint_of(model.record, plan, "float32") != before) == by_sentence


def test_without_a_verdict_the_reference_is_used_and_nothing_is_measured(
    model: Any, settings: Any, prints: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choose, "measure", lambda *args, **options: pytest.fail("measured"))
    encoder = load_folder(model, settings)
    assert (engine(encoder), encoder.description.fingerprint) == ("onnxruntime", prints["float32"])


def test_a_new_space_is_reduced_where_that_was_found_worth_while(model: Any, measured: Any, prints: Any) -> None:
    encoder = load_folder(model, measured)
    assert (engine(encoder), encoder.description.fingerprint) == ("openvino-bf16", prints["reduced"])


def test_a_float32_space_gets_float32_vectors_whatever_is_faster(model: Any, measured: Any, prints: Any) -> None:
    encoder = load_folder(model, measured, fingerprint=prints["float32"])
    assert (engine(encoder), encoder.description.fingerprint) == ("openvino", prints["float32"])


def test_a_machine_without_reduced_precision_serves_a_reduced_space_in_float32(
    model: Any, settings: Any, prints: Any
) -> None:
    for own in (settings, replace(settings, precision="full")):
        encoder = load_folder(model, own, fingerprint=prints["reduced"])
        assert (engine(encoder), encoder.description.fingerprint) == ("onnxruntime", prints["reduced"])


def test_full_precision_makes_float32_spaces(model: Any, measured: Any, prints: Any) -> None:
    assert load_folder(model, replace(measured, precision="full")).description.fingerprint == prints["float32"]


def test_a_single_query_uses_what_opens_quickly(model: Any, measured: Any, prints: Any) -> None:
    encoder = load_folder(model, measured, fingerprint=prints["reduced"], items=1)
    assert (engine(encoder), encoder.description.fingerprint) == ("onnxruntime", prints["reduced"])


def test_vectors_of_another_model_are_refused(model: Any, settings: Any) -> None:
    with pytest.raises(errors.WrongSpace, match="encode the library again"):
        load_folder(model, settings, fingerprint="0" * 64)


def test_the_fingerprint_follows_bytes_preprocessing_and_prefixes(model: Any, settings: Any, prints: Any) -> None:
    plan = read_plan(model.folder, settings.limits)
    text = plan.text
    assert text is not None
    seen = {*prints.values()}
    for other in (replace(text, query_prefix="q "), replace(text, most_tokens=7), replace(text, pooling="first")):
        seen.add(fingerprint_of(model.record, replace(plan, text=other), "float32"))
    files = dict(model.record.files)
    files["onnx/model.onnx"] = replace(files["onnx/model.onnx"], sha256="1" * 64)
    seen.add(fingerprint_of(replace(model.record, files=files), plan, "float32"))
    files["tokenizer.json"] = replace(files["tokenizer.json"], sha256="1" * 64)
    seen.add(fingerprint_of(replace(model.record, files=files), plan, "float32"))
    assert len(seen) == 7


def test_the_fingerprint_does_not_depend_on_where_the_model_lies_or_how_it_is_named(
    model: Any, settings: Any, prints: Any, tmp_path: Path
) -> None:
    import shutil

    shutil.copytree(model.folder, tmp_path / "other")
    plan = read_plan(tmp_path / "other", settings.limits)
    assert fingerprint_of(replace(model.record, name="other"), plan, "float32") == prints["float32"]


def test_measuring_settles_every_graph_once(build: Any, install: Any, settings: Any, monkeypatch: Any) -> None:
    model = install(build("clip").folder)
    load_folder(model, settings, measure=True)
    monkeypatch.setattr(choose, "measure", lambda *args, **options: pytest.fail("measured again"))
    encoder = load_folder(model, settings, measure=True)
    assert {graph.name for graph in encoder.engines} == {"text_model.onnx", "vision_model.onnx"}
