"""A small benchmark of features that are made on the spot, and configurations that learn from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

CONFIG = """
name = "small"
[data]
layout = "features"
folder = "features.npz"
[split]
query = 0.25
validation = 0.2
[method]
name = "dcmh"
bits = 16
hidden = [16]
[train]
epochs = 3
batch = 16
rate = 0.01
threads = 1
"""


def features(folder: Path, rows: int = 120, classes: int = 4, seed: int = 3) -> Path:
    """Image and text features of several classes that lie apart."""
    random = np.random.default_rng(seed)
    named = np.arange(rows) % classes
    centres = random.standard_normal((classes, 8)) * 3
    hidden = centres[named] + random.standard_normal((rows, 8))
    image = hidden @ random.standard_normal((8, 12)) + random.standard_normal((rows, 12)) * 0.1
    text = hidden @ random.standard_normal((8, 6)) + random.standard_normal((rows, 6)) * 0.1
    path = folder / "features.npz"
    np.savez(path, image=image.astype(np.float32), text=text.astype(np.float32), labels=np.eye(classes)[named])
    return path


def config(folder: Path, text: str = CONFIG, name: str = "small.toml") -> Path:
    """A configuration beside its features."""
    features(folder)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
