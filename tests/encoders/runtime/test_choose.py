"""The choice of an engine: by measurement, once, and never one whose vectors differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pinakes.encoders.runtime import choose, verdicts
from pinakes.encoders.runtime.base import ENGINES, Engine, Port
from pinakes.encoders.runtime.verdicts import Trial, Verdict
from pinakes.errors import BadSetting, Damaged, MissingExtra
from pinakes.settings import Settings

AUTO = replace(Settings(), threads=1)
TRUTH = np.random.default_rng(0).normal(size=(6, 8)).astype(np.float32)


class FakeSession:
    """Gives prepared vectors after a pause of made-up time."""

    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()

    def __init__(self, vectors: np.ndarray, seconds: float, clock: Any) -> None:
        self.vectors, self.seconds, self.clock = vectors, seconds, clock

    def run(self, feeds: Any, output: str) -> Any:
        self.clock.now += self.seconds
        return self.vectors


class Clock:
    """Time that only passes when told to."""

    now = 0.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture()
def engines(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Replaces the engines by made-up ones: name -> (precision, seconds a run, vectors)."""
    clock = Clock()
    monkeypatch.setattr(choose, "time", clock)

    def put(**given: Any) -> None:
        things = {}
        for name, (precision, seconds, vectors) in given.items():

            def open_it(path: Path, threads: int, seconds: float = seconds, vectors: Any = vectors) -> FakeSession:
                clock.now += 1.0
                if isinstance(vectors, Exception):
                    raise vectors
                return FakeSession(vectors, seconds, clock)

            full = name.replace("_", "-")
            things[full] = Engine(full, precision, lambda: True, open_it)
        monkeypatch.setattr(ENGINES, "_things", things)

    return put


def probe(session: Any) -> Any:
    return session.run({}, "out")


def measured(settings: Settings = AUTO) -> Verdict:
    return choose.measure(Path("m.onnx"), probe, settings)


def trial(verdict: Verdict, engine: str) -> Trial:
    return next(t for t in verdict.trials if t.engine == engine)


def noisy(cosine: float) -> np.ndarray:
    """Vectors at a given cosine to the truth."""
    chance = np.random.default_rng(1).normal(size=TRUTH.shape)
    across = chance - (chance * TRUTH).sum(1, keepdims=True) / (TRUTH**2).sum(1, keepdims=True) * TRUTH
    across *= np.linalg.norm(TRUTH, axis=1, keepdims=True) / np.linalg.norm(across, axis=1, keepdims=True)
    return (cosine * TRUTH + np.sqrt(1 - cosine**2) * across).astype(np.float32)


def test_the_fastest_engine_that_holds_is_chosen(engines: Any) -> None:
    engines(
        onnxruntime=("float32", 1.0, TRUTH),
        openvino=("float32", 0.5, TRUTH),
        openvino_bf16=("reduced", 0.1, noisy(0.9995)),
    )
    verdict = measured()
    assert verdict.best(reduced=False).engine == "openvino"
    assert verdict.best(reduced=True).engine == "openvino-bf16"
    assert trial(verdict, "openvino").rate == pytest.approx(12)


@pytest.mark.parametrize(("cosine", "held"), [(0.9989, False), (0.9991, True)])
def test_reduced_precision_is_used_from_cosine_0_999_on(engines: Any, cosine: float, held: bool) -> None:
    engines(onnxruntime=("float32", 1.0, TRUTH), openvino_bf16=("reduced", 0.1, noisy(cosine)))
    assert (measured().best(reduced=True).engine == "openvino-bf16") is held


def test_an_engine_that_only_claims_float32_counts_as_reduced(engines: Any) -> None:
    engines(onnxruntime=("float32", 1.0, TRUTH), onnxruntime_cuda=("float32", 0.1, noisy(0.9995)))
    verdict = measured()
    assert trial(verdict, "onnxruntime-cuda").precision == "reduced"
    assert verdict.best(reduced=False).engine == "onnxruntime"
    assert measured(replace(AUTO, precision="full")).best(reduced=True).engine == "onnxruntime"


def test_one_wrong_probe_is_enough(engines: Any) -> None:
    wrong = TRUTH.copy()
    wrong[4] = -wrong[4]
    engines(onnxruntime=("float32", 1.0, TRUTH), openvino=("float32", 0.1, wrong))
    verdict = measured()
    assert verdict.best(reduced=True).engine == "onnxruntime"
    assert "differ" in trial(verdict, "openvino").note


@pytest.mark.parametrize("bad", [np.full_like(TRUTH, np.nan), TRUTH[:, :4], Damaged("It can not be opened.")])
def test_an_engine_that_fails_is_left_out_with_a_note(engines: Any, bad: Any) -> None:
    engines(onnxruntime=("float32", 1.0, TRUTH), openvino=("float32", 0.1, bad))
    verdict = measured()
    assert verdict.best(reduced=True).engine == "onnxruntime"
    assert trial(verdict, "openvino").note


def test_reduced_precision_must_repay(engines: Any) -> None:
    engines(onnxruntime=("float32", 1.0, TRUTH), openvino_bf16=("reduced", 0.9, noisy(0.9995)))
    assert measured().best(reduced=True).engine == "onnxruntime"


def test_full_precision_does_not_try_reduced_engines(engines: Any) -> None:
    engines(onnxruntime=("float32", 1.0, TRUTH), openvino_bf16=("reduced", 0.1, TRUTH))
    assert [t.engine for t in measured(replace(AUTO, precision="full")).trials] == ["onnxruntime"]


def test_few_items_are_left_to_what_opens_quickly() -> None:
    verdict = Verdict((Trial("a", "float32", 10, 0.1, 1.0), Trial("b", "float32", 100, 2.0, 1.0)))
    assert verdict.best(False, items=1).engine == "a"
    assert verdict.best(False, items=1000).engine == "b"
    assert verdict.best(False).engine == "b"


def test_a_verdict_is_reached_once_and_then_remembered(engines: Any, tmp_path: Path) -> None:
    engines(onnxruntime=("float32", 1.0, TRUTH))
    first = choose.choose(Path("m"), "hash", probe, AUTO, (tmp_path,))
    engines(onnxruntime=("float32", 1.0, Damaged("never opened again")))
    assert choose.choose(Path("m"), "hash", probe, AUTO, (tmp_path,)) == first
    assert choose.remembered("hash", AUTO, (tmp_path,)) == first
    assert choose.remembered("other", AUTO, (tmp_path,)) is None
    assert choose.remembered("hash", replace(AUTO, threads=2), (tmp_path,)) is None


def test_another_machine_or_version_measures_for_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = choose.key_of("hash", AUTO)
    monkeypatch.setattr(choose, "identity", lambda: "another machine")
    assert choose.key_of("hash", AUTO) != here


def test_a_folder_that_is_a_file_sends_the_verdict_to_the_next(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    folders = (tmp_path / "file", tmp_path / "open")
    verdicts.store(folders, "k", Verdict((Trial("onnxruntime", "float32", 1, 1, 1),)))
    assert verdicts.load(folders, "k") is not None


@pytest.mark.parametrize(
    "content", ["{", "[]", "{}", '{"format": 1, "verdicts": {"k": [{"engine": "x"}]}}', '{"format": 9}']
)
def test_a_damaged_cache_counts_as_missing(tmp_path: Path, content: str) -> None:
    (tmp_path / verdicts.FILE).write_text(content)
    assert verdicts.load((tmp_path,), "k") is None


def test_a_wrong_engine_or_precision_suggests_the_right_one() -> None:
    with pytest.raises(BadSetting, match="openvino"):
        choose.engine_names(replace(AUTO, runtime="openvin"))
    with pytest.raises(BadSetting, match="auto or full"):
        choose.engine_names(replace(AUTO, precision="half"))


def test_an_engine_that_is_not_installed_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    things = {name: replace(ENGINES.get(name), offered=lambda: False) for name in ENGINES}
    monkeypatch.setattr(ENGINES, "_things", things)
    with pytest.raises(MissingExtra, match=r"pinakes\[fast\]"):
        choose.engine_names(replace(AUTO, runtime="openvino"))


def test_quantised_files_are_held_against_the_careful_engine(engines: Any) -> None:
    rubbish = noisy(0.02)
    engines(onnxruntime=("float32", 0.1, rubbish), onnxruntime_basic=("float32", 1.0, TRUTH))
    verdict = choose.measure(Path("m"), probe, AUTO, quantised=True)
    assert verdict.best(reduced=True).engine == "onnxruntime-basic"
    assert "differ" in trial(verdict, "onnxruntime").note


def test_a_real_graph_is_measured_on_the_engines_of_this_machine(build: Any) -> None:
    graph = build("clip").folder / "onnx" / "vision_model.onnx"
    pixels = np.random.default_rng(0).normal(size=(4, 3, 32, 32)).astype(np.float32)
    verdict = choose.measure(graph, lambda session: session.run({"pixel_values": pixels}, "image_embeds"), AUTO)
    held = [t for t in verdict.trials if not t.note]
    assert verdict.trials[0].engine == "onnxruntime"
    assert all(t.cosine >= choose.REDUCED_COSINE and t.rate > 0 for t in held)


def test_of_engines_equally_fast_the_most_exact_is_taken() -> None:
    trials = (
        Trial("onnxruntime", "float32", 10, 0, 1.0),
        Trial("openvino-bf16", "reduced", 52, 0, 0.9999),
        Trial("openvino-f16", "reduced", 50, 0, 0.99999),
    )
    assert Verdict(trials).best(reduced=True).engine == "openvino-f16"
