"""ViT: patches as words, positions of any grid."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from pinakes.errors import BadInput
from pinakes.learn.networks.attention import DropBranch, heads_of
from pinakes.learn.networks.base import NETWORKS
from pinakes.learn.networks.vit import VisionTransformer, vit
from tests.learn.networks.towers import exported, farthest, learned


@pytest.mark.parametrize("name", ["vit_s16", "vit_b16", "vit_b32"])
def test_it_has_as_many_parameters_as_were_published(name: str) -> None:
    network = NETWORKS.get(name)
    with torch.device("meta"):
        tower = network.build(classes=1000)
    assert sum(each.numel() for each in tower.parameters()) == network.parameters


@pytest.mark.parametrize(("width", "patch", "side"), [(0.05, 16, 32), (0.1, 8, 48), (0.25, 32, 64)])
def test_it_makes_a_vector_of_a_picture_and_a_token_of_each_patch(width: float, patch: int, side: int) -> None:
    tower = vit(width=width, depth=2, patch=patch, side=side)
    pictures = torch.randn(3, 3, side, side)
    tokens, real = tower.tokens(pictures)
    assert tower(pictures).shape == (3, tower.dim)
    assert tokens.shape == (3, (side // patch) ** 2, tower.token_dim)
    assert real.all()
    assert real.shape == tokens.shape[:2]


def test_a_head_scores_classes_and_leaves_the_tokens_as_wide_as_they_are() -> None:
    tower = vit(width=0.05, depth=1, side=32, classes=5)
    assert tower(torch.randn(2, 3, 32, 32)).shape == (2, 5)
    assert (tower.dim, tower.token_dim) == (5, 40)


def test_the_mean_of_the_patches_is_a_vector_too() -> None:
    tower = vit(width=0.05, depth=1, side=32, pooling="mean")
    pictures = torch.randn(2, 3, 32, 32)
    torch.testing.assert_close(tower(pictures), tower.tokens(pictures)[0].mean(1))


def test_positions_are_interpolated_for_pictures_of_another_size() -> None:
    tower = vit(width=0.05, depth=1, patch=8, side=32)
    assert tower(torch.randn(2, 3, 48, 24)).shape == (2, tower.dim)
    places = tower._places(6, 3)
    assert places.shape == (1, 1 + 18, tower.dim)
    torch.testing.assert_close(places[:, 0], tower.positions[:, 0])
    assert tower._places(4, 4) is tower.positions


def test_interpolated_positions_keep_what_changes_evenly_across_a_picture() -> None:
    tower = vit(width=0.05, depth=1, patch=8, side=64)
    with torch.no_grad():
        tower.positions[:, 1:] = torch.arange(8.0).repeat_interleave(8)[None, :, None]
        finer = tower._places(16, 16)[0, 1:, 0].view(16, 16)
    # Rows rise by half a step, but for the border, and columns are alike.
    torch.testing.assert_close(finer[3:-3, 0], (torch.arange(3.0, 13.0) + 0.5) / 2 - 0.5, atol=0.06, rtol=0)
    torch.testing.assert_close(finer, finer[:, :1].expand(-1, 16))


def test_maps_are_the_patches_in_their_places_after_each_quarter() -> None:
    tower = vit(width=0.05, depth=4, patch=8, side=32)
    pictures = torch.randn(2, 3, 32, 48)
    maps = tower.maps(pictures)
    assert list(maps) == ["stage1", "stage2", "stage3", "stage4"]
    assert {tuple(each.shape) for each in maps.values()} == {(2, tower.token_dim, 4, 6)}
    torch.testing.assert_close(maps["stage4"].flatten(2).transpose(1, 2), tower.tokens(pictures)[0])


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (lambda: vit(side=30, width=0.05), "multiples of 16"),
        (lambda: vit(width=0.05, depth=1, side=32)(torch.zeros(1, 3, 40, 32)), "multiples of 16"),
        (lambda: vit(width=0.05, depth=1, side=32)(torch.zeros(1, 1, 32, 32)), "3 colours"),
        (lambda: vit(width=0.05, depth=0, side=32), "1 or more"),
        (lambda: vit(width=0.05, pooling="max", side=32), "class or mean"),  # type: ignore[arg-type]
    ],
)
def test_what_can_not_be_built_or_read_is_refused_with_the_way_out(call: object, hint: str) -> None:
    with pytest.raises(BadInput, match=hint):
        call()  # type: ignore[operator]


def test_heads_share_any_width_out_evenly() -> None:
    assert [heads_of(dim, 64) for dim in (384, 768, 40, 8, 200)] == [6, 12, 1, 1, 2]
    assert all(dim % heads_of(dim, 64) == 0 for dim in range(8, 1024, 8))


def test_a_dropped_branch_keeps_its_mean_and_is_whole_outside_training() -> None:
    torch.manual_seed(3)
    drop, branch = DropBranch(0.25), torch.ones(4000, 2, 1)
    assert drop.train()(branch).mean().item() == pytest.approx(1, abs=0.05)
    torch.testing.assert_close(drop(branch).unique(), torch.tensor([0.0, 4 / 3]))
    assert drop.eval()(branch) is branch
    with pytest.raises(BadInput, match="from 0 to below 1"):
        DropBranch(1.0)


def test_its_graph_gives_what_torch_gives_for_any_number_of_pictures(tmp_path: Path) -> None:
    torch.manual_seed(1)
    tower = VisionTransformer(32, 1, 2, 8, side=16, classes=3)
    session = exported(tower, torch.randn(2, 3, 24, 24), tmp_path)
    assert all(farthest(tower, session, torch.randn(n, 3, 24, 24)) < 1e-4 for n in (1, 5))


def test_it_learns_a_few_pictures_by_heart() -> None:
    torch.manual_seed(1)
    assert learned(vit(width=0.05, depth=2, side=32, classes=4), side=32, classes=4, steps=20) == 1
