"""Weights taken over into a network of ours, all of them or none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.networks.base import Tower
from pinakes.learn.networks.published.files import Weights, read
from pinakes.learn.networks.published.naming import Layer, Naming, holders, namings_of, own

_COUNT = "num_batches_tracked"
# What TensorFlow's batch norms add to the variance.
_TENSORFLOW = 1e-3
# How many names of each kind of fault are told.
_TOLD = 5


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was taken over from where, and what should be known of it."""

    source: str
    tensors: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Match:
    """A naming written out for a tower: the published names of each of our tensors."""

    naming: Naming
    wanted: Mapping[str, tuple[str, ...]]

    def found(self, tensors: Mapping[str, Tensor]) -> int:
        return sum(name in tensors for names in self.wanted.values() for name in names)


def load(network: str, tower: Tower, path: Path | str) -> Loaded:
    """Fill a tower, built as the network of that name, with published weights from a file or a folder of the hub.

    Every tensor must be there, have its shape, and be known: else nothing is changed. The head is taken over only where
    both have one, of as many classes.
    """
    weights = read(path)
    tensors = {name.removeprefix("module."): value for name, value in weights.tensors.items()}
    matches = [each for naming in namings_of(network) for each in _written_out(naming, tower)]
    match = max(matches, key=lambda each: each.found(tensors))
    head, head_notes = _head(match.naming, tower, tensors)
    wanted = dict(match.wanted) | head
    _check(match.naming, tower, wanted, tensors, weights)
    state = tower.state_dict(keep_vars=True)
    with torch.no_grad():
        for ours, names in wanted.items():
            if names[0] in tensors:
                state[ours].copy_(_joined(state[ours], names, tensors))
        _steady(match.naming, tower, weights)
    return Loaded(match.naming.source, len(wanted), (*head_notes, *_notes(tower, weights)))


def _written_out(naming: Naming, tower: Tower) -> Iterator[_Match]:
    """The naming without and with its prefix."""
    ours = holders(tower)
    layers = list(naming.layers(tower))
    if len(ours) != len(layers):
        raise BadInput(
            f"This network has {len(ours)} layers with weights, and as it was published {len(layers)}.",
            "Build it with the published settings: without squeezing that was not published, and with its class token.",
        )
    for prefix in {"", naming.prefix}:
        wanted = {}
        for (place, part), layer in zip(ours, layers, strict=True):
            for name in own(part):
                wanted[f"{place}.{name}".lstrip(".")] = tuple(prefix + each for each in _names(layer, name))
        yield _Match(naming, wanted)


def _names(layer: Layer, name: str) -> tuple[str, ...]:
    """The published names of one parameter of a layer."""
    if isinstance(layer, str):
        return (f"{layer}.{name}",)
    if isinstance(layer, tuple):
        return tuple(f"{each}.{name}" for each in layer)
    named = layer[name]
    return (named,) if isinstance(named, str) else named


def _joined(ours: Tensor, names: tuple[str, ...], tensors: Mapping[str, Tensor]) -> Tensor:
    """The tensor as ours is shaped, if it can be: a full layer may have been a convolution over the whole map."""
    whole = torch.cat([tensors[name] for name in names]) if len(names) > 1 else tensors[names[0]]
    if ours.ndim == 2 and whole.ndim == 4 and whole.shape[0] == ours.shape[0]:
        return whole.flatten(1)
    return whole


def _head(
    naming: Naming, tower: Tower, tensors: Mapping[str, Tensor]
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Which tensors of the head are taken over, and if none are, a note that says so."""
    published = tensors.get(f"{naming.head}.weight")
    ours = next((name for name, part in tower.named_modules() if name.split(".")[0] == "head" and own(part)), None)
    if ours is None:
        left = f"The head of {published.shape[0]} classes was left out." if published is not None else ""
        return {}, (left,) if left else ()
    classes = tower.get_parameter(f"{ours}.weight").shape[0]
    if published is None:
        return {}, (f"There is no head in the file; that of this network, for {classes} classes, starts anew.",)
    if published.shape[0] != classes:
        theirs = published.shape[0]
        return {}, (f"The head of {theirs} classes was left out; that of this network has {classes} and starts anew.",)
    return {f"{ours}.{name}": (f"{naming.head}.{name}",) for name in ("weight", "bias")}, ()


def _check(
    naming: Naming,
    tower: Tower,
    wanted: Mapping[str, tuple[str, ...]],
    tensors: Mapping[str, Tensor],
    weights: Weights,
) -> None:
    """Refuse weights of which a tensor is missing, unknown, or shaped otherwise; all of them are told."""
    state = tower.state_dict()
    known = {name for names in wanted.values() for name in names}
    unused = re.compile("|".join((re.escape(naming.head) + r"\.(weight|bias)", *naming.unused)))
    faults: dict[str, list[str]] = {"missing": [], "unknown": [], "of another shape": [], "no finite numbers": []}
    faults["unknown"] = [name for name in tensors if name not in known and not unused.fullmatch(name)]
    for ours, names in wanted.items():
        absent = [name for name in names if name not in tensors]
        if absent and not ours.endswith(_COUNT):
            faults["missing"] += [_with_nearest(name, faults["unknown"]) for name in absent]
        elif not absent and _joined(state[ours], names, tensors).shape != state[ours].shape:
            shapes = " and ".join("x".join(map(str, tensors[name].shape)) for name in names)
            faults["of another shape"] += [f"{names[0]} ({shapes} instead of {'x'.join(map(str, state[ours].shape))})"]
        elif not absent and state[ours].is_floating_point():
            faults["no finite numbers"] += [name for name in names if not _finite(tensors[name])]
    told = [f"{len(found)} {fault}: {_listed(found)}" for fault, found in faults.items() if found]
    if told:
        raise BadInput(
            f"{weights.path} does not fit this network, by the names of {naming.source}. {'. '.join(told)}.",
            "Check that they are of this very network, and build it with the settings of the weights: its width, its "
            "side, its patches.",
        )


def _finite(tensor: Tensor) -> bool:
    """Whether these are weights that can be computed with, neither broken off nor packed into integers."""
    return tensor.is_floating_point() and bool(torch.isfinite(tensor).all())


def _with_nearest(name: str, extra: list[str]) -> str:
    close = get_close_matches(name, extra, n=1, cutoff=0.6)
    return f"{name} (is it {close[0]}?)" if close else name


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _TOLD:,} more" if len(names) > _TOLD else ""
    return ", ".join(names[:_TOLD]) + more


def _steady(naming: Naming, tower: Tower, weights: Weights) -> None:
    """Let batch norms give what the published ones give, which add something else to the variance than ours."""
    epsilon = 0.0
    if naming.epsilon:
        usual = _TENSORFLOW if _of_tensorflow(weights) else naming.epsilon
        epsilon = weights.config.get("layer_norm_eps", usual)
    for part in tower.modules() if epsilon else ():
        if isinstance(part, nn.BatchNorm2d) and part.running_var is not None:
            part.running_var += epsilon - part.eps


def _of_tensorflow(weights: Weights) -> bool:
    """Whether the configuration, of the hub or of timm, says that they were converted from TensorFlow."""
    return bool(weights.config.get("tf_padding")) or str(weights.config.get("architecture", "")).startswith("tf_")


def _notes(tower: Tower, weights: Weights) -> Iterator[str]:
    """What the configuration beside the weights says of the network that ours does not do."""
    config = weights.config
    if _of_tensorflow(weights):
        yield (
            "These weights were trained with TensorFlow's borders, which lie to the right and below where a map is "
            "halved; here borders are even, so that vectors differ a little."
        )
    if config.get("model_type") == "mobilenet_v1" and config.get("hidden_act") == "relu6":
        yield "These weights were trained with activations of at most 6, which are not bounded here."
    norms = {part.eps for part in tower.modules() if isinstance(part, nn.LayerNorm)}
    if norms and "layer_norm_eps" in config and norms != {config["layer_norm_eps"]}:
        yield f"For equal vectors to the last digit, build it with epsilon={config['layer_norm_eps']}."
