"""Networks, each on one readable page from its paper; importing this room files them all in `NETWORKS`."""

from pinakes.learn.networks import (
    alexnet,
    fcn,
    mobilenet_v1,
    mobilenet_v2,
    mobilenet_v3,
    resnet,
    shufflenet_v1,
    shufflenet_v2,
    tinyvit,
    vgg,
    vit,
)

__all__ = [
    "alexnet",
    "fcn",
    "mobilenet_v1",
    "mobilenet_v2",
    "mobilenet_v3",
    "resnet",
    "shufflenet_v1",
    "shufflenet_v2",
    "tinyvit",
    "vgg",
    "vit",
]
