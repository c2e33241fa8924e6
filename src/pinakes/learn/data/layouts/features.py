"""Features that were computed before, as hashing papers hand them on: matrices by name in one file or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import BadInput, NotFound
from pinakes.learn.data.base import TrainingSet, View
from pinakes.learn.data.layouts.base import LAYOUTS, Layout, Loaded
from pinakes.learn.data.layouts.matrices import Matrices, labels_of, matrices, pick
from pinakes.learn.data.memory import Vectors
from pinakes.limits import Limits
from pinakes.types import MODALITIES, Modality

# Names under which papers file their matrices: of all rows at once, and of training and query rows apart.
_WHOLE: dict[str, tuple[str, ...]] = {
    "image": ("image", "images", "IAll", "I", "XAll", "X", "img", "Img", "image_features"),
    "text": ("text", "texts", "YAll", "T", "Y", "tags", "tag", "Txt", "txt", "text_features"),
    "audio": ("audio", "A", "audio_features"),
    "labels": ("labels", "LAll", "L", "label", "Lab"),
}
_APART: dict[str, tuple[str, ...]] = {
    "image": ("I_tr", "I_te", "I_db"),
    "text": ("T_tr", "T_te", "T_db"),
    "labels": ("L_tr", "L_te", "L_db"),
}
_FOLDS = ("train", "query", "database")


def read_features(
    path: Path | Sequence[Path], columns: Mapping[str, str] | None = None, limits: Limits | None = None, name: str = ""
) -> Loaded:
    """A set out of files of matrices; `columns` tells which matrix is image, text, audio and labels.

    "I_tr + I_te" puts matrices under each other: the first are then the rows that are learned from, the second those
    that ask, a third the rest of the database. What is not told is guessed from the usual names.
    """
    paths = [path] if isinstance(path, Path) else list(path)
    found: dict[str, NDArray[np.generic]] = {}
    for each in paths:
        found.update(matrices(each, limits))
    told = dict(columns) if columns else _guessed(found, paths[0])
    views: dict[Modality, View] = {}
    sizes: list[int] = []
    for modality in MODALITIES:
        if modality in told:
            whole, sizes = _stacked(found, told[modality], paths[0])
            views[modality] = Vectors(whole, f"{modality} features of {paths[0].name}")
    labels = labels_of(_stacked(found, told["labels"], paths[0])[0], told["labels"]) if "labels" in told else None
    if not views:
        raise BadInput(f"{paths[0].name} tells no features of any modality.", "Name them: image=MATRIX, text=MATRIX.")
    rows = len(next(iter(views.values())))
    ids = tuple(f"{row:0{len(str(rows - 1))}}" for row in range(rows))
    set_ = TrainingSet(name or paths[0].stem, ids, views, labels)
    if len(sizes) < 2:
        return Loaded(set_)
    parts = [_FOLDS[min(number, 2)] for number, size in enumerate(sizes) for _ in range(size)]
    return Loaded(set_, dict(zip(ids, parts, strict=True)), train_in_database=True)


def _guessed(found: Matrices, path: Path) -> dict[str, str]:
    told = {}
    for role, names in _WHOLE.items():
        known = [name for name in names if name in found]
        apart = [name for name in _APART.get(role, ()) if name in found]
        if len(apart) > 1:
            told[role] = " + ".join(apart)
        elif known:
            told[role] = known[0]
    if not told.keys() & {*MODALITIES}:
        raise NotFound(
            f"None of the matrices in {path.name} has a name that is known: {', '.join(found) or 'there are none'}.",
            "Say which is which: image=MATRIX, text=MATRIX, labels=MATRIX.",
        )
    return told


def _stacked(found: Matrices, names: str, path: Path) -> tuple[NDArray[np.generic], list[int]]:
    """Matrices put under each other, and how many rows each has."""
    several = [pick(found, path, name.strip()) for name in names.split("+")]
    if len({each.shape[1:] for each in several}) > 1:
        widths = ", ".join(f"{name.strip()} {each.shape}" for name, each in zip(names.split("+"), several, strict=True))
        raise BadInput(f"Matrices of {path.name} that belong together differ in their columns: {widths}.")
    if len(several) > 1 and several[0].ndim == 2 and several[0].shape[0] == 1 and several[0].shape[1] > 1:
        several = [each.T for each in several]
    return (np.concatenate(several) if len(several) > 1 else several[0]), [len(each) for each in several]


def _read_folder(folder: Path, limits: Limits) -> Loaded:
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".mat", ".npz", ".npy", ".h5", ".hdf5"))
    if not paths:
        raise NotFound(f"There is no file of matrices in {folder.name}.", "Put .mat, .npz, .npy or .h5 files there.")
    return read_features(paths, None, limits, folder.name)


LAYOUTS.register("features")(
    Layout(
        "features",
        _read_folder,
        "any .mat, .npz, .npy or .h5 files with matrices named image, text and labels, or I_tr, T_tr, L_tr, I_te, ...",
        "features that were computed before",
    )
)
