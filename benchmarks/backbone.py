"""Frozen features of pictures: the vectors and logits of the teacher of the built-in encoder.

Both are kept in the cache, a row for each picture of the archives in their order.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pinakes.learn.builtin.teacher import SIDE, normal, read

BATCH = 32


def features(archives: list[Path], backbone: Path, cache: Path) -> dict[str, np.ndarray]:
    """Names, vectors (n, 1280) and logits (n, 1001) of all pictures of the archives, computed once."""
    kept = cache / f"{archives[0].parent.name}-mobilenet.npz"
    if not kept.exists():
        network = read(backbone)
        names, vectors, logits = [], [], []
        with torch.inference_mode():
            for some, pixels in _pictures(archives):
                rows = network(pixels)
                names += some
                vectors.append(rows[0].half())
                logits.append(rows[1].half())
        # By rename: a run that is stopped leaves no half a file.
        new = kept.with_name(f"new-{kept.name}")
        np.savez(new, names=np.array(names), vectors=torch.cat(vectors).numpy(), logits=torch.cat(logits).numpy())
        new.rename(kept)
    with np.load(kept) as found:
        return {key: found[key] for key in found}


def _pictures(archives: list[Path]) -> Iterator[tuple[list[str], Tensor]]:
    """Names and pixels (n, 3, 224, 224), batch after batch."""
    names: list[str] = []
    pixels: list[np.ndarray] = []
    for path in archives:
        with tarfile.open(path) as archive:
            for member in archive:
                if (file := archive.extractfile(member)) is None:
                    continue
                with Image.open(io.BytesIO(file.read())) as picture:
                    pixels.append(np.asarray(picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR)))
                names.append(Path(member.name).name)
                if len(names) == BATCH:
                    yield names, normal(np.stack(pixels))
                    names, pixels = [], []
    if names:
        yield names, normal(np.stack(pixels))
