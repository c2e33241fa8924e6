"""MIRFLICKR-25K: Huiskes and Lew, "The MIR Flickr retrieval evaluation", MIR 2008; papers use 20,015 pairs of it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np

from pinakes.errors import BadInput, NotFound
from pinakes.learn.data.base import TrainingSet, View
from pinakes.learn.data.decoding import PictureFiles
from pinakes.learn.data.files import FolderFiles
from pinakes.learn.data.layouts.base import LAYOUTS, Layout, Loaded, lines_of, maybe, one_hot, there
from pinakes.learn.data.layouts.matrices import labels_of, matrices, pick
from pinakes.learn.data.memory import Pictures, Texts, Vectors
from pinakes.limits import Limits
from pinakes.types import Modality

# Papers keep the tags that occur at least so often, of which there are 1,386, and the pairs that have one.
_LEAST_TAG = 20
_NUMBER = re.compile(r"(\d+)\.jpg$")


def read(folder: Path, limits: Limits) -> Loaded:
    """From the usual matrices where they are there, from tags and labels alone, or from the files as downloaded."""
    if maybe(folder, "mirflickr25k-lall.mat") is not None:
        return _from_matrices(folder, limits)
    packed = maybe(folder, "mirflickr25k_tags_labels.npz")
    if packed is not None:
        return _from_packed(packed, limits)
    return _from_files(folder, limits)


def _from_matrices(folder: Path, limits: Limits) -> Loaded:
    views: dict[Modality, View] = {}
    images = maybe(folder, "mirflickr25k-iall.mat")
    if images is not None:
        views["image"] = _pictures_or_features(images, limits)
    texts = maybe(folder, "mirflickr25k-yall.mat")
    if texts is not None:
        views["text"] = Vectors(pick(matrices(texts, limits), texts, "YAll", "yall", "T", "tags"), "tags")
    path = folder / "mirflickr25k-lall.mat"
    labels = labels_of(pick(matrices(path, limits), path, "LAll", "lall", "L", "labels"), "LAll")
    ids = tuple(f"{row:05}" for row in range(len(labels)))
    return Loaded(TrainingSet("mirflickr25k", ids, views, labels))


def _pictures_or_features(path: Path, limits: Limits) -> View:
    """The file of pictures, with its axes in whatever order, or that of features (n, d)."""
    found = pick(matrices(path, limits), path, "IAll", "iall", "I", "features")
    if found.ndim == 2:
        return Vectors(found, "image features")
    if found.ndim != 4 or 3 not in found.shape[1:]:
        raise BadInput(f"{path.name} holds neither pictures nor features, but {found.shape}.")
    # Colours last; or before the sides; or, as MATLAB has it, sides, colours, rows.
    axes = {3: (0, 1, 2, 3), 1: (0, 2, 3, 1), 2: (3, 0, 1, 2)}[found.shape.index(3, 1)]
    return Pictures(found.transpose(axes).astype(np.uint8, copy=False))


def _from_packed(path: Path, limits: Limits) -> Loaded:
    """Tags as rows of a sparse matrix (indptr, indices), labels as bits."""
    found = matrices(path, limits)
    wide, tags = int(pick(found, path, "n_labels")), int(pick(found, path, "n_tags"))
    labels = np.unpackbits(pick(found, path, "labels"), axis=1)[:, :wide]
    starts, columns = pick(found, path, "tag_indptr"), pick(found, path, "tag_indices")
    if len(starts) != len(labels) + 1 or starts[-1] != len(columns) or (len(columns) and columns.max() >= tags):
        raise BadInput(f"The tags of {path.name} do not fit its {len(labels):,} rows and {tags:,} tags.")
    bags = np.zeros((len(labels), tags), np.uint8)
    bags[np.repeat(np.arange(len(labels)), np.diff(starts)), columns] = 1
    ids = tuple(f"{row:05}" for row in range(len(labels)))
    return Loaded(TrainingSet("mirflickr25k-tags", ids, {"text": Vectors(bags, "tags")}, labels))


def _from_files(folder: Path, limits: Limits) -> Loaded:
    """im1.jpg and so on; tags by picture; for each label the numbers of its pictures."""
    images = maybe(folder, "mirflickr", "images") or folder
    tags_folder = maybe(folder, "mirflickr/meta/tags", "meta/tags", "tags")
    notes_folder = maybe(folder, "mirflickr25k_annotations_v080", "annotations")
    if tags_folder is None or notes_folder is None:
        raise NotFound(
            f"{folder.name} holds neither mirflickr25k-lall.mat nor tags (meta/tags) and annotations.",
            "Unpack mirflickr25k.zip and mirflickr25k_annotations_v080.zip there.",
        )
    names = sorted((name.name for name in images.glob("im*.jpg")), key=_number)
    rows, notes = there(images, names)
    numbers = [_number(names[row]) for row in rows.tolist()]
    tags = [_lines(tags_folder / f"tags{number}.txt", limits) for number in numbers]
    frequent = {
        tag for tag, times in Counter(tag for several in tags for tag in several).items() if times >= _LEAST_TAG
    }
    # Without those of "relevant only", which repeat others: 24.
    files = sorted(
        path for path in notes_folder.glob("*.txt") if not path.stem.endswith("_r1") and path.stem != "README"
    )
    having = {path.stem: {int(line) for line in lines_of(path, limits)} for path in files}
    kept_tags = [[tag for tag in several if tag in frequent] for several in tags]
    of_row = [[label for label, members in having.items() if number in members] for number in numbers]
    kept = [row for row in range(len(numbers)) if kept_tags[row] and of_row[row]]
    labels, label_names = one_hot([of_row[row] for row in kept], list(having))
    views: dict[Modality, View] = {
        "image": PictureFiles(FolderFiles(images, tuple(f"im{numbers[row]}.jpg" for row in kept), limits)),
        "text": Texts([(" ".join(kept_tags[row]),) for row in kept]),
    }
    ids = tuple(f"im{numbers[row]}" for row in kept)
    lost = len(numbers) - len(kept)
    left = f"{lost:,} of {len(numbers):,} pictures have no label, or no tag that occurs {_LEAST_TAG} times."
    return Loaded(TrainingSet("mirflickr25k", ids, views, labels, label_names), notes=(*notes, left))


def _number(name: str) -> int:
    found = _NUMBER.search(name)
    return int(found.group(1)) if found else 0


def _lines(path: Path, limits: Limits) -> list[str]:
    if not path.is_file() or not path.stat().st_size:
        return []
    return [line.strip() for line in lines_of(path, limits)]


LAYOUTS.register("mirflickr25k")(
    Layout(
        "mirflickr25k",
        read,
        "mirflickr25k-iall.mat, mirflickr25k-yall.mat, mirflickr25k-lall.mat (pictures or features, tags, labels); or "
        "mirflickr/im1.jpg, mirflickr/meta/tags/tags1.txt, mirflickr25k_annotations_v080/LABEL.txt; or tags and labels "
        "alone, packed: mirflickr25k_tags_labels.npz",
        "25,000 photographs with tags and 24 labels, of which papers use 20,015",
    )
)
