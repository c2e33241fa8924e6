"""TinyViT: windows of a map, and what stands around them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from pinakes.errors import BadInput
from pinakes.learn.networks.base import NETWORKS
from pinakes.learn.networks.tinyvit import WindowBlock, tinyvit
from pinakes.learn.networks.windows import WindowAttention, cut, distances, joined
from tests.learn.networks.towers import exported, farthest, learned

SMALL = {"width": 0.125, "depths": (1, 1, 1, 1)}


@pytest.mark.parametrize(("name", "millions"), [("tinyvit_5m", 5.39), ("tinyvit_11m", 11.00), ("tinyvit_21m", 21.20)])
def test_it_has_as_many_parameters_as_were_published(name: str, millions: float) -> None:
    network = NETWORKS.get(name)
    with torch.device("meta"):
        tower = network.build(classes=1000)
    counted = sum(each.numel() for each in tower.parameters())
    assert counted == network.parameters
    assert round(counted / 1e6, 2) == millions


def naive(layer: WindowAttention, cells: torch.Tensor) -> torch.Tensor:
    """Window attention cell by cell: each looks at the cells that lie in its window and in the map."""
    size, height, width, dim = cells.shape
    each = dim // layer.heads
    split = layer.qkv(layer.norm(cells)).view(size, height, width, layer.heads, 3, each)
    out = torch.zeros_like(cells)
    for n in range(size):
        for y in range(height):
            for x in range(width):
                top, left = y // layer.window * layer.window, x // layer.window * layer.window
                seen = [
                    (v, u)
                    for v in range(top, min(top + layer.window, height))
                    for u in range(left, min(left + layer.window, width))
                ]
                for head in range(layer.heads):
                    query = split[n, y, x, head, 0]
                    scores = torch.stack(
                        [
                            query @ split[n, v, u, head, 1] / each**0.5
                            + layer.biases[head, abs(v - y) * layer.window + abs(u - x)]
                            for v, u in seen
                        ]
                    ).softmax(0)
                    values = torch.stack([split[n, v, u, head, 2] for v, u in seen])
                    out[n, y, x, head * each : (head + 1) * each] = scores @ values
    return layer.out(out)


@pytest.mark.parametrize(("height", "width"), [(4, 4), (2, 2), (3, 5)])
def test_windows_see_what_a_naive_twin_sees(height: int, width: int) -> None:
    torch.manual_seed(2)
    layer = WindowAttention(8, 2, 2)
    torch.nn.init.normal_(layer.biases)
    cells = torch.randn(2, height, width, 8)
    with torch.no_grad():
        torch.testing.assert_close(layer(cells), naive(layer, cells), atol=1e-6, rtol=1e-5)


def test_a_map_cut_into_windows_and_joined_is_the_map() -> None:
    cells = torch.randn(2, 6, 9, 5)
    windows = cut(cells, 3)
    assert windows.shape == (2 * 2 * 3, 9, 5)
    torch.testing.assert_close(windows[1], cells[0, :3, 3:6].reshape(9, 5))
    assert torch.equal(joined(windows, 3, 6, 9), cells)


def test_each_distance_down_and_across_has_a_number_of_its_own() -> None:
    table = distances(3)
    assert table[0].tolist() == list(range(9))
    assert torch.equal(table, table.T)
    assert table[4].tolist() == [4, 3, 4, 1, 0, 1, 4, 3, 4]


@pytest.mark.parametrize("side", [32, 48, 65, 96])
def test_maps_halve_from_a_fourth_of_the_side(side: int) -> None:
    tower = tinyvit(**SMALL, side=32).eval()
    pictures = torch.randn(2, 3, side, side)
    with torch.no_grad():
        maps, vectors = tower.maps(pictures), tower(pictures)
        tokens, real = tower.tokens(pictures)
    sides = [-(-side // stride) for stride in (4, 8, 16, 32)]
    assert [tuple(each.shape) for each in maps.values()] == [
        (2, channels, s, s) for channels, s in zip((8, 16, 24, 40), sides, strict=True)
    ]
    assert vectors.shape == (2, tower.dim)
    assert tokens.shape == (2, sides[-1] ** 2, tower.token_dim)
    assert real.all()


@pytest.mark.parametrize(("side", "windows"), [(224, (7, 14, 7)), (384, (12, 24, 12)), (512, (16, 32, 16))])
def test_windows_are_those_of_the_published_networks(side: int, windows: tuple[int, ...]) -> None:
    with torch.device("meta"):
        tower = tinyvit(**SMALL, side=side)
    found = [part.window for part in tower.modules() if isinstance(part, WindowAttention)]
    assert tuple(found) == windows


def test_what_it_can_not_be_is_refused() -> None:
    with pytest.raises(BadInput, match="4 stages"):
        tinyvit(depths=(1, 1))
    with pytest.raises(BadInput, match="3 colours"):
        tinyvit(**SMALL, side=32)(torch.zeros(2, 32, 32))


def test_the_graph_of_a_block_gives_what_torch_gives_where_windows_do_not_fit(tmp_path: Path) -> None:
    torch.manual_seed(1)
    # With two heads.
    block = WindowBlock(64, 2, 0.0)
    session = exported(block, torch.randn(2, 64, 3, 5), tmp_path)
    assert all(farthest(block, session, torch.randn(n, 64, 3, 5)) < 1e-4 for n in (1, 3))


@pytest.mark.slow
def test_its_graph_gives_what_torch_gives_for_any_number_of_pictures(tmp_path: Path) -> None:
    torch.manual_seed(1)
    tower = tinyvit(width=0.5, depths=(1, 1, 1, 1), side=32, classes=3)
    # Whose maps the windows do not fit.
    session = exported(tower, torch.randn(2, 3, 72, 72), tmp_path)
    assert all(farthest(tower, session, torch.randn(n, 3, 72, 72)) < 1e-4 for n in (1, 3))


def test_it_learns_a_few_pictures_by_heart() -> None:
    torch.manual_seed(1)
    assert learned(tinyvit(**SMALL, side=32, classes=4), side=32, classes=4, steps=70) == 1
