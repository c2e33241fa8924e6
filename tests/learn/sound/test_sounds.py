"""Sound networks: shapes at any length, the published count, gradients, learning by heart, and their graphs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional

from pinakes.errors import BadInput
from pinakes.learn.networks.base import NETWORKS, Tower
from tests.learn.networks.test_texts import exported, learned
from tests.learn.networks.towers import farthest
from tests.learn.sound.test_hearing import sounds

SOUNDS = [name for name in NETWORKS if NETWORKS.get(name).modality == "audio"]
KINDS: dict[str, dict[str, Any]] = {
    "cnn10": {"bands": 32},
    "crnn": {"width": 0.25, "bands": 64, "layers": 2},
    "ast_tiny": {"depth": 2, "bands": 32, "width": 0.25},
}


def small(name: str, **settings: Any) -> Tower:
    """The network of that name, narrow."""
    torch.manual_seed(0)
    return NETWORKS.get(name).build(**{"width": 0.125} | KINDS[name] | settings)


def test_every_kind_is_tested_here() -> None:
    assert {name.partition("_")[0] for name in SOUNDS} == {name.partition("_")[0] for name in KINDS}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("samples", [1, 1_600, 9_999])
def test_sounds_of_any_length_become_vectors_and_tokens(name: str, samples: int) -> None:
    tower = small(name).eval()
    with torch.no_grad():
        vectors = tower(sounds(2, samples))
        tokens, real = tower.tokens(sounds(2, samples))
    assert vectors.shape == (2, tower.dim)
    assert torch.isfinite(vectors).all()
    assert tokens.shape == (*real.shape, tower.token_dim)
    assert real.all()
    assert tokens.shape[1] > 0


def test_later_sounds_are_later_tokens() -> None:
    tower = small("cnn10").eval()
    silent = torch.zeros(1, 32_000)
    loud = silent.clone()
    loud[:, 28_000:] = sounds(1, 4_000)
    with torch.no_grad():
        changed = (tower.tokens(loud)[0] - tower.tokens(silent)[0]).abs().amax(2)[0]
    assert not changed[: len(changed) // 2].any()
    assert changed[-3:].any()


def test_maps_are_told_by_stage() -> None:
    tower = small("cnn10").eval()
    with torch.no_grad():
        maps = tower.maps(sounds(2, 3_200))
    # 21 frames and 15 of silence, halved four times; 32 bands.
    assert {name: tuple(each.shape[2:]) for name, each in maps.items()} == {
        "stage1": (18, 16),
        "stage2": (9, 8),
        "stage3": (4, 4),
        "stage4": (2, 2),
    }


@pytest.mark.parametrize("front", ["mel", "mfcc"])
def test_convolutions_hear_bands_or_cepstra(front: str) -> None:
    tower = small("cnn10", front=front, coefficients=16).eval()
    assert tower(sounds(2, 2_000)).shape == (2, tower.dim)


@pytest.mark.parametrize("name", KINDS)
def test_gradients_reach_every_parameter(name: str) -> None:
    tower = small(name, classes=3).train()
    functional.cross_entropy(tower(sounds(6, 3_000)), torch.arange(6) % 3).backward()
    missed = [name for name, each in tower.named_parameters() if each.grad is None or not each.grad.any()]
    assert missed == []


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        pytest.param("cnn10", 150, marks=pytest.mark.slow),
        ("crnn", 100),
        pytest.param("ast_tiny", 250, marks=pytest.mark.slow),
    ],
)
def test_32_sounds_are_learned_by_heart(name: str, steps: int) -> None:
    tower = small(name, classes=4, **({"patch": 8, "stride": 8} if name == "ast_tiny" else {}))
    assert learned(tower, sounds(32, 1_600), torch.arange(32) % 4, steps, rate=4e-3) == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_the_graph_gives_what_torch_gives_at_any_length(name: str, tmp_path: Path) -> None:
    tower = small(name)
    session = exported(tower, sounds(3, 2_000), tmp_path / "tower.onnx")
    for n, samples in ((1, 1), (3, 2_000), (5, 7_321)):
        assert farthest(tower, session, sounds(n, samples, seed=n)) < 1e-4


def test_the_count_of_cnn10_is_the_one_of_the_paper() -> None:
    tower = NETWORKS.get("cnn10").build(classes=527)
    assert sum(each.numel() for each in tower.parameters()) == NETWORKS.get("cnn10").parameters


def test_what_can_not_be_built_is_refused() -> None:
    with pytest.raises(BadInput, match="15 bands"):
        small("cnn10", bands=15)
    with pytest.raises(BadInput, match="20 bands"):
        small("crnn", front="mfcc")
    with pytest.raises(BadInput, match="32 bands can not be cut into patches of 33"):
        small("ast_tiny", patch=33)
    with pytest.raises(BadInput, match="of shape"):
        small("ast_tiny")(torch.zeros(4))
