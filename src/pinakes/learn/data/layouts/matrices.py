"""Matrices out of .mat, .npz, .npy and .h5 files, by name; nothing in them is ever run or unpickled."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import BadInput, MissingExtra, NotFound, TooLarge, Unsupported, nearest
from pinakes.learn.data.layouts.base import one_hot
from pinakes.limits import Limits
from pinakes.media.foreign import reason
from pinakes.media.opening import open_regular

Matrices: TypeAlias = Mapping[str, NDArray[Any]]
# As MATLAB 7.3 and HDF5 begin; the user's block before it may be 512 bytes long.
_HDF5 = b"\x89HDF\r\n\x1a\n"
_NUMBERS = "biuf"
# Names of classes too; complex numbers and what is no matrix at all are kept to be told of where they are asked for.
_COMPLEX, _FOREIGN = "c", "O"
_KEPT = _NUMBERS + "U" + _COMPLEX + _FOREIGN


def matrices(path: Path, limits: Limits | None = None) -> Matrices:
    """All matrices of numbers or names in a file, (rows, columns) as whoever wrote it meant them.

    What is no matrix, as a cell array of MATLAB is none, is an empty one of objects.
    """
    limits = limits or Limits()
    with open_regular(path, limits) as opened:
        head = opened.file.read(1024)
    suffix = path.suffix.lower()
    if suffix not in _READERS:
        raise Unsupported(f"{path.name} is no file of matrices.", f"Its name must end in {', '.join(_READERS)}.")
    read = _hdf5 if head.startswith(_HDF5) or head[512:].startswith(_HDF5) else _READERS[suffix]
    try:
        found = read(path, limits)
        found = {name: _texts(path, each, limits) if each.dtype.kind == "S" else each for name, each in found.items()}
    except (OSError, ValueError, KeyError, TypeError, NotImplementedError, EOFError, zipfile.BadZipFile) as error:
        raise BadInput(
            f"{path.name} is damaged, or holds what is no matrix: {reason(error)}.", "Save it anew."
        ) from error
    return {name: matrix for name, matrix in found.items() if matrix.dtype.kind in _KEPT}


def _texts(path: Path, matrix: NDArray[Any], limits: Limits) -> NDArray[np.str_]:
    """Texts that were written as bytes, or as lines of any length."""
    if matrix.dtype.kind == "S":
        matrix = np.char.decode(matrix, "utf-8")
    else:
        _check_bytes(path, 4 * matrix.size * max(map(len, matrix.reshape(-1).tolist()), default=0), limits)
    return matrix.astype(np.str_)


def pick(found: Matrices, path: Path, *names: str) -> NDArray[Any]:
    """The matrix of the first of several names that is in a file."""
    for name in names:
        if name in found:
            if found[name].dtype.kind == _COMPLEX:
                raise BadInput(
                    f"The matrix {name} of {path.name} holds complex numbers, of which no features or labels are made.",
                    "Save their real part, or their absolute values, as a matrix of its own.",
                )
            if found[name].dtype.kind == _FOREIGN:
                raise BadInput(
                    f"{name} of {path.name} is no matrix of numbers or of texts.",
                    "Save it as one; in MATLAB char(NAMES) makes one of a cell array of texts.",
                )
            return found[name]
    raise NotFound(f"{path.name} holds no matrix named {' or '.join(names)}.", nearest(names[0], found))


def _npz(path: Path, limits: Limits) -> Matrices:
    with zipfile.ZipFile(path) as archive:
        total = sum(info.file_size for info in archive.infolist())
    _check_bytes(path, total, limits)
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _npy(path: Path, limits: Limits) -> Matrices:
    return {path.stem: np.load(path, mmap_mode="r", allow_pickle=False)}


def _mat(path: Path, limits: Limits) -> Matrices:
    try:
        from scipy.io import loadmat, whosmat
    except ImportError:
        raise MissingExtra("Reading .mat files", "train") from None
    shapes = whosmat(str(path))
    _check_bytes(path, sum(8 * int(np.prod(shape, dtype=np.float64)) for _, shape, _ in shapes), limits)
    found = loadmat(
        str(path), variable_names=[name for name, _, kind in shapes if kind not in ("cell", "struct", "object")]
    )
    read = {
        name: np.asarray(value.toarray() if hasattr(value, "toarray") else value)
        for name, value in found.items()
        if not name.startswith("__")
    }
    return {name: np.empty(0, np.object_) for name, _, _ in shapes} | read


def _hdf5(path: Path, limits: Limits) -> Matrices:
    try:
        import h5py
    except ImportError:
        raise MissingExtra("Reading .h5 and MATLAB 7.3 files", "train") from None
    # MATLAB writes columns first, so that others see its matrices turned over.
    turned = path.suffix.lower() == ".mat"
    found: dict[str, NDArray[Any]] = {}
    with h5py.File(path, "r", locking=False) as file:

        def take(name: str, node: Any) -> None:
            if not isinstance(node, h5py.Dataset) or node.external is not None:
                return
            _check_bytes(path, node.size * node.dtype.itemsize, limits)
            if h5py.check_string_dtype(node.dtype) is not None:
                found[name] = _texts(path, np.asarray(node.asstr("utf-8")[()], np.object_), limits)
            elif turned and node.attrs.get("MATLAB_class") == b"char":
                found[name] = np.array(["".join(map(chr, row)) for row in node[()].T])
            elif node.dtype.kind in _NUMBERS + _COMPLEX:
                found[name] = node[()].T if turned else node[()]
            else:
                found[name] = np.empty(0, np.object_)

        file.visititems(take)
    return found


def _check_bytes(path: Path, size: float, limits: Limits) -> None:
    if size > limits.max_archive_bytes:
        raise TooLarge(
            f"The matrices of {path.name} take {size:,.0f} bytes; the limit is {limits.max_archive_bytes:,}.",
            "Raise max_archive_bytes, or save only what is needed.",
        )


_READERS: dict[str, Callable[[Path, Limits], Matrices]] = {
    ".npz": _npz,
    ".npy": _npy,
    ".mat": _mat,
    ".h5": _hdf5,
    ".hdf5": _hdf5,
}


def labels_of(matrix: NDArray[Any], name: str) -> NDArray[np.uint8]:
    """Labels (n, labels) of 0 and 1; of one column of whole numbers or of names, one label for each."""
    if matrix.dtype.kind not in _NUMBERS and (matrix.ndim == 1 or 1 in matrix.shape):
        return one_hot([(each,) for each in matrix.reshape(-1).tolist()])[0]
    if matrix.ndim == 1 or (matrix.ndim == 2 and 1 in matrix.shape and not _binary(matrix)):
        flat = matrix.reshape(-1)
        if not np.equal(flat, np.round(flat)).all():
            raise BadInput(
                f"The labels {name} are not whole numbers.", "Give classes as numbers, or a matrix of 0 and 1."
            )
        classes, which = np.unique(flat, return_inverse=True)
        return np.eye(len(classes), dtype=np.uint8)[which.reshape(-1)]
    if matrix.ndim != 2 or not _binary(matrix):
        bad = np.argwhere((matrix != 0) & (matrix != 1))
        where = f"; the first other is in row {bad[0][0]:,}, column {bad[0][-1]:,} (counted from 0)" if len(bad) else ""
        raise BadInput(f"The labels {name} are not all 0 or 1{where}.", "1 where a row has the label, else 0.")
    return matrix.astype(np.uint8)


def _binary(matrix: NDArray[Any]) -> bool:
    return bool(((matrix == 0) | (matrix == 1)).all())
