"""Before training: pictures decoded and packed, sounds decoded into memory, and rows that can not be read left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from pinakes.errors import BadInput, PinakesError
from pinakes.learn.data.base import Kind, Reader, Taken, TrainingSet, View
from pinakes.learn.data.decoding import PictureFiles, SoundFiles
from pinakes.learn.data.packed import MOST_BYTES, PackedPictures
from pinakes.learn.data.picture_reader import PictureReader
from pinakes.limits import GIB
from pinakes.media import clean
from pinakes.media.base import ImageWant
from pinakes.types import Floats, Modality, Rows

# Sounds that take more than this are decoded anew each time.
_MOST_SOUND_BYTES = 1 * GIB
# Hears the modality, how many rows are done, and of how many.
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A set that is quick to read, and what is to be said of it."""

    set: TrainingSet
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Held:
    """Sounds that were decoded, or texts that were cleaned, in memory; their content is still what it was before."""

    view: View
    values: Mapping[int, Any]

    @property
    def kind(self) -> Kind:
        """What its rows are."""
        return self.view.kind

    def __len__(self) -> int:
        return len(self.view)

    def read(self, rows: Rows) -> list[Any]:
        """What is held of each row."""
        return [self.values[row] for row in rows.tolist()]

    def digests(self, rows: Rows) -> list[str]:
        """SHA-256 of each row's content as it came."""
        return self.view.digests(rows)


def prepared(
    found: TrainingSet,
    readers: Mapping[Modality, Reader],
    folder: Path | None = None,
    *,
    cleaning: Sequence[str] = (),
    most_bytes: int = MOST_BYTES,
    tell: Tell = lambda _what, _done, _total: None,
) -> Prepared:
    """The set with pictures in the geometry that their reader wants, packed in `folder` where one is named.

    `cleaning` names steps as a library's cleaning does; each is for one modality. Rows whose picture or sound can not
    be decoded are left out and told; without a folder pictures are decoded when they are read, and a bad one is an
    error then.
    """
    found = clean_texts(found, readers, cleaning)
    views: dict[Modality, View] = dict(found.views)
    bad: dict[int, PinakesError] = {}
    for modality, reader in readers.items():
        inner, rows = _bottom(found.view(modality))
        wanted = rows[np.flatnonzero(found.has(modality))]
        failed: dict[int, PinakesError] = {}
        if isinstance(inner, PictureFiles | SoundFiles):
            inner = replace(inner, cleaning=(*inner.cleaning, *cleaning))
        if isinstance(inner, PictureFiles) and isinstance(reader, PictureReader):
            if folder is None:
                inner = inner.wanting(ImageWant(reader.whole, reader.whole, "crop"))
            else:
                packed = PackedPictures(inner, reader.whole, folder, most_bytes)
                failed = packed.fill(lambda done, total, what=modality: tell(what, done, total), wanted)  # type: ignore[misc]
                inner = packed
        elif isinstance(inner, SoundFiles):
            inner, failed = _held(inner, wanted, tell)
        views[modality] = Taken(inner, rows)
        bad |= {row: failed[place] for row, place in enumerate(rows.tolist()) if place in failed}
    return _without(replace(found, views=views), bad)


def clean_texts(found: TrainingSet, modalities: Iterable[Modality], cleaning: Sequence[str]) -> TrainingSet:
    """The set with the texts of some modalities cleaned: before a vocabulary is learned from them."""
    views: dict[Modality, View] = dict(found.views)
    for modality in modalities:
        inner, rows = _bottom(found.view(modality))
        if cleaning and inner.kind == "texts":
            views[modality] = Taken(_cleaned(inner, rows[np.flatnonzero(found.has(modality))], cleaning), rows)
    return replace(found, views=views)


def idle(found: TrainingSet, modalities: Iterable[Modality], cleaning: Sequence[str]) -> tuple[str, ...]:
    """The steps of cleaning for which there is nothing among some modalities: features are as they were computed."""
    inner = {modality: _bottom(found.view(modality))[0] for modality in modalities}
    there = [
        name for name, view in inner.items() if isinstance(view, PictureFiles | SoundFiles) or view.kind == "texts"
    ]
    # Nothing is spelled otherwise than it is written: whoever adds works is told, and nobody here is.
    known = {name: clean.STEPS.get(name) for name in cleaning}
    return tuple(name for name, step in known.items() if step.needs_speller or step.modality not in there)


def _bottom(view: View) -> tuple[View, Rows]:
    """The view that lies under all takings, and the rows that are taken of it."""
    rows = np.arange(len(view))
    while isinstance(view, Taken):
        rows, view = view.rows[rows], view.view
    return view, rows


def _held(view: SoundFiles, rows: Rows, tell: Tell) -> tuple[View, dict[int, PinakesError]]:
    """Sounds in memory, as far as there is room for all of them."""
    held: dict[int, Floats] = {}
    failed: dict[int, PinakesError] = {}
    size = 0
    for number, row in enumerate(rows.tolist(), 1):
        try:
            (held[row],) = view.read(np.array([row]))
            size += held[row].nbytes
        except PinakesError as error:
            failed[row] = error
        tell("audio", number, len(rows))
        if size > _MOST_SOUND_BYTES:
            return view, failed
    return Held(view, held), failed


def _cleaned(view: View, rows: Rows, cleaning: Sequence[str]) -> View:
    several = zip(rows.tolist(), view.read(rows), strict=True)
    return Held(view, {row: tuple(clean.apply_text(text, cleaning)[0] for text in texts) for row, texts in several})


def _without(found: TrainingSet, bad: Mapping[int, PinakesError]) -> Prepared:
    if not bad:
        return Prepared(found)
    first: Any = bad[min(bad)]
    if len(bad) == len(found):
        raise BadInput(f"No row of {found.name} can be read; the first says: {first}", "Check the files.")
    kept = np.array([row for row in range(len(found)) if row not in bad])
    note = f"{len(bad):,} of {len(found):,} rows can not be read and were left out; the first says: {first}"
    return Prepared(found.take(kept), (note,))
