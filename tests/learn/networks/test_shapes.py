"""What goes into a network and what comes out, at several sides and widths."""

from __future__ import annotations

import pytest
import torch

from pinakes.errors import BadInput, Unsupported
from pinakes.learn.networks.base import NETWORKS, Given
from pinakes.learn.networks.convolutional import Convolutional
from tests.learn.networks.tiny import CONVOLUTIONAL, FAMILIES, PICTURES, pictures, tiny


@pytest.mark.parametrize("name", PICTURES)
@torch.no_grad()
def test_a_network_gives_a_vector_and_tokens_of_the_dimensions_it_tells(name: str) -> None:
    tower = tiny(name).eval()
    vectors = tower(pictures(2))
    assert vectors.shape == (2, tower.dim)
    tokens, real = tower.tokens(pictures(2))
    assert tokens.shape[0] == 2 and tokens.shape[2] == tower.token_dim
    assert real.shape == tokens.shape[:2] and real.dtype == torch.bool and real.all()


@pytest.mark.parametrize(
    ("name", "side", "width"),
    [(name, 75, 0.07) for name in CONVOLUTIONAL] + [(name, 96, 0.25) for name in FAMILIES],
)
@torch.no_grad()
def test_maps_get_coarser_from_stage_to_stage_at_any_side_and_width(name: str, side: int, width: float) -> None:
    tower = tiny(name, width=width, side=side).eval()
    assert isinstance(tower, Convolutional)
    maps = tower.maps(pictures(2, side))
    assert {stage: each.shape[1] for stage, each in maps.items()} == tower.channels
    sides = [each.shape[2] for each in maps.values()]
    assert sides == sorted(sides, reverse=True) and sides[-1] < sides[-2] < sides[-3] <= side // 4
    assert tower(pictures(2, side)).shape == (2, tower.dim)


@pytest.mark.parametrize("name", FAMILIES)
@torch.no_grad()
def test_pictures_need_not_be_square_nor_of_the_side_a_network_was_built_for(name: str) -> None:
    tower = tiny(name, classes=7).eval()
    assert tower(torch.zeros(3, 3, 80, 112)).shape == (3, 7)


@pytest.mark.parametrize("name", FAMILIES)
@torch.no_grad()
def test_tokens_are_the_cells_of_the_coarsest_map(name: str) -> None:
    tower = tiny(name).eval()
    tokens, _ = tower.tokens(pictures(2, 96))
    *_, coarsest = tower.maps(pictures(2, 96)).values()
    columns = coarsest.shape[3]
    assert torch.equal(tokens[:, columns + 1], coarsest[:, :, 1, 1])


@pytest.mark.parametrize("name", ["resnet18", "tinyvit_5m", "vit_s16", "fcn8s"])
def test_vectors_with_maps_are_those_of_two_passes_to_the_last_bit_and_so_are_gradients(name: str) -> None:
    tower = tiny(name, side=64).eval()
    given = pictures(2, 64)
    vectors, maps = tower(given), tower.maps(given)
    together = tower.with_maps(given)
    assert torch.equal(vectors, together[0])
    assert maps.keys() == together[1].keys()
    assert all(torch.equal(maps[stage], together[1][stage]) for stage in maps)
    weights = [each for each in tower.parameters() if each.requires_grad]
    gradients = [
        torch.autograd.grad(one.sum() + sum(each.square().sum() for each in many.values()), weights, allow_unused=True)
        for one, many in ((vectors, maps), together)
    ]
    for two, once in zip(*gradients, strict=True):
        assert (two is None) == (once is None)
        if two is not None and once is not None:
            torch.testing.assert_close(two, once, rtol=1e-3, atol=1e-3 * float(two.abs().max()) + 1e-12)


def test_full_maps_have_the_published_strides() -> None:
    with torch.device("meta"):
        of_resnet = NETWORKS.get("resnet50").build().maps(torch.zeros(1, 3, 224, 224))
        of_alexnet = NETWORKS.get("alexnet").build().maps(torch.zeros(1, 3, 224, 224))
    assert [tuple(each.shape[1:]) for each in of_resnet.values()] == [
        (64, 56, 56),
        (256, 56, 56),
        (512, 28, 28),
        (1024, 14, 14),
        (2048, 7, 7),
    ]
    assert [tuple(each.shape[1:]) for each in of_alexnet.values()] == [(64, 27, 27), (192, 13, 13), (256, 6, 6)]


@torch.no_grad()
def test_deeper_settings_make_deeper_networks() -> None:
    shallow, deep = tiny("resnet18", depths=(1, 1, 1, 1)), tiny("resnet18", depths=(1, 1, 2, 1))
    assert len(shallow.stages["stage3"]) == 1 and len(deep.stages["stage3"]) == 2


@torch.no_grad()
def test_a_dropped_unit_is_dropped_in_training_only() -> None:
    tower = tiny("vgg16", classes=5)
    assert torch.equal(tower.eval()(pictures(2)), tower.eval()(pictures(2)))
    assert not torch.equal(tower.train()(pictures(2)), tower.train()(pictures(2)))


@pytest.mark.parametrize("width", [0.0, -1.0, float("nan"), float("inf")])
def test_a_width_that_is_none_is_refused(width: float) -> None:
    with pytest.raises(BadInput, match=r"can not have the width .*Give a number above 0"):
        tiny("resnet18", width=width)


@pytest.mark.parametrize(("name", "side"), [("vgg16", 32), ("alexnet", 63), ("alexnet_2012", 63), ("resnet18", 1)])
def test_the_smallest_side_is_read_and_one_below_it_is_refused(name: str, side: int) -> None:
    tower = tiny(name, side=side).eval()
    assert tower(pictures(1, side)).shape == (1, tower.dim)
    if side > 1:
        with pytest.raises(BadInput, match=f"of {side - 1} pixels.* of {side}"):
            tiny(name, side=side - 1)
        with pytest.raises(BadInput, match=f"{side - 1} by {side - 1} pixels are too small .* {side}"):
            tower(pictures(1, side - 1))


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("resnet18", {"depths": (2, 2, 2)}, r"depths \(2, 2, 2\) do not fit ResNet, which has 4 stages"),
        ("vgg16", {"depths": (2, 2, 0, 3, 3)}, r"do not fit VGG"),
        ("mobilenet_v1", {"depths": ()}, r"do not fit MobileNet"),
        ("mobilenet_v2", {"squeeze": -1}, r"squeezed by -1"),
        ("mobilenet_v3_small", {"squeeze": -4}, r"squeezed by -4"),
        ("mobilenet_v3_small", {"size": "middle"}, r"no MobileNetV3 of the size middle.*large or small"),
        ("shufflenet_v1", {"groups": 5}, r"5 groups.*1, 2, 3, 4 or 8"),
        ("shufflenet_v2_x1.0", {"channels": (48, 96)}, r"channels \(48, 96\).*four"),
        ("alexnet", {"columns": 3}, r"not with 3.*1 or 2"),
        ("resnet18", {"classes": -2}, r"-2 classes"),
    ],
)
def test_settings_that_make_no_network_are_refused_with_a_way_out(
    name: str, settings: dict[str, object], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        tiny(name, **settings)


def test_what_is_no_batch_of_pictures_is_refused() -> None:
    with pytest.raises(BadInput, match=r"shape \(3, 64, 64\).*3 colours"):
        tiny("resnet18")(torch.zeros(3, 64, 64))
    with pytest.raises(BadInput, match=r"shape \(2, 1, 64, 64\)"):
        tiny("resnet18")(torch.zeros(2, 1, 64, 64))


def test_given_vectors_pass_as_they_are_and_are_their_own_token() -> None:
    tower = Given(5)
    vectors = torch.randn(3, 5)
    assert torch.equal(tower(vectors), vectors)
    tokens, real = tower.tokens(vectors)
    assert torch.equal(tokens[:, 0], vectors) and real.shape == (3, 1) and real.all()
    with pytest.raises(Unsupported, match="Given has no feature maps"):
        tower.maps(vectors)
