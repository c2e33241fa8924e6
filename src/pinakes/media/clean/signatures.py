"""Signatures of 64 bits: what looks or reads alike differs in few of them.

Pictures: signs of low-frequency cosines of lightness and colour (after Zauner, *Implementation and Benchmarking of
Perceptual Image Hash Functions*, 2010). Texts: SimHash over shingles of words (Charikar, STOC 2002; Manku et al.,
WWW 2007).
"""

from __future__ import annotations

import re
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from pinakes.types import Floats, Pixels
from pinakes.words.runs import parting

SIDE, FREQUENCIES = 32, 10
# 48 bits of lightness and 8 of each colour difference, so that a red boat is not a copy of a blue one.
LIGHT_BITS, COLOUR_BITS = 48, 8
# A cosine counts as positive beyond this share of the picture's own contrast and beyond this floor, so that those
# near zero do not flip with every re-compression.
MARGIN, LIGHT_FLOOR, COLOUR_FLOOR = 0.15, 2.0, 12.0
# Levels of 255: a picture of less contrast has no signature.
BLANK_DEVIATION = 2.0

SHINGLE = 3
MIN_WORDS = 8
# Scripts that are written without spaces give a word for each character.
_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_WORDS = re.compile(rf"[{_SPACELESS}]|[^\W_{_SPACELESS}]+")
_ONE_BY_ONE = re.compile(f"[{_SPACELESS}]")
_PARTED = parting(str.isalnum)
_FACTORS = tuple(np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))
_MIX = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SHIFTS = np.uint64(30), np.uint64(27), np.uint64(31)


def signature_of_image(pixels: Pixels) -> int | None:
    """64 bits that survive scaling, re-compression and small changes of brightness; None for a blank picture."""
    # Imported here: texts are signed without Pillow.
    from PIL import Image

    if not pixels.size:
        return None
    small = Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.BOX, reducing_gap=4.0)
    planes = np.asarray(small.convert("YCbCr"), np.float32)
    if float(planes.reshape(-1, 3).std(axis=0).max()) < BLANK_DEVIATION:
        return None
    basis, order = _basis()
    cosines = np.stack([basis @ planes[:, :, band] @ basis.T for band in range(3)])
    # The mean of a colour difference says what hue the picture has; that of lightness is left out.
    cosines[1:, 0, 0] -= 128 * SIDE
    light = cosines[0][order[1 : LIGHT_BITS + 1, 0], order[1 : LIGHT_BITS + 1, 1]]
    colours = cosines[1:, order[:COLOUR_BITS, 0], order[:COLOUR_BITS, 1]]
    bits = [_signs(light, LIGHT_FLOOR), *(_signs(colour, COLOUR_FLOOR) for colour in colours)]
    return int.from_bytes(np.packbits(np.concatenate(bits)).tobytes(), "big")


def signature_of_text(text: str) -> int | None:
    """64 bits that change little when few words change; None for a text of fewer than MIN_WORDS words."""
    words = _words(text)
    if len(words) < MIN_WORDS:
        return None
    ids = np.fromiter(map(crc32, words), np.uint64, len(words))
    shingles = ids[:-2] * _FACTORS[0]
    shingles += ids[1:-1] * _FACTORS[1]
    shingles += ids[2:] * _FACTORS[2]
    # The finaliser of SplitMix64 spreads every bit of a shingle over all 64.
    for shift, factor in zip(_SHIFTS, _MIX, strict=False):
        shingles ^= shingles >> shift
        shingles *= factor
    shingles ^= shingles >> _SHIFTS[2]
    rows = np.unpackbits(shingles.astype("<u8", copy=False).view(np.uint8)).reshape(-1, 64)
    votes = np.add.reduce(rows, axis=0, dtype=np.uint32)
    return int.from_bytes(np.packbits(votes * 2 > len(shingles)).tobytes(), "big")


def _words(text: str) -> list[bytes]:
    # The expression is slow, and asked only where spaces and ASCII do not part all words.
    parted = text.lower().encode("utf-8", "surrogatepass").translate(_PARTED)
    if parted.isascii():
        return parted.split()
    whole = parted.decode("utf-8", "surrogatepass")
    if whole.replace(" ", "").isalnum() and not _ONE_BY_ONE.search(whole):
        return parted.split()
    return "\n".join(_WORDS.findall(whole)).encode("utf-8", "surrogatepass").split(b"\n")


def _signs(cosines: Floats, floor: float) -> NDArray[np.bool_]:
    spread = float(np.sqrt(np.square(cosines).mean()))
    positive: NDArray[np.bool_] = cosines > max(floor, MARGIN * spread)
    return positive


@lru_cache(maxsize=1)
def _basis() -> tuple[Floats, NDArray[np.intp]]:
    """The first cosines of SIDE points, and the frequency pairs from low to high."""
    places, waves = np.arange(SIDE), np.arange(FREQUENCIES)[:, None]
    basis = np.cos(np.pi * (2 * places + 1) * waves / (2 * SIDE)) * np.sqrt(2 / SIDE)
    basis[0] /= np.sqrt(2)
    pairs = [(u, v) for u in range(FREQUENCIES) for v in range(FREQUENCIES)]
    pairs.sort(key=lambda pair: (sum(pair), abs(pair[0] - pair[1]), pair))
    return basis.astype(np.float32), np.array(pairs)
