"""Tiny models, each built once a run, and their installed copies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pinakes.encoders.hub.pull import pull
from pinakes.media.base import ImageWant
from pinakes.settings import Settings


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Builds a tiny model by the name of its builder, or gives the one built before."""
    from . import tiny_models

    made: dict[Any, Any] = {}

    def one(kind: str, **options: Any) -> Any:
        key = (kind, *sorted(options.items()))
        if key not in made:
            name = "-".join([kind, *(str(value).replace("/", "_") for value in options.values())])
            made[key] = getattr(tiny_models, kind)(tmp_path_factory.mktemp("tiny") / name, **options)
        return made[key]

    return one


@pytest.fixture()
def settings(tmp_path: Path) -> Settings:
    """Settings with a models folder of their own, one thread, and the engine that is always there."""
    return replace(Settings(), models=str(tmp_path / "models"), threads=1, runtime="onnxruntime")


@pytest.fixture()
def install(settings: Settings) -> Callable[[Path], Any]:
    """Installs a model's folder as `pinakes models pull FOLDER` does."""

    def one(folder: Path, **options: Any) -> Any:
        return pull(str(folder), Path(settings.models), settings, **options)

    return one


def as_wanted(picture: Image.Image, want: ImageWant) -> np.ndarray:
    """A picture in the geometry that an encoder wants: the plain truth of what decoding delivers."""
    resample = getattr(Image.Resampling, want.resample.upper())
    if want.fit == "squash":
        return np.asarray(picture.resize((want.width, want.height), resample))
    short = want.short or min(want.width, want.height)
    width, height = picture.size
    size = (short, int(short * height / width)) if width <= height else (int(short * width / height), short)
    pixels = np.asarray(picture.resize(size, resample))
    top, left = (pixels.shape[0] - want.height) // 2, (pixels.shape[1] - want.width) // 2
    return pixels[top : top + want.height, left : left + want.width]


@pytest.fixture(scope="session")
def pictures() -> list[Image.Image]:
    """Pictures of several ratios, smooth and grainy, larger and smaller than what models take."""
    chance = np.random.default_rng(5)
    made = []
    for width, height in ((64, 48), (40, 90), (33, 33), (20, 31)):
        down, across = np.mgrid[0:height, 0:width] / 20
        waves = 128 + 90 * np.sin(down + 2 * across)[..., None] + chance.normal(0, 20, (height, width, 3))
        made.append(Image.fromarray(np.clip(waves, 0, 255).astype(np.uint8)))
    return made
