"""Networks filled with weights of published names give what the published networks give."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from pinakes.learn.networks.base import NETWORKS, Tower
from pinakes.learn.networks.published import load
from pinakes.learn.networks.published.loading import _written_out
from pinakes.learn.networks.published.naming import namings_of
from tests.learn.networks.published import written
from tests.learn.networks.published.written import Row, Written

CLASSES = 3
TIMM = ("conv", "bn", "conv1", "conv2", "stages", "head.norm", "head.fc")
OLDER = (*TIMM[:5], "head.norm_head", "head.fc")
AUTHORS = ("c", "bn", "seq.0", "seq.2", "layers", "norm_head", "head")
# MobileNetV3-Small at an eighth of its width.
SMALL: tuple[Row, ...] = (
    (3, 8, 8, 8, False, 2),
    (3, 16, 8, 0, False, 2),
    (3, 16, 8, 0, False, 1),
    (5, 16, 8, 8, True, 2),
    (5, 32, 8, 8, True, 1),
    (5, 32, 8, 8, True, 1),
    (5, 16, 8, 8, True, 1),
    (5, 24, 8, 8, True, 1),
    (5, 40, 16, 16, True, 2),
    (5, 72, 16, 24, True, 1),
    (5, 72, 16, 24, True, 1),
)
# MobileNetV2 at an eighth of its width: expansion, channels, how often, stride.
SECOND = ((1, 8, 1, 1), (6, 8, 2, 2), (6, 8, 3, 2), (6, 8, 4, 2), (6, 16, 3, 1), (6, 24, 3, 2), (6, 40, 1, 1))


def second_rows() -> list[Row]:
    """The same block by block."""
    rows: list[Row] = []
    inputs = 8
    for expansion, outputs, depth, stride in SECOND:
        for repeat in range(depth):
            rows.append((3, expansion * inputs, outputs, 0, False, 1 if repeat else stride))
            inputs = outputs
    return rows


def tiny(**how: object) -> dict[str, object]:
    return {"width": 0.125, "classes": CLASSES, **how}


VGG = ((8, 16, 32, 64, 64), (2, 2, 3, 3, 3), 512, CLASSES)
TINYVIT = ((8, 16, 24, 40), (1, 1, 1, 1), (0, 2, 4, 2), (0, 1, 1, 1), CLASSES)
BLOCKS = {"depths": (1, 1, 1, 1), "side": 64}

# By source and network: settings of ours, the side of the pictures, the published network written a second time.
WRITTEN: dict[tuple[str, str], tuple[dict[str, object], int, Callable[[Written, Tensor], Tensor]]] = {
    ("torchvision", "alexnet"): (
        tiny(side=64),
        64,
        partial(written.alexnet, channels=(8, 24, 48, 32, 32), units=512, classes=CLASSES),
    ),
    ("torchvision", "vgg16"): (tiny(side=32), 32, lambda w, x: written.vgg(w, x, *VGG, norm=False, timm=False)),
    ("torchvision", "vgg16_bn"): (tiny(side=32), 32, lambda w, x: written.vgg(w, x, *VGG, norm=True, timm=False)),
    ("timm", "vgg16"): (tiny(side=64), 64, lambda w, x: written.vgg(w, x, *VGG, norm=False, timm=True)),
    ("torchvision and timm", "resnet18"): (
        tiny(),
        32,
        lambda w, x: written.resnet(w, x, (8, 16, 32, 64), (2, 2, 2, 2), CLASSES, narrow=False, squeeze=False),
    ),
    ("torchvision and timm", "resnet50"): (
        tiny(depths=(1, 2, 1, 1)),
        32,
        lambda w, x: written.resnet(w, x, (8, 16, 32, 64), (1, 2, 1, 1), CLASSES, narrow=True, squeeze=False),
    ),
    ("timm", "se_resnet18"): (
        tiny(),
        32,
        lambda w, x: written.resnet(w, x, (8, 16, 32, 64), (2, 2, 2, 2), CLASSES, narrow=False, squeeze=True),
    ),
    ("torchvision", "mobilenet_v2"): (tiny(), 32, lambda w, x: written.mobilenet_v2(w, x, 8, SECOND, 1280, CLASSES)),
    ("timm", "mobilenet_v2"): (
        tiny(),
        32,
        lambda w, x: written.mobilenet_timm(w, x, 8, second_rows(), (1, 2, 3, 4, 3, 3, 1), 1280, 0, CLASSES),
    ),
    ("torchvision", "mobilenet_v3_small"): (
        tiny(),
        32,
        lambda w, x: written.mobilenet_v3(w, x, 8, SMALL, 72, 128, CLASSES),
    ),
    ("timm", "mobilenet_v3_small"): (
        tiny(),
        32,
        lambda w, x: written.mobilenet_timm(w, x, 8, SMALL, (1, 2, 3, 2, 3), 72, 128, CLASSES),
    ),
    ("torchvision", "shufflenet_v2_x1.0"): (
        {"channels": (16, 32, 48, 64), "depths": (2, 3, 2), "classes": CLASSES},
        32,
        lambda w, x: written.shufflenet_v2(w, x, (24, 16, 32, 48, 64), (2, 3, 2), CLASSES),
    ),
    ("timm", "vit_b16"): (
        tiny(depth=2, side=32),
        32,
        lambda w, x: written.vit(w, x, 96, 2, 2, 16, CLASSES, timm=True),
    ),
    ("torchvision", "vit_b16"): (
        tiny(depth=2, side=32),
        32,
        lambda w, x: written.vit(w, x, 96, 2, 2, 16, CLASSES, timm=False),
    ),
    ("timm", "tinyvit_5m"): (tiny(**BLOCKS), 64, lambda w, x: written.tinyvit(w, x, *TINYVIT, names=TIMM)),
    ("timm before its version 1", "tinyvit_5m"): (
        tiny(**BLOCKS),
        64,
        lambda w, x: written.tinyvit(w, x, *TINYVIT, names=OLDER),
    ),
    ("the authors", "tinyvit_5m"): (tiny(**BLOCKS), 64, lambda w, x: written.tinyvit(w, x, *TINYVIT, names=AUTHORS)),
}
# What a published network adds to the variance of its batch norms, where it is not torch's usual.
EPSILONS = {("torchvision", "mobilenet_v3_small"): 1e-3}


@pytest.mark.parametrize(("source", "network"), WRITTEN)
def test_it_gives_what_the_published_network_gives(source: str, network: str, tmp_path: Path) -> None:
    torch.manual_seed(5)
    settings, side, second = WRITTEN[source, network]
    weights = Written(EPSILONS.get((source, network), 1e-5))
    pictures = torch.randn(2, 3, side, side)
    wanted = second(weights, pictures)
    save_file({name: value.contiguous() for name, value in weights.tensors.items()}, tmp_path / "model.safetensors")
    tower = NETWORKS.get(network).build(**settings)
    loaded = load(network, tower, tmp_path / "model.safetensors")
    assert (loaded.source, loaded.notes) == (source, ())
    with torch.no_grad():
        torch.testing.assert_close(tower.eval()(pictures), wanted, atol=1e-5, rtol=1e-4)


def test_weights_that_timm_converted_from_tensorflow_are_known_by_their_configuration(tmp_path: Path) -> None:
    torch.manual_seed(5)
    settings, side, second = WRITTEN["timm", "mobilenet_v3_small"]
    weights, pictures = Written(1e-3), torch.randn(2, 3, side, side)
    wanted = second(weights, pictures)
    save_file({name: value.contiguous() for name, value in weights.tensors.items()}, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text('{"architecture": "tf_mobilenetv3_small_100"}')
    tower = NETWORKS.get("mobilenet_v3_small").build(**settings)
    (note,) = load("mobilenet_v3_small", tower, tmp_path).notes
    assert "TensorFlow's borders" in note
    with torch.no_grad():
        torch.testing.assert_close(tower.eval()(pictures), wanted, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(
    ("network", "tensors"),
    [
        ("alexnet", 16),
        ("vgg16", 32),
        ("vgg19", 38),
        ("resnet18", 122),
        ("resnet34", 218),
        ("resnet50", 320),
        ("mobilenet_v2", 314),
        ("vit_b16", 152),
        ("vit_b32", 152),
    ],
)
def test_at_full_size_there_are_as_many_names_as_torchvision_publishes(network: str, tensors: int) -> None:
    with torch.device("meta"):
        tower = NETWORKS.get(network).build()
    names = _names(network, tower)
    assert len(set(names)) == len(names) == tensors - 2


def test_the_namings_of_a_network_are_of_networks_that_there_are() -> None:
    for network in NETWORKS:
        if not network.startswith(("fcn", "shufflenet_v1")) and NETWORKS.get(network).modality == "image":
            assert namings_of(network)


def _names(network: str, tower: Tower) -> list[str]:
    """The names of torchvision, but for those of the head."""
    naming = next(each for each in namings_of(network) if each.source.startswith("torchvision"))
    match = next(iter(_written_out(naming, tower)))
    return [name for names in match.wanted.values() for name in names]
