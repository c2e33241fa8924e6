"""Networks so small, and pictures so few, that a test of each takes a moment."""

from __future__ import annotations

import inspect
from typing import Any

import torch
from torch import Tensor

from pinakes.learn.networks.base import NETWORKS, Tower

WIDTH = 0.125
SIDE = 64
PICTURES = [name for name in NETWORKS if NETWORKS.get(name).modality == "image"]
# What each of them takes tells which ones are made of convolutions and nothing else.
CONVOLUTIONAL = [name for name in PICTURES if "squeeze" in inspect.signature(NETWORKS.get(name).build).parameters]
# One of each family, for what its members share.
FAMILIES = [
    "alexnet",
    "vgg16_bn",
    "resnet18",
    "resnet50",
    "mobilenet_v1",
    "mobilenet_v2",
    "mobilenet_v3_small",
    "shufflenet_v1",
    "shufflenet_v2_x0.5",
]


def tiny(name: str, seed: int = 0, **settings: Any) -> Tower:
    """The network of that name at an eighth of its width, for pictures of 64 pixels."""
    torch.manual_seed(seed)
    return NETWORKS.get(name).build(**{"width": WIDTH, "side": SIDE} | settings)


def pictures(n: int, side: int = SIDE, seed: int = 1) -> Tensor:
    """Noise (n, 3, side, side)."""
    return torch.randn(n, 3, side, side, generator=torch.Generator().manual_seed(seed))


def lived(tower: Tower) -> Tower:
    """The tower as if it had been trained: no norm of it has the mean 0 and the variance 1 with which it began."""
    for name, value in tower.named_buffers():
        if name.endswith("running_mean"):
            value.normal_(0, 0.1)
        elif name.endswith("running_var"):
            value.uniform_(0.5, 2)
    return tower.eval()
