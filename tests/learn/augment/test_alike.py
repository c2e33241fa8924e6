"""Words that are alike are learned from what stands around them, with nothing but the corpus."""

from __future__ import annotations

import numpy as np
import pytest

from pinakes.errors import BadInput
from pinakes.learn.augment.alike import learn_alike, learn_classes, learned, nearest_words
from pinakes.learn.augment.draws import Draws, keys_of
from pinakes.learn.augment.words import Delete, Swap, Synonyms, rewritten

# Of each pair both do the same things: they are synonyms of a made-up language.
ANIMALS, VEHICLES = (("dog", "hound"), ("cat", "kitty")), (("car", "auto"), ("boat", "ship"))
DOES = {"dog": "barks", "cat": "purrs", "car": "honks", "boat": "sails"}
COLOURS = ("red", "green", "blue", "white")


def corpus(sentences: int = 1_500) -> list[str]:
    random = np.random.default_rng(0)
    found = []
    for _ in range(sentences):
        pair = (*ANIMALS, *VEHICLES)[random.integers(4)]
        noun, colour = pair[random.integers(2)], COLOURS[random.integers(4)]
        found.append(f"the {colour} {noun} {DOES[pair[0]]} loudly near the {COLOURS[random.integers(4)]} house")
    return found


def test_words_with_the_same_neighbours_are_found_alike() -> None:
    alike = learn_alike(corpus())
    for one, other in (*ANIMALS, *VEHICLES):
        assert alike[one][0] == other and alike[other][0] == one
    assert set(alike["red"]) <= set(COLOURS) and "the" not in alike


def test_words_in_the_same_frames_are_of_one_class() -> None:
    classes = learn_classes(corpus(), classes=4)
    nouns = {classes[word] for pair in (*ANIMALS, *VEHICLES) for word in pair}
    assert len(nouns) == 1 and len({classes[colour] for colour in COLOURS}) == 1
    assert nouns != {classes["red"]} and classes["barks"] not in (*nouns, classes["red"]) and "the" not in classes
    assert classes == learn_classes(corpus(), classes=4)


def test_what_was_learned_rewrites_texts() -> None:
    texts = ["The red dog barks", "a green boat near the house"]
    draws = Draws(keys_of(["a", "b"]))
    synonyms = rewritten(texts, (Synonyms(1, learn_alike(corpus())),), draws)
    assert "hound" in synonyms[0] and synonyms[0].startswith("The ") and "ship" in synonyms[1]
    classes = learn_classes(corpus(), classes=4)
    assert rewritten(["a dog and a boat"], (Swap(1, classes),), Draws(keys_of(["a"]))) == ["a boat and a dog"]


def test_steps_that_know_no_words_are_taught_by_the_texts_and_others_stay() -> None:
    told = Swap(0.5, {"dog": 1})
    synonyms, swap, kept, delete = learned((Synonyms(0.3), Swap(0.2), told, Delete()), corpus())
    assert synonyms == Synonyms(0.3, learn_alike(corpus())) and kept is told and delete == Delete()
    assert swap == Swap(0.2, learn_classes(corpus()))


def test_the_nearest_of_any_vectors_will_do() -> None:
    vectors = np.array([[1, 0], [0.9, 0.1], [0, 1], [1, 0]], np.float32)
    assert nearest_words(["one", "uno", "far", "of"], vectors, 1) == {"one": ("uno",), "uno": ("one",)}


def test_too_few_texts_are_refused() -> None:
    with pytest.raises(BadInput, match="Hardly any word occurs 5 times"):
        learn_alike(["just these words"])
    with pytest.raises(BadInput, match="Give more texts"):
        learn_classes([])
