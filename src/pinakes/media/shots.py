"""Where the shots of a film part, found by content while the film runs by.

A cut is a change from one frame to the next far above the film's own unrest, that lasts (a flash does not). A gradual
change (fade, dissolve) is a run of small changes of colour that adds up to another picture; its middle is the border.
After Zhang, Kankanhalli and Smoliar, "Automatic partitioning of full-motion video" (1993): their twin comparison, with
a running median in place of fixed thresholds.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from pinakes.types import Floats, Pixels

# What is compared of a frame: this many pixels across and down.
LOOK_WIDTH, LOOK_HEIGHT = 64, 36
SHORTEST_SHOT = 0.6

# Between neighbouring frames: at least CUT, and this many times the film's own unrest, but never more than SURE.
CUT, UNREST_TIMES, SURE = 0.1, 3.5, 0.5
# A cut still shows after so long; a flash has gone by then.
FLASH_SECONDS, FLASH_SHARE = 0.2, 0.5
# Before and after a cut the film is calm; where changes of this share of the jump stand beside it, it is a quick fade.
BESIDE_SHARE = 0.4
# Gradual changes are looked for in steps of this length, and last no longer than this.
STEP_SECONDS, GRADUAL_SECONDS = 0.2, 3.5
STEP, STEP_TIMES, GRADUAL = 0.03, 2.0, 0.22
# Steps smaller than this share of the greatest are movement before or after the change.
CORE_SHARE = 0.3
# In a fade or dissolve every frame is a mixture of the first and the last but for this share; in a camera's movement
# it is not. A frame whose pixels deviate no more than this from each other is blank: a fade goes through it.
MIXTURE_REST, BLANK_DEVIATION = 0.4, 10.0
# Between key frames, seconds apart, where movement alone makes great differences.
SPARSE_CUT = 0.3
_REMEMBERED = 24
_BINS = 16


@dataclass(frozen=True, slots=True)
class Look:
    """A frame as it is compared: when it is shown, its pixels and its colours."""

    seconds: float
    pixels: NDArray[np.int16]
    # Cumulative histograms (4 quarters, 3 channels, bins): neighbouring bins are near, as the colours are.
    colours: Floats


def look(seconds: float, pixels: Pixels) -> Look:
    """Make a small frame (LOOK_HEIGHT, LOOK_WIDTH, 3) ready for comparison."""
    half_h, half_w = LOOK_HEIGHT // 2, LOOK_WIDTH // 2
    quarters = pixels.reshape(2, half_h, 2, half_w, 3).transpose(0, 2, 4, 1, 3).reshape(12, half_h * half_w)
    cells = (quarters >> 4) + (np.arange(12, dtype=np.uint16) * _BINS)[:, None]
    counts = np.bincount(cells.ravel(), minlength=12 * _BINS).reshape(12, _BINS)
    return Look(seconds, pixels.astype(np.int16), (counts.cumsum(axis=1) / (half_h * half_w)).astype(np.float32))


def colour_change(a: Look, b: Look) -> float:
    """How far colours have moved, 0 to 1, wherever in its quarter of the picture they are."""
    return float(np.abs(a.colours - b.colours).sum(axis=1).mean()) / (_BINS / 4)


def change(a: Look, b: Look) -> float:
    """How different two frames are, 0 to about 1, in colours and in what is where."""
    return 0.5 * colour_change(a, b) + 0.5 * float(np.abs(a.pixels - b.pixels).mean()) / 64


class ShotFinder:
    """Takes the looks of a film in order and tells each border as soon as it is certain.

    `sparse`: only key frames are looked at; borders lie at the first key frame of the new shot.
    """

    def __init__(self, *, sparse: bool = False) -> None:
        self.sparse = sparse
        self._last: Look | None = None
        self._border = 0.0
        self._unrest: deque[float] = deque(maxlen=_REMEMBERED)
        self._suspect: tuple[Look, float, float] | None = None
        self._after: list[float] = []
        self._jump = 0.0
        self._step: Look | None = None
        self._run: list[Look] = []
        self._dimmest: Look | None = None
        self._peak = 0.0
        self._step_unrest: deque[float] = deque(maxlen=_REMEMBERED)

    def feed(self, now: Look) -> float | None:
        """Look at the next frame; the second at which a new shot began, if that became certain."""
        last, self._last = self._last, now
        if last is None:
            self._border, self._step = now.seconds, now
            return None
        if self.sparse:
            return self._accepted(now.seconds) if colour_change(last, now) >= SPARSE_CUT else None
        border = self._after_cut(last, now)
        if border is not None:
            self._run, self._step, self._peak = [], now, 0.0
            return border
        return self._after_gradual(now) if self._suspect is None else None

    def _accepted(self, seconds: float) -> float | None:
        if seconds - self._border < SHORTEST_SHOT:
            return None
        self._border = seconds
        return seconds

    def _after_cut(self, last: Look, now: Look) -> float | None:
        jump = change(last, now)
        jump_before, self._jump = self._jump, jump
        if self._suspect is not None:
            return self._judged(self._suspect, jump, now)
        calm = median(self._unrest) if self._unrest else 0.0
        if jump >= max(CUT, min(UNREST_TIMES * calm, SURE)) and jump_before <= BESIDE_SHARE * jump:
            self._suspect, self._after = (last, jump, now.seconds), []
        else:
            self._unrest.append(jump)
        return None

    def _judged(self, suspect: tuple[Look, float, float], jump_now: float, now: Look) -> float | None:
        """Whether what looked like a cut was one, once enough has followed it."""
        before, jump, at = suspect
        self._after.append(jump_now)
        if now.seconds - at < FLASH_SECONDS:
            return None
        self._suspect = None
        lasts = change(before, now) >= FLASH_SHARE * jump and median(self._after) <= BESIDE_SHARE * jump
        return self._accepted(at) if lasts else None

    def _after_gradual(self, now: Look) -> float | None:
        step = self._step
        if self._dimmest is None or now.pixels.std() < self._dimmest.pixels.std():
            self._dimmest = now
        if step is None or now.seconds - step.seconds < STEP_SECONDS:
            return None
        self._step = now
        moved = colour_change(step, now)
        calm = median(self._step_unrest) if self._step_unrest else 0.0
        if moved >= max(STEP, STEP_TIMES * calm, CORE_SHARE * self._peak):
            self._run = _core([*(self._run or [step]), now])
            self._peak = max(self._peak, moved)
            if now.seconds - self._run[0].seconds <= GRADUAL_SECONDS:
                return None
            # So long a change is the camera's movement, and what is to be expected from here on.
            self._run = []
        self._peak = 0.0
        self._step_unrest.append(moved)
        run, self._run = self._run, []
        dimmest, self._dimmest = self._dimmest, None
        middle = gradual_border(run, dimmest)
        return None if middle is None else self._accepted(middle)


def _core(run: list[Look]) -> list[Look]:
    """The run without the small steps before its great ones."""
    steps = [colour_change(a, b) for a, b in pairwise(run)]
    first = next(n for n, step in enumerate(steps) if step >= CORE_SHARE * max(steps))
    return run[first:]


def gradual_border(run: list[Look], dimmest: Look) -> float | None:
    """The middle of a run of small changes, if it is a fade (through its dimmest frame) or a dissolve."""
    if len(run) < 2 or colour_change(run[0], run[-1]) < GRADUAL:
        return None
    if dimmest.pixels.std() <= BLANK_DEVIATION:
        return dimmest.seconds
    start, way = run[0].pixels.astype(np.float32), (run[-1].pixels - run[0].pixels).astype(np.float32)
    length = float(np.linalg.norm(way))
    for frame in run[1:-1]:
        off = frame.pixels - start
        share = float((off * way).sum()) / length**2
        if float(np.linalg.norm(off - share * way)) > MIXTURE_REST * length:
            return None
    return (run[0].seconds + run[-1].seconds) / 2
