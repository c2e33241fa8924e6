"""Scenes and sounds of our own: told and drawn the same each time, without the pairs that are held out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pinakes.errors import BadSetting
from pinakes.learn.builtin.phrases import facts, phrases
from pinakes.learn.builtin.scenes import HELD_OUT, read_scenes, scenes, told
from pinakes.learn.builtin.takes import called, read_takes, titles
from pinakes.sources.sample.layout import make_scene
from pinakes.sources.sample.made import plate_scene
from pinakes.sources.sample.scene import COLOURS, THINGS, stream
from pinakes.sources.sample.sound.sounds import SOUNDS


def test_a_scene_depends_on_its_seed_and_number_alone() -> None:
    assert told(3, 5) == told(3, 5) == list(scenes(6, 3))[5]
    assert told(3, 5) != told(3, 6) and told(3, 5) != told(4, 5)


def test_no_scene_shows_a_pair_that_is_held_out() -> None:
    shown = {(thing.colour, thing.name) for each in scenes(1_500, 3) for thing in each.scene.things}
    assert not shown & HELD_OUT
    others = {(colour, name) for colour in COLOURS for name in THINGS} - HELD_OUT
    assert len(shown & others) > 0.9 * len(others)
    said = {phrase.en.lower() for each in scenes(300, 3) for phrase in each.phrases}
    assert not [text for text in said for colour, name in HELD_OUT if f"{colour} {name}" in text]


def test_each_pair_that_is_held_out_lies_in_the_sample_library_of_seed_1() -> None:
    plates = [plate_scene(index, 1)[0] for index in range(135)]
    assert {(thing.colour, thing.name) for scene in plates for thing in scene.things} >= HELD_OUT


def test_no_scene_is_a_plate_of_a_sample_library() -> None:
    assert min(each.scene.seed for each in scenes(50, 1)) >= 2**30


def test_all_that_is_said_of_a_scene_is_true_of_it() -> None:
    for each in scenes(200, 9):
        assert all(facts(each.seen) >= set(phrase.needs) for phrase in each.phrases)
        assert len({phrase.en for phrase in each.phrases}) > 3


def test_the_library_s_questions_are_said_in_both_languages() -> None:
    scene = make_scene([("boat", "red"), ("moon", "yellow")], "harbour", time="night", weather="snow", seed=4)
    said = {each.en: each.zh for each in phrases(scene, stream("any"), most=100)}
    wanted = {
        "boat": "小船",
        "a boat": "一艘船",
        "red boat": "红色的小船",
        "boat in the harbour": "港湾里的小船",
        "boat at night, in the snow": "雪夜的小船",
        "snow at night": "雪夜",
        "boat and moon": "小船和月亮",
        "picture of a boat": "一艘小船的图画",
    }
    assert {en: said[en] for en in wanted} == wanted


def test_scenes_are_drawn_once_and_kept(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    first = read_scenes(tmp_path, 10, 3, 32, progress=lambda done, of: seen.append((done, of)))
    pictures = first.set.view("image").read(np.arange(10))
    assert pictures.shape == (10, 32, 32, 3) and pictures.std() > 20 and seen == [(10, 10)]
    assert sorted(first.folds.values()).count("validation") == 1
    again = read_scenes(tmp_path, 10, 3, 32, progress=lambda *_: pytest.fail("drawn again"))
    assert np.array_equal(again.set.view("image").read(np.arange(10)), pictures)
    assert again.set.view("text").read(np.arange(1))[0] == told(3, 0).texts


def test_what_was_interrupted_is_drawn_to_its_end(tmp_path: Path) -> None:
    whole = read_scenes(tmp_path / "a", 4, 3, 32).set.view("image").read(np.arange(4))
    read_scenes(tmp_path / "b", 4, 3, 32)
    done = np.load(tmp_path / "b" / "scenes-3-32-4-done.npy", mmap_mode="r+")
    pixels = np.load(tmp_path / "b" / "scenes-3-32-4.npy", mmap_mode="r+")
    done[2], pixels[2] = 0, 0
    done.flush()
    pixels.flush()
    assert np.array_equal(read_scenes(tmp_path / "b", 4, 3, 32).set.view("image").read(np.arange(4)), whole)


def test_no_scenes_can_not_be_drawn(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="0 scenes"):
        read_scenes(tmp_path, 0, 1, 32)
    with pytest.raises(BadSetting, match="0 takes"):
        read_takes(tmp_path, 0, 1)


def test_takes_of_every_kind_are_kept_with_their_names(tmp_path: Path) -> None:
    loaded = read_takes(tmp_path, 1, 5)
    again = read_takes(tmp_path, 1, 5, progress=lambda *_: pytest.fail("made again"))
    rows = np.arange(len(SOUNDS))
    sounds = loaded.set.view("audio").read(rows)
    assert all(np.array_equal(a, b) for a, b in zip(sounds, again.set.view("audio").read(rows), strict=True))
    assert all(len(each) > 4 * 16_000 and 0.1 < np.abs(each).max() <= 1 for each in sounds)
    assert len(set(loaded.set.view("audio").digests(rows))) == len(SOUNDS)
    assert loaded.set.labels is not None and np.array_equal(loaded.set.labels, np.eye(len(SOUNDS), dtype=np.uint8))


def test_sounds_are_called_as_the_library_asks_for_them() -> None:
    assert ("sound of a bell", "铃声") in [(each.en, each.zh) for each in called("bell")]
    assert "sound of running water" in [each.en for each in called("river")]
    assert [each.en for each in titles("whale")] == ["Song of a whale, at sea"]
