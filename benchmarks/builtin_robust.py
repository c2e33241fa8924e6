"""What the built-in encoder still finds of pictures that are turned, nearer or farther, grainy or badly compressed.

Flickr8k's dev part. Each picture is changed by chance of its own, brought to the size that the encoder wants only then,
and asked for in two ways: by its captions among pictures that are all changed alike, and by itself, where the changed
picture looks for its original among all originals.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.builtin_pictures import (
    DEPTH,
    blocks_of,
    captioned,
    pictures_of,
    pixels_of,
    ranks_of,
    recall,
    spoken,
    wanted_by,
)
from benchmarks.frame import Figures, Options
from pinakes.encoders.base import Encoder
from pinakes.encoders.find import find
from pinakes.learn.data.base import TrainingSet
from pinakes.media.base import ImageWant
from pinakes.media.geometry import fit
from pinakes.settings import Settings
from pinakes.types import Floats, Pixels

DEGREES, SCALES, NOISE, QUALITY = 15.0, (0.8, 1.2), 0.05, 30
# The side within which pictures are changed, as it stands in the set.
_SIDE, _QUICK = 320, 100

Change = Callable[[Pixels, np.random.Generator], Pixels]


def run(options: Options) -> Figures:
    """Recall for each change; quick: of a tenth of the pictures."""
    figures = Figures()
    if options.data is None or not (options.data / "flickr8k").is_dir():
        figures.note("Name a folder that holds flickr8k with --data.")
        return figures
    return measured(figures, options.data, find("builtin", Settings()), most=_QUICK if options.quick else 0)


def measured(figures: Figures, data: Path, encoder: Encoder, most: int = 0) -> Figures:
    """The figures of an encoder."""
    found = captioned(data, most)
    originals = pictures_of(encoder, found)
    texts, owner = spoken(found)
    words = encoder.encode("text", texts)
    itself = np.arange(len(found))
    figures.add(f"as they are, text to picture, R@{DEPTH}", recall(ranks_of(words @ originals.T, owner), DEPTH), "")
    for name, change in CHANGES.items():
        changed = _changed(encoder, found, change)
        figures.add(f"{name}, text to picture, R@{DEPTH}", recall(ranks_of(words @ changed.T, owner), DEPTH), "")
        ranks = ranks_of(changed @ originals.T, itself)
        figures.add(f"{name}, picture to itself, R@1", recall(ranks, 1), "")
        figures.add(f"{name}, picture to itself, R@{DEPTH}", recall(ranks, DEPTH), "")
        figures.add(f"{name}, cosine with itself", (changed * originals).sum(1).mean(), "")
    figures.note(f"{len(found):,} pictures, {len(texts):,} captions.")
    return figures


def _changed(encoder: Encoder, found: TrainingSet, change: Change) -> Floats:
    """Vectors (n, dim) of the pictures as a change leaves them."""
    want, whole = wanted_by(encoder), ImageWant(_SIDE, _SIDE, "inside")
    vectors = []
    for block in blocks_of(found):
        pictures = [
            change(pixels, np.random.default_rng([int(row), 7]))
            for row, pixels in zip(block, pixels_of(found, block, whole), strict=True)
        ]
        vectors.append(encoder.encode("image", [fit(Image.fromarray(pixels), want) for pixels in pictures]))
    return np.concatenate(vectors)


def turned(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Turned by an angle; what comes in at the corners is the picture mirrored."""
    return _moved(pixels, float(rng.uniform(-DEGREES, DEGREES)), 1.0)


def nearer(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Seen from nearer or from farther; what comes in at the sides is the picture mirrored."""
    return _moved(pixels, 0.0, float(rng.uniform(*SCALES)))


def grainy(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """With noise of a normal distribution in each colour."""
    noisy = pixels + rng.normal(0, 255 * NOISE, pixels.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


def compressed(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Written as JPEG of low quality, and read again."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=QUALITY)
    return np.asarray(Image.open(file).convert("RGB"))


def _moved(pixels: Pixels, degrees: float, scale: float) -> Pixels:
    """The picture (h, w, 3) turned around its middle and made larger."""
    height, width = pixels.shape[:2]
    edge = max(height, width) // 3
    wide = np.pad(pixels, ((edge, edge), (edge, edge), (0, 0)), "symmetric")
    image = Image.fromarray(wide).rotate(degrees, Image.Resampling.BICUBIC)
    middle_x, middle_y = image.width / 2, image.height / 2
    half_x, half_y = width / 2 / scale, height / 2 / scale
    box = (middle_x - half_x, middle_y - half_y, middle_x + half_x, middle_y + half_y)
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC, box=box))


CHANGES: Mapping[str, Change] = {
    f"turned by up to {DEGREES:g} degrees": turned,
    f"scaled by {SCALES[0]:g} to {SCALES[1]:g}": nearer,
    f"noise of {NOISE:g}": grainy,
    f"JPEG of quality {QUALITY}": compressed,
}
