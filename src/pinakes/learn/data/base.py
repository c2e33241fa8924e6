"""A training set: rows of several modalities with labels; and how what a view reads becomes a tensor."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import BadInput, NotFound, nearest
from pinakes.types import MODALITIES, Modality, Rows

if TYPE_CHECKING:
    from torch import Tensor

    from pinakes.learn.augment.draws import Draws

Kind: TypeAlias = Literal["features", "pixels", "texts", "sounds"]
Flags: TypeAlias = NDArray[np.bool_]
Labels: TypeAlias = NDArray[np.uint8]
# What a view reads of b rows, by its kind: a float32 matrix (b, d); pictures (h, w, 3) uint8, as a list or, where all
# have one size, as an array (b, h, w, 3); tuples of texts, of which a row may have several; mono float32 at 16 kHz.
Raw: TypeAlias = Any


class View(Protocol):
    """One modality of a training set, read a few rows at a time."""

    @property
    def kind(self) -> Kind:
        """What its rows are."""

    def __len__(self) -> int: ...

    def read(self, rows: Rows) -> Raw:
        """The rows of these positions, in this order."""

    def digests(self, rows: Rows) -> list[str]:
        """SHA-256 of each row's content in hexadecimal, the same on every machine."""


class Reader(Protocol):
    """From what a view reads to one tensor for a tower; augmented only where there are draws."""

    def read(self, raw: Raw, draws: Draws | None) -> Tensor:
        """A tensor whose first dimension is that of `raw`, also where that is 0."""

    def describe(self) -> dict[str, Any]:
        """All that it is made again from, ready for JSON: stored beside the model that learned through it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Some rows of a view, in an order of their own."""

    view: View
    rows: Rows

    @property
    def kind(self) -> Kind:
        """What its rows are."""
        return self.view.kind

    def __len__(self) -> int:
        return len(self.rows)

    def read(self, rows: Rows) -> Raw:
        """The rows of these positions among those that were taken."""
        return self.view.read(self.rows[rows])

    def digests(self, rows: Rows) -> list[str]:
        """SHA-256 of each row's content."""
        return self.view.digests(self.rows[rows])


@dataclass(frozen=True)
class TrainingSet:
    """Rows with an id each, seen in one or more modalities, most often with several labels for a row.

    `labels` is (n, labels) of 0 and 1. `present` says which rows have a modality; one that it does not name is there in
    every row.
    """

    name: str
    ids: tuple[str, ...]
    views: Mapping[Modality, View]
    labels: Labels | None = None
    label_names: tuple[str, ...] = ()
    present: Mapping[Modality, Flags] = field(default_factory=dict)
    # Content hashes by modality, made when they are first asked for; "" where a row lacks the modality.
    known_hashes: dict[Modality, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        _check_ids(self)
        _check_views(self)
        if self.labels is not None:
            _check_labels(self)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def modalities(self) -> tuple[Modality, ...]:
        """Those that it has, in the order of its views."""
        return tuple(self.views)

    def view(self, modality: Modality) -> View:
        """The view of a modality, or an error that says which there are."""
        if modality not in self.views:
            raise NotFound(f"The training set {self.name} has no {modality}.", nearest(modality, self.views))
        return self.views[modality]

    def has(self, modality: Modality) -> Flags:
        """Which rows have a modality (n,)."""
        return self.present.get(modality, np.ones(len(self), np.bool_))

    def hashes(self, modality: Modality) -> tuple[str, ...]:
        """SHA-256 of each row's content in a modality; "" where the row lacks it. Reads all content the first time."""
        if modality not in self.known_hashes:
            rows = np.flatnonzero(self.has(modality))
            made = dict(zip(rows.tolist(), self.view(modality).digests(rows), strict=True))
            self.known_hashes[modality] = tuple(made.get(row, "") for row in range(len(self)))
        return self.known_hashes[modality]

    def take(self, rows: Rows | Sequence[int], name: str = "") -> TrainingSet:
        """Some of the rows, in this order, as a set of their own."""
        rows = np.asarray(rows, np.int64)
        return replace(
            self,
            name=name or self.name,
            ids=tuple(self.ids[row] for row in rows.tolist()),
            views={modality: Taken(view, rows) for modality, view in self.views.items()},
            labels=None if self.labels is None else self.labels[rows],
            present={modality: flags[rows] for modality, flags in self.present.items()},
            known_hashes={m: tuple(made[row] for row in rows.tolist()) for m, made in self.known_hashes.items()},
        )

    def find(self, ids: Iterable[str]) -> Rows:
        """The positions of ids; the first that is unknown is an error."""
        place = {each: row for row, each in enumerate(self.ids)}
        wanted = list(ids)
        lost = [each for each in wanted if each not in place]
        if lost:
            raise NotFound(
                f"The training set {self.name} has no row {lost[0]!r}; {len(lost):,} of {len(wanted):,} are unknown.",
                "The split may belong to another set, or to another version of it.",
            )
        return np.array([place[each] for each in wanted], np.int64)

    def fingerprint(self) -> str:
        """SHA-256 over ids, contents and labels: the same data have the same one on every machine."""
        hasher = hashlib.sha256()
        for modality in sorted(self.views):
            hasher.update(_line([modality, self.views[modality].kind, *self.hashes(modality)]))
        hasher.update(_line(list(self.ids)))
        if self.labels is not None:
            hasher.update(_line(["labels", self.labels.shape[1], *self.label_names]))
            hasher.update(np.packbits(self.labels, axis=1).tobytes())
        return hasher.hexdigest()


def _line(values: list[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=True).encode() + b"\n"


def _check_ids(found: TrainingSet) -> None:
    if not found.ids:
        raise BadInput(f"The training set {found.name} is empty.", "Check the folder or table that it is read from.")
    if len(set(found.ids)) == len(found.ids):
        return
    seen: set[str] = set()
    double = next(each for each in found.ids if each in seen or seen.add(each))  # type: ignore[func-returns-value]
    raise BadInput(
        f"The training set {found.name} has the id {double!r} twice.", "Give each row an id of its own, or join them."
    )


def _check_views(found: TrainingSet) -> None:
    if not found.views:
        raise BadInput(f"The training set {found.name} has no modality.", "Name at least one of text, image, audio.")
    for modality, view in found.views.items():
        if modality not in MODALITIES:
            raise BadInput(f"{modality!r} is no modality.", f"There are {', '.join(MODALITIES)}.")
        if len(view) != len(found.ids):
            raise BadInput(
                f"The {modality} of the training set {found.name} has {len(view):,} rows, but there are "
                f"{len(found.ids):,} ids.",
                "All files of a set must list the same rows in the same order.",
            )
    for modality, flags in found.present.items():
        if modality not in found.views or flags.shape != (len(found.ids),):
            raise BadInput(f"What is said to be present of {modality} does not fit the training set {found.name}.")


def _check_labels(found: TrainingSet) -> None:
    labels = found.labels
    if labels is None or labels.ndim != 2 or len(labels) != len(found.ids):
        shape = "none" if labels is None else " x ".join(f"{side:,}" for side in labels.shape)
        raise BadInput(
            f"The labels of the training set {found.name} are {shape}; {len(found.ids):,} rows are needed.",
            "Labels are a matrix with a row for each row of the set and a column for each label.",
        )
    if labels.dtype != np.uint8 or (labels.size and labels.max() > 1):
        raise BadInput(
            f"The labels of the training set {found.name} are not all 0 or 1.", "1 where a row has it, else 0."
        )
    if found.label_names and len(found.label_names) != labels.shape[1]:
        raise BadInput(
            f"The training set {found.name} names {len(found.label_names)} labels and has {labels.shape[1]}.",
            "Name each column of the labels, or none.",
        )
