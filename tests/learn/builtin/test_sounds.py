"""A sound tower learns what sounds are called from words that stand still, and hears no difference in silence."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from pinakes.encoders.trained.inputs import inputs_of
from pinakes.errors import BadInput, BadSetting
from pinakes.learn.augment.draws import Draws, keys_of
from pinakes.learn.base import Batch
from pinakes.learn.builtin.ear import Config, Ear, Listener
from pinakes.learn.builtin.levels import BANDS, FRAMES, LevelReader, added, front, kept_levels
from pinakes.learn.builtin.sayings import CLASSES, heard, sayings, silent
from pinakes.learn.builtin.sounds import (
    Plan,
    judged,
    mean_precision,
    open_sounds,
    read_sounds,
    train_sounds,
    vectors_of,
    write_audio,
)
from pinakes.learn.data.memory import Sounds
from pinakes.learn.export.graph import run_graph
from pinakes.learn.networks.hearing import SILENCE
from pinakes.learn.training.settings import TrainSettings
from pinakes.types import Floats
from tests.learn.data.layouts.makers import lines, tar

TINY = Plan(
    ear=Config(channels=(8, 16), besides=4, dropout=0.0, mixed=0.0),
    seconds=0.6,
    takes=0,
    train=TrainSettings(epochs=40, batch=8, rate=0.01, threads=1, checkpoint_seconds=1e6),
)


def direction(word: str) -> Floats:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "little")
    return np.random.default_rng(seed).normal(size=64).astype(np.float32)


def embed(texts: Sequence[str]) -> Floats:
    """The sum of directions (n, 64) of the beginnings of words, so that barking is near bark."""
    words = [[word[:3] for word in text.split() if len(word) > 2 and word != "sound"] for text in texts]
    found = np.stack([sum(map(direction, several or [text])) for several, text in zip(words, texts, strict=True)])
    unit: Floats = found / np.linalg.norm(found, axis=1, keepdims=True)
    return unit


def tone(pitch: float, seconds: float = 0.5) -> Floats:
    return (0.4 * np.sin(2 * np.pi * pitch * np.arange(int(16_000 * seconds)) / 16_000)).astype(np.float32)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two folds of low dogs and of high babies."""
    folder = tmp_path / "data" / "esc10"
    folder.mkdir(parents=True)
    rows = []
    for fold in (1, 2):
        for number in range(4):
            for category, pitch in (("dog bark", 150.0), ("baby cry", 2_500.0)):
                name = f"{fold}-{number}-{category.split()[0]}.wav"
                soundfile.write(folder / name, tone(pitch * (1 + 0.05 * number + 0.02 * fold)), 16_000)
                rows.append({"audio": name, "fold": fold, "category": category, "title": name})
    lines(folder / "clips.jsonl", *rows)
    tar(folder / "audio.tar", *(folder / row["audio"] for row in rows))
    return tmp_path / "data"


def test_sounds_are_brought_to_their_names_and_to_each_other(data: Path, tmp_path: Path) -> None:
    folder = train_sounds(tmp_path / "run", data, embed, [1], TINY, name="one")
    figures = judged(folder, tmp_path / "run", data, embed, 2, [1])
    assert figures["class"] == 1 and min(figures["map"], figures["map train"]) > 0.8
    again = train_sounds(tmp_path / "run", data, embed, [1], TINY, name="one")
    assert again == folder and len((folder / "metrics.jsonl").read_text().splitlines()) == 40, (
        "it was not trained twice"
    )
    with pytest.raises(BadInput, match="Fold 1 was learned from"):
        judged(folder, tmp_path / "run", data, embed, 1, [1])
    with pytest.raises(BadInput, match="no fold3"):
        judged(folder, tmp_path / "run", data, embed, 3, [1])


def test_other_words_are_another_run(data: Path, tmp_path: Path) -> None:
    short = replace(TINY, train=replace(TINY.train, epochs=1))
    train_sounds(tmp_path / "run", data, embed, [1, 2], short)
    with pytest.raises(BadInput, match="other data"):
        train_sounds(tmp_path / "run", data, lambda texts: -embed(texts), [1, 2], short)


def test_the_graph_hears_samples_as_the_tower_hears_levels(data: Path, tmp_path: Path) -> None:
    short = replace(TINY, train=replace(TINY.train, epochs=1))
    folder = train_sounds(tmp_path / "run", data, embed, [1, 2], short)
    told = write_audio(folder, tmp_path / "audio.onnx", seconds=1.0)
    sounds = [tone(400), tone(900, 0.3)]
    made, there = inputs_of(told).make(sounds)
    by_graph = run_graph(tmp_path / "audio.onnx", made)
    learner, _ = open_sounds(folder)
    levels = kept_levels(Sounds(sounds), tmp_path / "kept")
    read = LevelReader(1.0).read(levels.read(np.arange(2)), None)
    with torch.inference_mode():
        by_torch = learner.embed("audio", read).numpy()
    assert there.all() and np.allclose(np.linalg.norm(by_graph, axis=1), 1, atol=1e-5)
    assert (by_graph * by_torch).sum(1).min() > 0.999, "levels are kept in half precision"


def test_a_class_that_is_none_of_esc_10_is_refused(data: Path, tmp_path: Path) -> None:
    rows = (data / "esc10" / "clips.jsonl").read_text().replace("baby cry", "thunder")
    (data / "esc10" / "clips.jsonl").write_text(rows)
    with pytest.raises(BadInput, match="class thunder"):
        read_sounds(tmp_path / "run", data, TINY)


def test_our_own_sounds_stand_beside_theirs(data: Path, tmp_path: Path) -> None:
    found = read_sounds(tmp_path / "run", data, replace(TINY, takes=1))
    assert len(found.rows([1, 2])) == 16 and len(found.rows([1], own=True)) == 8 + 21
    assert found.set.labels is not None
    names = [found.set.label_names[int(row.argmax())] for row in found.set.labels]
    own = found.folds.index("own")
    assert names[0] == "dog" and names[own:].count("dog") == 1, "a dog is a dog wherever it barks"
    assert found.classes[own:].max() == -1 and found.classes[0] == CLASSES.index("dog bark")
    assert len(found.set.view("audio").read(np.array([own, 0]))[1]) == 26


def test_silence_after_a_sound_is_not_heard() -> None:
    torch.manual_seed(0)
    ear = Ear(16, (4, 8, 8), 0.0).eval()
    hear = front()
    sound = torch.from_numpy(np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32))
    longer = torch.cat([sound, torch.zeros(48_000)])
    with torch.inference_mode():
        one, other = ear(hear(sound[None])), ear(hear(longer[None]))
        nothing = ear(hear(torch.zeros(1, 16_000)))
    assert torch.cosine_similarity(one, other) > 0.999 and torch.isfinite(nothing).all()


def test_levels_are_computed_once_and_to_their_end(tmp_path: Path) -> None:
    view = Sounds([tone(300), tone(500, 12.0)])
    first = kept_levels(view, tmp_path / "two")
    assert first.lengths.tolist() == [26, FRAMES]
    whole = first.read(np.arange(2))
    with torch.no_grad():
        exact = front()(torch.from_numpy(tone(300))[None])[0].numpy()
    assert np.abs(whole[0] - exact).max() < 0.1
    lengths = np.load(tmp_path / "two-frames.npy", mmap_mode="r+")
    lengths[0] = 0
    lengths.flush()
    assert np.array_equal(kept_levels(view, tmp_path / "two").read(np.arange(2))[0], whole[0])


def test_what_a_reader_changes_depends_on_the_row_alone() -> None:
    levels = [np.full((40, BANDS), -40, np.float32) + number for number in range(3)]
    reader = LevelReader(0.5)
    plain = reader.read(levels, None)
    assert plain.shape == (3, 26, BANDS) and torch.equal(plain[0], torch.full((26, BANDS), -40.0))
    keys = keys_of(["a", "b", "c"])
    first = reader.read(levels, Draws.of(keys, 1, 0))
    assert torch.equal(first[1:], reader.read(levels[1:], Draws.of(keys[1:], 1, 0)))
    assert not torch.equal(first, reader.read(levels, Draws.of(keys, 1, 1)))
    assert float(first.min()) == SILENCE and bool(torch.isfinite(first).all())
    with pytest.raises(BadSetting, match=r"0\.01 seconds"):
        LevelReader(0.01)


def test_two_sounds_are_as_loud_together_as_their_powers() -> None:
    one, other = np.array([-20.0, SILENCE, SILENCE], np.float32), np.array([-20.0, -30.0, SILENCE], np.float32)
    assert np.allclose(added(one, other), [-20 + 10 * np.log10(2), -30, SILENCE], atol=1e-4)


def test_mixed_sounds_are_wanted_as_much_as_they_are_loud() -> None:
    torch.manual_seed(0)
    learner = Listener([torch.eye(4)[:1], torch.eye(4)[1:3]], torch.eye(4)[3:], Config(channels=(4,), mixed=1.0))
    levels = torch.full((4, 26, BANDS), -30.0)
    labels = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    mixed, wanted = learner._mixed(levels, labels)
    assert torch.allclose(wanted.sum(1), torch.ones(4)) and float(wanted.min()) < 1
    assert float(mixed.min()) > -30 and float(mixed.max()) <= -26.9
    losses = learner.losses(Batch(torch.arange(4), {"audio": levels}, labels), "all")
    assert set(losses) == {"words", "sounds", "together"} and all(
        bool(torch.isfinite(each)) for each in losses.values()
    )


def test_mean_precision_by_hand() -> None:
    vectors = np.array([[1.0, 0.0], [0.8, 0.6], [0.6, 0.8], [0.0, 1.0]], np.float32)
    classes = np.array([0, 1, 0, 1])
    # Ranks of the one other of its class: 2, 3, 3 and 2.
    assert mean_precision(vectors, vectors, classes, classes, itself=True) == pytest.approx((1 / 2 + 1 / 3) / 2)
    assert mean_precision(vectors[:1], vectors, classes[:1], classes) == pytest.approx((1 + 2 / 3) / 2)


def test_every_name_of_a_sound_has_been_read() -> None:
    texts = dict(heard())
    assert set(CLASSES) <= set(texts) and texts["雨声"] == "rain" and texts["rain"] == "rain"
    assert {"rain", "sound of rain", "Rain, in the garden", "雨声"} <= set(sayings("rain"))
    assert sayings("dog")[0] == "dog bark" and sayings("rooster")[0] == "rooster"


def test_no_text_that_is_silent_names_a_sound() -> None:
    texts = silent(["dog", "rain", "bell"])
    assert len(texts) > 100 and not [text for text in texts if {"dog", "rain", "bell"} & set(text.lower().split())]


def test_vectors_of_sounds_have_length_one(data: Path, tmp_path: Path) -> None:
    short = replace(TINY, train=replace(TINY.train, epochs=1))
    learner, plan = open_sounds(train_sounds(tmp_path / "run", data, embed, [1, 2], short))
    assert plan == short
    found = vectors_of(learner, read_sounds(tmp_path / "run", data, plan).set, np.arange(3), seconds=1.0)
    assert found.shape == (3, 64) and np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
