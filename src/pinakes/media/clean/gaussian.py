"""Gaussian noise: found where even the smoothest places are white noise, removed by thresholding local DCTs.

Estimate: the flattest blocks of a picture show its noise floor (Pyatykh et al., IEEE TIP 2013, reduced to Haar bands).
Removal: sliding DCT with a hard threshold at three standard deviations (Yu and Sapiro, IPOL 2011).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pinakes.media.base import CleaningNote
from pinakes.media.clean.impulses import measure_impulses
from pinakes.media.clean.sampling import centre
from pinakes.media.clean.steps import cleaning_step
from pinakes.types import Floats, Pixels

STEP = "gaussian-denoise"
# Standard deviation in levels of 255 below which noise is left alone.
MIN_SIGMA = 4.0
# White noise is equally strong in all directions and octaves; textures grow towards the coarse. Of 450 clean
# photographs and close-up textures none passes both bounds.
MIN_EVENNESS, MAX_EVENNESS = 0.7, 1.25
FLATTEST = 0.05
MIN_BLOCKS = 6
BLOCK = 16
SAMPLE_PIXELS = 1024
# Side of the transformed squares, their stride, and the threshold in standard deviations.
SQUARE, STRIDE, THRESHOLD = 8, 4, 3.0
STRIP_ROWS = 256


@dataclass(frozen=True, slots=True)
class Noise:
    """Standard deviation in the flattest blocks (levels of 255), and how the other bands compare with it."""

    sigma: float
    weakest: float
    strongest: float

    @property
    def noisy(self) -> bool:
        """Whether what the flattest blocks hold is strong and white."""
        return self.sigma >= MIN_SIGMA and self.weakest >= MIN_EVENNESS and self.strongest <= MAX_EVENNESS


def measure_noise(pixels: Pixels) -> Noise:
    """The noise floor of the middle of a picture, from its green band."""
    plane = centre(pixels, SAMPLE_PIXELS)[:, :, 1].astype(np.float32)
    rows, columns = plane.shape[0] // BLOCK, plane.shape[1] // BLOCK
    if rows * columns < MIN_BLOCKS:
        return Noise(0.0, 0.0, 0.0)
    plane = plane[: rows * BLOCK, : columns * BLOCK]
    diagonal, upright, level, coarse = _haar(plane)
    bands = (diagonal, upright, level, _haar(coarse)[0])
    powers = np.stack([_block_power(band, rows, columns) for band in bands], axis=1)
    flattest = np.argsort(powers.sum(axis=1), kind="stable")[: max(MIN_BLOCKS, int(len(powers) * FLATTEST))]
    deviations = np.sqrt(powers[flattest].mean(axis=0))
    sigma = float(deviations[0])
    others = deviations[1:] / max(sigma, 1e-6)
    return Noise(sigma, float(others.min()), float(others.max()))


@cleaning_step(STEP, "image", "thresholded local cosine transforms, where Gaussian noise is found")
def remove_gaussian_noise(pixels: Pixels) -> tuple[Pixels, CleaningNote]:
    """Smooth away white noise and keep edges; a picture without such noise is returned untouched."""
    noise = measure_noise(pixels)
    if not noise.noisy or measure_impulses(pixels).noisy:
        return pixels, CleaningNote(STEP, False, "")
    out = np.empty_like(pixels)
    for top in range(0, pixels.shape[0], STRIP_ROWS):
        # A margin of one square on both sides, so that strips leave no seam.
        start, stop = max(0, top - SQUARE), min(pixels.shape[0], top + STRIP_ROWS + SQUARE)
        smooth = _denoise(pixels[start:stop], noise.sigma)
        out[top : top + STRIP_ROWS] = smooth[top - start : top - start + STRIP_ROWS]
    return out, CleaningNote(STEP, True, f"noise of standard deviation {noise.sigma:.1f} of 255 removed")


def _haar(plane: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Diagonal, vertical, horizontal and coarse band of one orthonormal Haar step."""
    plane = plane * np.float32(0.5)
    a, b, c, d = plane[::2, ::2], plane[::2, 1::2], plane[1::2, ::2], plane[1::2, 1::2]
    return a - b - c + d, a - b + c - d, a + b - c - d, a + b + c + d


def _block_power(band: Floats, rows: int, columns: int) -> Floats:
    side = band.shape[0] // rows
    blocks = band.reshape(rows, side, columns, side).swapaxes(1, 2).reshape(rows * columns, side * side)
    power: Floats = np.square(blocks).mean(axis=1)
    return power


def _cosines() -> Floats:
    """Orthonormal DCT-II of a square, as one matrix (SQUARE^2, SQUARE^2) on its flattened pixels."""
    n = np.arange(SQUARE)
    basis = np.cos(np.pi * (2 * n + 1) * n[:, None] / (2 * SQUARE)) * np.sqrt(2 / SQUARE)
    basis[0] /= np.sqrt(2)
    return np.kron(basis, basis).astype(np.float32)


# Orthonormal opponent colours: colour noise is spread evenly over them, and edges gather in the first.
_OPPONENT = np.array([[2, 2, 2], [6**0.5, 0, -(6**0.5)], [2**0.5, -(8**0.5), 2**0.5]], np.float32) / np.float32(12**0.5)


def _denoise(strip: Pixels, sigma: float) -> Pixels:
    height, width = strip.shape[:2]
    matrix = _cosines()
    bottom, right = SQUARE + -height % SQUARE, SQUARE + -width % SQUARE
    framed = np.pad(strip, ((SQUARE, bottom), (SQUARE, right), (0, 0)), mode="symmetric").astype(np.float32)
    planes = np.moveaxis(framed @ _OPPONENT.T, 2, 0)
    total, weight = np.zeros_like(planes), np.zeros(planes.shape[1:], np.float32)
    for y in range(0, SQUARE, STRIDE):
        for x in range(0, SQUARE, STRIDE):
            rows, columns = (planes.shape[1] - y) // SQUARE, (planes.shape[2] - x) // SQUARE
            place = np.s_[y : y + rows * SQUARE, x : x + columns * SQUARE]
            weight[place] += 1
            for plane, sums in zip(planes, total, strict=True):
                sums[place] += _shrink(plane[place], rows, columns, matrix, THRESHOLD * sigma)
    smooth = np.moveaxis(total / weight, 0, 2) @ _OPPONENT
    inner = smooth[SQUARE : SQUARE + height, SQUARE : SQUARE + width]
    return np.clip(np.rint(inner), 0, 255).astype(np.uint8)


def _shrink(plane: Floats, rows: int, columns: int, matrix: Floats, threshold: float) -> Floats:
    """Set the small coefficients of each square to zero, but never its mean."""
    squares = plane.reshape(rows, SQUARE, columns, SQUARE).swapaxes(1, 2).reshape(-1, SQUARE * SQUARE)
    coefficients = squares @ matrix.T
    kept = np.abs(coefficients) >= threshold
    kept[:, 0] = True
    whole: Floats = (
        ((coefficients * kept) @ matrix).reshape(rows, columns, SQUARE, SQUARE).swapaxes(1, 2).reshape(plane.shape)
    )
    return whole
