"""ROUGE: by hand, by properties, and against the textbook's table of common subsequences."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.metrics.rouge import NAMES, Overlap, best_rouge, longest_common, plain_words, rouge

WORDS = st.lists(st.sampled_from("abc"), max_size=12)


def twin(one: list[str], other: list[str]) -> int:
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for row, word in enumerate(one, 1):
        for column, another in enumerate(other, 1):
            if word == another:
                table[row][column] = table[row - 1][column - 1] + 1
            else:
                table[row][column] = max(table[row - 1][column], table[row][column - 1])
    return table[-1][-1]


@settings(max_examples=500, deadline=None)
@given(WORDS, WORDS)
def test_the_longest_common_subsequence_equals_the_textbooks_table(one: list[str], other: list[str]) -> None:
    assert longest_common(one, other) == twin(one, other)


@settings(max_examples=300, deadline=None)
@given(WORDS, WORDS)
def test_clipped_counts_equal_a_plain_loop(one: list[str], other: list[str]) -> None:
    for size, name in ((1, "rouge-1"), (2, "rouge-2")):
        found = [tuple(one[at : at + size]) for at in range(len(one) - size + 1)]
        wanted = [tuple(other[at : at + size]) for at in range(len(other) - size + 1)]
        shared, left = 0, list(wanted)
        for gram in found:
            if gram in left:
                left.remove(gram)
                shared += 1
        overlap = rouge(" ".join(one), " ".join(other))[name]
        assert overlap.precision == pytest.approx(shared / len(found) if found else 0)
        assert overlap.recall == pytest.approx(shared / len(wanted) if wanted else 0)
        both = overlap.precision + overlap.recall
        assert overlap.f1 == pytest.approx(2 * overlap.precision * overlap.recall / both if both else 0)


def test_the_example_of_the_paper() -> None:
    # Lin 2004, section 3.1: S2 shares "police the gunman" in order with S1, S3 only "the gunman".
    reference = "police killed the gunman"
    assert rouge("police kill the gunman", reference)["rouge-l"].recall == pytest.approx(3 / 4)
    assert rouge("the gunman kill police", reference)["rouge-l"].recall == pytest.approx(2 / 4)
    assert rouge("police kill the gunman", reference)["rouge-2"].recall == pytest.approx(1 / 3)


def test_the_same_text_is_worth_one_and_an_empty_one_nothing() -> None:
    assert rouge("A Red boat.", "a red BOAT") == dict.fromkeys(NAMES, Overlap(1.0, 1.0, 1.0))
    for pair in (("", "a b"), ("a b", ""), ("", ""), ("!?", "…")):
        assert rouge(*pair) == dict.fromkeys(NAMES, Overlap(0.0, 0.0, 0.0))


def test_characters_of_scripts_without_spaces_are_words() -> None:
    assert plain_words("Red boat, 红船 2nd") == ["red", "boat", "红", "船", "2nd"]
    assert rouge("红色的船", "蓝色的船")["rouge-1"].f1 == pytest.approx(3 / 4)


def test_of_several_references_the_nearest_counts() -> None:
    best = best_rouge("a b c", ["x y", "a b", "a b c d"])
    assert best["rouge-1"] == rouge("a b c", "a b c d")["rouge-1"]
    assert best_rouge("a b c", [])["rouge-l"].f1 == 0
