"""Couples of texts and pictures, the tower that reads, the space that is learned, and what is kept of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pinakes.encoders.trained.inputs import inputs_of
from pinakes.errors import BadInput
from pinakes.learn.builtin.couples import ALONE, BELONG, Couples, Said, Wordings
from pinakes.learn.builtin.phrase_tower import Phrases
from pinakes.learn.builtin.sentences import WIDTH
from pinakes.learn.builtin.space import Config
from pinakes.learn.builtin.texts import Described, Material, Wording
from pinakes.learn.builtin.train_space import (
    PictureVectors,
    Plan,
    open_space,
    picture_vectors,
    text_vectors,
    train_space,
    write_text,
)
from pinakes.learn.export.graph import run_graph
from pinakes.learn.training.settings import TrainSettings

COLOURS, THINGS = ("red", "green", "blue", "black"), ("dog", "boat", "tree", "house")
TRAIN = TrainSettings(epochs=25, batch=16, rate=0.01, threads=1, average=0.9)
PLAN = Plan(
    space=Config(dim=32, hidden=0, dropout=0.0, lost=0.0, noise=0.0),
    inner=32,
    pieces=80,
    length=8,
    share=0.5,
    alone=("word",),
    train=TRAIN,
)


def drawn(seed: int) -> tuple[Material, PictureVectors]:
    """Pictures of things in colours, of which each has a vector that is the sum of both, and what is said of them."""
    random = np.random.default_rng(seed)
    axes = {name: random.normal(size=24) for name in (*COLOURS, *THINGS)}
    pairs = [(colour, thing) for colour in COLOURS for thing in THINGS]
    described = {
        f"scenes/{colour} {thing}": Described(
            (
                Wording(f"a {colour} {thing}", frozenset((colour, thing))),
                Wording(thing, frozenset((thing,))),
            ),
            frozenset((colour, thing)),
        )
        for colour, thing in pairs
    }
    texts = [*(f"a {colour} {thing}" for colour, thing in pairs), *THINGS, *COLOURS]
    kinds = ["scene"] * (len(pairs) + len(THINGS)) + ["word"] * len(COLOURS)
    teacher = random.normal(size=(len(texts), WIDTH)).astype(np.float16)
    vectors = np.array([axes[colour] + axes[thing] for colour, thing in pairs])
    views = np.stack([vectors, vectors + random.normal(size=vectors.shape) / 10]).astype(np.float16)
    return Material(tuple(texts), tuple(kinds), teacher, described), PictureVectors(tuple(described), views)


def test_a_text_belongs_to_every_picture_that_has_the_facts_it_needs() -> None:
    said = [Said((0,), frozenset("ab")), Said((1,), frozenset("b")), Said((2,), frozenset("abc"))]
    wordings = Wordings(np.ones((3, 2), np.int32), np.zeros((3, 4), np.float16), {1: frozenset("b"), 2: frozenset("c")})
    couples = Couples(wordings, np.zeros((1, 3, 5), np.float16), said, np.ones(3, np.int64))
    rows = np.arange(3)
    assert couples.belong(rows, rows).tolist() == [[True, False, False], [True, True, True], [False, False, True]]


def test_what_a_batch_holds_depends_on_seed_epoch_and_rows_alone() -> None:
    material, pictures = drawn(0)
    wordings = Wordings(np.arange(1, 49, dtype=np.int32).reshape(24, 2), material.vectors)
    said = [Said((row, row + 8)) for row in range(16)]
    couples = Couples(wordings, pictures.vectors, said, np.full(16, 2), np.arange(20, 24), 0.5, seed=3)
    plan = [np.arange(8), np.arange(8, 16)]
    first, again = list(couples.ahead(plan, 1)), list(couples.ahead(plan[1:], 1))
    assert couples.rows == 32 and first[1].inputs[ALONE].shape == (4, 2)
    assert all(torch.equal(first[1].inputs[name], again[0].inputs[name]) for name in again[0].inputs)
    assert not torch.equal(first[1].inputs["text"], next(iter(couples.ahead(plan[1:], 2))).inputs["text"])
    whole = list(couples.batches())
    assert sum(map(len, whole)) == 32 and whole[0].inputs[BELONG][0, :3].tolist() == [True, True, False]


def test_pictures_without_a_word_and_vectors_of_other_pictures_are_refused(tmp_path: Path) -> None:
    wordings = Wordings(np.ones((1, 2), np.int32), np.zeros((1, 4), np.float16))
    with pytest.raises(BadInput, match="Of 1 pictures nothing is said, first of number 1"):
        Couples(wordings, np.zeros((1, 2, 3), np.float16), [Said((0,)), Said(())], np.ones(2, np.int64))
    with pytest.raises(BadInput, match="1 x 5 x 3"):
        Couples(wordings, np.zeros((1, 5, 3), np.float16), [Said((0,))], np.ones(1, np.int64))
    with pytest.raises(BadInput, match="vectors of 1 pictures are 1 x 2"):
        PictureVectors(("a",), np.zeros((1, 2), np.float16))
    material, pictures = drawn(0)
    with pytest.raises(BadInput, match="Of none of the pictures"):
        train_space(tmp_path, material, replace(pictures, ids=tuple("abcdefghijklmnop")), PLAN)


def test_a_text_has_the_same_vector_whatever_padding_stands_behind_it_and_while_it_learns() -> None:
    torch.manual_seed(0)
    tower = Phrases(20, 8, layers=2, dropout=0.0).eval()
    ids = torch.tensor([[3, 4, 5, 0], [6, 0, 0, 0], [0, 0, 0, 0]])
    alone = tower(ids)
    assert torch.allclose(tower(torch.nn.functional.pad(ids, (0, 3))), alone, atol=1e-6)
    assert torch.allclose(tower.train()(ids), alone, atol=1e-6)
    assert torch.allclose(tower(ids[:1, :3]), alone[:1], atol=1e-6)
    assert not torch.allclose(tower(torch.tensor([[5, 4, 3, 0]])), alone[:1], atol=1e-3)


def test_pictures_are_found_by_words_that_were_never_said_of_them_together(tmp_path: Path) -> None:
    material, pictures = drawn(1)
    held = np.array([0, 5, 10, 15])
    rest = np.setdiff1d(np.arange(16), held)
    folder = train_space(tmp_path, material, pictures.take(rest), PLAN)
    space, vocabulary, plan = open_space(folder)
    texts = text_vectors(space, vocabulary, [f"a {COLOURS[k]} {THINGS[k]}" for k in range(4)], plan.length)
    shown = picture_vectors(space, pictures.vectors[0])
    found = (texts @ shown.T).argmax(1)
    assert (found == held).sum() >= 3
    reader = write_text(folder, tmp_path / "text.onnx")
    ids, _ = inputs_of(reader).make([f"a {COLOURS[0]} {THINGS[0]}", "dog"])
    assert np.allclose(run_graph(tmp_path / "text.onnx", ids)[0], texts[0], atol=1e-4)
    # Shorter and longer rows are read, too.
    short = ids[:, : int((ids != 0).sum(1).max())]
    assert short.shape[1] < plan.length
    for other in (short, np.pad(ids, ((0, 0), (0, 9)))):
        assert np.allclose(run_graph(tmp_path / "text.onnx", other)[0], texts[0], atol=1e-4)


def test_a_training_that_was_broken_off_ends_where_a_whole_one_does(tmp_path: Path) -> None:
    material, pictures = drawn(2)
    short = replace(PLAN, train=replace(TRAIN, epochs=4))
    whole, _, _ = open_space(train_space(tmp_path / "whole", material, pictures, short))
    count = 0

    def stop(event: object) -> None:
        nonlocal count
        count += 1
        if count == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_space(tmp_path / "broken", material, pictures, short, listen=stop)
    broken, _, _ = open_space(train_space(tmp_path / "broken", material, pictures, short))
    for name, value in whole.state_dict().items():
        assert torch.equal(value, broken.state_dict()[name]), name
