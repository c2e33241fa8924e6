"""What a hit shows of its text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.catalogue.records import ItemEntry, PartEntry
from pinakes.index.words import Clause
from pinakes.search.encode import grouped
from pinakes.search.explain import Marker, snippet
from pinakes.search.results import MatchedWord
from pinakes.settings import Settings
from pinakes.types import Place
from pinakes.words.analyse import analyser, query_words
from tests.index.naive import phrase_count

CUT = analyser(Settings())


def hit(text: str, description: str = "") -> tuple[ItemEntry, PartEntry]:
    """A part with a text, and its item."""
    fields = {"description": (description,)} if description else {}
    item = ItemEntry(1, "", "en", "ready", "main", fields, (), 0.0, 0.0)
    part = PartEntry(
        id=1, item_id=1, file_id=1, position=0, modality="text", place=Place(), language="en", text=text,
        signature=None, flags=(), cleaning=(),
    )  # fmt: skip
    return item, part


def shown(text: str, word: str, description: str = "") -> str:
    """The snippet of a part with a text, in which a word matched."""
    start = text.find(word)
    matched = [MatchedWord(word, "text", start, start + len(word))] if start >= 0 else []
    return snippet(*hit(text, description), matched)


def marked(text: str, *asked: str, description: str = "") -> tuple[list[MatchedWord], str]:
    """What matches of some words and phrases in quotation marks, and the snippet that shows it."""
    clauses = [
        Clause(group)
        for words in asked
        for phrase in (words.startswith('"'),)
        for group in grouped(query_words(words, CUT, ["en", "zh"], phrase=phrase), phrase=phrase)
    ]
    item, part = hit(text, description)
    matched = Marker(CUT, tuple(clauses)).matched(item, part, leading=True)
    for word in matched:
        told = text if word.field == "text" else description
        assert " ".join(told[word.start : word.end].split()) == word.word
    return list(matched), snippet(item, part, matched)


LONG = " ".join(f"word{number}" for number in range(200))


@pytest.mark.parametrize("word", ["word0", "word7", "word100", "word199"])
def test_a_snippet_begins_and_ends_with_whole_words(word: str) -> None:
    stretch = shown(LONG, word)
    assert word in stretch.strip("…").split()
    assert set(stretch.strip("…").split()) <= set(LONG.split())
    assert len(stretch) <= 202
    assert stretch.startswith("…") == (word in ("word100", "word199"))
    assert stretch.endswith("…") == (word != "word199")


@pytest.mark.parametrize("phrase", ["红色的小船", "红酒 museum", "红楼梦 第一回"])
def test_a_phrase_without_spaces_is_marked_as_a_whole(phrase: str) -> None:
    found, _ = marked("黄昏，停着一艘红色的小船。红酒 museum 红楼梦 第一回了", f'"{phrase}"')
    assert [word.word for word in found] == [phrase]


def test_a_text_without_spaces_is_cut_where_it_must_be() -> None:
    text = "海上停着一艘红色的小船" * 40
    stretch = shown(text, "红色")
    assert stretch.endswith("…")
    assert 180 < len(stretch) <= 202


def test_a_short_text_is_shown_whole_and_a_picture_by_its_description() -> None:
    assert shown("A red\n boat.", "red") == "A red boat."
    assert shown("", "red", "A red boat.") == "A red boat."
    assert shown("", "red", LONG).endswith("…")


FILLER = "Nothing of this is meant, and it goes on for some while. "


def test_of_a_phrase_only_places_where_its_words_stand_side_by_side_are_marked() -> None:
    text = f"A red house. {FILLER * 8}The red\nballoons rose over a red roof. {FILLER * 8}"
    matched, stretch = marked(text, '"red balloon"')
    assert [word.word for word in matched] == ["red balloons"]
    assert "The red balloons rose" in stretch
    assert [word.word for word in marked(text, '"red balloon"', "red")[0]] == ["red", "red balloons", "red"]


def test_a_phrase_of_characters_and_one_with_a_beginning_are_marked() -> None:
    text = "红酒在桌上，一瓶红酒瓶。"
    assert [(word.start, word.end) for word in marked(text, '"红酒瓶"')[0]] == [(8, 11)]
    assert [word.word for word in marked("red, and a red balloon", '"red ball*"')[0]] == ["red balloon"]


@pytest.mark.parametrize("asked", ["紅酒", "红酒", '"一瓶紅酒"', '"一瓶红酒"', "酒", "紅"])
@pytest.mark.parametrize("text", ["桌上，一瓶紅酒。𠮷", "桌上，一瓶红酒。𠮷"])
def test_characters_are_marked_in_whichever_form_they_are_written(asked: str, text: str) -> None:
    ((word,), stretch) = marked(text, asked)
    assert (word.start, word.end) == (text.index("瓶") - 1 if "瓶" in asked else 6 if asked == "酒" else 5, 7)
    assert stretch == text


@pytest.mark.parametrize(
    ("asked", "text", "words"),
    [
        ("email", "an E-Mail, a mail, an email", ["E-Mail", "email"]),
        ("e-mail", "an E-Mail, a mail, an email", ["E-Mail", "mail", "email"]),
        ("emai*", "an E-Mail, a mail", ["E-Mail"]),
        ("mail", "an E-Mail", ["Mail"]),
        ('"an email address"', "an e-mail address, an email address", ["an email address"]),
        ('"email address"', "an e-mail address, an email address", ["e-mail address", "email address"]),
        ('"an email"', "an e-mail address", ["an e-mail"]),
        ("usa", "the U.S.A., the USA", ["U.S.A", "USA"]),
        ("O'Brien", "Conor OBrien and Brien O\u2019Brien", ["OBrien", "Brien", "O\u2019Brien"]),
        ("C++", "in C, C++ and C#", ["C"]),
        ("quran", "the Qur\u02bc\u0101n and the Qur'an", ["Qur\u02bc\u0101n", "Qur'an"]),
        ("software", "soft\u00adware", ["soft\u00adware"]),
    ],
)
def test_words_in_pieces_are_marked_as_a_whole(asked: str, text: str, words: list[str]) -> None:
    assert [word.word for word in marked(text, asked)[0]] == words


def test_words_that_come_often_leave_room_for_those_that_come_once() -> None:
    text = f"The red house and the red door. {FILLER}" * 40 + f"A balloon, red as the sun. {FILLER * 3}"
    matched, stretch = marked(text, "the red balloon", description="Red balloons")
    assert len(matched) == 32
    assert {word.word for word in matched} == {"red", "balloon", "Red", "balloons"}
    assert "A balloon, red as the sun." in stretch
    assert [word for word in matched if word.word == "red"][-1].start > text.index("balloon")
    assert [word.start for word in matched[:30]] == sorted(word.start for word in matched[:30])


def test_little_words_are_marked_where_no_others_are_meant() -> None:
    assert [word.word for word in marked("To be or not to be, in a boat", "to be")[0]] == ["To", "be", "to", "be"]
    assert [word.word for word in marked("To be or not to be, in a boat", "to be in a boat")[0]] == ["boat"]
    assert [word.word for word in marked("To be or not to be", '"to be"', "boat")[0]] == ["To be", "to be"]


WORDS = st.lists(st.sampled_from(["red", "boat", "the", "sea", "a", "boats", "\n", "红酒"]), max_size=60)
PHRASE = st.lists(st.sampled_from(["red", "boat", "sea", "a"]), min_size=2, max_size=3, unique=True)


@given(WORDS.map(" ".join), PHRASE.map(" ".join))
def test_a_phrase_is_marked_as_often_as_it_stands_there(text: str, phrase: str) -> None:
    expected = phrase_count(CUT.terms(text, "en"), CUT.terms(phrase, "en"))
    assert len(marked(text, f'"{phrase}"')[0]) == min(expected, 32)
