"""The worked formulas of the sources, each against a naive twin in plain loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some
from numpy.typing import NDArray
from torch import nn

from pinakes.errors import BadInput
from pinakes.learn.networks.alexnet import alexnet
from pinakes.learn.networks.layers import convolution, depthwise, he, scaled
from pinakes.learn.networks.mobilenet_v1 import full_cost, separable, separable_cost
from pinakes.learn.networks.resnet import bottleneck, plain
from pinakes.learn.networks.shufflenet_v1 import Shuffle
from pinakes.learn.networks.squeeze import SqueezeExcitation, squeezed

Array = NDArray[np.float64]


def naive_convolution(maps: Array, kernels: Array, stride: int = 1, padding: int = 0) -> Array:
    """Maps (channels, height, width) by kernels (outputs, channels, side, side), one cell after the other."""
    maps = np.pad(maps, ((0, 0), (padding, padding), (padding, padding)))
    outputs, _, side, _ = kernels.shape
    height, width = ((length - side) // stride + 1 for length in maps.shape[1:])
    made = np.zeros((outputs, height, width))
    for k in range(outputs):
        for y in range(height):
            for x in range(width):
                window = maps[:, y * stride : y * stride + side, x * stride : x * stride + side]
                made[k, y, x] = (window * kernels[k]).sum()
    return made


def naive_max_pooling(maps: Array, side: int) -> Array:
    """The largest of each square of cells."""
    channels, height, width = maps.shape
    made = np.zeros((channels, height // side, width // side))
    for c in range(channels):
        for y in range(height // side):
            for x in range(width // side):
                made[c, y, x] = max(
                    maps[c, y * side + down, x * side + across] for down in range(side) for across in range(side)
                )
    return made


def naive_shuffle(maps: Array, groups: int) -> Array:
    """Channel after channel: the first of every group, then the second of every group."""
    each = len(maps) // groups
    return np.stack([maps[group * each + i] for i in range(each) for group in range(groups)])


def noise(*shape: int) -> Array:
    return np.random.default_rng(0).normal(size=shape)


def given_to(layer: nn.Module, maps: Array) -> Array:
    with torch.no_grad():
        made: Array = layer.double()(torch.from_numpy(maps)[None])[0].numpy()
    return made


def test_a_picture_of_32_by_32_convolved_by_3_by_3_becomes_one_of_30_by_30() -> None:
    layer, maps = nn.Conv2d(3, 4, 3, bias=False), noise(3, 32, 32)
    made = given_to(layer, maps)
    assert made.shape == (4, 30, 30)
    np.testing.assert_allclose(made, naive_convolution(maps, layer.weight.detach().numpy()), atol=1e-12)


def test_pooling_by_2_by_2_halves_32_to_16() -> None:
    maps = noise(5, 32, 32)
    made = given_to(nn.MaxPool2d(2), maps)
    assert made.shape == (5, 16, 16)
    np.testing.assert_array_equal(made, naive_max_pooling(maps, 2))


@settings(max_examples=25, deadline=None)
@given(side=some.integers(5, 12), kernel=some.sampled_from([1, 3, 5]), stride=some.sampled_from([1, 2]))
def test_a_convolution_of_our_networks_is_the_naive_one_and_its_norm(side: int, kernel: int, stride: int) -> None:
    layer, maps = convolution(2, 3, kernel, stride).eval(), noise(2, side, side)
    kernels = layer.double()[0].weight.detach().numpy()
    twin = naive_convolution(maps, kernels, stride, kernel // 2) / math.sqrt(1 + layer[1].eps)
    assert twin.shape[1] == math.ceil(side / stride)
    np.testing.assert_allclose(given_to(layer, maps), np.maximum(twin, 0), atol=1e-12)


def test_a_depthwise_convolution_looks_at_each_channel_by_itself() -> None:
    layer, maps = depthwise(4, activation=None).eval(), noise(4, 7, 7)
    kernels = layer.double()[0].weight.detach().numpy()
    twin = [naive_convolution(maps[c : c + 1], kernels[c : c + 1], padding=1)[0] for c in range(4)]
    np.testing.assert_allclose(given_to(layer, maps), np.stack(twin) / math.sqrt(1 + layer[1].eps), atol=1e-12)


def multiplications(layer: nn.Module, maps: torch.Tensor) -> int:
    """How many numbers a layer's convolutions multiply, seen from outside as each of them is called."""
    counted: list[int] = []

    def count(module: nn.Module, _: object, made: torch.Tensor) -> None:
        assert isinstance(module, nn.Conv2d)
        counted.append(module.weight[0].numel() * made[0].numel())

    for each in layer.modules():
        if isinstance(each, nn.Conv2d):
            each.register_forward_hook(count)
    layer(maps)
    return sum(counted)


@pytest.mark.parametrize(("inputs", "outputs", "side"), [(8, 16, 12), (32, 64, 7), (3, 1, 5)])
def test_a_separable_convolution_costs_what_the_formula_says(inputs: int, outputs: int, side: int) -> None:
    maps = torch.zeros(2, inputs, side, side)
    separated = multiplications(separable(inputs, outputs, 1, 0), maps)
    full = multiplications(convolution(inputs, outputs, 3), maps)
    assert separated == separable_cost(3, inputs, outputs, side)
    assert full == full_cost(3, inputs, outputs, side)
    assert separated / full == pytest.approx(1 / outputs + 1 / 3**2)


@pytest.mark.parametrize("groups", [1, 2, 3, 4])
def test_a_shuffle_deals_channels_as_its_naive_twin_does(groups: int) -> None:
    maps = noise(12, 3, 5)
    np.testing.assert_array_equal(given_to(Shuffle(groups), maps), naive_shuffle(maps, groups))


def test_after_a_shuffle_every_group_holds_some_of_every_other() -> None:
    numbered = np.arange(9.0).reshape(9, 1, 1)
    dealt = given_to(Shuffle(3), numbered).reshape(3, 3) // 3
    assert [set(group) for group in dealt] == [{0, 1, 2}] * 3


def test_an_excited_map_is_the_map_times_the_gates_of_its_means() -> None:
    block, maps = SqueezeExcitation(6, 4), noise(6, 5, 3)
    made = given_to(block, maps)
    first, second = (layer.weight.detach().numpy()[:, :, 0, 0] for layer in (block.reduce, block.expand))
    bias, other = block.reduce.bias, block.expand.bias
    assert bias is not None and other is not None
    hidden = np.maximum(first @ maps.mean((1, 2)) + bias.detach().numpy(), 0)
    gates = 1 / (1 + np.exp(-(second @ hidden + other.detach().numpy())))
    np.testing.assert_allclose(made, maps * gates[:, None, None], atol=1e-12)


def test_a_reduction_of_16_leaves_a_sixteenth_but_no_fewer_than_four() -> None:
    assert [squeezed(channels, 16)[0].reduce.out_channels for channels in (512, 64, 8)] == [32, 4, 4]
    assert squeezed(64, 0) == []


def test_responses_are_normalised_by_five_neighbours_as_the_paper_has_it() -> None:
    [norm, *_] = [each for each in alexnet(0.125, columns=2).modules() if isinstance(each, nn.LocalResponseNorm)]
    maps = noise(9, 2, 2)
    twin = np.zeros_like(maps)
    for c in range(9):
        near = maps[max(0, c - 2) : c + 3]
        twin[c] = maps[c] / (2 + 1e-4 * (near**2).sum(0)) ** 0.75
    np.testing.assert_allclose(given_to(norm, maps), twin, atol=1e-12)


@pytest.mark.parametrize("block", [plain, bottleneck])
def test_a_residual_block_whose_branch_is_silent_passes_on_what_it_was_given(block: object) -> None:
    inputs = 8 if block is plain else 32
    layer = block(inputs, 8, 1, 0).eval()  # type: ignore[operator]
    nn.init.zeros_(layer.branch[-1][1].weight)
    maps = noise(inputs, 4, 4)
    np.testing.assert_array_equal(given_to(layer, maps), np.maximum(maps, 0))


def test_weights_start_with_the_deviation_of_he() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(64, 128, 3, groups=2), nn.Linear(800, 300), nn.BatchNorm2d(4))
    he(network)
    assert network[0].weight.std().item() == pytest.approx(math.sqrt(2 / (64 * 9)), rel=0.02)
    assert network[1].weight.std().item() == pytest.approx(math.sqrt(2 / 800), rel=0.02)
    assert not network[0].bias.any() and not network[1].bias.any() and bool((network[2].weight == 1).all())


@given(
    channels=some.integers(8, 4096),
    width=some.floats(0.05, 4).filter(lambda width: width != 1),
    multiple=some.sampled_from([8, 12]),
)
def test_a_scaled_number_of_channels_divides_and_is_not_a_tenth_too_small(
    channels: int, width: float, multiple: int
) -> None:
    made = scaled(channels, width, multiple)
    assert made % multiple == 0 and made >= multiple
    assert 0.9 * channels * width <= made <= max(multiple, channels * width + multiple)


def test_at_full_width_no_number_of_channels_is_rounded() -> None:
    assert [scaled(each, 1.0) for each in (116, 24, 3)] == [116, 24, 3]
    with pytest.raises(BadInput, match="width 0"):
        scaled(64, 0)
