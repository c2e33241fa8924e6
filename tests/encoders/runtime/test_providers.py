"""Accelerators of ONNX Runtime: chosen where they are offered and hold, passed over where they do not start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import pytest

from pinakes.encoders.hub.load import load_folder
from pinakes.encoders.runtime import choose
from pinakes.encoders.runtime.base import ENGINES
from pinakes.encoders.runtime.machine import threads
from pinakes.errors import MissingExtra
from pinakes.settings import Settings

CPU, CUDA, DML, COREML = (f"{name}ExecutionProvider" for name in ("CPU", "CUDA", "Dml", "CoreML"))
AUTO = replace(Settings(), threads=1)


@dataclass
class Card:
    """A card that is not there: real sessions on the processor, which say that they run on it."""

    offered: list[str]
    # Providers that are offered but do not start, as where the driver is missing.
    dead: tuple[str, ...] = ()
    # How far the card's numbers are off.
    noise: float = 0.0
    asked: list[tuple[list[Any], Any]] = field(default_factory=list)


@pytest.fixture()
def card(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Card]:
    """Puts a card into the machine."""
    real = ort.InferenceSession

    def put(*offered: str, **how: Any) -> Card:
        made = Card([*offered, CPU], **how)

        class OnCard(real):  # type: ignore[misc, valid-type]
            def __init__(self, path: str, wish: Any, providers: list[Any]) -> None:
                made.asked.append((providers, wish))
                self.first = next(p[0] for p in providers if p[0] in made.offered and p[0] not in made.dead)
                super().__init__(path, wish, providers=[CPU])

            def get_providers(self) -> list[str]:
                return [self.first, CPU]

            def run(self, names: Any, feeds: Any) -> Any:
                values = super().run(names, feeds)
                off = made.noise if self.first != CPU else 0.0
                return [one + off * np.random.default_rng(0).normal(size=one.shape) for one in values]

        monkeypatch.setattr(ort, "get_available_providers", lambda: made.offered)
        monkeypatch.setattr(ort, "InferenceSession", OnCard)
        return made

    return put


@pytest.fixture(scope="session")
def graph(build: Any) -> Path:
    return Path(build("clip").folder) / "onnx" / "vision_model.onnx"


def probe(session: Any) -> Any:
    pixels = np.random.default_rng(0).normal(size=(4, 3, 32, 32)).astype(np.float32)
    return session.run({"pixel_values": pixels}, "image_embeds")


def trials(graph: Path, settings: Settings = AUTO) -> dict[str, Any]:
    return {trial.engine: trial for trial in choose.measure(graph, probe, settings).trials}


@pytest.mark.parametrize(
    ("provider", "engine"),
    [(CUDA, "onnxruntime-cuda"), (DML, "onnxruntime-directml"), (COREML, "onnxruntime-coreml")],
)
def test_a_card_is_tried_where_the_runtime_offers_one(graph: Path, card: Any, provider: str, engine: str) -> None:
    card()
    assert engine not in choose.engine_names(AUTO)
    there = card(provider)
    assert engine in choose.engine_names(AUTO)
    found = trials(graph)
    assert (found[engine].note == "") or "gains" in found[engine].note
    providers, _ = next(asked for asked in there.asked if asked[0][0][0] == provider)
    # What a card can not do, the processor does.
    assert [name if isinstance(name, str) else name[0] for name in providers] == [provider, CPU]


def test_a_card_counts_in_float32_or_as_what_it_is(graph: Path, card: Any) -> None:
    exact = card(CUDA)
    assert trials(graph)["onnxruntime-cuda"].precision == "float32"
    providers, _ = next(asked for asked in exact.asked if asked[0][0][0] == CUDA)
    # Without this the card would round products to ten bits.
    assert providers[0][1] == {"use_tf32": "0"}
    scale = float(np.abs(probe(ENGINES.get("onnxruntime").open(graph, 1))).mean())
    card(CUDA, noise=0.02 * scale)
    rounded = trials(graph)["onnxruntime-cuda"]
    assert rounded.precision == "reduced"
    assert choose.REDUCED_COSINE <= rounded.cosine < choose.FLOAT32_COSINE
    card(CUDA, noise=scale)
    assert "differ" in trials(graph)["onnxruntime-cuda"].note
    card(COREML)
    assert "onnxruntime-coreml" not in choose.engine_names(replace(AUTO, precision="full"))


def test_a_card_whose_driver_does_not_start_leaves_the_work_to_the_processor(
    build: Any, install: Any, settings: Settings, card: Any
) -> None:
    card(CUDA, dead=(CUDA,))
    model = install(build("clip").folder)
    encoder = load_folder(model, settings, measure=True)
    assert set(encoder.engines.values()) == {"onnxruntime"}
    assert encoder.encode("text", ["a red boat"]).any()


def test_a_model_runs_on_the_card_where_that_is_fastest(
    build: Any, install: Any, settings: Settings, card: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = card(CUDA)
    monkeypatch.setattr("pinakes.encoders.runtime.choose._timed", _cards_are_fast)
    encoder = load_folder(install(build("clip").folder), settings, measure=True)
    assert set(encoder.engines.values()) == {"onnxruntime-cuda"}
    there.asked.clear()
    assert np.abs(encoder.encode("text", ["a red boat"]) - build("clip").text(["a red boat"])).max() < 1e-4
    assert [asked[0][0][0] for asked in there.asked] == [CUDA]
    # For one query the card takes longer to wake than the processor to answer.
    single = load_folder(install(build("clip").folder), settings, measure=True, items=1)
    assert set(single.engines.values()) == {"onnxruntime"}


def _cards_are_fast(path: Path, engine: Any, probe: Any, settings: Settings) -> tuple[Any, float, float]:
    fast = engine.name.endswith("cuda")
    return probe(engine.open(path, 1)), 1000.0 if fast else 10.0, 2.0 if fast else 0.1


def test_without_a_card_the_setting_names_the_extra(monkeypatch: pytest.MonkeyPatch, card: Any) -> None:
    card()
    things = {name: ENGINES.get(name) for name in ENGINES if not name.startswith("openvino")}
    monkeypatch.setattr(ENGINES, "_things", {**things, "openvino": replace(ENGINES.get("openvino"), offered=bool)})
    with pytest.raises(MissingExtra, match=r"pinakes\[fast\]"):
        choose.engine_names(replace(AUTO, runtime="openvino"))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_session_gets_the_threads_of_the_settings(graph: Path, card: Any, count: int) -> None:
    there = card()
    choose.open_session(graph, "onnxruntime", replace(Settings(), threads=count))
    (_, wish) = there.asked[-1]
    assert (wish.intra_op_num_threads, wish.inter_op_num_threads) == (count, 1)
    assert wish.get_session_config_entry("session.intra_op.allow_spinning") == "0"


def test_threads_are_those_that_this_process_may_use(graph: Path, card: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    there = card()
    monkeypatch.setattr("pinakes.encoders.runtime.machine.cores", lambda: 5)
    choose.open_session(graph, "onnxruntime", Settings())
    assert there.asked[-1][1].intra_op_num_threads == threads(Settings()) == 5


def test_openvino_gets_the_threads_of_the_settings(graph: Path) -> None:
    if not ENGINES.get("openvino").offered():
        pytest.skip("not installed")
    session: Any = ENGINES.get("openvino").open(graph, 1)
    compiled = session._request.get_compiled_model()
    assert compiled.get_property("INFERENCE_NUM_THREADS") == 1
    assert str(compiled.get_property("INFERENCE_PRECISION_HINT")) == "<Type: 'float32'>"
