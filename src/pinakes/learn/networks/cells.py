"""Recurrent layers as torch has them, and as one node of the graph that is exported.

Torch's exporter writes such layers out step by step for one length of text, or not at all; ONNX has operators for them
that take any length. Their gates stand in another order than torch's.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import torch
from torch import Tensor, nn

Cell: TypeAlias = Literal["rnn", "lstm", "gru"]
CELLS: dict[Cell, type[nn.RNN] | type[nn.LSTM] | type[nn.GRU]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
# ONNX's operator of each kind, and where its gates (input, output, forget, cell; update, reset, new) stand in torch's.
_OPERATORS: dict[str, tuple[str, tuple[int, ...]]] = {
    "RNN_TANH": ("RNN", (0,)),
    "LSTM": ("LSTM", (0, 3, 1, 2)),
    "GRU": ("GRU", (1, 0, 2)),
}
# The operators have been the same since this version of ONNX's set.
_OPSET = 14


def read(layer: nn.Module, tokens: Tensor) -> Tensor:
    """The states (n, t, hidden) of a layer that reads tokens (n, t, inputs) from the first to the last."""
    if isinstance(layer, nn.RNNBase) and torch.onnx.is_in_onnx_export():
        return _node(layer, tokens)
    states: Tensor = layer(tokens)[0]
    return states


def _node(layer: nn.RNNBase, tokens: Tensor) -> Tensor:
    operator, order = _OPERATORS[layer.mode]
    weight, recurrent, bias, other = (getattr(layer, f"{name}_l0") for name in _NAMES)
    attributes: dict[str, Any] = {"hidden_size": layer.hidden_size, "direction": "forward"}
    if operator == "GRU":
        # The reset gate acts behind the recurrent matrix, as it does in torch.
        attributes["linear_before_reset"] = 1
    rows, length = tokens.shape[:2]
    # Of one direction: (1, gates * hidden, inputs), and both biases as one row.
    parts = [_arranged(weight, order)[None], _arranged(recurrent, order)[None]]
    parts.append(torch.cat([_arranged(bias, order), _arranged(other, order)])[None])
    states: Tensor = torch.onnx.ops.symbolic(
        f"::{operator}",
        (tokens.transpose(0, 1), *parts),
        attributes,
        dtype=tokens.dtype,
        shape=(length, 1, rows, layer.hidden_size),
        version=_OPSET,
    )
    return states[:, 0].transpose(0, 1)


_NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def _arranged(weights: Tensor, order: tuple[int, ...]) -> Tensor:
    """Torch's weights of all gates with the gates in ONNX's order."""
    gates = weights.reshape(len(order), -1, *weights.shape[1:])
    return gates[list(order)].reshape(weights.shape)
