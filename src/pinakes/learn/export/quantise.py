"""Weights in eight bits, kept where they find as well as before."""

from __future__ import annotations

from pathlib import Path

from pinakes.errors import MissingExtra
from pinakes.learn.export.graph import quiet


def eight_bits(graph: Path, target: Path) -> None:
    """Write a graph with its weights in eight bits; what goes through it is brought to eight bits as it comes."""
    try:
        import onnx
        from onnxruntime.quantization import QuantType, quantize_dynamic
    except ImportError:
        raise MissingExtra("Writing graphs of eight bits", "train") from None
    model = onnx.load(str(graph))
    # Sizes that the exporter noted in passing, in whose way the quantiser's own would come.
    del model.graph.value_info[:]
    # Signed and of seven bits, per channel: more overflow on processors without VNNI.
    with quiet():
        quantize_dynamic(model, str(target), per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
