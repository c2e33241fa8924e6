"""Frozen features of pictures: MobileNetV2 of the data folder, read from its layers.json and run by PyTorch.

The 8-bit weights are multiplied out to floats. The vector is the mean over places of the last map (1,280), behind it
the logits of ImageNet's classes; both are kept in the cache, a row for each picture of the archives in their order.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

SIDE = 224
BATCH = 32


@dataclass(frozen=True)
class Backbone:
    """The graph in order, and the weights of its convolutions by name."""

    layers: list[dict[str, Any]]
    weights: dict[str, tuple[Tensor, Tensor]]

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
    layers = json.loads((folder / "layers.json").read_text(encoding="utf-8"))
    weights = {}
    with np.load(folder / "mobilenet_v2_1.0_224_int8.npz") as kept:
        for layer in layers:
            if name := layer.get("name"):
                scale = kept[f"{name}.scale"].reshape([-1 if axis == layer["channel_dim"] else 1 for axis in range(4)])
                weight = torch.from_numpy(kept[f"{name}.weight_int8"] * scale.astype(np.float32))
                # From (out, h, w, in), or (1, h, w, channels), to PyTorch's order.
                order = (3, 0, 1, 2) if layer["channel_dim"] == 3 else (0, 3, 1, 2)
                weights[name] = weight.permute(order).contiguous(), torch.from_numpy(kept[f"{name}.bias"])
    return Backbone(layers, weights)


def features(archives: list[Path], backbone: Path, cache: Path) -> dict[str, np.ndarray]:
    """Names, vectors (n, 1280) and logits (n, 1001) of all pictures of the archives, computed once."""
    kept = cache / f"{archives[0].parent.name}-mobilenet.npz"
    if not kept.exists():
        network = read(backbone)
        names, vectors, logits = [], [], []
        with torch.inference_mode():
            for some, pixels in _pictures(archives):
                rows = network(pixels)
                names += some
                vectors.append(rows[0].half())
                logits.append(rows[1].half())
        # By rename: a run that is stopped leaves no half a file.
        new = kept.with_name(f"new-{kept.name}")
        np.savez(new, names=np.array(names), vectors=torch.cat(vectors).numpy(), logits=torch.cat(logits).numpy())
        new.rename(kept)
    with np.load(kept) as found:
        return {key: found[key] for key in found}


def _pictures(archives: list[Path]) -> Iterator[tuple[list[str], Tensor]]:
    """Names and pixels (n, 3, 224, 224), batch after batch."""
    names: list[str] = []
    pixels: list[np.ndarray] = []
    for path in archives:
        with tarfile.open(path) as archive:
            for member in archive:
                if (file := archive.extractfile(member)) is None:
                    continue
                with Image.open(io.BytesIO(file.read())) as picture:
                    pixels.append(np.asarray(picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR)))
                names.append(Path(member.name).name)
                if len(names) == BATCH:
                    yield names, _normal(pixels)
                    names, pixels = [], []
    if names:
        yield names, _normal(pixels)


def _normal(pixels: list[np.ndarray]) -> Tensor:
    return torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float() / 127.5 - 1
