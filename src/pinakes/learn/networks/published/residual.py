"""ResNet and SE-ResNet elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn

from pinakes.learn.networks.base import Tower
from pinakes.learn.networks.published.naming import Layer, Naming, names
from pinakes.learn.networks.resnet import Residual
from pinakes.learn.networks.squeeze import SqueezeExcitation


def _blocks(tower: Tower) -> Iterator[tuple[int, int, Residual]]:
    """Every block with the number of its stage, from 1, and its own number in it, from 0."""
    for stage in range(1, 5):
        for number, block in enumerate(tower.get_submodule(f"stages.stage{stage}").children()):
            if isinstance(block, Residual):
                yield stage, number, block


def _convolutions(block: Residual) -> int:
    return sum(
        isinstance(part, nn.Conv2d) for layer in block.branch if isinstance(layer, nn.Sequential) for part in layer
    )


def _torchvision(tower: Tower) -> Iterator[Layer]:
    """The names of torchvision, which timm has too, and adds squeezing to."""
    yield from ("conv1", "bn1")
    for stage, number, block in _blocks(tower):
        place = f"layer{stage}.{number}"
        for convolution in range(1, _convolutions(block) + 1):
            yield from (f"{place}.conv{convolution}", f"{place}.bn{convolution}")
        if any(isinstance(part, SqueezeExcitation) for part in block.branch):
            yield from (f"{place}.se.fc1", f"{place}.se.fc2")
        if isinstance(block.shortcut, nn.Sequential):
            yield from (f"{place}.downsample.0", f"{place}.downsample.1")


def _hub(tower: Tower) -> Iterator[Layer]:
    yield from ("embedder.embedder.convolution", "embedder.embedder.normalization")
    for stage, number, block in _blocks(tower):
        place = f"encoder.stages.{stage - 1}.layers.{number}"
        for convolution in range(_convolutions(block)):
            yield from (f"{place}.layer.{convolution}.convolution", f"{place}.layer.{convolution}.normalization")
        if isinstance(block.shortcut, nn.Sequential):
            yield from (f"{place}.shortcut.convolution", f"{place}.shortcut.normalization")


names(Naming("torchvision and timm", ("resnet",), _torchvision, "fc"))
names(Naming("timm", ("se_resnet",), _torchvision, "fc"))
names(Naming("the hub", ("resnet",), _hub, "classifier.1", prefix="resnet."))
