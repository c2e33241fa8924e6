"""How the layers of our networks are called elsewhere: a naming for each family of networks and each source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from torch import nn

from pinakes.errors import Unsupported
from pinakes.learn.networks.base import Tower

# Of one layer of ours: the published layer; several, whose weights are put one below the other; or full names by the
# names of its own parameters, where these are called differently.
Layer: TypeAlias = str | tuple[str, ...] | Mapping[str, str | tuple[str, ...]]
# All layers of a network, in the order in which they stand in it, but for its head.
Layers: TypeAlias = Callable[[Tower], Iterator[Layer]]


@dataclass(frozen=True, slots=True)
class Naming:
    """The names of one source for one family of networks."""

    source: str
    # How the names of the networks begin.
    networks: tuple[str, ...]
    layers: Layers
    # The last layer of the published classifier, which is left out where ours has other classes.
    head: str
    # What may stand before every name.
    prefix: str = ""
    # What may stand in a file and is needed by no network of ours; regular expressions.
    unused: tuple[str, ...] = ()
    # What the published network's batch norms add to the variance; 0 where it is what ours add.
    epsilon: float = 0.0


NAMINGS: list[Naming] = []


def names(naming: Naming) -> Naming:
    """File a naming."""
    NAMINGS.append(naming)
    return naming


def namings_of(network: str) -> list[Naming]:
    """All namings of a network, or an error that tells which networks have any."""
    found = [each for each in NAMINGS if network.startswith(each.networks)]
    if not found:
        known = sorted({name for each in NAMINGS for name in each.networks})
        raise Unsupported(
            f"No published weights are known for the network {network}.",
            f"They are known for networks whose names begin with {', '.join(known)}.",
        )
    return found


def holders(tower: Tower) -> list[tuple[str, nn.Module]]:
    """The layers of a tower that hold weights themselves, in its order and without its head."""
    return [(name, part) for name, part in tower.named_modules() if name.split(".")[0] != "head" and own(part)]


def own(part: nn.Module) -> list[str]:
    """The names of what a layer itself holds: its parameters that are not empty, and its buffers that are saved."""
    held = [name for name in part.state_dict(keep_vars=True) if "." not in name]
    return [name for name in held if getattr(part, name).numel()]
