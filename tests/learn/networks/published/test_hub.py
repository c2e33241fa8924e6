"""Networks filled from folders of the hub give what transformers gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from pinakes.learn.networks.base import NETWORKS
from pinakes.learn.networks.published import load

transformers = pytest.importorskip("transformers")

CLASSES = 3
SMALL = {"num_labels": CLASSES}


def saved(model: nn.Module, folder: Path) -> nn.Module:
    """The model with weights and statistics that all differ, saved as the hub has it."""
    torch.manual_seed(9)
    with torch.no_grad():
        for name, value in model.state_dict().items():
            if name.endswith("running_var"):
                value.uniform_(0.2, 2)
            elif value.is_floating_point():
                value.add_(torch.randn_like(value) * (0.3 if value.ndim == 1 else 0.02))
    model.save_pretrained(folder)
    return model.eval()


def vit() -> Any:
    return transformers.ViTConfig(
        **SMALL, hidden_size=96, num_hidden_layers=2, num_attention_heads=2, intermediate_size=384, image_size=32
    )


def resnet(kind: str, sizes: list[int]) -> Any:
    return transformers.ResNetConfig(
        **SMALL, embedding_size=8, hidden_sizes=sizes, depths=[2, 1, 1, 1], layer_type=kind
    )


def mobilenet_v1(**how: Any) -> Any:
    return transformers.MobileNetV1Config(
        **SMALL, depth_multiplier=0.125, **({"tf_padding": False, "hidden_act": "relu"} | how)
    )


def mobilenet_v2() -> Any:
    return transformers.MobileNetV2Config(**SMALL, depth_multiplier=0.125, tf_padding=False)


TINY = {"width": 0.125, "classes": CLASSES}
MODELS: dict[str, tuple[str, Any, str, dict[str, Any]]] = {
    "vit": ("ViTForImageClassification", vit, "vit_b16", {"depth": 2, "side": 32, "epsilon": 1e-12}),
    "resnet18": (
        "ResNetForImageClassification",
        lambda: resnet("basic", [8, 16, 32, 64]),
        "resnet18",
        {"depths": (2, 1, 1, 1)},
    ),
    "resnet50": (
        "ResNetForImageClassification",
        lambda: resnet("bottleneck", [32, 64, 128, 256]),
        "resnet50",
        {"depths": (2, 1, 1, 1)},
    ),
    "mobilenet_v1": ("MobileNetV1ForImageClassification", mobilenet_v1, "mobilenet_v1", {}),
    "mobilenet_v2": ("MobileNetV2ForImageClassification", mobilenet_v2, "mobilenet_v2", {}),
}


@pytest.mark.parametrize("name", MODELS)
def test_it_gives_what_transformers_gives(name: str, tmp_path: Path) -> None:
    kind, config, network, settings = MODELS[name]
    model = saved(getattr(transformers, kind)(config()), tmp_path)
    tower = NETWORKS.get(network).build(**TINY, **settings)
    loaded = load(network, tower, tmp_path)
    pictures = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        torch.testing.assert_close(tower.eval()(pictures), model(pictures).logits, atol=1e-5, rtol=1e-5)
    assert (loaded.source, loaded.notes) == ("the hub", ())


def test_a_model_without_a_head_has_its_names_without_their_prefix(tmp_path: Path) -> None:
    model = saved(transformers.ViTModel(vit()), tmp_path)
    tower = NETWORKS.get("vit_b16").build(width=0.125, depth=2, side=32, epsilon=1e-12)
    assert load("vit_b16", tower, tmp_path).notes == ()
    pictures = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        wanted = model(pictures).last_hidden_state
        torch.testing.assert_close(tower.eval()(pictures), wanted[:, 0], atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(tower.tokens(pictures)[0], wanted[:, 1:], atol=1e-5, rtol=1e-5)


def test_what_the_published_network_did_otherwise_is_told(tmp_path: Path) -> None:
    saved(transformers.MobileNetV1Model(mobilenet_v1(tf_padding=True, hidden_act="relu6")), tmp_path)
    notes = load("mobilenet_v1", NETWORKS.get("mobilenet_v1").build(width=0.125), tmp_path).notes
    assert [("borders" in each, "at most 6" in each) for each in notes] == [(True, False), (False, True)]
    saved(transformers.ViTModel(vit()), tmp_path)
    assert json.loads((tmp_path / "config.json").read_text())["layer_norm_eps"] == 1e-12
    tower = NETWORKS.get("vit_b16").build(width=0.125, depth=2, side=32)
    assert [*load("vit_b16", tower, tmp_path).notes] == [
        "For equal vectors to the last digit, build it with epsilon=1e-12."
    ]
