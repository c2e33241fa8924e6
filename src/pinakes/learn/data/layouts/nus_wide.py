"""NUS-WIDE: Chua and others, CIVR 2009; papers keep the pairs that have one of the 21, or 10, most frequent labels."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import BadInput
from pinakes.learn.data.base import TrainingSet, View
from pinakes.learn.data.decoding import PictureFiles
from pinakes.learn.data.files import FolderFiles
from pinakes.learn.data.layouts.base import LAYOUTS, Layout, Loaded, lines_of, maybe, one_of, there
from pinakes.learn.data.memory import Texts
from pinakes.limits import Limits
from pinakes.types import Modality


def read(folder: Path, limits: Limits, *, top: int) -> Loaded:
    """Lists of pictures, of their labels and of those of the 1,000 tags that they have."""
    listed = [line.strip().replace("\\", "/") for line in lines_of(_image_list(folder), limits)]
    names, labels = _labels(folder, limits, len(listed))
    tags = _tags(folder, limits, len(listed))
    frequent = np.sort(np.argsort(-labels.sum(0, dtype=np.int64), kind="stable")[:top])
    kept = np.flatnonzero(labels[:, frequent].any(1) & np.array([bool(several) for several in tags]))
    notes = [f"{len(listed) - len(kept):,} of {len(listed):,} pictures have none of the {top} labels, or no tag."]
    views: dict[Modality, View] = {}
    images = maybe(folder, "Flickr", "images", "Images")
    if images is not None:
        rows, lost = there(images, [listed[row] for row in kept.tolist()])
        kept, notes = kept[rows], [*notes, *lost]
        views["image"] = PictureFiles(FolderFiles(images, tuple(listed[row] for row in kept.tolist()), limits))
    views["text"] = Texts([(tags[row],) for row in kept.tolist()])
    ids = tuple(listed[row].rpartition(".")[0] or listed[row] for row in kept.tolist())
    label_names = tuple(names[place] for place in frequent.tolist())
    found = TrainingSet(f"nus-wide-{top}", ids, views, np.ascontiguousarray(labels[kept][:, frequent]), label_names)
    return Loaded(found, notes=tuple(notes))


def _image_list(folder: Path) -> Path:
    return one_of(folder, "ImageList/Imagelist.txt", "ImageList/ImageList.txt", "Imagelist.txt", "ImageList.txt")


def _labels(folder: Path, limits: Limits, rows: int) -> tuple[list[str], NDArray[np.uint8]]:
    """A file of 0 and 1 for each label, a line for each picture."""
    inner = one_of(folder, "Groundtruth/AllLabels", "AllLabels")
    files = sorted(inner.glob("Labels_*.txt"))
    labels = np.zeros((rows, len(files)), np.uint8)
    for column, path in enumerate(files):
        told = [line.strip() for line in lines_of(path, limits)]
        if len(told) != rows or set(told) - {"0", "1"}:
            raise BadInput(
                f"{path.name} must have {rows:,} lines of 0 or 1; it has {len(told):,}.", "Download it again."
            )
        labels[:, column] = [value == "1" for value in told]
    return [path.stem.removeprefix("Labels_") for path in files], labels


def _tags(folder: Path, limits: Limits, rows: int) -> list[str]:
    """The words of the 1,000 tags that each picture has, as one text."""
    words = [line.strip() for line in lines_of(one_of(folder, "NUS_WID_Tags/TagList1k.txt", "TagList1k.txt"), limits)]
    path = one_of(folder, "NUS_WID_Tags/AllTags1k.txt", "AllTags1k.txt")
    found: list[str] = []
    for line in lines_of(path, limits):
        flags = line.split()
        if len(flags) != len(words):
            raise BadInput(
                f"Line {len(found) + 1} of {path.name} has {len(flags):,} numbers; there are {len(words):,} tags.",
                "Download it again.",
            )
        found.append(" ".join(word for word, flag in zip(words, flags, strict=True) if flag != "0"))
    if len(found) != rows:
        raise BadInput(f"{path.name} has {len(found):,} lines; {rows:,} pictures are listed.", "Download it again.")
    return found


for _top in (21, 10):
    LAYOUTS.register(f"nus-wide-{_top}")(
        Layout(
            f"nus-wide-{_top}",
            partial(read, top=_top),
            "ImageList/Imagelist.txt, Groundtruth/AllLabels/Labels_LABEL.txt, NUS_WID_Tags/AllTags1k.txt, "
            "NUS_WID_Tags/TagList1k.txt; pictures, if there are any, below Flickr/ as the list names them",
            f"269,648 photographs with tags and 81 labels; those with one of the {_top} most frequent labels",
        )
    )
