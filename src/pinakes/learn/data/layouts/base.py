"""What every layout of a known benchmark is: a function from its folder to a training set, and the files it expects."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from pinakes.errors import BadInput, NotFound, TooLarge
from pinakes.learn.data.base import Labels, TrainingSet
from pinakes.learn.data.splits import Split, told
from pinakes.limits import Limits
from pinakes.media.opening import open_regular
from pinakes.registry import Registry
from pinakes.types import Rows


@dataclass(frozen=True)
class Loaded:
    """A benchmark as a training set, with its official parts where there are lists, and what is to be said of it."""

    set: TrainingSet
    # By id "train", "validation", "query" or "database"; or the name of a fold.
    folds: Mapping[str, str] = field(default_factory=dict)
    # Whether what is learned from is also what is found.
    train_in_database: bool = False
    notes: tuple[str, ...] = ()

    def official(self, fold: str = "") -> Split:
        """The official split; of folds, that in which one asks and the others are learned from and found."""
        names = set(self.folds.values())
        if not names:
            raise NotFound(f"{self.set.name} came without official lists.", "Split it by a protocol or by shares.")
        if not fold:
            return told(self.set, self.folds, rule="official lists", train_in_database=self.train_in_database)
        if fold not in names:
            raise NotFound(f"{self.set.name} has no fold named {fold}.", f"There are {', '.join(sorted(names))}.")
        parts = {each: "query" if own == fold else "train" for each, own in self.folds.items()}
        return told(self.set, parts, rule=f"official folds, {fold} asks", train_in_database=True)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a benchmark lies in its folder."""

    name: str
    read: Callable[[Path, Limits], Loaded]
    # The files that are expected, one in a line: the reference prints them.
    files: str
    about: str


LAYOUTS: Registry[Layout] = Registry("layout", "pinakes.layouts")


def read_layout(name: str, folder: Path, limits: Limits | None = None) -> Loaded:
    """The training set in a folder of a benchmark's layout."""
    layout = LAYOUTS.get(name)
    if not folder.is_dir():
        raise NotFound(f"{folder} is no folder.", f"The layout {name} expects one with: {layout.files}")
    return layout.read(folder, limits or Limits())


def one_of(folder: Path, *names: str) -> Path:
    """The first of several names that is there; NotFound tells all that were looked for."""
    for name in names:
        if (folder / name).exists():
            return folder / name
    raise NotFound(
        f"There is no {' and no '.join(names)} in {folder.name}.",
        "Put it there as it was downloaded; docs/reference/layouts.md lists the files of each layout.",
    )


def maybe(folder: Path, *names: str) -> Path | None:
    """The first of several names that is there, or None."""
    return next((folder / name for name in names if (folder / name).exists()), None)


def lines_of(path: Path, limits: Limits) -> Iterator[str]:
    """The lines of a text file without their ends, empty ones left out; one after the other, since some are large."""
    with open_regular(path, limits) as opened:
        for number, line in enumerate(opened.file, 1):
            if len(line) > limits.max_line_bytes:
                raise TooLarge(
                    f"Line {number} of {path.name} has {len(line):,} bytes; the limit is {limits.max_line_bytes:,}.",
                    "Raise max_line_bytes, or correct the file.",
                )
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            if text.strip():
                yield text.removeprefix("\ufeff")


def json_of(path: Path, limits: Limits) -> Any:
    """What a JSON file holds."""
    with open_regular(path, limits) as opened:
        try:
            return json.loads(opened.file.read())
        except (ValueError, RecursionError) as error:
            raise BadInput(f"{path.name} is no JSON: {error}.", "Download it again.") from error


def records_of(path: Path, limits: Limits) -> list[dict[str, Any]]:
    """The objects of a file of JSON Lines."""
    found = []
    for number, line in enumerate(lines_of(path, limits), 1):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"Line {number} of {path.name} is no JSON: {error}.", "Correct or remove it.") from error
        if not isinstance(record, dict):
            raise BadInput(f"Line {number} of {path.name} is no object.", "Each line must be one in braces.")
        found.append(record)
    return found


def one_hot(values: Sequence[Sequence[str]], names: Sequence[str] | None = None) -> tuple[Labels, tuple[str, ...]]:
    """Labels (n, names) of 0 and 1 from the names of each row's; all names in order where none are told."""
    known = tuple(names) if names is not None else tuple(sorted({name for several in values for name in several}))
    places = {name: place for place, name in enumerate(known)}
    labels = np.zeros((len(values), len(known)), np.uint8)
    for row, several in enumerate(values):
        labels[row, [places[name] for name in several if name in places]] = 1
    return labels, known


def there(folder: Path, names: Sequence[str]) -> tuple[Rows, tuple[str, ...]]:
    """Which of many files are there, and a note where some are not; none at all is an error."""
    rows = np.array([row for row, name in enumerate(names) if (folder / name).is_file()], np.int64)
    lost = len(names) - len(rows)
    if not len(rows):
        raise NotFound(
            f"None of the {len(names):,} files that are listed is in {folder.name}; the first is {names[0]}."
            if names
            else f"No file is listed for {folder.name}.",
            "Unpack the pictures or sounds into that folder.",
        )
    return rows, (
        f"{lost:,} of {len(names):,} files are not in {folder.name}; their rows were left out.",
    ) if lost else ()
