"""What a plate shows: things with colours in a place, at a time, in a weather; the words every other module shares."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

Colour: TypeAlias = Literal["red", "orange", "yellow", "green", "blue", "purple", "pink", "white", "black", "brown"]
Time: TypeAlias = Literal["day", "dusk", "night"]
Weather: TypeAlias = Literal["clear", "rain", "snow"]
Shape: TypeAlias = Literal["wide", "tall", "square"]
Slot: TypeAlias = Literal["ground", "water", "air", "table", "deep", "far"]

COLOURS: tuple[Colour, ...] = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "white", "black", "brown")
TIMES: tuple[Time, ...] = ("day", "dusk", "night")
WEATHERS: tuple[Weather, ...] = ("clear", "rain", "snow")
SHAPES: dict[Shape, tuple[float, float]] = {"wide": (4 / 3, 1.0), "tall": (1.0, 4 / 3), "square": (1.0, 1.0)}

# Where a thing can be: the slots that it fits, and its usual height as a share of the picture's shorter side.
SLOTS: dict[str, tuple[tuple[Slot, ...], float]] = {
    "boat": (("water",), 0.50),
    "ship": (("water",), 0.44),
    "train": (("ground",), 0.32),
    "bicycle": (("ground",), 0.36),
    "balloon": (("air",), 0.48),
    "kite": (("air",), 0.42),
    "house": (("ground",), 0.46),
    "lighthouse": (("ground", "water"), 0.66),
    "windmill": (("ground",), 0.58),
    "bridge": (("water",), 0.34),
    "tree": (("ground",), 0.56),
    "flower": (("ground", "table"), 0.44),
    "mushroom": (("ground",), 0.36),
    "mountain": (("far",), 0.42),
    "moon": (("air",), 0.26),
    "star": (("air",), 0.24),
    "cat": (("ground", "table"), 0.40),
    "dog": (("ground",), 0.38),
    "rabbit": (("ground", "table"), 0.38),
    "horse": (("ground",), 0.46),
    "bird": (("ground", "table", "air"), 0.32),
    "owl": (("ground", "table"), 0.38),
    "fish": (("deep", "air"), 0.30),
    "whale": (("deep", "water"), 0.36),
    "butterfly": (("air",), 0.30),
    "snail": (("ground", "table"), 0.28),
    "teapot": (("table", "ground"), 0.34),
    "cup": (("table",), 0.28),
    "violin": (("table", "ground"), 0.48),
    "drum": (("table", "ground"), 0.34),
    "bell": (("table", "ground"), 0.38),
    "clock": (("table", "ground"), 0.42),
    "lamp": (("table", "ground"), 0.46),
    "book": (("table",), 0.30),
    "umbrella": (("ground",), 0.40),
    "apple": (("table", "ground"), 0.30),
    "chair": (("ground",), 0.42),
}
THINGS: tuple[str, ...] = tuple(SLOTS)
# Half the width of a thing, as a multiple of its height.
HALF: dict[str, float] = {
    "train": 1.25,
    "bridge": 1.3,
    "mountain": 1.1,
    "whale": 1.1,
    "bicycle": 0.85,
    "ship": 0.72,
    "fish": 0.8,
    "bird": 0.7,
    "snail": 0.85,
    "teapot": 0.85,
    "cup": 0.75,
    "dog": 0.65,
    "horse": 0.65,
    "book": 0.68,
    "umbrella": 0.68,
    "butterfly": 0.62,
    "lighthouse": 0.34,
    "windmill": 0.42,
    "kite": 0.36,
    "violin": 0.34,
    "star": 0.5,
    "moon": 0.42,
}

# Which slots a place offers, and what its scenery shows besides the things that stand in it.
PLACES: dict[str, tuple[Slot, ...]] = {
    "sea": ("water", "air"),
    "harbour": ("water", "ground", "air"),
    "beach": ("ground", "water", "air"),
    "river": ("water", "ground", "air"),
    "forest": ("ground", "air"),
    "hills": ("ground", "air"),
    "mountains": ("ground", "air"),
    "town": ("ground", "air"),
    "garden": ("ground", "air"),
    "table": ("table",),
    "sky": ("air",),
    "underwater": ("deep",),
}
SHOWN: dict[str, tuple[str, ...]] = {
    "harbour": ("house",),
    "town": ("house",),
    "forest": ("tree",),
    "garden": ("flower",),
    "mountains": ("mountain",),
}
# Pairs that the slots allow and good sense does not.
ODD: frozenset[tuple[str, str]] = frozenset(
    [("fish", place) for place in PLACES if place != "underwater"]
    + [("bridge", place) for place in ("sea", "beach", "harbour")]
    + [("ship", "river"), ("whale", "river"), ("whale", "harbour"), ("whale", "beach"), ("train", "harbour")]
    + [("train", "beach"), ("train", "forest"), ("house", "town"), ("tree", "forest"), ("mountain", "mountains")]
    + [("bicycle", "forest"), ("flower", "harbour"), ("mushroom", "harbour"), ("mushroom", "beach")]
    + [("windmill", "forest"), ("windmill", "town"), ("windmill", "garden"), ("lighthouse", "forest")]
    + [
        ("lighthouse", "garden"),
        ("lighthouse", "town"),
        ("lighthouse", "river"),
        ("horse", "garden"),
        ("tree", "harbour"),
    ]
    + [("bridge", "hills"), ("butterfly", "sea"), ("butterfly", "sky"), ("flower", "town"), ("mushroom", "town")]
    + [("apple", "harbour"), ("apple", "town"), ("house", "harbour"), ("windmill", "harbour")]
)


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing of a scene; x and y are its foot (in the air: its middle) in shares of width and height."""

    name: str
    colour: Colour
    x: float
    y: float
    # Height in shares of the picture's shorter side.
    size: float
    flip: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """All that `draw` needs to know; the same scene gives the same picture."""

    things: tuple[Thing, ...]
    place: str
    time: Time = "day"
    weather: Weather = "clear"
    shape: Shape = "wide"
    hand: str = "gouache"
    seed: int = 1

    @property
    def labels(self) -> tuple[str, ...]:
        """Things, coloured things, place, time and weather, as words to find the scene by."""
        names = [thing.name for thing in self.things]
        coloured = [f"{thing.colour} {thing.name}" for thing in self.things]
        weather = [] if self.weather == "clear" else [self.weather]
        return tuple(dict.fromkeys([*names, *coloured, self.place, self.time, *weather]))

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height when the shorter side is 1."""
        return SHAPES[self.shape]


def stream(*key: int | str) -> np.random.Generator:
    """A generator of chance that depends on nothing but its key."""
    return np.random.default_rng([zlib.crc32(part.encode()) if isinstance(part, str) else part for part in key])


def fits(thing: str, place: str) -> bool:
    """Whether a thing can stand, float or fly in a place."""
    return (thing, place) not in ODD and any(slot in (*PLACES[place], "far") for slot in slots_in(thing, place))


def shown_in(scene: Scene) -> tuple[str, ...]:
    """What the scenery itself shows; no flowers under snow."""
    shown = SHOWN.get(scene.place, ())
    return () if scene.place == "garden" and scene.weather == "snow" else shown


def half_width(thing: str) -> float:
    """Half the width of a thing, as a multiple of its height."""
    return HALF.get(thing, 0.5)


def slots_in(thing: str, place: str) -> tuple[Slot, ...]:
    """The slots of a place in which a thing can be."""
    offered: tuple[Slot, ...] = PLACES[place]
    if "ground" in offered and place != "harbour":
        offered = (*offered, "far")
    return tuple(slot for slot in SLOTS[thing][0] if slot in offered)


def places_of(thing: str) -> tuple[str, ...]:
    """All places that a thing fits."""
    return tuple(place for place in PLACES if fits(thing, place))


def weathers_of(place: str) -> tuple[Weather, ...]:
    """The weathers that a place knows; below the sea there is none."""
    return ("clear",) if place == "underwater" else WEATHERS
