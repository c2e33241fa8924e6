"""Weights that do not fit are refused by name, and change nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from pinakes.errors import BadInput, Unsupported
from pinakes.learn.networks.base import Tower
from pinakes.learn.networks.mobilenet_v2 import mobilenet_v2
from pinakes.learn.networks.published import load
from pinakes.learn.networks.resnet import resnet
from pinakes.learn.networks.vit import vit
from tests.learn.networks.published import written
from tests.learn.networks.published.written import Written

CLASSES = 3


def tower(classes: int = CLASSES) -> Tower:
    return resnet(width=0.125, depths=(1, 1, 1, 1), classes=classes)


@pytest.fixture
def tensors() -> dict[str, Tensor]:
    """A tiny ResNet by torchvision's names."""
    weights = Written()
    written.resnet(
        weights, torch.randn(1, 3, 32, 32), (8, 16, 32, 64), (1, 1, 1, 1), CLASSES, narrow=False, squeeze=False
    )
    return weights.tensors


def saved(tensors: dict[str, Tensor], folder: Path) -> Path:
    path = folder / "weights.safetensors"
    save_file(tensors, path)
    return path


def test_missing_unknown_and_misshapen_tensors_are_told_by_name_and_nothing_changes(
    tensors: dict[str, Tensor], tmp_path: Path
) -> None:
    tensors["layer1.0.conv_1.weight"] = tensors.pop("layer1.0.conv1.weight")
    tensors["bn1.weight"] = torch.zeros(9)
    network = tower()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    with pytest.raises(BadInput) as caught:
        load("resnet18", network, saved(tensors, tmp_path))
    assert "1 missing: layer1.0.conv1.weight (is it layer1.0.conv_1.weight?)" in caught.value.message
    assert "1 unknown: layer1.0.conv_1.weight" in caught.value.message
    assert "1 of another shape: bn1.weight (9 instead of 8)" in caught.value.message
    assert "torchvision" in caught.value.message
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_weights_that_are_not_finite_or_are_packed_into_integers_are_refused(
    tensors: dict[str, Tensor], tmp_path: Path
) -> None:
    tensors["conv1.weight"][0, 0, 0, 0] = torch.nan
    tensors["layer2.0.conv1.weight"] = tensors["layer2.0.conv1.weight"].to(torch.int8)
    with pytest.raises(BadInput, match=r"2 no finite numbers: conv1.weight, layer2.0.conv1.weight"):
        load("resnet18", tower(), saved(tensors, tmp_path))


def test_of_many_wrong_names_the_first_are_told_and_the_rest_counted(
    tensors: dict[str, Tensor], tmp_path: Path
) -> None:
    del tensors["layer4.0.bn2.weight"]
    wrong = {f"other.{number}": torch.zeros(1) for number in range(9)}
    with pytest.raises(BadInput, match=r"9 unknown: other.0, other.1, other.2, other.3, other.4 and 4 more"):
        load("resnet18", tower(), saved(tensors | wrong, tmp_path))


def test_a_head_of_other_classes_is_left_out_and_told(tensors: dict[str, Tensor], tmp_path: Path) -> None:
    path, network = saved(tensors, tmp_path), tower(classes=7)
    before = network.state_dict()["head.1.weight"].clone()
    assert load("resnet18", network, path).notes == (
        "The head of 3 classes was left out; that of this network has 7 and starts anew.",
    )
    assert torch.equal(network.state_dict()["head.1.weight"], before)
    assert load("resnet18", tower(classes=0), path).notes == ("The head of 3 classes was left out.",)
    loaded = load("resnet18", tower(), path)
    assert loaded.notes == ()
    assert loaded.tensors == len(tensors)


def test_weights_without_a_head_leave_ours_as_it_starts(tensors: dict[str, Tensor], tmp_path: Path) -> None:
    headless = {name: value for name, value in tensors.items() if not name.startswith("fc.")}
    (note,) = load("resnet18", tower(), saved(headless, tmp_path)).notes
    assert "no head in the file" in note


def test_counts_of_batches_may_be_missing_and_names_may_be_those_of_parallel_training(
    tensors: dict[str, Tensor], tmp_path: Path
) -> None:
    older = {f"module.{name}": value for name, value in tensors.items() if not name.endswith("num_batches_tracked")}
    network = tower()
    load("resnet18", network, saved(older, tmp_path))
    torch.testing.assert_close(network.state_dict()["head.1.weight"], tensors["fc.weight"])


def test_half_precision_is_read_into_the_precision_of_the_network(tensors: dict[str, Tensor], tmp_path: Path) -> None:
    halves = {name: value.half() if value.is_floating_point() else value for name, value in tensors.items()}
    network = tower()
    load("resnet18", network, saved(halves, tmp_path))
    assert network.state_dict()["head.1.weight"].dtype == torch.float32
    torch.testing.assert_close(network.state_dict()["head.1.weight"], tensors["fc.weight"].half().float())


def test_weights_of_another_width_or_grid_are_refused_with_the_settings_to_change(
    tensors: dict[str, Tensor], tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match="its width"):
        load("resnet18", resnet(width=0.25, depths=(1, 1, 1, 1)), saved(tensors, tmp_path))
    weights = Written()
    written.vit(weights, torch.randn(1, 3, 32, 32), 40, 1, 1, 16, CLASSES, timm=True)
    with pytest.raises(BadInput, match=r"pos_embed \(1x5x40 instead of 1x10x40\).*its side"):
        load("vit_b16", vit(width=0.05, depth=1, side=48), saved(weights.tensors, tmp_path))


def test_networks_that_were_never_published_so_are_refused(tensors: dict[str, Tensor], tmp_path: Path) -> None:
    path = saved(tensors, tmp_path)
    with pytest.raises(Unsupported, match="begin with alexnet"):
        load("fcn8s", tower(), path)
    with pytest.raises(BadInput, match="without squeezing"):
        load("shufflenet_v2_x1.0", resnet(width=0.125, squeeze=16), path)
    with pytest.raises(Unsupported, match="by default"):
        load("mobilenet_v2", mobilenet_v2(width=0.125, depths=(1,) * 7), path)
