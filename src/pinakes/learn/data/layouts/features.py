"""Features that were computed before, as hashing papers hand them on: matrices by name in one file or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import BadInput, BadSetting, NotFound, nearest
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
SUFFIXES = (".mat", ".npz", ".npy", ".h5", ".hdf5")


def read_features(
    path: Path | Sequence[Path], columns: Mapping[str, str] | None = None, limits: Limits | None = None, name: str = ""
) -> Loaded:
    """A set out of files of matrices; `columns` tells which matrix is image, text, audio and labels.

    "I_tr + I_te" puts matrices under each other: the first are then the rows that are learned from, the second those
    that ask, a third the rest of the database. What is not told is guessed from the usual names.
    """
    paths = [path] if isinstance(path, Path) else list(path)
    found, places = _gathered(paths, limits)
    told = _known(columns) if columns else _guessed(found, paths[0])
    _check_single(told, places)
    views: dict[Modality, View] = {}
    stacks: dict[str, list[int]] = {}
    for modality in MODALITIES:
        if modality in told:
            whole, stacks[modality] = _stacked(found, told[modality], paths[0])
            views[modality] = Vectors(whole, f"{modality} features of {paths[0].name}")
    labels, names = None, ()
    if "labels" in told:
        whole, stacks["labels"] = _stacked(found, told["labels"], paths[0])
        # MATLAB makes all texts of a matrix equally long.
        whole = np.char.rstrip(whole.astype(np.str_)) if whole.dtype.kind == "U" else whole
        labels = labels_of(whole, told["labels"])
        names = tuple(np.unique(whole).tolist()) if whole.dtype.kind == "U" else ()
    if not views:
        raise BadInput(f"{paths[0].name} tells no features of any modality.", "Name them: image=MATRIX, text=MATRIX.")
    rows = _rows({**views, **({} if labels is None else {"labels": labels})}, paths[0])
    ids = tuple(f"{row:0{len(str(rows - 1))}}" for row in range(rows))
    set_ = TrainingSet(name or paths[0].stem, ids, views, labels, names)
    sizes = _alike(stacks, paths[0])
    if len(sizes) < 2:
        return Loaded(set_)
    parts = [_FOLDS[min(number, 2)] for number, size in enumerate(sizes) for _ in range(size)]
    return Loaded(set_, dict(zip(ids, parts, strict=True)), train_in_database=True)


def _rows(several: Mapping[Any, Sized], path: Path) -> int:
    """How many rows there are, which all matrices have."""
    counts = {role: len(each) for role, each in several.items()}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{role} {count:,}" for role, count in counts.items())
        raise BadInput(
            f"The matrices of {path.name} differ in their rows: {told}.",
            "A row must be the same one in every modality and in the labels.",
        )
    return next(iter(counts.values()))


def _gathered(paths: Sequence[Path], limits: Limits | None) -> tuple[Matrices, dict[str, list[str]]]:
    """The matrices of all files, and by the name of each the files that hold one."""
    found: dict[str, NDArray[np.generic]] = {}
    places: dict[str, list[str]] = {}
    for path in paths:
        for name, matrix in matrices(path, limits).items():
            found[name] = matrix
            places.setdefault(name, []).append(path.name)
    return found, places


def _check_single(told: Mapping[str, str], places: Mapping[str, Sequence[str]]) -> None:
    """Refuse a matrix that two files hold: one would hide the other."""
    for name in (each.strip() for names in told.values() for each in names.split("+")):
        if len(places.get(name, ())) > 1:
            raise BadInput(
                f"{' and '.join(places[name][:2])} both hold a matrix named {name}.",
                "Name the one file that is meant, or give each matrix a name of its own, as I_tr and I_te.",
            )


def _known(columns: Mapping[str, str]) -> dict[str, str]:
    """What is told, if it is told of modalities and labels alone, and names a matrix for each."""
    for role, names in columns.items():
        if role not in _WHOLE:
            raise BadSetting(f"Features have no {role}.", nearest(role, _WHOLE))
        if not isinstance(names, str) or not all(name.strip() for name in names.split("+")):
            raise BadSetting(
                f"{role} is {names!r}, where the name of a matrix belongs, or several with + between them.",
                f'Write it as {role} = "MATRIX", or leave {role} out.',
            )
    return dict(columns)


def _alike(stacks: Mapping[str, Sequence[int]], path: Path) -> Sequence[int]:
    """How many rows each of the matrices has that were put under each other, which must be the same everywhere."""
    several = {role: sizes for role, sizes in stacks.items() if len(sizes) > 1}
    if len({tuple(sizes) for sizes in several.values()}) > 1:
        told = ", ".join(f"{role} {' + '.join(f'{size:,}' for size in sizes)}" for role, sizes in several.items())
        raise BadInput(
            f"Matrices of {path.name} are put together of parts that differ in their rows: {told}.",
            "A row must be the same one in every modality and in the labels.",
        )
    return next(iter(several.values()), ())


def _guessed(found: Matrices, path: Path) -> dict[str, str]:
    told = {}
    for role, names in _WHOLE.items():
        # What is no matrix is asked for where it can be nothing else: the names of classes as a cell array.
        known = [name for name in names if name in found and (role == "labels" or found[name].dtype.kind != "O")]
        apart = [name for name in _APART.get(role, ()) if name in found]
        if len(apart) > 1:
            told[role] = " + ".join(apart)
        elif known or apart:
            told[role] = (known or apart)[0]
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


def files_of(folder: Path) -> list[Path]:
    """The files of matrices in a folder."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not paths:
        raise NotFound(f"There is no file of matrices in {folder.name}.", "Put .mat, .npz, .npy or .h5 files there.")
    return paths


def _read_folder(folder: Path, limits: Limits) -> Loaded:
    return read_features(files_of(folder), None, limits, folder.name)


LAYOUTS.register("features")(
    Layout(
        "features",
        _read_folder,
        "any .mat, .npz, .npy or .h5 files with matrices named image, text and labels, or I_tr, T_tr, L_tr, I_te, ...",
        "features that were computed before",
    )
)
