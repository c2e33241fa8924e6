"""What the loop trains: batches, towers, and learners that tell a loss for each turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from torch import Tensor, nn

from pinakes.learn.networks.base import Tower
from pinakes.registry import Registry

if TYPE_CHECKING:
    from pinakes.learn.data.source import Source
    from pinakes.learn.training.loop import Food

Kind: TypeAlias = Literal["hashing", "joint", "fusion", "classifier"]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a training set as tensors, ready for the towers."""

    # Positions in the training set (n,) int64.
    rows: Tensor
    # By modality; the first dimension is n.
    inputs: Mapping[str, Tensor]
    # Several labels for a row (n, labels), 0 or 1 as floats; None where the set has none.
    labels: Tensor | None = None
    # By modality, which rows have it (n,) bool; a modality that is not named here is there in every row.
    present: Mapping[str, Tensor] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Task:
    """What a method must know of its data before it is built."""

    # By modality, in the order in which the set names them.
    towers: Mapping[str, Tower]
    # How many labels there are, 0 where the set has none, and how many rows.
    labels: int
    rows: int


class Whole(Protocol):
    """A training set as a whole, row after row and nothing augmented."""

    @property
    def rows(self) -> int:
        """How many there are."""

    @property
    def labels(self) -> Tensor | None:
        """All labels (rows, labels) as floats."""

    def batches(self) -> Iterator[Batch]:
        """All rows in their order."""


class Learner(nn.Module):
    """Networks and the loss that they are trained by.

    What must outlive a kill is a parameter or a buffer. What is random comes from torch's own generator, which the loop
    seeds anew for each step from seed, epoch and step: a run that is taken up again repeats exactly.
    """

    modalities: tuple[str, ...]
    # The width of what `embed` gives.
    dim: int

    def turns(self) -> dict[str, list[nn.Parameter]]:
        """Whose turn it is within a batch, one after the other, each with the parameters that its step changes.

        The loss of a turn is computed, and its step made, before the next one begins: adversaries and alternating
        methods have several. A method with a closed form has none, and does all in `begin`.
        """
        return {"all": [each for each in self.parameters() if each.requires_grad]}

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """The parts of the loss by name, weighted already: their sum is made smaller."""
        raise NotImplementedError

    def fed(self, source: Source) -> Food:
        """What it learns from, made of the rows to learn from: some see each row several times, or have a teacher."""
        return source

    def begin(self, whole: Whole) -> None:
        """Before the first epoch, once: closed forms, centres of classes, memories of rows."""

    def before_epoch(self, epoch: int, epochs: int) -> None:
        """What changes from epoch to epoch, as a temperature does."""

    def after_epoch(self, epoch: int, epochs: int) -> None:
        """What is solved between epochs, as discrete codes are."""

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        """Vectors (n, dim) of the inputs of a modality; of a hashing method codes before their sign is taken."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Method:
    """A way to train, with its settings and where it was published."""

    name: str
    kind: Kind
    # A frozen dataclass whose fields all have defaults.
    config: type[Any]
    build: Callable[[Task, Any], Learner]
    paper: str
    about: str = ""
    # Whether it learns from labels, or from pairs alone.
    labels: bool = True


METHODS: Registry[Method] = Registry("method", "pinakes.methods")
