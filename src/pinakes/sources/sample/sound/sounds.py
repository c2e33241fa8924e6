"""All sounds by name: how each is made, and what it is a sound of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.sources.sample.scene import stream
from pinakes.sources.sample.sound import calls, instruments, nature
from pinakes.sources.sample.sound.dsp import Chance, Sound, finished

Maker: TypeAlias = Callable[[Chance], Sound]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of sound, with what it tells of besides its own name: places, an hour, a weather."""

    make: Maker
    labels: tuple[str, ...]
    # Where it may have been recorded; the first word of a title's end.
    places: tuple[str, ...]
    level: float = 0.6


SOUNDS: dict[str, Kind] = {
    "bell": Kind(instruments.bell, ("bell",), ("town", "harbour", "mountains")),
    "clock": Kind(instruments.clock, ("clock",), ("table", "town"), 0.5),
    "violin": Kind(instruments.violin, ("violin",), ("town", "garden", "table"), 0.55),
    "drum": Kind(instruments.drum, ("drum",), ("town", "hills")),
    "kettle": Kind(instruments.kettle, ("teapot", "kettle"), ("table",), 0.45),
    "bicycle": Kind(instruments.bicycle, ("bicycle",), ("town", "river", "garden"), 0.45),
    "music box": Kind(instruments.music_box, ("music box",), ("table",), 0.55),
    "rain": Kind(nature.rain, ("rain",), ("garden", "town", "forest"), 0.5),
    "waves": Kind(nature.waves, ("waves", "sea"), ("beach", "harbour"), 0.55),
    "wind": Kind(nature.wind, ("wind",), ("mountains", "hills"), 0.55),
    "river": Kind(nature.river, ("water",), ("river", "forest"), 0.5),
    "footsteps": Kind(nature.footsteps, ("footsteps",), ("garden", "forest", "town"), 0.5),
    "crickets": Kind(nature.crickets, ("crickets", "night"), ("garden", "hills", "river"), 0.4),
    "cat": Kind(calls.cat, ("cat",), ("table", "garden", "harbour"), 0.5),
    "dog": Kind(calls.dog, ("dog",), ("beach", "town", "garden"), 0.55),
    "horse": Kind(calls.horse, ("horse",), ("town", "hills"), 0.55),
    "bird": Kind(calls.bird, ("bird",), ("garden", "forest", "hills"), 0.45),
    "owl": Kind(calls.owl, ("owl", "night"), ("forest", "garden"), 0.5),
    "whale": Kind(calls.whale, ("whale",), ("sea",), 0.55),
    "train": Kind(calls.train, ("train",), ("hills", "mountains", "town")),
    "ship": Kind(calls.ship, ("ship",), ("harbour", "sea"), 0.6),
}


def sound(name: str, seed: int) -> NDArray[np.float32]:
    """A sound (samples,) of a kind; each seed gives another take."""
    kind = SOUNDS[name]
    return finished(kind.make(stream("sound", name, seed)), kind.level)
