"""Synthetic photographs: 1/f noise with EXIF, saved as JPEG at quality 88, about as heavy as real ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

SIZES = {"1 MP": (1152, 864), "12 MP": (4000, 3000)}
QUALITY = 88
# Photographs of one size share so many originals, each shifted, mirrored and lit anew.
_ORIGINALS = 4


def write_photographs(folder: Path, kind: str, count: int) -> Path:
    """That many photographs of a size; kept if they are there."""
    inner, done = folder / "photos", folder / "done"
    if done.exists():
        return inner
    inner.mkdir(parents=True, exist_ok=True)
    originals = [noise(*SIZES[kind], seed) for seed in range(_ORIGINALS)]
    rng = np.random.default_rng(9)
    for number in range(count):
        pixels = np.roll(originals[number % _ORIGINALS], rng.integers(0, 800, 2).tolist(), (0, 1))
        pixels = pixels[:, ::-1] if rng.random() < 0.5 else pixels
        lit = np.clip(pixels * rng.uniform(0.8, 1.2) + rng.uniform(-20, 20), 0, 255).astype(np.uint8)
        exif = Image.Exif()
        exif.update(
            {0x010F: "Pinakes", 0x0110: "Noise", 0x0132: f"2020:01:01 10:{number // 60 % 60:02}:{number % 60:02}"}
        )
        Image.fromarray(lit).save(inner / f"{number:05}.jpg", quality=QUALITY, exif=exif)
    done.touch()
    return inner


def noise(width: int, height: int, seed: int) -> np.ndarray:
    """Pixels (height, width, 3) whose spectrum falls as that of photographs does."""
    rng = np.random.default_rng(seed)
    rows, columns = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    falling = (np.hypot(rows, columns) + 1 / max(width, height)) ** -1.45
    channels = []
    for _ in range(3):
        spectrum = np.fft.rfft2(rng.standard_normal((height, width), np.float32))
        field = np.fft.irfft2(spectrum * falling, (height, width))
        channels.append((field / field.std()).astype(np.float32))
    grey = channels[0]
    mixed = np.stack([grey, 0.8 * grey + 0.4 * channels[1], 0.8 * grey + 0.4 * channels[2]], axis=-1)
    return np.clip(mixed * 45 + 120, 0, 255)
