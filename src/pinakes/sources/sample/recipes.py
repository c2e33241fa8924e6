"""Which things go together in a plate, in which colours they are usually seen, and the plates that every copy holds."""

from __future__ import annotations

import numpy as np

from pinakes.sources.sample.creators import ARTISTS, Artist
from pinakes.sources.sample.layout import make_scene
from pinakes.sources.sample.scene import COLOURS, Colour, Scene, Shape, Time, Weather, weathers_of

RECIPES: dict[str, tuple[str, ...]] = {
    "sea": (
        "boat",
        "ship",
        "lighthouse boat",
        "whale",
        "boat moon",
        "boat",
        "ship bird",
        "lighthouse",
        "boat star",
        "balloon boat",
        "whale moon",
    ),
    "harbour": (
        "boat",
        "ship",
        "cat boat",
        "boat bird",
        "bicycle boat",
        "umbrella ship",
        "boat",
        "dog ship",
        "bell boat",
        "chair boat",
        "boat moon",
    ),
    "beach": (
        "umbrella chair",
        "dog kite",
        "lighthouse",
        "bicycle",
        "snail",
        "kite",
        "horse",
        "cat boat",
        "chair boat",
        "dog",
        "lighthouse bird",
    ),
    "river": (
        "bridge",
        "boat",
        "boat tree",
        "house boat",
        "bridge moon",
        "bridge",
        "horse",
        "bicycle boat",
        "bridge balloon",
        "rabbit boat",
        "bridge bird",
    ),
    "forest": (
        "owl",
        "mushroom snail",
        "rabbit",
        "owl mushroom",
        "bird",
        "dog mushroom",
        "butterfly flower",
        "house",
        "violin",
        "horse",
        "rabbit mushroom",
    ),
    "hills": (
        "train",
        "windmill",
        "horse tree",
        "tree",
        "house tree",
        "balloon",
        "kite tree",
        "rabbit",
        "windmill balloon",
        "house moon",
        "train moon",
    ),
    "mountains": (
        "house",
        "train",
        "horse",
        "moon",
        "house moon",
        "balloon",
        "bird tree",
        "house star",
        "tree",
        "train",
        "horse moon",
    ),
    "town": (
        "cat",
        "bicycle",
        "umbrella dog",
        "violin chair",
        "drum",
        "clock",
        "moon cat",
        "balloon",
        "horse",
        "bicycle umbrella",
        "train",
    ),
    "garden": (
        "butterfly flower",
        "cat butterfly",
        "snail",
        "tree bird",
        "teapot chair",
        "rabbit",
        "mushroom",
        "bicycle",
        "chair apple",
        "owl tree",
        "cat",
    ),
    "table": (
        "teapot cup",
        "cat teapot",
        "violin",
        "clock book",
        "lamp book",
        "apple",
        "flower",
        "cup book",
        "cat lamp",
        "bell",
        "violin book",
        "apple cup",
        "drum",
        "clock",
    ),
    "sky": ("balloon", "moon star", "kite bird", "balloon bird", "star", "moon", "balloon balloon", "kite"),
    "underwater": ("fish", "whale", "fish fish", "whale fish", "fish"),
}
# The colours in which a thing is usually seen; others are drawn as often, since all are wanted.
USUAL: dict[str, tuple[Colour, ...]] = {
    "boat": ("red", "blue", "white", "green"),
    "lighthouse": ("red", "white", "black"),
    "moon": ("yellow", "white", "orange"),
    "star": ("yellow", "white", "pink"),
    "tree": ("green", "orange", "red", "yellow"),
    "cat": ("black", "orange", "white", "brown"),
    "dog": ("brown", "white", "black"),
    "horse": ("brown", "white", "black"),
    "rabbit": ("white", "brown"),
    "owl": ("brown", "white", "purple"),
    "apple": ("red", "green", "yellow"),
    "violin": ("brown", "orange", "red"),
    "mushroom": ("red", "brown", "orange"),
    "teapot": ("blue", "white", "green", "red"),
    "whale": ("blue", "black", "white"),
    "fish": ("orange", "yellow", "red", "blue"),
    "bridge": ("brown", "white", "red"),
    "train": ("green", "red", "black", "blue"),
    "bell": ("yellow", "orange"),
    "house": ("red", "yellow", "blue", "white"),
}
# Plates that every copy of the library holds: things, place, hour, weather, shape, artist.
KEYSTONES: tuple[tuple[str, str, Time, Weather, Shape, int], ...] = (
    ("red boat", "harbour", "day", "clear", "wide", 0),
    ("white lighthouse, red boat", "sea", "dusk", "clear", "wide", 0),
    ("black cat, blue teapot", "table", "night", "snow", "wide", 4),
    ("green train", "hills", "day", "clear", "wide", 1),
    ("orange cat, blue butterfly", "garden", "day", "clear", "wide", 2),
    ("red house, yellow moon", "mountains", "night", "snow", "wide", 3),
    ("yellow balloon, white bird", "sky", "day", "clear", "tall", 2),
    ("brown owl, red mushroom", "forest", "night", "clear", "tall", 3),
    ("blue bicycle, red umbrella", "town", "day", "rain", "wide", 1),
    ("orange fish, blue whale", "underwater", "day", "clear", "wide", 2),
    ("red boat", "river", "dusk", "clear", "square", 3),
    ("brown violin, red book", "table", "day", "clear", "square", 0),
    ("red boat, yellow moon", "sea", "night", "clear", "wide", 0),
    ("white bridge", "river", "day", "snow", "wide", 3),
    ("white horse, green tree", "hills", "dusk", "clear", "wide", 1),
    ("blue boat, black cat", "harbour", "night", "clear", "wide", 0),
)


def keystone(index: int, seed: int) -> tuple[Scene, Artist]:
    """One of the plates that every copy holds; only its details depend on the seed."""
    things, place, time, weather, shape, maker = KEYSTONES[index]
    wanted: list[tuple[str, Colour]] = []
    for words in things.split(", "):
        colour, name = words.split()
        wanted.append((name, next(known for known in COLOURS if known == colour)))
    artist = ARTISTS[maker]
    scene = make_scene(
        wanted, place, time=time, weather=weather, shape=shape, hand=artist.hand, seed=seed * 1_000 + index
    )
    return scene, artist


def composed(rng: np.random.Generator, artist: Artist, seed: int) -> Scene:
    """A plate by an artist: a place that suits the hand, and things that suit the place."""
    place = artist.places[int(rng.integers(len(artist.places)))]
    recipe = RECIPES[place][int(rng.integers(len(RECIPES[place])))].split()
    wanted: list[tuple[str, Colour]] = []
    for name in recipe:
        palette = USUAL.get(name, COLOURS) if rng.random() < 0.55 else COLOURS
        taken = [colour for _, colour in wanted]
        free = [colour for colour in palette if colour not in taken]
        wanted.append((name, free[int(rng.integers(len(free)))]))
    weather = artist.weathers[int(rng.integers(len(artist.weathers)))]
    if weather not in weathers_of(place):
        weather = "clear"
    shapes: tuple[Shape, ...] = ("wide", "wide", "wide", "square", "tall")
    shape = shapes[int(rng.integers(len(shapes)))]
    time = artist.times[int(rng.integers(len(artist.times)))]
    return make_scene(wanted, place, time=time, weather=weather, shape=shape, hand=artist.hand, seed=seed)
