"""FCN: features of pixels from the maps of any network."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from pinakes.errors import BadInput, UnknownName, Unsupported
from pinakes.learn.networks.base import NETWORKS, Given, Tower
from pinakes.learn.networks.bilinear import Upsampling, bilinear, fitted
from pinakes.learn.networks.fcn import FullyConvolutional, fcn
from pinakes.learn.networks.vit import vit
from tests.learn.networks.towers import exported, farthest, learned


class Backbone(Tower):
    """Three convolutions of stride two, the first ones with a norm."""

    def __init__(self, stages: int = 3) -> None:
        super().__init__(8)
        self.stages = nn.ModuleList(
            nn.Sequential(nn.Conv2d(4 * n or 3, 4 * n + 4, 3, 2, 1), nn.BatchNorm2d(4 * n + 4), nn.ReLU())
            for n in range(stages)
        )
        self.head = nn.Linear(8, 8)

    def maps(self, inputs: Tensor) -> dict[str, Tensor]:
        maps = {}
        for number, stage in enumerate(self.stages):
            inputs = maps[f"stage{number}"] = stage(inputs)
        return maps


def naive_bilinear(maps: Tensor, factor: int) -> Tensor:
    """Each new pixel from the four nearest old ones, in proportion to how near their centres are."""
    height, width = maps.shape
    out = torch.zeros(height * factor, width * factor)
    for y in range(height * factor):
        for x in range(width * factor):
            v, u = (y + 0.5) / factor - 0.5, (x + 0.5) / factor - 0.5
            for b in (int(v // 1), int(v // 1) + 1):
                for a in (int(u // 1), int(u // 1) + 1):
                    near = max(0.0, 1 - abs(v - b)) * max(0.0, 1 - abs(u - a))
                    out[y, x] += near * maps[min(max(b, 0), height - 1), min(max(a, 0), width - 1)]
    return out


@pytest.mark.parametrize("learned_too", [True, False])
@pytest.mark.parametrize("factor", [1, 2, 3, 4])
def test_upsampling_begins_as_bilinear_interpolation(factor: int, learned_too: bool) -> None:
    maps = torch.randn(2, 2, 3, 4)
    with torch.no_grad():
        larger = Upsampling(2, factor, learned=learned_too)(maps)
    wanted = torch.stack([torch.stack([naive_bilinear(each, factor) for each in row]) for row in maps])
    torch.testing.assert_close(larger, wanted, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(larger, functional.interpolate(maps, scale_factor=factor, mode="bilinear"))


def test_the_kernel_of_factor_two_is_the_one_of_the_paper() -> None:
    assert bilinear(2)[0].tolist() == [1 / 16, 3 / 16, 3 / 16, 1 / 16]
    assert bilinear(2)[1].tolist() == [3 / 16, 9 / 16, 9 / 16, 3 / 16]


def test_only_what_is_learned_is_learned() -> None:
    network = FullyConvolutional(Backbone(), 8, channels=4, side=32)
    assert not any(each.requires_grad for each in network.last.parameters())
    network.pixels(torch.randn(2, 3, 32, 32)).sum().backward()
    assert [name for name, each in network.named_parameters() if each.requires_grad and each.grad is None] == []


def test_maps_are_fitted_by_cutting_or_repeating_the_border() -> None:
    maps = torch.arange(6.0).view(1, 1, 2, 3)
    assert fitted(maps, 3, 2)[0, 0].tolist() == [[0, 1], [3, 4], [3, 4]]
    assert fitted(maps, 2, 3) is not None
    assert torch.equal(fitted(maps, 2, 3), maps)


@pytest.mark.parametrize(("stride", "scales"), [(32, 1), (16, 2), (8, 3)])
@pytest.mark.parametrize(("height", "width"), [(32, 32), (40, 56), (37, 51)])
def test_every_pixel_has_features_whatever_the_size(stride: int, scales: int, height: int, width: int) -> None:
    network = FullyConvolutional(Backbone(), stride, channels=5, side=32).eval()
    pictures = torch.randn(2, 3, height, width)
    maps = network.maps(pictures)
    finest = next(iter(maps.values()))
    assert list(maps) == ["stage0", "stage1", "stage2"][-scales:]
    assert {each.shape[1] for each in maps.values()} == {5}
    assert network.fused(pictures).shape == finest.shape
    assert network.pixels(pictures).shape == (2, 5, height, width)
    assert network(pictures).shape == (2, network.dim)
    tokens, real = network.tokens(pictures)
    assert tokens.shape == (2, finest[0, 0].numel(), network.token_dim)
    assert real.all()


def test_scales_are_added_up_as_the_paper_has_it() -> None:
    network = FullyConvolutional(Backbone(), 8, channels=2, side=32).eval()
    pictures = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        fine, middle, coarse = network.maps(pictures).values()

        def twice(maps: Tensor) -> Tensor:
            return functional.interpolate(maps, scale_factor=2, mode="bilinear")

        wanted = fine + twice(middle + twice(coarse))
        torch.testing.assert_close(network.fused(pictures), wanted)
        torch.testing.assert_close(network.pixels(pictures), twice(wanted))


def test_looking_for_the_shapes_of_a_backbone_changes_nothing_in_it() -> None:
    backbone = Backbone()
    before = {name: value.clone() for name, value in backbone.state_dict().items() if not name.startswith("head")}
    network = FullyConvolutional(backbone, 8, side=32)
    after = network.backbone.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert network.training


def test_fcn_of_vgg_has_the_134_million_parameters_of_the_paper() -> None:
    with torch.device("meta"):
        network = NETWORKS.get("fcn32s").build()
    learned_ones = sum(each.numel() for each in network.parameters() if each.requires_grad)
    assert round(learned_ones / 1e6) == 134


@pytest.mark.parametrize("backbone", ["vgg16", "mobilenet_v1", "resnet18", "tinyvit_5m", "vit_s16"])
def test_it_stands_on_any_backbone_with_maps(backbone: str) -> None:
    network = fcn(width=0.05, backbone=backbone, channels=4, side=64).eval()
    with torch.no_grad():
        assert network.pixels(torch.randn(1, 3, 64, 64)).shape == (1, 4, 64, 64)
        assert len(network.maps(torch.randn(1, 3, 64, 64))) == 3


def test_what_it_can_not_stand_on_is_refused() -> None:
    with pytest.raises(BadInput, match="32, 16 or 8"):
        FullyConvolutional(Backbone(), 4, side=32)
    with pytest.raises(BadInput, match="only 2"):
        FullyConvolutional(Backbone(2), 8, side=32)
    with pytest.raises(Unsupported, match="no feature maps"):
        FullyConvolutional(Given(8), 8, side=32)
    with pytest.raises(UnknownName, match="vgg16"):
        fcn(backbone="vgg61")


def test_a_transformer_lends_maps_of_one_size() -> None:
    network = FullyConvolutional(vit(width=0.05, depth=4, patch=8, side=32), 8, channels=3, side=32)
    assert [each.shape[2:] for each in network.maps(torch.randn(1, 3, 32, 32)).values()] == [(4, 4)] * 3


@pytest.mark.slow
def test_its_graph_gives_what_torch_gives_for_any_number_of_pictures(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = FullyConvolutional(Backbone(), 8, channels=6, hidden=8, classes=3, side=36)
    session = exported(network, torch.randn(2, 3, 36, 36), tmp_path)
    assert all(farthest(network, session, torch.randn(n, 3, 36, 36)) < 1e-4 for n in (1, 3))


def test_it_learns_a_few_pictures_by_heart() -> None:
    torch.manual_seed(1)
    network = FullyConvolutional(Backbone(), 8, channels=32, classes=4, side=16)
    assert learned(network, side=16, classes=4, steps=50, rate=1e-2) == 1
