"""Works as rows of a training set, whether a library holds them or a table lists them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pinakes.errors import BadInput, BadSetting, nearest
from pinakes.learn.data.base import Flags, TrainingSet, View
from pinakes.learn.data.decoding import PictureFiles, SoundFiles
from pinakes.learn.data.files import Lying, LyingFiles
from pinakes.learn.data.layouts.base import Loaded, one_hot
from pinakes.learn.data.memory import Texts
from pinakes.limits import Limits
from pinakes.types import MODALITIES, Modality


@dataclass(frozen=True, slots=True)
class Work:
    """What a work has to learn from."""

    id: str
    texts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    media: Mapping[Modality, Lying] = field(default_factory=dict)
    # The names of its fields.
    fields: frozenset[str] = frozenset()

    def has(self, modality: Modality) -> bool:
        """Whether it is seen in a modality."""
        return bool(self.texts) if modality == "text" else modality in self.media


# The fields that are labels and texts where nothing else is said.
LABELS, TEXTS = ("subjects", "labels"), ("title", "description")


def check_fields(name: str, works: Sequence[Work], labels: Sequence[str], texts: Sequence[str], least: int) -> None:
    """Refuse fields that were asked for by name and are nowhere, and labels of which too few works share any."""
    there = sorted({each for work in works for each in work.fields})
    for role, asked, usual in (("labels", labels, LABELS), ("texts", texts, TEXTS)):
        if works and tuple(asked) != usual and not {*asked} & {*there}:
            raise BadSetting(
                f"No work of {name} has the field {' or '.join(asked)}, which data.options.{role} asks for.",
                nearest(asked[0], there) if asked else "Name a field, or leave it out.",
            )
    counts = Counter(label for work in works for label in work.labels)
    if counts and tuple(labels) != LABELS and max(counts.values()) < least:
        raise BadSetting(
            f"None of the {len(counts):,} labels of {name} is that of {least} works or more.",
            "Name another field by data.options.labels, or lower data.options.least.",
        )


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
        why = f" {notes[0]}" if notes else ""
        raise BadInput(
            f"None of the {len(works):,} works of {name} is seen in {seen}.{why}",
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
