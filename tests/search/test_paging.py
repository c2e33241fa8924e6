"""Page tokens: opaque, bound to their question, refused when they were cut or forged."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.errors import BadQuery
from pinakes.limits import Limits
from pinakes.search.paging import Page, page_of, token


def test_a_token_comes_back_as_its_page() -> None:
    page = Page(7, 20)
    assert page_of(token(page, "boat"), "boat", Limits()) == page


@pytest.mark.parametrize("seen", [(), (5,), (5, 6, 2**40)])
def test_a_token_tells_which_hits_stand_before_its_page(seen: tuple[int, ...]) -> None:
    page = Page(7, 20, seen)
    assert page_of(token(page, "boat"), "boat", Limits()) == page


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        ([1, 2, 3, 4, 5, 6, 7, 8], 5),
        ([0, 1, 2, 3, 4, 5, 6, 7, 8], 6),
        ([1, 2, 3, 4, 6, 7, 8], 4),
        ([2, 4, 5, 6, 7, 8], 3),
        ([1, 2, 6, 7, 8], 2),
        # One that stands elsewhere now does not lead there, and where none is left some may be shown twice.
        ([5, 1, 2, 3, 4, 6, 7, 8], 5),
        ([1, 2, 3, 4, 6, 7, 8, 5], 4),
        ([7, 8], 2),
    ],
)
def test_a_page_begins_after_the_hits_that_were_seen(now: list[int], begins: int) -> None:
    assert Page(7, 5, (3, 4, 5)).among(np.array(now)) == begins


def test_a_token_of_another_question_is_refused() -> None:
    with pytest.raises(BadQuery):
        page_of(token(Page(7, 20), "boat"), "sea", Limits())


@given(st.integers(0, 58), st.integers(0, 63))
def test_a_token_of_which_one_letter_was_changed_is_refused(place: int, letter: int) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    good = token(Page(7, 20), "boat")
    place %= len(good)
    bad = good[:place] + alphabet[letter] + good[place + 1 :]
    same = base64.urlsafe_b64decode(bad + "=" * (-len(bad) % 4)) == base64.urlsafe_b64decode(
        good + "=" * (-len(good) % 4)
    )
    if not same:
        with pytest.raises(BadQuery):
            page_of(bad, "boat", Limits())


@given(st.text(max_size=40))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(BadQuery):
        page_of(text, "boat", Limits())


def test_nobody_pages_deeper_than_the_limit() -> None:
    limits = Limits(max_depth=100)
    assert page_of(token(Page(1, 100), "q"), "q", limits).offset == 100
    with pytest.raises(BadQuery):
        page_of(token(Page(1, 101), "q"), "q", limits)
