"""Where things stand in a scene, and scenes left to chance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pinakes.sources.sample.scene import (
    COLOURS,
    PLACES,
    SHAPES,
    SLOTS,
    THINGS,
    TIMES,
    Colour,
    Scene,
    Shape,
    Slot,
    Thing,
    Time,
    Weather,
    fits,
    half_width,
    slots_in,
    weathers_of,
)

# The band of heights (share of the picture's height) that a slot has in a place.
BANDS: dict[tuple[str, Slot], tuple[float, float]] = {
    ("sea", "water"): (0.70, 0.86),
    ("harbour", "water"): (0.70, 0.80),
    ("harbour", "ground"): (0.93, 0.96),
    ("beach", "water"): (0.52, 0.56),
    ("beach", "ground"): (0.84, 0.93),
    ("river", "water"): (0.74, 0.83),
    ("river", "ground"): (0.935, 0.965),
    ("underwater", "deep"): (0.36, 0.66),
    ("table", "table"): (0.78, 0.90),
    ("sky", "air"): (0.24, 0.70),
    ("town", "ground"): (0.86, 0.94),
}
USUAL: dict[Slot, tuple[float, float]] = {
    "ground": (0.84, 0.93),
    "air": (0.22, 0.36),
    "water": (0.70, 0.84),
    "far": (0.50, 0.52),
    "deep": (0.4, 0.6),
    "table": (0.84, 0.93),
}


def place_things(
    wanted: list[tuple[str, Colour]], place: str, shape: Shape, rng: np.random.Generator
) -> tuple[Thing, ...]:
    """Room for each thing: the first is the largest, none covers another if it can be helped."""
    w, h = SHAPES[shape][0] / min(SHAPES[shape]), SHAPES[shape][1] / min(SHAPES[shape])
    placed: list[Thing] = []
    for rank, (name, colour) in enumerate(wanted):
        slots = slots_in(name, place)
        slot = slots[int(rng.integers(len(slots)))]
        best: tuple[float, Thing] | None = None
        for _ in range(24):
            thing = _tried(name, colour, place, slot, rank, (w, h), len(wanted), rng)
            room = min((_gap(thing, other, w, h) for other in placed), default=1.0)
            if best is None or room > best[0]:
                best = (room, thing)
            if room > 0.03:
                break
        if best is not None:
            placed.append(best[1])
    return tuple(placed)


def _tried(
    name: str,
    colour: Colour,
    place: str,
    slot: Slot,
    rank: int,
    extent: tuple[float, float],
    count: int,
    rng: np.random.Generator,
) -> Thing:
    w, h = extent
    low, high = BANDS.get((place, slot), USUAL[slot])
    if name in ("moon", "star") and place != "sky":
        low, high = 0.15, 0.24
    y = float(rng.uniform(low, high))
    scale = 1.0 if count == 1 else 0.92 if rank == 0 else 0.74
    if (place, slot) == ("beach", "water"):
        scale *= 0.55
    if place == "table":
        scale *= 1.05
    if (place, slot) == ("sky", "air"):
        scale *= 1.2
    size = SLOTS[name][1] * scale * float(rng.uniform(0.92, 1.08))
    half = half_width(name) * size
    size = min(size, size * 0.46 * w / half) if half > 0.46 * w else size
    half = half_width(name) * size
    if slot in ("air", "deep"):
        y = max(y, (size * 0.56 + 0.03) / h)
    elif slot != "far":
        y = max(y, (size * 1.06) / h)
    x = float(rng.uniform(half + 0.03, max(half + 0.04, w - half - 0.03))) / w
    if count == 1:
        x = 0.5 + (x - 0.5) * 0.55
    return Thing(
        name,
        colour,
        round(x, 4),
        round(min(y, 0.97), 4),
        round(size, 4),
        bool(rng.random() < 0.5) and name not in ("violin", "clock", "bell"),
    )


def _gap(a: Thing, b: Thing, w: float, h: float) -> float:
    """Room between two things: across or, where one is above the other, down."""
    across = abs(a.x - b.x) * w - (half_width(a.name) * a.size + half_width(b.name) * b.size)
    low_a, low_b = a.y * h - _middle(a), b.y * h - _middle(b)
    down = abs(low_a - low_b) - (a.size + b.size) / 2
    return max(across, down)


def _middle(thing: Thing) -> float:
    """How far the middle of a thing lies above the point by which it is placed."""
    return 0.0 if "air" in SLOTS[thing.name][0] and thing.y < 0.7 else thing.size / 2


def make_scene(
    wanted: list[tuple[str, Colour]],
    place: str,
    *,
    time: Time = "day",
    weather: Weather = "clear",
    shape: Shape = "wide",
    hand: str = "gouache",
    seed: int = 1,
) -> Scene:
    """A scene with these things, arranged by chance that depends on the seed."""
    rng = np.random.default_rng([seed, 5])
    return Scene(place_things(wanted, place, shape, rng), place, time, weather, shape, hand, seed)


def random_scene(rng: np.random.Generator, hand: str | None = None) -> Scene:
    """Any scene: one to three things in a place, at an hour, in a weather."""
    from pinakes.sources.sample.art.palette import HANDS

    place = list(PLACES)[int(rng.integers(len(PLACES)))]
    names = [name for name in THINGS if fits(name, place)]
    count = min(len(names), int(rng.choice([1, 1, 2, 2, 3])))
    chosen = [names[int(k)] for k in rng.permutation(len(names))[:count]]
    wanted: list[tuple[str, Colour]] = [(name, COLOURS[int(rng.integers(len(COLOURS)))]) for name in chosen]
    weathers = weathers_of(place)
    scene = make_scene(
        wanted,
        place,
        time=TIMES[int(rng.integers(len(TIMES)))],
        weather=weathers[
            int(
                rng.choice(
                    len(weathers), p=np.array([0.6, 0.2, 0.2][: len(weathers)]) / sum([0.6, 0.2, 0.2][: len(weathers)])
                )
            )
        ],
        shape=list(SHAPES)[int(rng.choice(3, p=[0.55, 0.25, 0.20]))],
        seed=int(rng.integers(1, 2**31)),
    )
    return replace(scene, hand=hand or list(HANDS)[int(rng.integers(len(HANDS)))])
