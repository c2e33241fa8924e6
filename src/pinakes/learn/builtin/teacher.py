"""A teacher of pictures: MobileNetV2 as a folder of layers and 8-bit weights, run by torch. Its outputs alone are used.

The folder holds `layers.json`, the graph in order, and the weights in integers with a scale for each channel, which are
multiplied out to floats. The vector is the mean over places of the last map; behind it stand the logits of ImageNet's
classes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from pinakes.errors import BadInput, NotFound

SIDE = 224
LAYERS, WEIGHTS = "layers.json", "mobilenet_v2_1.0_224_int8.npz"


@dataclass(frozen=True)
class Backbone:
    """The graph in order, and the weights of its convolutions by name."""

    layers: list[dict[str, Any]]
    weights: dict[str, tuple[Tensor, Tensor]]

    def on(self, device: torch.device) -> Backbone:
        """The same where a device has it."""
        moved = {name: (weight.to(device), bias.to(device)) for name, (weight, bias) in self.weights.items()}
        return Backbone(self.layers, moved)

    def __call__(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Vectors (n, 1280) and logits (n, 1001) of pictures (n, 3, 224, 224) from -1 to 1."""
        values = {self.layers[0]["inputs"][0]: pixels}
        vectors = logits = pixels
        for layer in self.layers:
            out = self._step(layer, [values[number] for number in layer["inputs"] if number in values])
            values[layer["output"]] = out
            if layer["op"] == "MEAN":
                vectors = out
            elif layer["op"] == "CONV_2D":
                logits = out
        return vectors.flatten(1), logits.flatten(1)

    def _step(self, layer: dict[str, Any], inputs: list[Tensor]) -> Tensor:
        if layer["op"] in ("CONV_2D", "DEPTHWISE_CONV_2D"):
            return self._convolved(layer, inputs[0])
        if layer["op"] == "ADD":
            return inputs[0] + inputs[1]
        if layer["op"] == "MEAN":
            return inputs[0].mean((2, 3), keepdim=True)
        # What is left rounds, reshapes or makes probabilities, none of which is wanted.
        return inputs[0]

    def _convolved(self, layer: dict[str, Any], values: Tensor) -> Tensor:
        weight, bias = self.weights[layer["name"]]
        groups = values.shape[1] if layer["op"].startswith("DEPTHWISE") else 1
        padded = functional.pad(values, _same(values.shape[-1], weight.shape[-1], layer["stride"]))
        out = functional.conv2d(padded, weight, bias, stride=layer["stride"], groups=groups)
        return out.clamp(0, 6) if layer["activation"] == "relu6" else out


def _same(side: int, kernel: int, stride: int) -> tuple[int, int, int, int]:
    """TensorFlow's padding: as much output as input over stride, and what is odd goes right and below."""
    more = max((-(-side // stride) - 1) * stride + kernel - side, 0)
    return (more // 2, more - more // 2) * 2


def read(folder: Path) -> Backbone:
    """The network of a folder, with floats for its 8-bit weights."""
    for name in (LAYERS, WEIGHTS):
        if not (folder / name).is_file():
            raise NotFound(f"The teacher's folder {folder} has no {name}.", "Name a folder that holds both.")
    layers = json.loads((folder / LAYERS).read_text(encoding="utf-8"))
    weights = {}
    with np.load(folder / WEIGHTS, allow_pickle=False) as kept:
        for layer in layers:
            if name := layer.get("name"):
                scale = kept[f"{name}.scale"].reshape([-1 if axis == layer["channel_dim"] else 1 for axis in range(4)])
                weight = torch.from_numpy(kept[f"{name}.weight_int8"] * scale.astype(np.float32))
                # From (out, h, w, in), or (1, h, w, channels), to PyTorch's order.
                order = (3, 0, 1, 2) if layer["channel_dim"] == 3 else (0, 3, 1, 2)
                weights[name] = weight.permute(order).contiguous(), torch.from_numpy(kept[f"{name}.bias"])
    return Backbone(layers, weights)


def normal(pictures: np.ndarray) -> Tensor:
    """Pictures (n, 224, 224, 3) of bytes as the network takes them (n, 3, 224, 224), from -1 to 1."""
    if pictures.dtype != np.uint8 or pictures.shape[1:] != (SIDE, SIDE, 3):
        raise BadInput(f"The teacher takes bytes (n, {SIDE}, {SIDE}, 3), not {pictures.dtype} {pictures.shape}.")
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1
