"""ONNX Runtime: on the processor it is always there and always float32; on accelerators where they are offered."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pinakes.encoders.runtime.base import ENGINES, Engine, Feeds, Port, checked_feeds, first_line, opened, port_named
from pinakes.errors import BadInput, PinakesError
from pinakes.threads import give_back_memory

CPU = "CPUExecutionProvider"
# Silences the runtime's own lines on standard error: its failures reach the user as our errors.
FATAL_ONLY = 4
DTYPES = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(double)": "float64",
    "tensor(int64)": "int64",
    "tensor(int32)": "int32",
    "tensor(bool)": "bool",
    "tensor(uint8)": "uint8",
    "tensor(int8)": "int8",
}


class OrtSession:
    """A model opened with ONNX Runtime."""

    def __init__(self, path: Path, threads: int, provider: str, options: dict[str, str], basic: bool) -> None:
        self._name = path.name
        self._session = opened(path, partial(_open, path, threads, provider, options, basic))
        if self._session.get_providers()[0] != provider:
            raise PinakesError(f"{provider} could not be started for {path.name}.")
        self.inputs = tuple(_port(node) for node in self._session.get_inputs())
        self.outputs = tuple(_port(node) for node in self._session.get_outputs())
        # What it took to read a graph and to work out what in it is constant can be half of what is held after it.
        give_back_memory()

    def run(self, feeds: Feeds, output: str) -> NDArray[np.float32]:
        """One named output for these inputs."""
        port_named(output, self.outputs, self._name)
        try:
            (values,) = self._session.run([output], checked_feeds(feeds, self.inputs, self._name))
        except (PinakesError, MemoryError):
            raise
        except Exception as error:  # the runtime raises classes of its own, straight below Exception
            raise BadInput(f"{self._name} could not be run: {first_line(error)}") from error
        return np.asarray(values, np.float32)


def _open(path: Path, threads: int, provider: str, options: dict[str, str], basic: bool) -> Any:
    import onnxruntime as ort

    wish = ort.SessionOptions()
    wish.log_severity_level = FATAL_ONLY
    wish.intra_op_num_threads = threads
    wish.inter_op_num_threads = 1
    # Waiting threads that spin would take the cores from the decoding children.
    wish.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if basic:
        wish.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    providers: list[Any] = [(provider, options)]
    if provider != CPU:
        providers.append(CPU)
    return ort.InferenceSession(str(path), wish, providers=providers)


def _port(node: Any) -> Port:
    shape = tuple(size if isinstance(size, int) and size > 0 else None for size in node.shape)
    return Port(node.name, shape, DTYPES.get(node.type, "float32"))


def _offered(provider: str) -> bool:
    import onnxruntime as ort

    return provider in ort.get_available_providers()


def _engine(name: str, precision: Any, provider: str, *, basic: bool = False, **options: str) -> None:
    def open_it(path: Path, threads: int) -> OrtSession:
        return OrtSession(path, threads, provider, options, basic)

    ENGINES.register(name)(Engine(name, precision, partial(_offered, provider), open_it))


_engine("onnxruntime", "float32", CPU)
# Version 1.31.1 gives rubbish for some quantised files when it fuses operations; with basic rewriting it does not.
_engine("onnxruntime-basic", "float32", CPU, basic=True)
# TensorFloat-32 keeps ten bits of a product: without it the card is as exact as the processor.
_engine("onnxruntime-cuda", "float32", "CUDAExecutionProvider", use_tf32="0")
_engine("onnxruntime-directml", "float32", "DmlExecutionProvider")
# Apple's neural engine computes in half precision.
_engine("onnxruntime-coreml", "reduced", "CoreMLExecutionProvider")
