"""Scenes: what they hold, where things stand, and that chance is steered by the seed alone."""

from __future__ import annotations

import numpy as np
import pytest

from pinakes.sources.sample.layout import make_scene, random_scene
from pinakes.sources.sample.scene import COLOURS, PLACES, THINGS, Scene, Thing, fits, places_of, stream


def test_the_same_chance_gives_the_same_scene() -> None:
    assert random_scene(np.random.default_rng(7)) == random_scene(np.random.default_rng(7))


def test_different_chance_gives_different_scenes() -> None:
    rng = np.random.default_rng(7)
    scenes = {random_scene(rng) for _ in range(60)}
    assert len(scenes) == 60
    assert {scene.place for scene in scenes} == set(PLACES)
    assert {scene.time for scene in scenes} == {"day", "dusk", "night"}
    assert {scene.weather for scene in scenes} == {"clear", "rain", "snow"}


def test_a_stream_depends_on_its_whole_key() -> None:
    values = [stream(*key).random() for key in ((1, "a"), (1, "b"), (2, "a"), ("a", 1))]
    assert len(set(values)) == 4
    assert stream(1, "a").random() == values[0]


@pytest.mark.parametrize("thing", THINGS)
def test_every_thing_has_a_place(thing: str) -> None:
    assert places_of(thing)


@pytest.mark.parametrize("place", PLACES)
def test_every_place_has_something_that_fits(place: str) -> None:
    assert any(fits(thing, place) for thing in THINGS)


def test_things_stand_inside_the_picture_and_apart() -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        scene = random_scene(rng)
        for thing in scene.things:
            assert 0.05 < thing.x < 0.95
            assert 0.1 < thing.y < 0.99
            assert 0.1 < thing.size < 0.9
        assert all(fits(thing.name, scene.place) for thing in scene.things)


def test_labels_name_things_colours_place_hour_and_weather() -> None:
    things = (Thing("boat", "red", 0.5, 0.7, 0.5), Thing("cat", "black", 0.2, 0.9, 0.3))
    scene = Scene(things, "harbour", "dusk", "rain")
    assert scene.labels == ("boat", "cat", "red boat", "black cat", "harbour", "dusk", "rain")
    assert "clear" not in Scene(things, "harbour").labels


def test_nothing_is_seen_twice_in_the_labels() -> None:
    scene = make_scene([("fish", "red"), ("fish", "red")], "underwater")
    assert len(scene.labels) == len(set(scene.labels))


def test_colours_are_known() -> None:
    assert len(set(COLOURS)) == len(COLOURS) == 10
