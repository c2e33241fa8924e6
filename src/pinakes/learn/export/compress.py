"""Graphs whose weights lie on the disk in eight bits each, and are multiplied out to floats when they are opened.

Nothing is computed in eight bits: the file is a quarter as large, and the graph as quick and very nearly as exact as
before. Any runtime that folds what is constant opens it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pinakes.encoders.runtime.ort import FATAL_ONLY
from pinakes.errors import MissingExtra

if TYPE_CHECKING:
    from pinakes.types import Floats

# Smaller weights stay as they are: there is nothing to be gained.
_LEAST = 1024
# The waves of a transform of Fourier, in halves: in eight bits what is faint would drown in what is loud.
_HALVES = ("waves",)


def compress(graph: Path, target: Path, *, fold: bool = True) -> None:
    """Write a graph with all its large weights in eight bits, with a scale for each row or channel.

    What is constant is computed before, unless it is told not to `fold`: where that is larger than what it is made of.
    """
    try:
        import onnx
        from onnx import numpy_helper
    except ImportError:
        raise MissingExtra("Writing graphs of eight bits", "train") from None
    folded = target.with_suffix(".folded.onnx")
    try:
        if fold:
            _fold(graph, folded)
        model = onnx.load(str(folded if fold else graph))
    finally:
        folded.unlink(missing_ok=True)
    columns = _columns(model.graph)
    heads: list[Any] = []
    for weight in list(model.graph.initializer):
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.ndim < 2 or values.size < _LEAST:
            continue
        if weight.name.rpartition(".")[2] in _HALVES:
            model.graph.initializer.remove(weight)
            model.graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), f"{weight.name}.half"))
            heads.append(
                onnx.helper.make_node("Cast", [f"{weight.name}.half"], [weight.name], to=onnx.TensorProto.FLOAT)
            )
            continue
        small, scale = eight(values, by_column=weight.name in columns)
        model.graph.initializer.remove(weight)
        names = [f"{weight.name}.{each}" for each in ("eight", "scale", "float")]
        model.graph.initializer.extend(map(numpy_helper.from_array, (small, scale), names[:2]))
        heads.append(onnx.helper.make_node("Cast", [names[0]], [names[2]], to=onnx.TensorProto.FLOAT))
        heads.append(onnx.helper.make_node("Mul", [names[2], names[1]], [weight.name]))
    nodes = [*heads, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, str(target))


def eight(values: Floats, *, by_column: bool) -> tuple[NDArray[np.int8], Floats]:
    """Whole numbers from -127 to 127, and the scale of each row or column (the others' axes are kept as 1)."""
    axes = (values.ndim - 2,) if by_column else tuple(range(1, values.ndim)) if values.ndim != 3 else (2,)
    scale = np.maximum(np.abs(values).max(axis=axes, keepdims=True), 1e-12) / 127
    return np.rint(values / scale).astype(np.int8), scale.astype(np.float32)


def _fold(graph: Path, target: Path) -> None:
    """What is constant computed once: norms go into the convolutions before them."""
    import onnxruntime

    wish = onnxruntime.SessionOptions()
    wish.log_severity_level = FATAL_ONLY
    wish.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    wish.optimized_model_filepath = str(target)
    onnxruntime.InferenceSession(str(graph), wish, providers=["CPUExecutionProvider"])


def _columns(graph: Any) -> set[str]:
    """The weights whose columns, not rows, each make a number: second factors of products."""
    found: set[str] = set()
    for node in graph.node:
        turned = any(each.name == "transB" and each.i for each in node.attribute)
        if node.op_type in ("MatMul", "Gemm") and not turned:
            found.add(node.input[1])
    return found
