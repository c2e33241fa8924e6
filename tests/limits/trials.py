"""Trials of bounds: each puts before the product what lies `more` units beyond a bound, and says if it was taken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from pinakes.errors import PinakesError
from pinakes.media.base import DecodedPart, DecodeSpec, FileRecord
from pinakes.media.decode import decode

Trial: TypeAlias = Callable[[int, Path], bool]

TRIALS: dict[str, Trial] = {}


def trial(name: str) -> Callable[[Trial], Trial]:
    """File a trial under the bound that it tries."""

    def file(function: Trial) -> Trial:
        assert name not in TRIALS
        TRIALS[name] = function
        return function

    return file


def taken(name: str, attempt: Callable[[], object], code: str = "too-large") -> bool:
    """Whether an attempt is not refused; a refusal must have its code and name the bound, so that it can be raised."""
    try:
        attempt()
    except PinakesError as error:
        assert error.code == code, error
        assert name in f"{error} {error.hint}", f"{error} does not name {name}"
        return False
    return True


def decoded(path: Path, spec: DecodeSpec) -> tuple[list[DecodedPart], FileRecord]:
    """The parts of a file, and its record."""
    *parts, record = [found for found in decode(path, spec) if isinstance(found, DecodedPart | FileRecord)]
    assert isinstance(record, FileRecord)
    return [part for part in parts if isinstance(part, DecodedPart)], record


def written(folder: Path, data: bytes, name: str = "file") -> Path:
    """Bytes as a file."""
    path = folder / name
    path.write_bytes(data)
    return path
