"""Plain tables beside tar files: lines of JSON name members of an archive, with texts and labels as columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from pinakes.errors import BadInput
from pinakes.learn.data.base import TrainingSet, View
from pinakes.learn.data.decoding import PictureFiles, SoundFiles
from pinakes.learn.data.files import Files, FolderFiles, TarFiles
from pinakes.learn.data.layouts.base import LAYOUTS, Layout, Loaded, maybe, one_hot, one_of, records_of
from pinakes.learn.data.memory import Texts
from pinakes.limits import Limits
from pinakes.types import Modality


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a table hold what: names of files, texts, and labels."""

    image: str = ""
    audio: str = ""
    texts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    # A column that says to which fold a row belongs.
    fold: str = ""

    @property
    def file(self) -> str:
        """The column whose value is a row's id."""
        return self.image or self.audio


@dataclass(frozen=True, slots=True)
class Piece:
    """One table with the tar file, or the folder, that it names files of; and the part to which its rows belong."""

    table: str
    files: str
    part: str = ""


def read_plain(
    folder: Path,
    pieces: Sequence[Piece],
    columns: Columns,
    limits: Limits | None = None,
    name: str = "",
    more: str = "",
) -> Loaded:
    """A set out of tables; `more` is another table whose columns are added by the name of the file.

    Labels are the values of their columns; where there are several such columns, "column: value".
    """
    limits = limits or Limits()
    added = {str(row.get(columns.file)): row for row in records_of(one_of(folder, more), limits)} if more else {}
    rows: list[dict[str, Any]] = []
    parts: list[str] = []
    files: list[Files] = []
    for piece in pieces:
        found = [
            {**row, **added.get(str(row.get(columns.file)), {})}
            for row in records_of(one_of(folder, piece.table), limits)
        ]
        _check_columns(found, columns, piece.table)
        files.append(_files(folder, piece.files, [str(row[columns.file]) for row in found], limits))
        rows += found
        parts += [f"fold{row[columns.fold]}" if columns.fold else piece.part for row in found]
    ids = tuple(str(row[columns.file]) for row in rows)
    joined = files[0] if len(files) == 1 else Joined(tuple(files))
    views: dict[Modality, View] = {}
    if columns.image:
        views["image"] = PictureFiles(joined, limits=limits)
    if columns.audio:
        views["audio"] = SoundFiles(joined, limits=limits)
    if columns.texts:
        views["text"] = Texts(
            [tuple(text for column in columns.texts for text in _values(row, column)) for row in rows]
        )
    labels = one_hot([_labels(row, columns.labels) for row in rows]) if columns.labels else (None, ())
    folds = {each: part for each, part in zip(ids, parts, strict=True) if part}
    return Loaded(TrainingSet(name or folder.name, ids, views, *labels), folds, train_in_database=True)


@dataclass(frozen=True)
class Joined:
    """Files of several places one after the other."""

    pieces: tuple[Files, ...]

    def __len__(self) -> int:
        return sum(map(len, self.pieces))

    def name(self, row: int) -> str:
        """That which its place gives it."""
        files, inner = self._place(row)
        return files.name(inner)

    def read(self, row: int) -> bytes:
        """All bytes of the file."""
        files, inner = self._place(row)
        return files.read(inner)

    def sha256(self, row: int) -> str:
        """Of all its bytes."""
        files, inner = self._place(row)
        return files.sha256(inner)

    def state(self) -> str:
        """Of all places."""
        return " ".join(files.state() for files in self.pieces)

    def _place(self, row: int) -> tuple[Files, int]:
        ends = np.cumsum([len(files) for files in self.pieces])
        piece = int(np.searchsorted(ends, row, "right"))
        return self.pieces[piece], row - int(ends[piece]) + len(self.pieces[piece])


def _files(folder: Path, name: str, names: list[str], limits: Limits) -> Files:
    path = one_of(folder, name, name.removesuffix(".tar"))
    return FolderFiles(path, tuple(names), limits) if path.is_dir() else TarFiles.open(path, limits).chosen(names)


def _check_columns(rows: list[dict[str, Any]], columns: Columns, table: str) -> None:
    for number, row in enumerate(rows, 1):
        lost = [
            each for each in (columns.file, *columns.texts, *columns.labels, columns.fold) if each and each not in row
        ]
        # What a second table adds may be missing in a row: then it has none of it.
        if lost and lost[0] in (columns.file, columns.fold):
            raise BadInput(f"Line {number} of {table} has no {lost[0]}.", "Every line must name its file.")
        if lost and number == 1:
            known = ", ".join(row)
            raise BadInput(f"{table} has no column {lost[0]}.", f"It has {known}.")


def _values(row: Mapping[str, Any], column: str) -> list[str]:
    value = row.get(column)
    if value is None or value == "":
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _labels(row: Mapping[str, Any], columns: Sequence[str]) -> list[str]:
    several = len(columns) > 1
    return [f"{column}: {value}" if several else value for column in columns for value in _values(row, column)]


def read_parts(folder: Path, limits: Limits, *, tables: str, files: str, columns: Columns, more: str = "") -> Loaded:
    """A table and a tar file for each part: train is learned from, dev and test ask, extra is in the database alone."""
    meant = {"train": "train", "dev": "query", "test": "query", "extra": "database"}
    pieces = [
        Piece(tables.format(part), files.format(part), meant[part])
        for part in meant
        if maybe(folder, tables.format(part)) is not None
    ]
    if not pieces:
        one_of(folder, tables.format("train"))
    return read_plain(folder, pieces, columns, limits, more=more)


def _read_clips(folder: Path, limits: Limits) -> Loaded:
    columns = Columns(audio="audio", texts=("title",), labels=("category",), fold="fold")
    return read_plain(folder, [Piece("clips.jsonl", "audio.tar")], columns, limits)


def _file(name: str, read: partial[Loaded] | Any, files: str, about: str) -> None:
    LAYOUTS.register(name)(Layout(name, read, files, about))


_file(
    "fashion-table",
    partial(
        read_parts,
        tables="items_{}.jsonl",
        files="images_{}.tar",
        columns=Columns(image="image", texts=("title",), labels=("article_type", "sub_category")),
    ),
    "items_train.jsonl and items_dev.jsonl with image, title, article_type and sub_category; images_train.tar and "
    "images_dev.tar",
    "products with a title, labelled by article type and sub-category",
)
_file(
    "captions-table",
    partial(
        read_parts,
        tables="captions_{}.jsonl",
        files="images_{}.tar",
        columns=Columns(image="image", texts=("captions",), labels=("concepts",)),
        more="concepts.jsonl",
    ),
    "captions_train.jsonl and captions_dev.jsonl with image and captions; concepts.jsonl with image and concepts; "
    "images_train.tar and images_dev.tar",
    "captioned pictures, labelled by concepts",
)
_file(
    "clips-table",
    _read_clips,
    "clips.jsonl with audio, title, category and fold; audio.tar",
    "sounds with a title, labelled by category, in folds",
)
