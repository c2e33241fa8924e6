"""Every network learns: its gradients reach all of it, and it can learn a few pictures by heart."""

from __future__ import annotations

import inspect

import pytest
import torch
from torch import Tensor, nn

from pinakes.learn.networks.base import NETWORKS, Tower
from pinakes.learn.networks.squeeze import SqueezeExcitation
from tests.learn.networks.tiny import CONVOLUTIONAL, PICTURES, pictures, tiny

CLASSES = 4
# One of a family is enough for every day.
QUICK = ["resnet18", "mobilenet_v3_small", "alexnet"]
HEADED = [name for name in PICTURES if "classes" in inspect.signature(NETWORKS.get(name).build).parameters]


def loss_of(tower: Tower, inputs: Tensor, labels: Tensor) -> Tensor:
    return nn.functional.cross_entropy(tower(inputs), labels)


@pytest.mark.parametrize("name", CONVOLUTIONAL)
def test_gradients_reach_every_parameter(name: str) -> None:
    tower = tiny(name, classes=CLASSES, dropout=0.0)
    loss_of(tower, pictures(8), torch.arange(8) % CLASSES).backward()  # type: ignore[no-untyped-call]
    silent = [part for part, each in tower.named_parameters() if each.grad is None or not each.grad.any()]
    assert not silent
    assert all(each.grad is not None and each.grad.isfinite().all() for each in tower.parameters())


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v2", "vgg16", "alexnet"])
def test_squeezing_lets_gradients_through_to_its_own_parameters_too(name: str) -> None:
    tower = tiny(name, classes=CLASSES, squeeze=16)
    loss_of(tower, pictures(8), torch.arange(8) % CLASSES).backward()  # type: ignore[no-untyped-call]
    of_squeezing = {part: each for part, each in tower.named_parameters() if ".reduce." in part or ".expand." in part}
    assert of_squeezing and all(each.grad is not None and each.grad.any() for each in of_squeezing.values())


@pytest.mark.parametrize(("name", "open_at_first"), [("vgg16", 0.95), ("alexnet", 0.95), ("vgg16_bn", 0.5)])
@torch.no_grad()
def test_gates_start_open_where_no_norm_would_make_up_for_them(name: str, open_at_first: float) -> None:
    gates: list[float] = []
    for part in (tower := tiny(name, squeeze=16).eval()).modules():
        if isinstance(part, SqueezeExcitation):
            part.gate.register_forward_hook(lambda _, __, made: gates.append(made.mean().item()))
    tower(pictures(2))
    assert len(gates) == sum(isinstance(part, SqueezeExcitation) for part in tower.modules()) > 0
    assert sum(gates) / len(gates) == pytest.approx(open_at_first, abs=0.06)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["vgg16", "alexnet", "mobilenet_v1", "mobilenet_v2", "shufflenet_v1"])
def test_a_squeezed_network_learns_by_heart_too(name: str) -> None:
    learns_by_heart(name, squeeze=16)


@pytest.mark.parametrize("name", [pytest.param(n, marks=[] if n in QUICK else pytest.mark.slow) for n in HEADED])
def test_a_network_learns_32_pictures_of_noise_by_heart(name: str) -> None:
    learns_by_heart(name)


def learns_by_heart(name: str, **settings: int) -> None:
    side = 32 if name in CONVOLUTIONAL and not name.startswith("alexnet") else 64
    takes = inspect.signature(NETWORKS.get(name).build).parameters
    still = {chance: 0.0 for chance in ("dropout", "dropped") if chance in takes}
    tower = tiny(name, classes=CLASSES, side=side, **still, **settings)
    inputs, labels = pictures(32, side), torch.arange(32) % CLASSES
    normed = any(isinstance(each, nn.BatchNorm2d) for each in tower.modules())
    optimiser = torch.optim.Adam(tower.parameters(), 3e-3 if normed else 1e-3)
    losses: list[float] = []
    while len(losses) < 200 and (not losses or losses[-1] > 0.05):
        optimiser.zero_grad()
        loss = loss_of(tower, inputs, labels)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        losses.append(loss.item())
    assert losses[0] > 1 and losses[-1] <= 0.05
