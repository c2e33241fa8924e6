"""Cutting text into words."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pinakes.words import segment
from pinakes.words.segment import bigrams, forms, normal, places, words


def test_words_are_folded_and_stripped_of_punctuation() -> None:
    assert forms("The Boats, at SEA!") == ["the", "boats", "at", "sea"]


def test_an_apostrophe_joins_english_endings_and_parts_everything_else() -> None:
    assert forms("the boat's isn't l'art O'Neill") == ["the", "boat's", "isn't", "l", "art", "o", "neill"]
    assert forms("l’été d’or don’t") == ["l", "été", "d", "or", "don't"]


def test_composed_and_decomposed_letters_are_the_same_word() -> None:
    assert forms("caf\u00e9") == forms("cafe\u0301")


def test_what_is_not_seen_parts_no_word_and_marks_of_catalogues_belong_to_it() -> None:
    assert forms("infor\u00admation wo\u2060rd") == ["information", "word"]
    assert forms("Rossii\ufe20a\ufe21") == ["rossii\ufe20a\ufe21"]
    assert forms("\u00ad 红\u00ad酒\u00ad") == ["红", "酒"]
    assert forms("ශ්\u200dරී ދިވެހި ꦗꦮ ܫܠܳܡܳܐ") == ["ශ්රී", "ދިވެހި", "ꦗꦮ", "ܫܠܳܡܳܐ"]


def test_a_character_is_the_same_in_whichever_shape_it_is_chosen() -> None:
    assert forms("葛\U000e0100城市") == forms("葛城市") == ["葛城", "城市", "市"]


def test_vowel_signs_belong_to_their_word() -> None:
    assert forms("हिन्दी में") == ["हिन्दी", "में"]


def test_text_without_spaces_is_cut_into_bigrams_and_the_last_character() -> None:
    assert forms("一瓶红酒") == ["一瓶", "瓶红", "红酒", "酒"]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("น้ำ", ["น้ํา", "ํา"]),
        ("สีแดง", ["สีแ", "แด", "ดง", "ง"]),
        ("ខ្មែរ", ["ខ្មែ", "មែរ", "រ"]),
        ("မြန်မာ", ["မြန်", "န်မာ", "မာ"]),
        ("\uff76\uff9e\uff97\uff7d", ["ガラ", "ラス", "ス"]),
        ("か\u3099く", ["がく", "く"]),
        ("\u1107\u1162\u1105", ["배\u1105", "\u1105"]),
    ],
)
def test_vowel_signs_and_tones_stay_with_their_character_where_there_are_no_spaces(
    text: str, pieces: list[str]
) -> None:
    assert forms(text) == pieces


def test_scripts_are_parted_where_they_meet() -> None:
    assert forms("3D打印 ok") == ["3d", "打印", "印", "ok"]


def test_an_underscore_parts_the_words_of_a_file_name() -> None:
    assert forms("red_boat_12") == ["red", "boat", "12"]


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=200))
def test_the_fast_path_for_ascii_agrees_with_the_general_one(text: str) -> None:
    assert forms(text) == [word.form for word in words(text)]


_MIXED = st.lists(
    st.sampled_from(
        [
            "红",
            "酒",
            "カ",
            "ｶ",
            "ﾞ",
            "Å",
            "A\u030a",
            "ß",
            "x",
            "K",
            "'s",
            " ",
            "한",
            "ก",
            "า",
            "\u00ad",
            "\U000e0100",
            "1",
        ]
    )
)


@given(st.text(max_size=200) | _MIXED.map("".join))
@example("0'S\U000e01000")
@example("a'\U000e0100t")
def test_forms_alone_are_those_of_the_words_with_their_places(text: str) -> None:
    assert forms(text) == [word.form for word in words(text)]
    assert all(forms(text))


@given(
    st.lists(st.sampled_from(["Straße", "ẞ", "Δός", "ᾳ", "é", "E\u0301", "’s", "İx", "x" * 70, "红酒x", "ŒUVRE", " "]))
)
def test_words_of_a_text_that_is_folded_whole_are_those_folded_one_by_one(pieces: list[str]) -> None:
    text = " é".join(pieces)
    assert forms(text) == [word.form for word in words(text)]


def test_folding_a_text_whole_moves_no_border_of_a_word() -> None:
    letter, mark = re.compile(r"[^\W_]+"), re.compile(f"[{segment._MARKS}]")
    for point in (*range(0xD800), *range(0xE000, sys.maxunicode + 1)):
        old = chr(point)
        new = None if old.isascii() else segment._folded(old)
        if new is not None and new != old:
            kinds = [(letter.match(new[:1]), mark.fullmatch(new)), (letter.fullmatch(old), mark.fullmatch(old))]
            assert [(bool(a), bool(b)) for a, b in kinds] in ([(True, False)] * 2, [(False, False)] * 2), hex(point)
            assert normal(old).replace("\u2010", "-") == new
            # What it becomes more than one of is nothing but letters and their marks.
            assert len(new) == 1 or all(letter.fullmatch(one) or mark.fullmatch(one) for one in new), hex(point)


@given(st.text(max_size=200))
def test_places_lie_in_the_text_in_order_and_spell_their_words(text: str) -> None:
    last = 0
    assert places(text) == [(word.start, word.end) for word in words(text)]
    for word in words(text):
        assert 0 <= word.start < word.end <= len(text)
        assert word.start >= last or word.spaceless
        assert normal(text[word.start : word.end]) == word.form
        last = word.start


@given(st.text(alphabet="红酒瓶一", min_size=1, max_size=12), st.data())
def test_any_substring_without_spaces_is_found_by_its_bigrams(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    pieces = [text[a:b] for a, b in bigrams(text)]
    part = text[start:end]
    wanted = [part[i : i + 2] for i in range(len(part) - 1)] or [part]
    assert all(any(piece.startswith(one) for piece in pieces) for one in wanted)


def test_jieba_cuts_chinese_into_words() -> None:
    pytest.importorskip("jieba", exc_type=ImportError)
    from pinakes.words.segment import SEGMENTERS

    cut = SEGMENTERS.get("jieba")
    assert forms("一瓶红酒", cut) == ["一瓶", "红酒"]
    # Its dictionary is one of simplified characters, by which it cuts traditional ones in the same places.
    assert forms("這是中國圖書館的歷史資料。", cut) == ["這是", "中國", "圖書館", "的", "歷史", "資料"]
    assert places("這是中國圖書館的歷史資料。", cut) == places("这是中国图书馆的历史资料。", cut)


def test_a_very_long_word_is_cut_at_its_limit() -> None:
    assert forms("x" * 500) == ["x" * 64]
