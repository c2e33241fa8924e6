"""Tiny folders in the layouts of known benchmarks."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from PIL import Image


def text(path: Path, *lines: str) -> Path:
    """A file of lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def lines(path: Path, *records: Mapping[str, Any]) -> Path:
    """A file of JSON Lines."""
    return text(path, *(json.dumps(record) for record in records))


def jpeg(path: Path, seed: int = 0) -> Path:
    """A small picture, other for every seed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)).save(path, "JPEG")
    return path


def wav(path: Path) -> Path:
    """A tenth of a second of sound."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.sin(np.arange(1_600) * 0.2) * 0.3, 16_000, format="WAV")
    return path


def tar(path: Path, *files: Path) -> Path:
    """A tar file of files by their names alone."""
    with tarfile.open(path, "w") as archive:
        for file in files:
            data = file.read_bytes()
            info = tarfile.TarInfo(file.name)
            info.size = len(data)
            archive.addfile(info, BytesIO(data))
    return path
