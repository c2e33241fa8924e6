"""Watching a network run, and leaving nothing behind."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from pinakes.errors import UnknownName
from pinakes.learn.networks.attention import Attend, SelfAttention
from pinakes.learn.networks.hooks import attending, watch
from pinakes.learn.networks.tinyvit import tinyvit
from pinakes.learn.networks.vit import vit


def hooks(network: nn.Module) -> int:
    """How many hooks the parts of a network hold."""
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(len(getattr(part, kind)) for part in network.modules() for kind in kinds)


class InPlace(nn.Module):
    """A layer whose output is changed in place by the next, and that gives it in a tuple."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.both = Both()

    def forward(self, inputs: Tensor) -> Tensor:
        return self.both(self.first(inputs).relu_())[0].square().sum()


class Both(nn.Module):
    def forward(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        return inputs * 2, inputs


def test_outputs_are_what_the_layer_gave_though_the_next_changes_it() -> None:
    torch.manual_seed(0)
    network, inputs = InPlace(), torch.randn(5, 3)
    with watch(network, ["first", "both"]) as seen:
        network(inputs)
    torch.testing.assert_close(seen.outputs["first"], network.first(inputs).detach())
    torch.testing.assert_close(seen.outputs["both"], 2 * network.first(inputs).relu().detach())
    assert not seen.outputs["first"].requires_grad


def test_gradients_are_those_of_the_output_of_the_layer() -> None:
    torch.manual_seed(0)
    network, inputs = InPlace(), torch.randn(5, 3)
    with watch(network, gradients=["first", "both"]) as seen:
        network(inputs).backward()
    given = network.first(inputs).relu().detach()
    torch.testing.assert_close(seen.gradients["both"], 2 * (2 * given))
    torch.testing.assert_close(seen.gradients["first"], 8 * given)


def test_attention_of_each_layer_and_head_is_what_the_values_were_weighed_by() -> None:
    torch.manual_seed(0)
    layer, tokens = SelfAttention(12, 3).eval(), torch.randn(2, 5, 12)
    real = torch.tensor([[True] * 5, [True, True, True, False, False]])
    with torch.no_grad(), watch(layer, attention=True) as seen:
        out = layer(tokens, real)
    weights = seen.attention["attend"]
    values = layer.qkv(tokens)[..., 24:].view(2, 5, 3, 4).transpose(1, 2)
    torch.testing.assert_close(layer.out((weights @ values).transpose(1, 2).reshape(2, 5, 12)), out)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3, 5))
    assert (weights[1, :, :, 3:] == 0).all()


def test_attention_is_seen_where_it_is_given_by_name() -> None:
    queries = torch.randn(1, 2, 3, 4)
    network, bias = Attend(), torch.randn(2, 3, 3)
    with watch(network, attention=True) as seen:
        network(queries, keys=queries, values=queries, mask=bias)
    torch.testing.assert_close(seen.attention[""], ((queries @ queries.mT) / 2 + bias).softmax(-1))


def test_attention_of_vit_has_a_row_for_each_token_and_that_of_tinyvit_for_each_cell_of_a_window() -> None:
    pictures = torch.randn(2, 3, 32, 32)
    network: nn.Module = vit(width=0.25, depth=2, side=32)
    with torch.no_grad(), watch(network, attention=True) as seen:
        network(pictures)
    assert tuple(seen.attention) == attending(network) == ("blocks.0.attention.attend", "blocks.1.attention.attend")
    assert {tuple(each.shape) for each in seen.attention.values()} == {(2, 3, 5, 5)}
    network = tinyvit(width=0.125, depths=(1, 1, 1, 1), side=32)
    with torch.no_grad(), watch(network, attention=True) as seen:
        network(pictures)
    # Sixteen windows of one cell, one of 2 by 2, one of a single cell, for each picture.
    assert [tuple(each.shape) for each in seen.attention.values()] == [(32, 1, 1, 1), (2, 1, 4, 4), (2, 1, 1, 1)]


def test_attention_of_torchs_own_layers_is_seen_by_head_and_changes_nothing() -> None:
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True).eval()
    tokens = torch.randn(3, 4, 8)
    with torch.no_grad():
        before = layer(tokens)
        with watch(layer, attention=True) as seen:
            during = layer(tokens)
    assert seen.attention["self_attn"].shape == (3, 2, 4, 4)
    torch.testing.assert_close(during, before, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("fails", [False, True])
def test_nothing_is_left_behind(fails: bool) -> None:
    network = vit(width=0.05, depth=1, side=32)
    picture = torch.randn(1, 3, 32, 32)
    try:
        with watch(network, ["norm"], attention=True, gradients=["norm", "blocks.0"]) as seen:
            assert hooks(network) == 4
            total = network(picture).sum()
            if fails:
                raise RuntimeError
    except RuntimeError:
        pass
    assert hooks(network) == 0
    # What goes backwards after the block is not seen any more.
    total.backward()
    assert not seen.gradients


def test_a_layer_that_is_not_there_is_told_with_the_nearest_and_leaves_no_hook() -> None:
    network = vit(width=0.05, depth=1, side=32)
    with pytest.raises(UnknownName, match=r"no layer named block\.0.*blocks\.0"), watch(network, ["norm", "block.0"]):
        pass
    assert hooks(network) == 0
