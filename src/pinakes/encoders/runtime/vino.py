"""OpenVINO (extra `fast`): two to six times ONNX Runtime on processors that multiply in 16 bits."""

from __future__ import annotations

import threading
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pinakes.encoders.runtime.base import (
    ENGINES,
    Engine,
    Feeds,
    Port,
    Precision,
    checked_feeds,
    first_line,
    opened,
    port_named,
)
from pinakes.errors import BadInput, MissingExtra

EXTRA = "fast"
# What OpenVINO calls its number types, as numpy calls them.
DTYPES = {"f32": "float32", "f16": "float16", "f64": "float64", "i64": "int64", "i32": "int32", "boolean": "bool"}


class VinoSession:
    """A model compiled with OpenVINO for this machine's processor."""

    def __init__(self, path: Path, threads: int, hint: str) -> None:
        self._name = path.name
        compiled = opened(path, partial(_compile, path, threads, hint))
        self._request = compiled.create_infer_request()
        # One request at a time: it already uses all threads, and each further one would hold its own buffers.
        self._lock = threading.Lock()
        self.inputs = tuple(_port(port) for port in compiled.inputs)
        self.outputs = tuple(_port(port) for port in compiled.outputs)

    def run(self, feeds: Feeds, output: str) -> NDArray[np.float32]:
        """One named output for these inputs."""
        place = port_named(output, self.outputs, self._name)
        checked = checked_feeds(feeds, self.inputs, self._name)
        by_place = {i: checked[port.name] for i, port in enumerate(self.inputs)}
        with self._lock:
            try:
                self._request.infer(by_place, share_inputs=True)
            except RuntimeError as error:
                raise BadInput(f"{self._name} could not be run: {first_line(error)}") from error
            return np.array(self._request.get_output_tensor(place).data, np.float32)


@cache
def _core() -> Any:
    try:
        import openvino
    except ImportError:
        raise MissingExtra("The inference engine openvino", EXTRA) from None
    return openvino.Core()


def _compile(path: Path, threads: int, hint: str) -> Any:
    core = _core()
    wish = {
        "INFERENCE_PRECISION_HINT": hint,
        "PERFORMANCE_HINT": "LATENCY",
        "NUM_STREAMS": 1,
        "INFERENCE_NUM_THREADS": threads,
    }
    return core.compile_model(core.read_model(str(path)), "CPU", wish)


def _port(port: Any) -> Port:
    shape = tuple(size.get_length() if size.is_static else None for size in port.partial_shape)
    # A tensor collects names of steps that were folded away; the node keeps the name that the file gives it.
    name = port.node.friendly_name.removesuffix("/sink_port_0")
    return Port(name, shape, DTYPES.get(port.element_type.get_type_name(), "float32"))


def _installed() -> bool:
    return find_spec("openvino") is not None


def _multiplies(kind: str) -> bool:
    return _installed() and kind in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def _engine(name: str, precision: Precision, hint: str, offered: Any) -> None:
    def open_it(path: Path, threads: int) -> VinoSession:
        return VinoSession(path, threads, hint)

    ENGINES.register(name)(Engine(name, precision, offered, open_it, EXTRA))


_engine("openvino", "float32", "f32", _installed)
# Half precision keeps eight times finer steps than bfloat16 at the same speed, but a smaller range, which some models
# overstep: the probes tell.
_engine("openvino-f16", "reduced", "f16", partial(_multiplies, "FP16"))
_engine("openvino-bf16", "reduced", "bf16", partial(_multiplies, "BF16"))
