"""Works as rows of a training set, whether a library holds them or a table lists them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pinakes.errors import BadInput, Unreadable
from pinakes.learn.data.base import Flags, TrainingSet, View
from pinakes.learn.data.decoding import PictureFiles, SoundFiles
from pinakes.learn.data.layouts.base import Loaded, one_hot
from pinakes.learn.data.memory import Texts
from pinakes.limits import Limits
from pinakes.media.opening import open_regular
from pinakes.types import MODALITIES, Modality


@dataclass(frozen=True, slots=True)
class Lying:
    """Where a file lies, and its content's SHA-256 where that is known already."""

    path: Path
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """What a work has to learn from."""

    id: str
    texts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    media: Mapping[Modality, Lying] = field(default_factory=dict)

    def has(self, modality: Modality) -> bool:
        """Whether it is seen in a modality."""
        return bool(self.texts) if modality == "text" else modality in self.media


@dataclass(frozen=True)
class LyingFiles:
    """Files anywhere on the disk; None for a row that has none."""

    found: tuple[Lying | None, ...]
    limits: Limits = field(default_factory=Limits)

    def __len__(self) -> int:
        return len(self.found)

    def name(self, row: int) -> str:
        """The file's own name."""
        return self._lying(row).path.name

    def read(self, row: int) -> bytes:
        """The whole file."""
        with open_regular(self._lying(row).path, self.limits) as opened:
            return opened.file.read()

    def sha256(self, row: int) -> str:
        """That which is known, else that of the bytes."""
        return self._lying(row).sha256 or hashlib.sha256(self.read(row)).hexdigest()

    def state(self) -> str:
        """Of paths, sizes and times of change."""
        hasher = hashlib.sha256()
        for each in self.found:
            if each is not None:
                status = each.path.stat() if each.path.exists() else None
                told = (str(each.path), status.st_size, status.st_mtime_ns) if status else (str(each.path),)
                hasher.update(repr(told).encode("utf-8", "surrogateescape"))
        return hasher.hexdigest()

    def _lying(self, row: int) -> Lying:
        found = self.found[row]
        if found is None:
            raise Unreadable(f"Row {row} has no file to read.")
        return found


def set_of(
    name: str,
    works: Sequence[Work],
    modalities: Sequence[Modality] = (),
    *,
    least: int = 2,
    limits: Limits | None = None,
    notes: Sequence[str] = (),
) -> Loaded:
    """The works that are seen in at least two of the modalities (or in the only one), as a training set.

    Without modalities named, all that occur. A label that fewer than `least` works have is left out.
    """
    limits = limits or Limits()
    wanted = tuple(modalities) or tuple(each for each in MODALITIES if any(work.has(each) for work in works))
    needed = min(len(wanted), 2)
    kept = [work for work in works if sum(work.has(each) for each in wanted) >= needed] if needed else []
    if not kept:
        seen = " and ".join(wanted) or "any modality"
        raise BadInput(
            f"None of the {len(works):,} works of {name} is seen in {seen}.",
            "Learning across modalities needs works that have two, such as a picture with a description.",
        )
    said = list(notes)
    if len(kept) < len(works):
        said.append(f"{len(works) - len(kept):,} of {len(works):,} works are not seen in {needed} modalities.")
    views: dict[Modality, View] = {}
    present: dict[Modality, Flags] = {}
    for modality in wanted:
        views[modality] = _view(modality, kept, limits)
        there = np.array([work.has(modality) for work in kept])
        if not there.all():
            present[modality] = there
    counts = Counter(label for work in kept for label in work.labels)
    names = sorted(label for label, times in counts.items() if times >= least)
    labels, label_names = one_hot([work.labels for work in kept], names) if names else (None, ())
    ids = tuple(work.id for work in kept)
    return Loaded(TrainingSet(name, ids, views, labels, label_names, present), notes=tuple(said))


def _view(modality: Modality, works: Sequence[Work], limits: Limits) -> View:
    if modality == "text":
        return Texts([work.texts for work in works])
    files = LyingFiles(tuple(work.media.get(modality) for work in works), limits)
    return PictureFiles(files, limits=limits) if modality == "image" else SoundFiles(files, limits=limits)
