"""What happens within a network while it runs: outputs of layers, attention by layer and head, gradients at a layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from torch import Tensor, nn

from pinakes.errors import UnknownName, nearest
from pinakes.learn.networks.attention import Attend


@dataclass(frozen=True, slots=True)
class Watched:
    """What was seen, by the names of the layers; of a layer that ran several times the last.

    Outputs and gradients have the shape of the layer's output, attention (n, heads, t, s): how the t-th token shares
    its attention out among the s-th ones. Windows of a map stand for rows.
    """

    outputs: dict[str, Tensor] = field(default_factory=dict)
    attention: dict[str, Tensor] = field(default_factory=dict)
    gradients: dict[str, Tensor] = field(default_factory=dict)


@contextmanager
def watch(
    network: nn.Module, layers: Sequence[str] = (), *, attention: bool = False, gradients: Sequence[str] = ()
) -> Iterator[Watched]:
    """Watch a network while it runs within this block; nothing of it is left behind, whatever happens there.

    Layers are named as `named_modules` names them. Gradients are seen when `backward` runs within the block. Attention
    is seen of every layer that has any, though torch's fused function never holds it.
    """
    parts = dict(network.named_modules())
    seen = Watched()
    with ExitStack() as stack:

        def keep(handle: Any) -> None:
            stack.callback(handle.remove)

        for name in layers:
            keep(_part(parts, name).register_forward_hook(_output(seen.outputs, name)))
        for name in gradients:
            keep(_part(parts, name).register_forward_hook(_gradient(seen.gradients, name, keep)))
        for name, part in parts.items() if attention else ():
            if isinstance(part, Attend):
                keep(part.register_forward_hook(_attention(seen.attention, name), with_kwargs=True))
            elif isinstance(part, nn.MultiheadAttention):
                keep(part.register_forward_pre_hook(_wanting, with_kwargs=True))
                keep(part.register_forward_hook(_weights(seen.attention, name)))
        yield seen


def attending(network: nn.Module) -> tuple[str, ...]:
    """The names of the layers whose attention can be watched, in the order of the network."""
    return tuple(name for name, part in network.named_modules() if isinstance(part, Attend | nn.MultiheadAttention))


def _part(parts: Mapping[str, nn.Module], name: str) -> nn.Module:
    if name not in parts:
        raise UnknownName(f"The network has no layer named {name}.", nearest(name, [each for each in parts if each]))
    return parts[name]


def _output(into: dict[str, Tensor], name: str) -> Callable[..., None]:
    def hook(part: nn.Module, inputs: Any, output: Any) -> None:
        # A copy: what follows may change it in place.
        into[name] = _tensor(output).detach().clone()

    return hook


def _gradient(into: dict[str, Tensor], name: str, keep: Callable[[Any], None]) -> Callable[..., None]:
    def hook(part: nn.Module, inputs: Any, output: Any) -> None:
        tensor = _tensor(output)
        if tensor.requires_grad:
            keep(tensor.register_hook(partial(_store, into, name)))  # type: ignore[no-untyped-call]

    return hook


def _store(into: dict[str, Tensor], name: str, gradient: Tensor) -> None:
    into[name] = gradient.detach().clone()


def _attention(into: dict[str, Tensor], name: str) -> Callable[..., None]:
    def hook(part: Attend, inputs: tuple[Any, ...], named: dict[str, Any], output: Tensor) -> None:
        given = dict(zip(("queries", "keys", "values", "mask"), inputs, strict=False)) | named
        into[name] = part.weights(given["queries"], given["keys"], given.get("mask")).detach()

    return hook


def _wanting(part: nn.Module, inputs: Any, named: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Asks torch's own attention for the weights of each head."""
    return inputs, named | {"need_weights": True, "average_attn_weights": False}


def _weights(into: dict[str, Tensor], name: str) -> Callable[..., None]:
    def hook(part: nn.Module, inputs: Any, output: tuple[Tensor, Tensor]) -> None:
        into[name] = output[1].detach()

    return hook


def _tensor(output: Any) -> Tensor:
    """The output, or the first of several."""
    while not isinstance(output, Tensor):
        output = next(iter(output.values() if isinstance(output, Mapping) else output))
    return output
