"""Who learns, who chooses settings, who asks and who is found: rows by id, stored with the model, checked for leaks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from pinakes.errors import BadInput, Damaged
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.stratify import shared_out
from pinakes.storage import DISK, Disk, explained, write_whole
from pinakes.types import Modality, Rows

PARTS = ("train", "validation", "query", "database")
# No row of one may be in the other; what is learned from may be found, as the hashing papers have it.
_APART = (("train", "query"), ("validation", "query"), ("query", "database"), ("train", "validation"))


@dataclass(frozen=True, slots=True)
class Split:
    """The ids of each part, in the order of the set; `rule` says how they were chosen.

    A database without rows stands for the rows that ask: each looks for its own other modality among them.
    """

    train: tuple[str, ...]
    validation: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    database: tuple[str, ...] = ()
    rule: str = ""
    seed: int = 0
    # Of the set that was split.
    fingerprint: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Split:
        """The inverse of `as_dict`."""
        parts = {part: tuple(map(str, told[part])) for part in PARTS}
        return cls(**parts, rule=str(told["rule"]), seed=int(told["seed"]), fingerprint=str(told["fingerprint"]))

    def rows(self, found: TrainingSet) -> dict[str, Rows]:
        """The positions of each part in the set."""
        return {part: found.find(getattr(self, part)) for part in PARTS}


def save(split: Split, path: Path, disk: Disk = DISK) -> None:
    """Store a split beside the model that learned by it."""
    write_whole(path, [json.dumps(split.as_dict()).encode()], disk)


def load(path: Path, disk: Disk = DISK) -> Split:
    """The inverse of `save`."""
    with explained(path), disk.open(path, "rb") as file:
        data = file.read()
    try:
        return Split.from_dict(json.loads(data))
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged(f"{path.name} is no split: {error}.", "Train anew, or restore the run from a backup.") from error


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many rows each part gets: a whole number of rows, or a share of all below 1; None takes what is left.

    With `train_in_database` the database is all that is not asked, else what is in no other part.
    """

    train: float | None = None
    validation: float = 0.1
    query: float = 0.1
    train_in_database: bool = True


def divided(
    found: TrainingSet,
    sizes: Sizes,
    seed: int = 0,
    *,
    by: Sequence[Modality] | None = None,
    stratified: bool = True,
    rule: str = "",
) -> Split:
    """Rows shared out by chance, of the same content never to two parts, and of each label to all parts alike.

    `by` names the modalities whose equal content makes two rows one; see `telling`.
    """
    groups = same_content(found, telling(found) if by is None else by)
    wanted = _counts(found, sizes)
    labels = found.labels if stratified else None
    part_of = shared_out(groups, wanted, labels, np.random.default_rng(seed))
    names = [*wanted, ""]
    ids = {name: tuple(found.ids[row] for row in np.flatnonzero(part_of == n)) for n, name in enumerate(names)}
    out = set(ids["query"]) if sizes.train_in_database else set(found.ids) - set(ids[""])
    database = tuple(each for each in found.ids if each not in out)
    if sizes.query == 0:
        database = ()
    return Split(
        ids["train"],
        ids["validation"],
        ids["query"],
        database,
        rule or f"by chance, {'stratified by label' if labels is not None else 'as they come'}",
        seed,
        found.fingerprint(),
    )


def told(found: TrainingSet, folds: Mapping[str, str], *, rule: str, train_in_database: bool = False) -> Split:
    """An official split: by id, the part to which a row belongs.

    The database is all but what asks where that is told; else it has only what is said to be in it.
    """
    train, validation, query, database = (
        tuple(each for each in found.ids if folds.get(each) == part) for part in PARTS
    )
    if train_in_database:
        inside = {*train, *validation, *database}
        database = tuple(each for each in found.ids if each in inside)
    return Split(train, validation, query, database, rule, 0, found.fingerprint())


def with_validation(found: TrainingSet, split: Split, share: float, seed: int = 0) -> Split:
    """A share of the training rows set aside to choose settings by; they stay in the database if they were in it."""
    inner = found.take(found.find(split.train))
    again = divided(inner, Sizes(None, share, 0), seed)
    return replace(split, train=again.train, validation=(*split.validation, *again.validation))


def telling(found: TrainingSet) -> tuple[Modality, ...]:
    """The modalities by which content is known again: pictures and sounds where there are any, else all.

    Two works may well have the same short text, as products have the same name.
    """
    media = tuple(each for each in found.modalities if found.views[each].kind in ("pixels", "sounds"))
    return media or (found.modalities if len(found.modalities) == 1 else ())


def same_content(found: TrainingSet, by: Sequence[Modality]) -> Rows:
    """A number for each row (n,), the same for rows that share a content hash in any of the modalities.

    Of no modality named, rows are the same that are so in all of them.
    """
    first: dict[tuple[str, ...], int] = {}
    group = list(range(len(found)))

    def root(row: int) -> int:
        while group[row] != row:
            group[row] = group[group[row]]
            row = group[row]
        return row

    for keys in _keys(found, by):
        for row, key in enumerate(keys):
            if any(key):
                one, other = root(first.setdefault(key, row)), root(row)
                group[max(one, other)] = min(one, other)
    return np.array([root(row) for row in range(len(found))], np.int64)


def _keys(found: TrainingSet, by: Sequence[Modality]) -> list[list[tuple[str, ...]]]:
    if by:
        return [[(modality, digest) if digest else () for digest in found.hashes(modality)] for modality in by]
    return [list(zip(*(found.hashes(modality) for modality in found.modalities), strict=True))]


@dataclass(frozen=True, slots=True)
class Leak:
    """Two rows of two parts that must have nothing in common, by their "id" or by their "content"."""

    kind: str
    parts: tuple[str, str]
    ids: tuple[str, str]


def leaks(found: TrainingSet, split: Split, by: Sequence[Modality] | None = None) -> tuple[Leak, ...]:
    """All leaks between parts that must be apart: by id, and by content hash."""
    groups = same_content(found, telling(found) if by is None else by)
    rows = split.rows(found)
    result: list[Leak] = []
    for one, other in _APART:
        shared = set(rows[one].tolist()) & set(rows[other].tolist())
        result += [Leak("id", (one, other), (found.ids[row],) * 2) for row in sorted(shared)]
        first: dict[int, int] = {}
        for row in rows[one].tolist():
            first.setdefault(int(groups[row]), row)
        for row in rows[other].tolist():
            same = first.get(int(groups[row]))
            if same is not None and row not in shared and same != row:
                result.append(Leak("content", (one, other), (found.ids[same], found.ids[row])))
    return tuple(result)


def check(found: TrainingSet, split: Split, by: Sequence[Modality] | None = None) -> None:
    """Refuse a split that leaks, with the first leak and how many there are."""
    for part in PARTS:
        ids = getattr(split, part)
        if len(set(ids)) != len(ids):
            raise BadInput(f"The part {part} of the split names a row twice.", "Name each row once.")
    all_leaks = leaks(found, split, by)
    if all_leaks:
        one = all_leaks[0]
        what = f"{one.ids[0]} is in both" if one.kind == "id" else f"{one.ids[0]} and {one.ids[1]} are the same"
        raise BadInput(
            f"The split of {found.name} leaks {len(all_leaks):,} times; the first is between {one.parts[0]} and "
            f"{one.parts[1]}: {what}.",
            "Split it by content, as `divided` does, or leave the doubles out.",
        )


def _counts(found: TrainingSet, sizes: Sizes) -> dict[str, int]:
    """Rows of query, validation and train, which must not be more than there are."""
    rows = len(found)
    told_sizes = {"query": sizes.query, "validation": sizes.validation, "train": sizes.train}
    counts: dict[str, int] = {}
    for part, size in told_sizes.items():
        if size is not None and size < 0:
            raise BadInput(f"{size} rows for {part} are no number of rows.", "Give a share below 1, or a whole number.")
        count = rows - sum(counts.values()) if size is None else round(size * rows) if size < 1 else int(size)
        counts[part] = count
    if sum(counts.values()) > rows or counts["train"] < 1:
        raise BadInput(
            f"The parts of {found.name} would have {sum(counts.values()):,} rows, {counts['train']:,} of them for "
            f"train; there are {rows:,}.",
            "Make the parts smaller.",
        )
    return counts
