"""What stands between the vector of a tower and a common space, and the parts of a batch that have a modality."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.base import Batch
from pinakes.learn.bounded import among, bounded
from pinakes.learn.losses.pairs import Pairs, alike, by_labels, by_rows, sharing
from pinakes.learn.training.settings import Checked

TOGETHER = ("labels", "rows", "spared")


@dataclass(frozen=True, slots=True)
class SpaceConfig(Checked):
    """The width of a common space, and how it is reached."""

    dim: int = bounded(128, least=1)
    # Of the hidden layer; 0 makes the head linear.
    hidden: int = bounded(0)
    dropout: float = bounded(0.0, below=1)
    # Who belongs together: "labels" what shares one (rows alone where the set has none); "rows" the same row alone;
    # "spared" the same row, while what shares a label is not pushed away either.
    together: str = among("labels", TOGETHER)


class Head(nn.Sequential):
    """From the vector of a tower (n, dim) to a space (n, out): one layer, or two with a hidden one.

    The vector is brought to mean 0 and deviation 1 first, since features come in any size.
    """

    def __init__(self, dim: int, out: int, hidden: int = 0, dropout: float = 0.0) -> None:
        layers: list[nn.Module] = [nn.LayerNorm(dim)]
        if hidden:
            layers += [nn.Linear(dim, hidden), nn.GELU()]
        super().__init__(*layers, nn.Dropout(dropout), nn.Linear(hidden or dim, out))


def there(batch: Batch, modality: str) -> Tensor:
    """Which rows have a modality (n,) bool."""
    if modality not in batch.inputs:
        return torch.zeros_like(batch.rows, dtype=torch.bool)
    return batch.present.get(modality, torch.ones_like(batch.rows, dtype=torch.bool))


def present(batch: Batch, modalities: Iterable[str]) -> dict[str, Tensor]:
    """The positions (k,) of the rows that have each modality; without those that no row has."""
    found = {modality: there(batch, modality).nonzero()[:, 0] for modality in modalities}
    return {modality: rows for modality, rows in found.items() if len(rows)}


def belonging(batch: Batch, together: str) -> Pairs:
    """Which rows of a batch belong together, and which apart (n, n).

    Where two rows have the very same words or features, the partner of one is not pushed away from the other.
    """
    if together == "labels" and batch.labels is not None:
        pairs = by_labels(batch.rows, batch.labels)
    else:
        pairs = by_rows(batch.rows)
    if together == "spared" and batch.labels is not None:
        pairs = pairs.sparing(sharing(batch.labels))
    return pairs.sparing(copies(batch))


def copies(batch: Batch) -> Tensor:
    """Which rows are one another's copy in words or features (n, n) bool; pictures and sounds are not compared."""
    found = torch.eye(len(batch), dtype=torch.bool, device=batch.rows.device)
    for modality, inputs in batch.inputs.items():
        if inputs.ndim == 2:
            here = there(batch, modality)
            found = found | (alike(inputs) & here[:, None] & here)
    return found


def chosen(pairs: Pairs, first: Tensor, second: Tensor) -> Pairs:
    """Pairs of some rows (k,) with some others (l,)."""
    return Pairs(pairs.positive[first][:, second], pairs.negative[first][:, second])


def nothing(module: nn.Module) -> dict[str, Tensor]:
    """The losses of a batch from which nothing can be learned: zero, with gradients of zero."""
    return {"nothing": torch.stack([each.sum() for each in module.parameters()]).sum() * 0}


def needs(towers: Mapping[str, nn.Module], least: int, what: str) -> tuple[str, ...]:
    """The names of the towers, if there are enough."""
    if len(towers) < least:
        raise BadInput(
            f"{what} learns from {least} modalities or more, and the set has {len(towers)}.",
            "Name more of text, image, audio, or choose a method that learns from one.",
        )
    return tuple(towers)
