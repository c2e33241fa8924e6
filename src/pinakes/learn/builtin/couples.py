"""What the common space learns from: couples of a text and a picture, and beside them texts alone with their teacher.

What is true of several pictures is told by facts. A text needs some, a picture has some, and the two belong together
where nothing is missing: "red dress" belongs with every red dress, a caption with its own picture alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pinakes.errors import BadInput
from pinakes.learn.base import Batch
from pinakes.learn.builtin.sentences import Halves
from pinakes.learn.training.randomness import generator
from pinakes.types import Floats, Rows
from pinakes.words.vocabulary import PADDING

# Names of what a batch holds beside texts and pictures: who belongs together, and texts alone, each with its teacher.
BELONG, TEACHER, ALONE, ALONE_TEACHER = "belong", "teacher", "alone", "alone teacher"
# Where texts lie that are read no more, and where pictures shall come to lie, in the space itself.
VECTORS, TARGET = "text vectors", "target"
# Rows that are looked at together where all are looked at.
_SIZE = 512


@dataclass(frozen=True, slots=True)
class Said:
    """Which texts are said of a picture, by their positions, and what is a fact of it."""

    texts: tuple[int, ...]
    facts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Wordings:
    """All texts as numbers of pieces (n, length), the teacher's vectors of them (n, 384), and the facts each needs."""

    ids: NDArray[np.int32]
    teacher: Halves
    # By position; a text that is not here belongs to the pictures alone of which it is said.
    needs: Mapping[int, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Couples:
    """Pictures in several views (views, pictures, dim), each a few times in an epoch with another of its texts."""

    wordings: Wordings
    pictures: NDArray[Any]
    said: Sequence[Said]
    # How often each picture is seen in an epoch (pictures,).
    times: Rows
    # Texts alone: from which they are drawn, and how many stand beside each couple.
    alone: Rows = field(default_factory=lambda: np.zeros(0, np.int64))
    share: float = 0.0
    seed: int = 0
    # Of all texts (texts, dim), and of all views of pictures (views, pictures, dim), in the space itself.
    vectors: Floats | None = None
    targets: Halves | None = None
    picture_of: Rows = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.pictures.ndim != 3 or self.pictures.shape[1] != len(self.said):
            shape = " x ".join(f"{side:,}" for side in self.pictures.shape)
            raise BadInput(
                f"The vectors of {len(self.said):,} pictures are {shape}.", "They stand as (views, pictures, dim)."
            )
        if lost := [number for number, each in enumerate(self.said) if not each.texts]:
            raise BadInput(f"Of {len(lost):,} pictures nothing is said, first of number {lost[0]}.", "Leave them out.")
        object.__setattr__(self, "picture_of", np.repeat(np.arange(len(self.said)), self.times))

    @property
    def rows(self) -> int:
        """How many couples an epoch has."""
        return len(self.picture_of)

    @property
    def labels(self) -> Tensor | None:
        """None: facts tell more."""
        return None

    def batches(self) -> Iterator[Batch]:
        """Every couple in its order, each picture in its first view with its first text."""
        every = np.arange(self.rows)
        for rows in np.split(every, range(_SIZE, self.rows, _SIZE)):
            pictures = self.picture_of[rows]
            texts = np.array([self.said[picture].texts[0] for picture in pictures.tolist()], np.int64)
            yield self._batch(rows, pictures, np.zeros(len(rows), np.int64), texts, np.zeros(0, np.int64))

    def ahead(self, plan: Iterable[Rows], epoch: int | None) -> Iterator[Batch]:
        """The batches of a plan: text, view and texts alone are drawn by the epoch and the rows."""
        for rows in plan:
            random = generator(self.seed, "couples", -1 if epoch is None else epoch, *rows[:2].tolist())
            pictures = self.picture_of[rows]
            views = random.integers(len(self.pictures), size=len(rows))
            drawn = random.random(len(rows))
            said = [self.said[picture].texts for picture in pictures.tolist()]
            texts = np.array([each[int(at * len(each))] for each, at in zip(said, drawn.tolist(), strict=True)])
            count = round(self.share * len(rows)) if len(self.alone) else 0
            yield self._batch(rows, pictures, views, texts, self._alike_in_length(random, count))

    def _alike_in_length(self, random: np.random.Generator, count: int) -> Rows:
        """Texts alone that are about as long as one another, so that little is padding."""
        if not count:
            return np.zeros(0, np.int64)
        drawn = random.choice(self.alone, 4 * count)
        lengths = (self.wordings.ids[drawn] != PADDING).sum(1)
        order = np.argsort(lengths, kind="stable")
        begin = int(random.integers(4)) * count
        chosen: Rows = drawn[order[begin : begin + count]]
        return chosen

    def _batch(self, rows: Rows, pictures: Rows, views: Rows, texts: Rows, alone: Rows) -> Batch:
        inputs = {
            **(
                {"text": self._words(texts)}
                if self.vectors is None
                else {VECTORS: torch.from_numpy(self.vectors[texts])}
            ),
            "image": torch.from_numpy(self.pictures[views, pictures].astype(np.float32)),
            TEACHER: self._taught(texts),
            BELONG: torch.from_numpy(self.belong(texts, pictures)),
        }
        if len(alone):
            inputs |= {ALONE: self._words(alone), ALONE_TEACHER: self._taught(alone)}
        if self.targets is not None:
            inputs[TARGET] = torch.from_numpy(self.targets[views, pictures].astype(np.float32))
        return Batch(torch.from_numpy(rows), inputs)

    def belong(self, texts: Rows, pictures: Rows) -> NDArray[np.bool_]:
        """Which texts (n,) belong with which pictures (m,), a couple at each place: (n, m)."""
        found: NDArray[np.bool_] = (pictures[:, None] == pictures) | (texts[:, None] == texts)
        asking = [row for row, text in enumerate(texts.tolist()) if text in self.wordings.needs]
        columns = {fact: None for row in asking for fact in self.wordings.needs[int(texts[row])]}
        place = {fact: number for number, fact in enumerate(columns)}
        needs = np.zeros((len(asking), len(place)), np.float32)
        for row, each in enumerate(asking):
            needs[row, [place[fact] for fact in self.wordings.needs[int(texts[each])]]] = 1
        lacks = np.ones((len(place), len(pictures)), np.float32)
        for column, picture in enumerate(pictures.tolist()):
            lacks[[place[fact] for fact in self.said[picture].facts if fact in place], column] = 0
        found[asking] |= needs @ lacks == 0
        return found

    def _words(self, texts: Rows) -> Tensor:
        """Numbers of pieces, as long as the longest of these texts."""
        ids = self.wordings.ids[texts]
        longest = max(1, int((ids != PADDING).sum(1).max(initial=1)))
        return torch.from_numpy(ids[:, :longest].astype(np.int64))

    def _taught(self, texts: Rows) -> Tensor:
        return torch.from_numpy(self.wordings.teacher[texts].astype(np.float32))


@dataclass(frozen=True)
class OfCouples:
    """What is made of couples, which tell the rows."""

    couples: Couples

    @property
    def rows(self) -> int:
        """How many couples an epoch has."""
        return self.couples.rows

    @property
    def labels(self) -> Tensor | None:
        """None: facts tell more."""
        return None
