"""Plates: every thing in every colour, every place, hour and weather, and the same bytes for the same scene."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pinakes.sources.sample.art.ink import ink_of
from pinakes.sources.sample.art.palette import HANDS, INKS, mood_of
from pinakes.sources.sample.art.pen import Pen
from pinakes.sources.sample.art.plate import compose, draw, flat, halved
from pinakes.sources.sample.art.things import DRAWN
from pinakes.sources.sample.layout import make_scene
from pinakes.sources.sample.scene import COLOURS, PLACES, SHAPES, THINGS, TIMES, Scene, fits, stream, weathers_of


def tile(thing: str, colour: str, hand: str = "gouache") -> NDArray[np.uint8]:
    """A thing by itself on a clear sheet, (side, side, 4)."""
    sheet = Image.new("RGBA", (160, 160))
    pen = Pen(sheet, HANDS[hand], stream("test", thing), 200.0, (70.0, -70.0), (80.0, 120.0))
    DRAWN[thing](pen, ink_of(colour))  # type: ignore[arg-type]
    return np.asarray(sheet)


def some_scene(place: str) -> Scene:
    """The first thing that fits a place, in it."""
    return make_scene([(next(name for name in THINGS if fits(name, place)), "red")], place, seed=5)


def test_all_things_can_be_drawn() -> None:
    assert set(DRAWN) == set(THINGS)


@pytest.mark.parametrize("thing", THINGS)
def test_every_thing_shows_its_colour(thing: str) -> None:
    for colour in COLOURS:
        pixels = tile(thing, colour)
        seen = pixels[pixels[..., 3] > 200][:, :3].astype(int)
        near = np.abs(seen - np.array(INKS[colour])).max(axis=1) < 12
        assert len(seen) > 500, f"{colour} {thing} is hardly there"
        assert near.mean() > 0.07, f"{colour} {thing} shows {near.mean():.0%} of its colour"


@pytest.mark.parametrize(("place", "hand"), list(zip(PLACES, cycle(HANDS), strict=False)))
def test_every_place_shows_its_hours_and_weathers(place: str, hand: str) -> None:
    scene = replace(some_scene(place), hand=hand)
    assert len({draw(replace(scene, time=time), 96).tobytes() for time in TIMES}) == len(TIMES)
    seen = {draw(replace(scene, weather=weather), 96).tobytes() for weather in weathers_of(place)}
    assert len(seen) == len(weathers_of(place))


def test_the_five_hands_draw_differently() -> None:
    scene = some_scene("harbour")
    assert len({draw(replace(scene, hand=hand), 96).tobytes() for hand in HANDS}) == len(HANDS) == 5


def test_the_same_scene_gives_the_same_picture() -> None:
    scene = some_scene("harbour")
    assert draw(scene, 200).tobytes() == draw(scene, 200).tobytes()


def test_another_seed_gives_another_picture_of_the_same_scene() -> None:
    scene = some_scene("hills")
    assert draw(scene, 200).tobytes() != draw(replace(scene, seed=6), 200).tobytes()


@pytest.mark.parametrize("shape", SHAPES)
def test_a_plate_is_as_long_as_asked_and_has_its_shape(shape: str) -> None:
    image = draw(replace(some_scene("sea"), shape=shape), 240)  # type: ignore[arg-type]
    wide, tall = SHAPES[shape]  # type: ignore[index]
    assert max(image.size) == 240
    assert image.width / image.height == pytest.approx(wide / tall, rel=0.02)


def test_night_is_darker_than_day() -> None:
    scene = some_scene("hills")
    day, night = (np.asarray(draw(replace(scene, time=time), 160)).mean() for time in ("day", "night"))  # type: ignore[arg-type]
    assert night < day * 0.75


def test_the_margin_of_a_plate_is_paper() -> None:
    pixels = np.asarray(draw(some_scene("sea"), 240)).astype(int)
    assert pixels[:4].mean() > 210
    assert pixels[:, :4].mean() > 210


def test_the_mood_keeps_away_from_the_colour_of_the_things() -> None:
    scene = make_scene([("boat", "blue")], "sea", seed=1)
    chosen = {mood_of(scene, stream("mood", k)).water for k in range(12)}
    other = {mood_of(make_scene([("boat", "green")], "sea"), stream("mood", k)).water for k in range(12)}
    assert chosen != other


def test_layers_laid_together_show_what_moved() -> None:
    scene = make_scene([("boat", "red")], "sea", seed=2)
    layers = halved(compose(scene, 160))
    still, moved = flat(layers, [(0.0, 0.0)]), flat(layers, [(0.2, 0.0)])
    assert still.size == layers.back.size
    assert still.tobytes() != moved.tobytes()
    assert flat(layers, [(0.0, 0.0)]).tobytes() == still.tobytes()
