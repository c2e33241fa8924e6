"""Pictures brought to the sizes that encoders and previews want, by the rules of the published image processors."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from pinakes.media.base import DecodeSpec, ImageWant
from pinakes.types import Pixels

_FILTERS = {
    "bicubic": Image.Resampling.BICUBIC,
    "bilinear": Image.Resampling.BILINEAR,
    "lanczos": Image.Resampling.LANCZOS,
    "box": Image.Resampling.BOX,
}
# A picture is decoded no smaller than this many times what is wanted, so that resizing it still has what to filter:
# photographs of 128 pixels, full of fine detail as small ones are, then differ by some 2.5 levels of 255 from the same
# made of the whole; large ones by less than one.
_REDUCED_AT_LEAST = 1.6
# Previews, flags and signatures need less: at least the preview's own size.
_SMALLEST_BASE = 256
# A page is drawn no larger than this, however long and thin it is.
_MOST_PAGE_SIDE, _MOST_PAGE_PIXELS = 8_000, 8_000_000
# A picture longer than this many times its width is cut before it is resized: its strip would be a flood of pixels.
_LONGEST_RATIO = 8
# For its preview a much larger picture is averaged down to this many times the size, and then filtered.
_PREVIEW_GAP = 1.25


def reduction(size: tuple[int, int], spec: DecodeSpec) -> float:
    """How many times smaller than its (width, height) a picture may be decoded for all that is wanted of it."""
    width, height = size
    factors = [max(size) / max(spec.preview_pixels, _SMALLEST_BASE)]
    for want in spec.images:
        if want.fit == "crop":
            factor = min(size) / _short(want)
        elif want.fit == "squash":
            factor = min(width / want.width, height / want.height)
        else:
            factor = max(width / want.width, height / want.height)
        factors.append(factor / _REDUCED_AT_LEAST)
    return max(min(factors), 1.0)


def reduced_size(size: tuple[int, int], spec: DecodeSpec) -> tuple[int, int]:
    """The least (width, height) at which a picture may be decoded."""
    factor = reduction(size, spec)
    return math.ceil(size[0] / factor), math.ceil(size[1] / factor)


def fit(image: Image.Image, want: ImageWant, *, reduced: bool = False) -> Pixels:
    """An RGB picture in the wanted geometry, (height, width, 3); a whole one to the bit as the published rules have it.

    Of one that its decoder has reduced, whose pixels are approximate, only what the crop keeps is computed.
    """
    if want.fit == "squash":
        return _resized(image, (want.width, want.height), want)
    if want.fit == "inside":
        scale = min(want.height / image.height, want.width / image.width)
        return _resized(image, (max(int(image.width * scale), 1), max(int(image.height * scale), 1)), want)
    return _cropped(image, want, reduced=reduced)


def _short(want: ImageWant) -> int:
    return want.short or min(want.width, want.height)


def _resized(image: Image.Image, size: tuple[int, int], want: ImageWant) -> Pixels:
    resized = image if image.size == size else image.resize(size, _FILTERS[want.resample])
    return np.asarray(resized)


def _cropped(image: Image.Image, want: ImageWant, *, reduced: bool) -> Pixels:
    """Shorter side to `short`, then the centre; where the centre is larger than the picture, black around it."""
    short = _short(want)
    small, large = sorted(image.size)
    # The rule of torchvision and transformers: the longer side is cut off to a whole number, never rounded up.
    long = int(short * large / small)
    size = (short, long) if image.width <= image.height else (long, short)
    if reduced or long > _LONGEST_RATIO * max(short, want.width, want.height):
        return _padded(_middle(image, size, want), want)
    return _padded(_resized(image, size, want), want)


def _middle(image: Image.Image, size: tuple[int, int], want: ImageWant) -> Pixels:
    """Only that part of the resized picture that the crop will keep."""
    keep = min(size[0], want.width), min(size[1], want.height)
    left, top = (size[0] - keep[0]) // 2, (size[1] - keep[1]) // 2
    across, down = image.width / size[0], image.height / size[1]
    box = (left * across, top * down, (left + keep[0]) * across, (top + keep[1]) * down)
    return np.asarray(image.resize(keep, _FILTERS[want.resample], box=box))


def _padded(pixels: Pixels, want: ImageWant) -> Pixels:
    height, width = pixels.shape[:2]
    # Floor division of negative numbers too: this is where transformers puts a picture that is too small.
    top, left = (height - want.height) // 2, (width - want.width) // 2
    if top >= 0 and left >= 0:
        return np.ascontiguousarray(pixels[top : top + want.height, left : left + want.width])
    out = np.zeros((want.height, want.width, 3), np.uint8)
    rows, columns = slice(max(top, 0), max(top, 0) + want.height), slice(max(left, 0), max(left, 0) + want.width)
    kept = pixels[rows, columns]
    out[max(-top, 0) : max(-top, 0) + kept.shape[0], max(-left, 0) : max(-left, 0) + kept.shape[1]] = kept
    return out


def thumbnail(image: Image.Image, longest: int) -> Image.Image:
    """The picture with its longer side at most `longest`; a smaller one stays as it is."""
    scale = longest / max(image.size)
    if scale >= 1:
        return image
    size = max(round(image.width * scale), 1), max(round(image.height * scale), 1)
    return image.resize(size, Image.Resampling.HAMMING, reducing_gap=_PREVIEW_GAP)


def magnification(size: tuple[float, float], spec: DecodeSpec) -> float:
    """How many pixels to a point a page of (width, height) points is drawn: enough for what is wanted, no more."""
    factors = [max(spec.preview_pixels, _SMALLEST_BASE) / max(size)]
    for want in spec.images:
        across, down = want.width / size[0], want.height / size[1]
        if want.fit == "crop":
            factors.append(_short(want) / min(size))
        else:
            factors.append(max(across, down) if want.fit == "squash" else min(across, down))
    most = min(_MOST_PAGE_SIDE / max(size), math.sqrt(_MOST_PAGE_PIXELS / (size[0] * size[1])))
    return min(max(factors), most)
