import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.media.passages import passages

PROSE = (
    "The red boat lies at the quay. A lamp is lit! Who lit it? Nobody knows; it is there every night, they say.\n\n"
    "In the morning the fog comes in, and the boats stay where they are. “So it goes.” Then it lifts.\n"
)


def cut(text, size, block=None):
    block = block or max(len(text), 1)
    return list(passages((text[i : i + block] for i in range(0, len(text), block)), size))


def test_a_short_text_is_one_passage_without_the_white_space_around_it():
    assert cut("  \n A red boat. \n", 100) == [(4, 15, "A red boat.")]


def test_a_text_of_white_space_has_no_passages():
    assert cut(" \n\t ", 100) == cut("", 100) == []


def test_a_little_more_than_a_passage_is_not_cut_again():
    text = "word " * 24
    assert len(cut(text, 100)) == 1


def test_passages_end_at_paragraphs_first():
    text = "One two three four five six seven.\n\nEight nine ten. Eleven twelve.\n\nThirteen " + "more " * 30
    assert [p.text for p in cut(text, 60)][:2] == [
        "One two three four five six seven.",
        "Eight nine ten. Eleven twelve.",
    ]


def test_then_at_sentences():
    text = (
        "One two three four. Five six seven eight nine ten? Eleven twelve thirteen fourteen fifteen sixteen seventeen."
    )
    assert cut(text, 55)[0].text == "One two three four. Five six seven eight nine ten?"


def test_then_at_words_and_only_then_within_one():
    assert cut("abcdefghij " * 20, 50)[0].text == "abcdefghij abcdefghij abcdefghij abcdefghij"
    assert [len(p.text) for p in cut("x" * 200, 50)] == [50, 50, 50, 50]


@pytest.mark.parametrize("end", ["。", "！", "？", "。」"])
def test_chinese_and_japanese_sentences_end_without_a_space(end):
    sentence = "一瓶红酒放在桌子上旁边有一条小船" + end
    found = cut(sentence * 8, 40)
    assert all(p.text.endswith(end) for p in found)
    assert len(found) > 2


def test_an_accent_and_a_joined_emoji_stay_with_their_letter():
    assert not any(p.text[0] == "\u0301" for p in cut("e\u0301" * 100, 51))
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert not any("\u200d" in (p.text[0], p.text[-1]) for p in cut(family * 60, 33))


@given(
    st.text(alphabet=st.sampled_from("ab. \n。é\u0301\u200d!？"), max_size=600),
    st.integers(16, 120),
    st.integers(1, 90),
)
def test_every_passage_stands_exactly_at_its_place_and_nothing_is_lost(text, size, block):
    found = cut(text, size, block)
    assert all(text[p.start : p.end] == p.text and p.text.strip() == p.text and p.text for p in found)
    assert all(len(p.text) <= size * 1.25 for p in found)
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))
    left = "".join(
        text[a:b] for a, b in zip([0, *(p.end for p in found)], [*(p.start for p in found), len(text)], strict=True)
    )
    assert not left.strip()


@given(st.text(alphabet=st.sampled_from("ab. \n。é"), max_size=900), st.integers(16, 90), st.integers(1, 90))
def test_the_same_passages_come_from_the_whole_text_and_from_blocks_of_it(text, size, block):
    assert cut(text, size, block) == cut(text, size)


def test_prose_is_cut_into_passages_of_about_the_size():
    found = cut(PROSE * 40, 300)
    lengths = [len(p.text) for p in found]
    assert 200 < sum(lengths) / len(lengths) <= 300
    assert all(p.text[-1] in ".!?”" for p in found)
