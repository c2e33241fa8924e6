"""What some learners need of each row beside its modalities: several views of it, or the vectors of a teacher."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from pinakes.errors import BadInput
from pinakes.learn.base import Batch
from pinakes.learn.data.base import Reader
from pinakes.learn.data.picture_reader import PictureReader
from pinakes.learn.data.source import Source
from pinakes.learn.joint.views import view_name
from pinakes.types import Rows

if TYPE_CHECKING:
    from pinakes.learn.training.loop import Food

# The name of a teacher among towers and inputs.
TEACHER = "teacher"


@dataclass(frozen=True)
class Views:
    """Sources of the same rows, each of which draws its own view of them.

    Their inputs stand in a batch side by side: what the second source calls `image` is `image2`. Small crops are
    sources whose readers cut smaller; they come last.
    """

    sources: tuple[Source, ...]

    def __post_init__(self) -> None:
        if len({source.rows for source in self.sources}) != 1:
            raise BadInput("Views are of the same rows, and there are none, or sources of different numbers of rows.")

    @classmethod
    def drawn(cls, source: Source, times: int = 2, smaller: Source | None = None, smaller_times: int = 0) -> Views:
        """A source drawn several times, and another one after it; each view with a seed of its own."""
        every = [source] * times + ([smaller] * smaller_times if smaller is not None else [])
        # Seeds are far apart, so that view 2 of one training is not view 1 of the next seed's.
        return cls(tuple(replace(each, seed=each.seed + 1_000_003 * place) for place, each in enumerate(every)))

    @classmethod
    def of_pictures(cls, source: Source, large: int, small: int = 0, side: int = 0) -> Views:
        """So many views of each row, and so many more of another side; readers must change what they read."""
        for modality, reader in source.readers.items():
            if isinstance(reader, PictureReader) and not reader.steps:
                raise BadInput(
                    f"All views of an {modality} would be the same: its reader changes nothing.",
                    f'Write under [{modality}]: augment = [{{ step = "crop" }}, {{ step = "colour" }}].',
                )
        smaller = replace(source, readers={name: _cut(reader, side) for name, reader in source.readers.items()})
        return cls.drawn(source, large, smaller, small)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.sources[0].rows

    @property
    def labels(self) -> Tensor | None:
        """All labels (rows, labels)."""
        return self.sources[0].labels

    def batches(self) -> Iterator[Batch]:
        """All rows as they are, in one view."""
        return self.sources[0].batches()

    def ahead(self, plan: Iterable[Rows], epoch: int | None) -> Iterator[Batch]:
        """The batches of a plan, each row in all views."""
        planned = list(plan)
        for views in zip(*(source.ahead(planned, epoch) for source in self.sources), strict=True):
            yield _side_by_side(views)


def _cut(reader: Reader, side: int) -> Reader:
    return replace(reader, side=side, short=0) if side and isinstance(reader, PictureReader) else reader


def _side_by_side(views: tuple[Batch, ...]) -> Batch:
    named = [(number, view) for number, view in enumerate(views, 1)]
    return replace(
        views[0],
        inputs={view_name(name, number): each for number, view in named for name, each in view.inputs.items()},
        present={view_name(name, number): each for number, view in named for name, each in view.present.items()},
    )


@dataclass(frozen=True)
class Taught:
    """A source beside the vectors (rows, dim) that a teacher has for its rows."""

    source: Food
    vectors: Tensor
    # Under which they stand in a batch.
    name: str = TEACHER

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.vectors) != self.source.rows:
            shape = " x ".join(f"{side:,}" for side in self.vectors.shape)
            raise BadInput(
                f"The teacher's vectors are {shape}, and there are {self.source.rows:,} rows.",
                "Encode the same rows, in the same order.",
            )

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.source.rows

    @property
    def labels(self) -> Tensor | None:
        """All labels (rows, labels)."""
        return self.source.labels

    @property
    def widths(self) -> dict[str, int]:
        """How wide the vectors of each teacher are, by the name that they stand under."""
        inner = self.source.widths if isinstance(self.source, Taught) else {}
        return {**inner, self.name: self.vectors.shape[1]}

    def batches(self) -> Iterator[Batch]:
        """All rows in their order."""
        return map(self._taught, self.source.batches())

    def ahead(self, plan: Iterable[Rows], epoch: int | None) -> Iterator[Batch]:
        """The batches of a plan."""
        return map(self._taught, self.source.ahead(plan, epoch))

    def _taught(self, batch: Batch) -> Batch:
        told = self.vectors[batch.rows].to(torch.float32)
        return replace(batch, inputs={**batch.inputs, self.name: told})
