"""Changes of pictures: turned, scaled, cut and mirrored by one warp; then colours and noise.

Pictures are (b, 3, h, w) floats from 0 to 1. What is random about each comes from its own stream of draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from pinakes.learn.augment.draws import Doubles, Draws
from pinakes.learn.augment.steps import ordered, within
from pinakes.registry import Registry

# How much each colour adds to brightness: Rec. 601.
_LUMA = np.array([0.299, 0.587, 0.114])


class PictureStep(Protocol):
    """One change of pictures, with its settings."""

    step: ClassVar[str]

    def apply(self, pictures: Tensor, draws: Draws) -> Tensor:
        """The pictures changed, (b, 3, h, w) from 0 to 1."""


PICTURE_STEPS: Registry[type[PictureStep]] = Registry("step for pictures", "pinakes.picture_steps")


class Moved:
    """A step that only moves points: neighbours of its kind in a pipeline share one interpolation."""

    def matrices(self, draws: Draws, aspect: float) -> Doubles:
        """Where in the picture a point of the outcome comes from (b, 3, 3); both sides run from -1 to 1."""
        raise NotImplementedError

    def apply(self, pictures: Tensor, draws: Draws) -> Tensor:
        """The pictures with their points moved."""
        return warped(pictures, self.matrices(draws, pictures.shape[3] / pictures.shape[2]))


@PICTURE_STEPS.register("rotate")
@dataclass(frozen=True, slots=True)
class Rotate(Moved):
    """Turn by an angle."""

    step: ClassVar[str] = "rotate"
    # At most so far either way.
    degrees: float = 15.0

    def __post_init__(self) -> None:
        within(self, 0, 180, "degrees")

    def matrices(self, draws: Draws, aspect: float) -> Doubles:
        """A turn about the centre, the same in pixels whatever the sides."""
        angle = np.deg2rad(draws.uniform(-self.degrees, self.degrees))
        found = _still(len(draws))
        found[:, 0, 0] = found[:, 1, 1] = np.cos(angle)
        found[:, 0, 1], found[:, 1, 0] = np.sin(angle) / aspect, -np.sin(angle) * aspect
        return found


@PICTURE_STEPS.register("scale")
@dataclass(frozen=True, slots=True)
class Scale(Moved):
    """Make larger or smaller about the centre; what is missing at the border is mirrored."""

    step: ClassVar[str] = "scale"
    low: float = 0.8
    high: float = 1.2

    def __post_init__(self) -> None:
        within(self, 0.1, 10, "low", "high")
        ordered(self, "low", "high")

    def matrices(self, draws: Draws, aspect: float) -> Doubles:
        """Larger means that points come from nearer to the centre."""
        found = _still(len(draws))
        found[:, 0, 0] = found[:, 1, 1] = 1 / draws.uniform(self.low, self.high)
        return found


@PICTURE_STEPS.register("crop")
@dataclass(frozen=True, slots=True)
class Crop(Moved):
    """Cut out a part, anywhere, and bring it back to the size of the whole."""

    step: ClassVar[str] = "crop"
    # The part's sides are at least this share of the whole's.
    least: float = 0.8

    def __post_init__(self) -> None:
        within(self, 0.05, 1, "least")

    def matrices(self, draws: Draws, aspect: float) -> Doubles:
        """Points come from inside the part."""
        share = draws.uniform(self.least, 1.0)
        found = _still(len(draws))
        found[:, 0, 0] = found[:, 1, 1] = share
        found[:, :2, 2] = draws.uniform(-1, 1, (2,)) * (1 - share)[:, None]
        return found


@PICTURE_STEPS.register("flip")
@dataclass(frozen=True, slots=True)
class Flip(Moved):
    """Exchange left and right."""

    step: ClassVar[str] = "flip"
    probability: float = 0.5

    def __post_init__(self) -> None:
        within(self, 0, 1, "probability")

    def matrices(self, draws: Draws, aspect: float) -> Doubles:
        """A mirror, or nothing."""
        found = _still(len(draws))
        found[draws.chance(self.probability), 0, 0] = -1
        return found


@PICTURE_STEPS.register("colour")
@dataclass(frozen=True, slots=True)
class Colour:
    """Change brightness, contrast and saturation by factors, and turn all hues by an angle."""

    step: ClassVar[str] = "colour"
    # Factors from 1 - x to 1 + x, and degrees either way.
    brightness: float = 0.2
    contrast: float = 0.2
    saturation: float = 0.2
    hue: float = 10.0

    def __post_init__(self) -> None:
        within(self, 0, 1, "brightness", "contrast", "saturation")
        within(self, 0, 180, "hue")

    def apply(self, pictures: Tensor, draws: Draws) -> Tensor:
        """All four as one affine map of colours for each picture, cut to what is between black and white."""
        bright, contrast, saturation = (
            draws.uniform(1 - spread, 1 + spread) for spread in (self.brightness, self.contrast, self.saturation)
        )
        turn = _hue_turns(np.deg2rad(draws.uniform(-self.hue, self.hue)))
        grey = np.ones((3, 1)) * _LUMA
        vivid = saturation[:, None, None] * np.eye(3) + (1 - saturation)[:, None, None] * grey
        colours = (bright * contrast)[:, None, None] * (vivid @ turn)
        mean = _means(pictures) @ _LUMA
        shift = (bright * (1 - contrast) * mean)[:, None].repeat(3, 1)
        shifts, turns = (_tensor(each, pictures) for each in (shift, colours))
        flat = torch.baddbmm(shifts[:, :, None], turns, pictures.flatten(2))
        return flat.clamp_(0, 1).view(pictures.shape)


@PICTURE_STEPS.register("gaussian")
@dataclass(frozen=True, slots=True)
class Gaussian:
    """Add noise as that of a sensor: normal, each point and colour for itself."""

    step: ClassVar[str] = "gaussian"
    # At most this standard deviation, of 1 from black to white.
    sigma: float = 0.05
    probability: float = 0.5

    def __post_init__(self) -> None:
        within(self, 0, 1, "sigma", "probability")

    def apply(self, pictures: Tensor, draws: Draws) -> Tensor:
        """Noise in some of the pictures."""
        noisy, sigmas = draws.chance(self.probability), draws.uniform(0, self.sigma)
        found = pictures.clone()
        for row in np.flatnonzero(noisy).tolist():
            noise = draws.row(row).generators()[0].standard_normal(tuple(pictures.shape[1:]), np.float32)
            found[row].add_(torch.from_numpy(noise), alpha=float(sigmas[row])).clamp_(0, 1)
        return found


@PICTURE_STEPS.register("salt-and-pepper")
@dataclass(frozen=True, slots=True)
class SaltAndPepper:
    """Set single points to black or white."""

    step: ClassVar[str] = "salt-and-pepper"
    # At most this share of all points.
    share: float = 0.02
    probability: float = 0.25

    def __post_init__(self) -> None:
        within(self, 0, 1, "share", "probability")

    def apply(self, pictures: Tensor, draws: Draws) -> Tensor:
        """Points of some of the pictures set, where the same point may be drawn twice."""
        noisy, shares = draws.chance(self.probability), draws.uniform(0, self.share)
        found = pictures.clone()
        points = pictures.shape[2] * pictures.shape[3]
        for row in np.flatnonzero(noisy).tolist():
            random = draws.row(row).generators()[0]
            where = torch.from_numpy(random.integers(0, points, int(shares[row] * points)))
            white = torch.from_numpy(random.random(len(where)) < 0.5).to(found.dtype)
            found[row].view(3, points)[:, where] = white
        return found


# What pictures are changed by where nobody says otherwise.
USUAL: tuple[PictureStep, ...] = (Rotate(), Scale(), Crop(), Flip(), Colour(), Gaussian(), SaltAndPepper())


def changed(pictures: Tensor, steps: Sequence[PictureStep], draws: Draws, view: float = 1.0, side: int = 0) -> Tensor:
    """Pictures after all steps in their order; steps that only move points share one interpolation.

    `view` is the share of the sides that is looked at where nothing moves, so that what moves comes with its real
    surroundings; `side` is that of the outcome, 0 for that of the pictures.
    """
    pending = view * np.eye(3)
    pending[2, 2] = 1
    matrices = np.repeat(pending[None], len(draws), 0)
    moved = view != 1 or side not in (0, pictures.shape[3])
    for number, step in enumerate(steps):
        own = draws.named(f"{number} {step.step}")
        if isinstance(step, Moved):
            matrices, moved = matrices @ step.matrices(own, pictures.shape[3] / pictures.shape[2]), True
            continue
        if moved:
            pictures = warped(pictures, matrices, side)
            matrices, moved = _still(len(draws)), False
        pictures = step.apply(pictures, own)
    return warped(pictures, matrices, side) if moved else pictures


def warped(pictures: Tensor, matrices: Doubles, side: int = 0) -> Tensor:
    """Pictures (b, 3, h, w) whose points come from where (b, 3, 3) matrices say, mirrored beyond the border."""
    height, width = (side, side) if side else pictures.shape[2:]
    if not len(pictures):
        return pictures.new_zeros((0, 3, height, width))
    grid = functional.affine_grid(
        _tensor(matrices[:, :2], pictures), [len(pictures), 3, height, width], align_corners=False
    )
    found: Tensor = functional.grid_sample(pictures, grid, padding_mode="reflection", align_corners=False)
    return found.clamp_(0, 1)


def _still(rows: int) -> Doubles:
    return np.repeat(np.eye(3)[None], rows, 0)


def _hue_turns(angles: Doubles) -> Doubles:
    """Turns of colours about the grey axis (b, 3, 3), by Rodrigues' formula."""
    axis = np.full((3, 3), 1 / 3)
    cross = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / np.sqrt(3)
    cosine, sine = np.cos(angles)[:, None, None], np.sin(angles)[:, None, None]
    turned: Doubles = cosine * np.eye(3) + (1 - cosine) * axis + sine * cross
    return turned


def _means(pictures: Tensor) -> Doubles:
    """The mean of each colour (b, 3)."""
    # If it can be by numpy, whose sums do not depend on how many pictures there are.
    flat = pictures.flatten(2)
    means: Doubles
    if pictures.device.type == "cpu":
        means = flat.numpy().mean(2, dtype=np.float64)
    else:
        means = flat.mean(2).double().cpu().numpy()
    return means


def _tensor(values: Doubles, beside: Tensor) -> Tensor:
    """Numbers where the pictures are."""
    return torch.from_numpy(np.ascontiguousarray(values, np.float32)).to(beside.device)
