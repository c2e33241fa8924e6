"""Of two towers of one descent one is made: the mean of their weights, its norms measured on pictures of its own."""

from __future__ import annotations

import copy

import torch

from pinakes.learn.builtin.looking import Looking
from pinakes.learn.builtin.mixing import mix
from pinakes.learn.builtin.space import Config
from pinakes.learn.networks.bag import bag
from pinakes.learn.networks.resnet import resnet

torch.set_num_threads(1)


def pair() -> tuple[Looking, Looking]:
    """A learner, and one that has gone on from it."""
    torch.manual_seed(0)
    first = Looking(resnet(width=0.125, side=32), bag(dim=8, layers=1, vocabulary=20, inner=8), Config(dim=8, hidden=0))
    second = copy.deepcopy(first)
    with torch.no_grad():
        for each in second.tower.parameters():
            each.add_(0.1 * torch.randn_like(each))
        second.picture.direct[1].weight.add_(1)
    return first.eval(), second.eval()


def test_weights_are_the_mean_and_norms_are_measured_anew() -> None:
    first, second = pair()
    pictures = torch.randn(16, 3, 32, 32)
    wanted = {
        name: (0.75 * each + 0.25 * first.tower.state_dict()[name]) for name, each in second.tower.named_parameters()
    }
    mixed = mix(first, second, 0.75, [pictures[:8], pictures[8:]])
    for name, each in mixed.tower.named_parameters():
        torch.testing.assert_close(each, wanted[name])
    norm = next(layer for layer in mixed.tower.modules() if isinstance(layer, torch.nn.BatchNorm2d))
    seen: list[torch.Tensor] = []
    hook = norm.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    with torch.no_grad():
        mixed.embed("image", pictures)
    hook.remove()
    assert norm.running_mean is not None
    torch.testing.assert_close(norm.running_mean, seen[0].mean((0, 2, 3)), atol=1e-4, rtol=1e-3)
    assert not mixed.training and norm.momentum == 0.1


def test_of_the_whole_second_its_weights_stay() -> None:
    first, second = pair()
    before = {name: each.clone() for name, each in second.tower.named_parameters()}
    mixed = mix(first, second, 1.0, [torch.randn(8, 3, 32, 32)])
    assert all(torch.equal(each, before[name]) for name, each in mixed.tower.named_parameters())
