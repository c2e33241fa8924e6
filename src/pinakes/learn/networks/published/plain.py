"""AlexNet and VGG elsewhere: layers in a row, counted together with those that hold no weights."""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn

from pinakes.learn.networks.base import Tower
from pinakes.learn.networks.published.naming import Layer, Naming, names


def _features(tower: Tower) -> Iterator[Layer]:
    """Convolutions and norms by their places among convolutions, norms, activations and poolings."""
    stages = tower.get_submodule("stages")
    row = [part for part in stages.modules() if not list(part.children())]
    for place, part in enumerate(row):
        if isinstance(part, nn.Conv2d | nn.BatchNorm2d):
            yield f"features.{place}"


def _alexnet(tower: Tower) -> Iterator[Layer]:
    yield from _features(tower)
    yield from ("classifier.1", "classifier.4")


def _vgg(tower: Tower) -> Iterator[Layer]:
    yield from _features(tower)
    yield from ("classifier.0", "classifier.3")


def _vgg_timm(tower: Tower) -> Iterator[Layer]:
    # There the full layers are convolutions over what is left of the map.
    yield from _features(tower)
    yield from ("pre_logits.fc1", "pre_logits.fc2")


names(Naming("torchvision", ("alexnet",), _alexnet, "classifier.6"))
names(Naming("torchvision", ("vgg",), _vgg, "classifier.6"))
names(Naming("timm", ("vgg",), _vgg_timm, "head.fc"))
