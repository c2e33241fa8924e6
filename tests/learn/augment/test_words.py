"""Changes of texts: what stays between the words, what is never lost, and that the same draws change the same words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.errors import BadSetting
from pinakes.learn.augment.draws import Draws, keys_of
from pinakes.learn.augment.steps import described, made
from pinakes.learn.augment.words import WORD_STEPS, Delete, Swap, Synonyms, Typing, WordStep, rewritten

TEXT = "A small Dog, and two cats, run over the green grass."
ALL: tuple[WordStep, ...] = (
    Delete(0.3),
    Synonyms(0.5, {"dog": ["hound", "puppy"], "green": ["lush"]}),
    Swap(1, {"dog": 1, "cats": 1, "small": 2, "green": 2}),
    Typing(0.5),
)


def draws(rows: int, seed: int = 0) -> Draws:
    return Draws(keys_of([f"{seed}-{row}" for row in range(rows)]))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=4), st.integers(0, 99))
def test_any_text_is_rewritten_and_repeats(texts: list[str], seed: int) -> None:
    found = rewritten(texts, ALL, draws(len(texts), seed))
    assert found == rewritten(texts, ALL, draws(len(texts), seed))
    assert len(found) == len(texts)
    for before, after in zip(texts, found, strict=True):
        assert any(map(str.isalnum, before)) == any(map(str.isalnum, after)) or not before.strip()


def test_a_text_is_changed_alone_as_among_others() -> None:
    whole = rewritten([TEXT] * 5, ALL, draws(5))
    assert len(set(whole)) > 1
    assert rewritten([TEXT], ALL, Draws(draws(5).keys[3:4])) == [whole[3]]


def test_words_are_left_out_with_one_of_their_gaps_but_never_all() -> None:
    found = rewritten([TEXT] * 300, (Delete(0.2),), draws(300))
    counts = [len(text.split()) for text in found]
    assert 0.75 < sum(counts) / (300 * len(TEXT.split())) < 0.85
    assert not any("  " in text for text in found)
    assert all(rewritten(["one two"], (Delete(1),), draws(1, n))[0] in ("one", "two", "one ") for n in range(9))


def test_synonyms_take_the_capital_of_the_word_that_they_replace() -> None:
    found = {rewritten([TEXT], (Synonyms(1, {"dog": ["hound", "puppy"]}),), draws(1, n))[0] for n in range(20)}
    assert found == {TEXT.replace("Dog", "Hound"), TEXT.replace("Dog", "Puppy")}
    with pytest.raises(BadSetting, match="'dog' has no synonym"):
        Synonyms(alike={"dog": []})


def test_only_words_of_one_class_are_exchanged() -> None:
    found = {rewritten([TEXT], (Swap(1, {"dog": 1, "cats": 1, "grass": 2}),), draws(1, n))[0] for n in range(9)}
    assert found == {"A small Cats, and two dog, run over the green grass."}
    assert rewritten([TEXT], (Swap(1, {"dog": 1}),), draws(1)) == [TEXT]
    assert rewritten([TEXT], (Swap(0, {"dog": 1, "cats": 1}),), draws(1)) == [TEXT]


def test_mistyped_words_keep_their_first_letter_and_are_one_mistake_away() -> None:
    for n in range(200):
        (found,) = rewritten(["elephant"], (Typing(1),), draws(1, n))
        assert found[0] == "e" and found != "" and abs(len(found) - 8) <= 1
        changed = sum(a != b for a, b in zip(found, "elephant", strict=False))
        assert len(found) != 8 or changed <= 2
    assert rewritten(["cat 'the' 猫が走る"], (Typing(1),), draws(1))[0].startswith("cat 'the' 猫")


def test_steps_are_told_as_plain_data_and_made_again() -> None:
    assert made(WORD_STEPS, described(ALL)) == ALL
    with pytest.raises(BadSetting, match="from 0 to 1"):
        Delete(2)
