"""Before training: pictures decoded and packed, sounds decoded into memory, and rows that can not be read left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from pinakes.errors import BadInput, PinakesError
from pinakes.learn.data.base import Reader, Taken, TrainingSet, View
from pinakes.learn.data.decoding import PictureFiles, SoundFiles
from pinakes.learn.data.packed import MOST_BYTES, PackedPictures
from pinakes.learn.data.picture_reader import PictureReader
from pinakes.limits import GIB
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
class HeldSounds:
    """Sounds that were decoded into memory; their content is still that of their files."""

    view: View
    sounds: Mapping[int, Floats]
    kind: Literal["sounds"] = "sounds"

    def __len__(self) -> int:
        return len(self.view)

    def read(self, rows: Rows) -> list[Floats]:
        """The samples of each row."""
        return [self.sounds[row] for row in rows.tolist()]

    def digests(self, rows: Rows) -> list[str]:
        """SHA-256 of each file."""
        return self.view.digests(rows)


def prepared(
    found: TrainingSet,
    readers: Mapping[Modality, Reader],
    folder: Path | None = None,
    *,
    most_bytes: int = MOST_BYTES,
    tell: Tell = lambda _what, _done, _total: None,
) -> Prepared:
    """The set with pictures in the geometry that their reader wants, packed in `folder` where one is named.

    Rows whose picture or sound can not be decoded are left out and told; without a folder pictures are decoded when
    they are read, and a bad one is an error then.
    """
    views: dict[Modality, View] = dict(found.views)
    bad: dict[int, PinakesError] = {}
    for modality, reader in readers.items():
        inner, rows = _bottom(found.view(modality))
        wanted = rows[np.flatnonzero(found.has(modality))]
        failed: dict[int, PinakesError] = {}
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
    return HeldSounds(view, held), failed


def _without(found: TrainingSet, bad: Mapping[int, PinakesError]) -> Prepared:
    if not bad:
        return Prepared(found)
    first: Any = bad[min(bad)]
    if len(bad) == len(found):
        raise BadInput(f"No row of {found.name} can be read; the first says: {first}", "Check the files.")
    kept = np.array([row for row in range(len(found)) if row not in bad])
    note = f"{len(bad):,} of {len(found):,} rows can not be read and were left out; the first says: {first}"
    return Prepared(found.take(kept), (note,))
