"""Words that are written in pieces, as they are written in one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.words.joined import cut
from pinakes.words.languages import is_little
from pinakes.words.segment import forms, places, shortened


def together(text: str) -> dict[str, tuple[int, int]]:
    """What words of a text are in one, and the first and the last of them."""
    return {one.form: (one.first, one.last) for one in cut(text)[1]}


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("Send an E-Mail", {"email": (2, 3)}),
        ("to co-operate", {"cooperate": (1, 2)}),
        ("ice\u2011cream, Ice\u2010Cream", {"icecream": (2, 3)}),
        ("COVID-19, a B-17, 20th-century", {"covid19": (0, 1), "b17": (3, 4), "20thcentury": (5, 6)}),
        ("1990-1995, 2019-05-01, e--mail, e- mail, -mail", {}),
        ("much infor-\nmation, a-\r\nb, 12-\nc, e-\n\nmail", {"information": (1, 2), "ab": (3, 4)}),
        ("E-Mail-Adresse", {"email": (0, 1), "mailadresse": (1, 2)}),
        ("state-of-the-art", {}),
        ("Conor O'Brien's, 5 o\u2019clock", {"obrien's": (1, 2), "oclock": (4, 5)}),
        ("Qur'an, Hawai'i", {"quran": (0, 1), "hawaii": (2, 3)}),
        ("l'art, dell'arte, qu'un, un'altra, don't, boat's, 'quoted'", {}),
        (
            "the U.S.A., the U.K. and J.R.R. Tolkien, i.e.",
            {"usa": (1, 3), "uk": (5, 6), "jrr": (8, 10), "ie": (12, 13)},
        ),
        ("at 5 a.m. in the U.S., version 1.2.3, end. A new one", {}),
        ("C++, C# and F#", {"c++": (0, 0), "c#": (1, 1), "f#": (3, 3)}),
        ("C+, C+++, #tag, x ++, C#m", {}),
        ("打-印, 3D-打印", {}),
        ("É-Mail\u00ad, ﬁre-ﬂy", {"émail": (0, 1), "firefly": (2, 3)}),
    ],
)
def test_words_in_pieces_are_known_in_one(text: str, joined: dict[str, tuple[int, int]]) -> None:
    assert together(text) == joined


PIECES = st.lists(
    st.sampled_from(
        ["e", "mail", "O", "of", "12", "é", "ﬁ", "红", "x" * 60, "-", "\u2011", "'", "\u2019", ".", "#", "++"]
    )
    | st.sampled_from([" ", " ", "\n", "\u00ad", "s", "qu"])
)


@given(PIECES.map("".join) | st.text(max_size=80))
def test_words_stay_those_that_they_are(text: str) -> None:
    words, joined = cut(text)
    assert shortened(words) == forms(text)
    for one in joined:
        assert 0 <= one.first <= one.last < len(words)
        if not one.symbol:
            assert one.form == "".join(words[one.first : one.last + 1])


@given(st.lists(st.sampled_from(["e", "mail", "12", "Of", "Ö", "-", " "])).map("".join))
def test_pairs_are_those_that_a_look_at_every_two_neighbours_finds(text: str) -> None:
    where = places(text)
    linked = [text[where[n][1] : where[n + 1][0]] == "-" for n in range(len(where) - 1)]
    spelled = forms(text)
    found = {}
    for n, one in enumerate(linked):
        pair = spelled[n], spelled[n + 1]
        digits = pair[0][-1].isdigit() and pair[1][0].isdigit()
        if not one or digits:
            continue
        beside = [linked[m] and not (spelled[m][-1].isdigit() and spelled[m + 1][0].isdigit())
                  for m in (n - 1, n + 1) if 0 <= m < len(linked)]  # fmt: skip
        if not any(beside) or not any(len(word) > 1 and is_little(word) for word in pair):
            found[n] = "".join(pair)
    assert {one.first: one.form for one in cut(text)[1]} == found
