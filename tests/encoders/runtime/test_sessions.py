"""Engines behind one protocol: the same answers, the same refusals."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pinakes.encoders.runtime import choose  # files the engines
from pinakes.encoders.runtime.base import ENGINES, Port, checked_feeds
from pinakes.encoders.runtime.machine import cores, identity, threads
from pinakes.errors import BadInput, Damaged, MissingExtra, NotFound, PinakesError
from pinakes.settings import Settings, with_values

OFFERED = [name for name in choose.ENGINES if ENGINES.get(name).offered()]


@pytest.fixture(scope="session")
def graph(build: Any) -> Path:
    return build("clip").folder / "onnx" / "vision_model.onnx"


def pixels(count: int = 3) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(count, 3, 32, 32)).astype(np.float32)


@pytest.mark.parametrize("name", OFFERED)
def test_every_engine_gives_the_named_output(graph: Path, name: str) -> None:
    truth = ENGINES.get("onnxruntime").open(graph, 1).run({"pixel_values": pixels()}, "image_embeds")
    session = ENGINES.get(name).open(graph, 1)
    assert [(port.name, port.shape[1:]) for port in session.inputs] == [("pixel_values", (3, 32, 32))]
    assert {port.name for port in session.outputs} == {"last_hidden_state", "image_embeds"}
    given = session.run({"pixel_values": pixels()}, "image_embeds")
    assert (given.shape, given.dtype) == ((3, 24), np.float32)
    close = 1e-4 if ENGINES.get(name).precision == "float32" else 0.1
    assert np.abs(given - truth).max() < close * np.abs(truth).max()


@pytest.mark.parametrize("name", OFFERED)
def test_an_answer_stays_as_it_was_when_the_next_is_asked(graph: Path, name: str) -> None:
    session = ENGINES.get(name).open(graph, 1)
    first = session.run({"pixel_values": pixels(2)}, "image_embeds")
    kept = first.copy()
    session.run({"pixel_values": pixels(2) + 1}, "image_embeds")
    assert (first == kept).all()


@pytest.mark.parametrize("name", OFFERED)
def test_wrong_inputs_are_named(graph: Path, name: str) -> None:
    session = ENGINES.get(name).open(graph, 1)
    wrong = {
        "has no input pixels": {"pixels": pixels()},
        "needs the input pixel_values": {},
        "any x 3 x 32 x 32": {"pixel_values": pixels()[:, :, :31]},
        "any x 3 x 32 x 32 numbers for its input pixel_values, not 3 x 3": {"pixel_values": pixels()[..., 0, 0]},
        "not complex64": {"pixel_values": pixels().astype(np.complex64)},
    }
    for message, feeds in wrong.items():
        with pytest.raises(BadInput, match=message):
            session.run(feeds, "image_embeds")
    with pytest.raises(BadInput, match=r"no output logits.*image_embeds"):
        session.run({"pixel_values": pixels()}, "logits")


@pytest.mark.parametrize("name", OFFERED)
def test_missing_and_damaged_files_are_named(graph: Path, tmp_path: Path, name: str, capfd: Any) -> None:
    with pytest.raises(NotFound, match=r"none\.onnx"):
        ENGINES.get(name).open(tmp_path / "none.onnx", 1)
    whole = graph.read_bytes()
    for content in (b"", b"not a model", whole[: len(whole) // 2]):
        (tmp_path / "bad.onnx").write_bytes(content)
        with pytest.raises(Damaged, match=r"bad\.onnx"):
            ENGINES.get(name).open(tmp_path / "bad.onnx", 1)
    assert capfd.readouterr().out == ""


def test_whole_numbers_are_made_as_wide_as_the_graph_wants() -> None:
    ports = (Port("ids", (None, None), "int32"),)
    assert checked_feeds({"ids": np.ones((1, 2), np.int64)}, ports, "m")["ids"].dtype == np.int32
    with pytest.raises(BadInput, match="int32"):
        checked_feeds({"ids": np.ones((1, 2), np.float32)}, ports, "m")


def test_a_missing_extra_says_how_to_install_it(graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pinakes.encoders.runtime import vino

    vino._core.cache_clear()
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(MissingExtra, match=r"pinakes\[fast\]"):
        ENGINES.get("openvino").open(graph, 1)
    vino._core.cache_clear()


def test_a_provider_that_does_not_start_is_an_error_of_ours(graph: Path) -> None:
    if ENGINES.get("onnxruntime-cuda").offered():
        pytest.skip("this machine has the provider")
    with pytest.raises(PinakesError):
        ENGINES.get("onnxruntime-cuda").open(graph, 1)


def test_threads_are_as_set_or_as_the_machine_has() -> None:
    assert threads(with_values(Settings(), {"threads": 3})) == 3
    assert threads(Settings()) == cores() >= 1


def test_a_machine_is_itself() -> None:
    assert identity() == identity()
    assert len(identity()) == 16


@pytest.mark.reliability
@pytest.mark.parametrize("name", ["onnxruntime", "openvino"])
@pytest.mark.parametrize("absolute", [True, False])
def test_a_graph_can_not_read_weights_outside_its_folder(tmp_path: Path, name: str, absolute: bool) -> None:
    """B2: a fetched graph that names a file elsewhere as its weights is refused."""
    onnx = pytest.importorskip("onnx")
    if not ENGINES.get(name).offered():
        pytest.skip("not installed")
    secret = tmp_path / "secret"
    secret.write_bytes(bytes(16))
    tensor = onnx.TensorProto(name="w", data_type=1, dims=[4], data_location=onnx.TensorProto.EXTERNAL)
    for key, value in (("location", str(secret) if absolute else "../secret"), ("offset", "0"), ("length", "16")):
        tensor.external_data.add(key=key, value=value)
    ports = [onnx.helper.make_tensor_value_info(port, 1, [4]) for port in "xy"]
    add = onnx.helper.make_node("Add", ["x", "w"], ["y"])
    graph = onnx.helper.make_graph([add], "g", ports[:1], ports[1:], [tensor])
    (tmp_path / "m").mkdir()
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)])
    (tmp_path / "m" / "model.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(Damaged, match=r"model\.onnx"):
        ENGINES.get(name).open(tmp_path / "m" / "model.onnx", 1)
