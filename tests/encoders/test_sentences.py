"""Vectors of long texts, sentence by sentence."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pinakes.encoders.media import vectors_of
from pinakes.encoders.sentences import MOST, SHORTEST, stretches
from pinakes.types import Floats
from tests import makers

LONG = "A sentence about the lighthouse and its keeper."


class Counting:
    """An encoder whose vectors tell how long a text is; what is empty has none, and what is odd is no number."""

    def __init__(self, *, sentences: bool, metric: str = "cosine") -> None:
        self.description = replace(makers.description(dim=2), sentences=sentences, metric=metric)  # type: ignore[arg-type]
        self.asked: list[str] = []

    def encode(self, modality: str, batch: Sequence[Any]) -> Floats:
        """A vector for each text."""
        self.asked += batch
        return np.array([[len(text), 0 if "zero" not in text else np.nan] for text in batch], np.float32)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("One sentence.", ["One sentence."]),
        ("", []),
        (" \n ", []),
        (f"{LONG} {LONG}", [LONG, LONG]),
        # Short ones go with what follows, a short end with what comes before.
        (f"Yes. {LONG} {LONG}\nNo.", [f"Yes. {LONG}", f"{LONG}\nNo."]),
        (f"{LONG}\n\n{LONG} It was not very dark.", [LONG, LONG, "It was not very dark."]),
        (
            "灯塔看守人在夜里点亮了灯光照亮大海。小船在港口里等待着早晨的到来。",
            ["灯塔看守人在夜里点亮了灯光照亮大海。", "小船在港口里等待着早晨的到来。"],
        ),
    ],
)
def test_a_text_is_cut_where_its_sentences_end(text: str, cut: list[str]) -> None:
    assert stretches(text) == cut


def test_nothing_of_a_text_is_lost_and_its_stretches_are_bounded() -> None:
    text = " ".join(f"Sentence number {number} is about something else." for number in range(1000))
    found = stretches(text)
    assert " ".join(found) == text
    assert MOST // 2 < len(found) <= MOST
    assert min(map(len, found)) >= SHORTEST


def test_a_long_text_has_a_vector_for_each_sentence_after_that_of_the_whole() -> None:
    encoder = Counting(sentences=True, metric="euclidean")
    three = f"{LONG} {LONG} {LONG}"
    found = vectors_of(encoder, "text", [three, "short", "", "zero"])
    assert [each[:, 0].tolist() for each in found] == [[len(three), *[len(LONG)] * 3], [5], [], []]
    assert encoder.asked == [three, LONG, LONG, LONG, "short", "zero"]
    unit = vectors_of(Counting(sentences=True), "text", [three])[0]
    assert np.allclose(np.linalg.norm(unit, axis=1), 1)


def test_a_sentence_without_a_word_keeps_its_place_and_a_beginning_without_one_gets_the_middle() -> None:
    class Odd(Counting):
        def encode(self, modality: str, batch: Sequence[Any]) -> Floats:
            """East, and north for what tells of the harbour; nothing for lines."""
            return np.array(
                [[0, 0] if text.startswith("---") else [0, 1] if "harbour" in text else [1, 0] for text in batch],
                np.float32,
            )

    line, harbour = 60 * "-" + ".", "A sentence about the harbour and nothing else."
    (found,) = vectors_of(Odd(sentences=True), "text", [f"{LONG} {line} {harbour}"])
    assert found.tolist() == [[0, 1], [1, 0], [0, 1], [0, 1]]
    (found,) = vectors_of(Odd(sentences=True, metric="euclidean"), "text", [f"{line} {LONG} {harbour}"])
    assert found.tolist() == [[0.5, 0.5], [0.5, 0.5], [1, 0], [0, 1]]


def test_a_very_long_text_of_very_short_lines_is_cut_at_once() -> None:
    text = 300_000 * "ab\n" + 300_000 * "\n"
    begin = time.monotonic()
    assert len(stretches(text)) <= MOST
    assert time.monotonic() - begin < 20


def test_encoders_that_read_all_of_a_text_are_given_all_of_it() -> None:
    encoder = Counting(sentences=False)
    found = vectors_of(encoder, "text", [f"{LONG} {LONG}", ""])
    assert encoder.asked == [f"{LONG} {LONG}", ""]
    assert list(map(len, found)) == [1, 0]
    assert list(map(len, vectors_of(Counting(sentences=True), "image", ["a picture"]))) == [1]
    assert vectors_of(encoder, "text", []) == []
