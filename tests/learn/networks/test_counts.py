"""At full width every network has exactly as many parameters as were published."""

from __future__ import annotations

import pytest
import torch

from pinakes.learn.networks.base import HEADS, NETWORKS
from pinakes.learn.networks.squeeze import SqueezeExcitation
from tests.learn.networks.tiny import FAMILIES

COUNTED = [name for name in NETWORKS if NETWORKS.get(name).parameters is not None]


def count(module: torch.nn.Module) -> int:
    return sum(each.numel() for each in module.parameters())


@pytest.mark.parametrize("name", COUNTED)
def test_a_network_has_the_published_number_of_parameters(name: str) -> None:
    network = NETWORKS.get(name)
    with torch.device("meta"):
        assert count(network.build(classes=HEADS[network.modality])) == network.parameters


@pytest.mark.parametrize("name", FAMILIES)
def test_without_a_head_only_the_head_is_missing(name: str) -> None:
    with torch.device("meta"):
        bare, headed = NETWORKS.get(name).build(), NETWORKS.get(name).build(classes=10)
    assert count(headed) - count(bare) == 10 * bare.dim + 10


@pytest.mark.parametrize(
    ("groups", "published"), [(1, 1_531_936), (2, 1_733_848), (3, 1_865_728), (4, 1_968_344), (8, 2_434_768)]
)
def test_shufflenet_has_the_published_number_with_any_of_its_groups(groups: int, published: int) -> None:
    with torch.device("meta"):
        assert count(NETWORKS.get("shufflenet_v1").build(groups=groups, classes=1000)) == published


@pytest.mark.parametrize("name", [name for name in FAMILIES if name != "mobilenet_v3_small"])
def test_squeezing_adds_its_blocks_and_nothing_else(name: str) -> None:
    with torch.device("meta"):
        without, squeezed = (NETWORKS.get(name).build(squeeze=reduction) for reduction in (0, 16))
    blocks = [each for each in squeezed.modules() if isinstance(each, SqueezeExcitation)]
    assert blocks and not any(isinstance(each, SqueezeExcitation) for each in without.modules())
    assert count(squeezed) == count(without) + sum(map(count, blocks))
