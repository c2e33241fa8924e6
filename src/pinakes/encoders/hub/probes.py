"""What engines are measured on: made-up texts, pictures and sounds, different enough to tell a broken engine."""

from __future__ import annotations

from typing import Any

import numpy as np

from pinakes.encoders.hub.plans import AudioPlan, ImagePlan, TextPlan
from pinakes.types import Floats, Pixels

TEXTS = (
    "a red boat on the lake",
    "The library of Alexandria and the catalogue of Callimachus",
    "一瓶红酒",
    "Ein Hund läuft über die Wiese.",
    "what is the difference between a codex and a scroll?",
    "1905",
    "Vue du port de Marseille au coucher du soleil, huile sur toile",
    "The passage describes how manuscripts were copied by hand, checked against an older copy, bound, and put on "
    "shelves in an order that only the librarian knew, until a list was made that told each reader where each stood.",
)
PICTURES, SOUNDS = 8, 2


def probes(plan: TextPlan | ImagePlan | AudioPlan) -> list[Any]:
    """A batch for the tower of this plan."""
    if isinstance(plan, TextPlan):
        return [plan.passage_prefix + text for text in TEXTS]
    if isinstance(plan, ImagePlan):
        return [_picture(plan.want.height, plan.want.width, i) for i in range(PICTURES)]
    return [_sound(plan.want.rate, i) for i in range(SOUNDS)]


def _picture(height: int, width: int, number: int) -> Pixels:
    """Waves of colour, coarser and finer, with some grain; the first is blank."""
    chance = np.random.default_rng(number)
    down, across = np.mgrid[0:height, 0:width] / max(height, width)
    turn, pace, phase = chance.uniform(0, np.pi, 3), 2.0 ** (number % 5) * 3, chance.uniform(0, 6, 3)
    waves = np.sin(pace * (np.cos(turn) * down[..., None] + np.sin(turn) * across[..., None]) * 2 + phase)
    grain = chance.normal(0, 0.1, (height, width, 3))
    strength = 0 if number == 0 else 90
    pixels: Pixels = np.clip(128 + strength * (waves + grain), 0, 255).astype(np.uint8)
    return pixels


def _sound(rate: int, number: int) -> Floats:
    """Five seconds of a rising tone, or of noise that comes and goes."""
    seconds = np.arange(5 * rate) / rate
    if number % 2 == 0:
        tone: Floats = (0.5 * np.sin(2 * np.pi * (200 + 300 * seconds) * seconds)).astype(np.float32)
        return tone
    noise = np.random.default_rng(number).normal(0, 0.2, len(seconds))
    sound: Floats = np.clip(noise * np.sin(2 * np.pi * seconds) ** 2, -1, 1).astype(np.float32)
    return sound
