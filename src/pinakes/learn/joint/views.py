"""Several views of one picture in a batch, and the one tower that learns from them."""

from __future__ import annotations

from itertools import count

from torch import Tensor

from pinakes.errors import BadInput
from pinakes.learn.base import Batch, Task
from pinakes.learn.joint.heads import there
from pinakes.learn.networks.base import Tower


def view_name(modality: str, number: int) -> str:
    """The name under which a view stands in a batch: image, image2, image3, ..."""
    return modality if number == 1 else f"{modality}{number}"


def views_of(batch: Batch, modality: str) -> tuple[list[Tensor], Tensor]:
    """All views of the rows that have the modality, in the order of their numbers, and those rows (k,)."""
    names = (view_name(modality, number) for number in count(1))
    views: list[Tensor] = []
    for name in names:
        if name not in batch.inputs:
            break
        views.append(batch.inputs[name])
    if len(views) < 2:
        raise BadInput(
            f"A batch has {len(views)} of two or more views of each {modality}.",
            "Wrap the source: Views.drawn(source, times=2), with a reader that augments.",
        )
    here = there(batch, modality)
    return [view[here] for view in views], batch.rows[here]


def only(task: Task, what: str) -> tuple[str, Tower]:
    """The one modality that is learned, and its tower."""
    if len(task.towers) != 1:
        raise BadInput(
            f"{what} learns one modality by itself, and the set has {len(task.towers)}.",
            "Name the one, as image.",
        )
    return next(iter(task.towers.items()))
