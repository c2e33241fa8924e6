"""Words cut where ASCII and spaces part them, and what is remembered of them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.words.remembering import Remembering
from pinakes.words.runs import parting, runs_in

_TEXTS = st.text(max_size=80) | st.lists(st.sampled_from("aZ é.\u2019'1²½_\n\u2028\xa0\u0301\ud800中")).map("".join)
_LETTERS, _WORDS = re.compile(r"[^\W\d_]+"), re.compile(r"[^\W_]+")


@given(_TEXTS)
def test_runs_are_what_an_expression_finds(text: str) -> None:
    assert runs_in(text, parting(str.isalpha), str.isalpha, _LETTERS.findall) == _LETTERS.findall(text)
    assert runs_in(text, parting(str.isalnum), str.isalnum, _WORDS.findall) == _WORDS.findall(text)


def test_the_expression_is_asked_only_of_what_is_no_word() -> None:
    asked = []

    def find(run: str) -> list[str]:
        asked.append(run)
        return _LETTERS.findall(run)

    assert runs_in("one, two 3 l\u2019eau", parting(str.isalpha), str.isalpha, find) == ["one", "two", "l", "eau"]
    assert asked == ["l\u2019eau"]


@pytest.mark.parametrize("rare", [0, 5, 50])
def test_what_comes_often_is_looked_up_once_however_much_else_comes_between(rare: int) -> None:
    looked_up: list[str] = []

    def find(word: str) -> int:
        looked_up.append(word)
        return len(word)

    known = Remembering(find, 8)
    for number in range(rare + 20):
        assert known["often"] == 5
        assert known[f"rare-{number:09}"] == 14
    assert looked_up.count("often") == 1
    assert len(looked_up) == rare + 21
    assert len(known) <= 8 and len(known._aside) <= 8
