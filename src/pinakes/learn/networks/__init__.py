"""Networks, each on one readable page from its paper; importing this room files them all in `NETWORKS`."""

from pinakes.learn.networks import (
    alexnet,
    bag,
    bert,
    fcn,
    mobilenet_v1,
    mobilenet_v2,
    mobilenet_v3,
    recurrent,
    resnet,
    shufflenet_v1,
    shufflenet_v2,
    tinyvit,
    transformer,
    vgg,
    vit,
)

__all__ = [
    "alexnet",
    "bag",
    "bert",
    "fcn",
    "mobilenet_v1",
    "mobilenet_v2",
    "mobilenet_v3",
    "recurrent",
    "resnet",
    "shufflenet_v1",
    "shufflenet_v2",
    "tinyvit",
    "transformer",
    "vgg",
    "vit",
]
