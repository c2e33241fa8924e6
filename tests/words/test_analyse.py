"""From texts and queries to terms."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest

from pinakes.errors import UnknownName
from pinakes.settings import Settings
from pinakes.words.analyse import Analyser, analyser, query_words
from pinakes.words.languages import guess
from pinakes.words.segment import places
from pinakes.words.stems import _ALIKE, fold, short_code, stem_all


@pytest.fixture
def english() -> Analyser:
    return analyser(Settings())


def test_words_are_stemmed_by_their_language() -> None:
    assert stem_all(["boats", "running"], "en") == ["boat", "run"]
    assert stem_all(["maisons"], "fr") == ["maison"]
    assert stem_all(["boats"], "xx") == ["boats"]


def test_accents_are_folded_after_stemming_and_other_scripts_keep_their_marks() -> None:
    assert fold("été") == "ete"
    assert fold("हिन्दी") == "हिन्दी"
    assert fold("й") == "й"


@pytest.mark.parametrize(
    ("word", "plain"),
    [("cœur", "coeur"), ("łódź", "lodz"), ("søren", "soren"), ("ışık", "isik"), ("þór", "thor")]
    + [("qurʼān", "quran"), ("hawaiʻi", "hawaii"), ("gogolʹ", "gogol"), ("ʹ", "ʹ"), ("rossii\ufe20a\ufe21", "rossiia")]
    + [("ёлка", "елка"), ("סֵפֶר", "ספר"), ("كِتَابٌ", "كتاب"), ("أحـمد", "احمد"), ("کتابی", "كتابي")],
)
def test_letters_and_marks_that_are_often_left_out_make_no_other_word(word: str, plain: str) -> None:
    assert fold(word) == plain


def test_folding_at_once_agrees_with_folding_letter_by_letter() -> None:
    def naive(word: str) -> str:
        kept, latin = [], False
        for letter in unicodedata.normalize("NFD", word):
            mark = bool(unicodedata.combining(letter))
            latin = latin if mark else letter < "\u0400"
            if not (mark and latin):
                kept.append(letter)
        whole = unicodedata.normalize("NFC", "".join(kept))
        return whole.translate(_ALIKE) or whole

    for point in range(0x300, 0xD800):
        for word in (chr(point), f"é{chr(point)}\u0301", f"й{chr(point)}"):
            assert fold(word) == naive(word), hex(point)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Two red boats in the harbour", "en"),
        ("Das Haus ist rot und der Hund schläft", "de"),
        ("La maison est dans la forêt avec les chats", "fr"),
        ("港湾里停着一艘红色的小船", "zh"),
        ("これは本です、猫がいる", "ja"),
        ("Красная лодка и дом в лесу", "ru"),
        ("Η κόκκινη βάρκα", "el"),
        ("boats", ""),
        ("", ""),
        ("12345 67", ""),
    ],
)
def test_the_language_of_a_text_is_guessed_or_left_open(text: str, language: str) -> None:
    assert guess(text) == language


@pytest.mark.parametrize(
    ("told", "code"), [("en-GB", "en"), ("eng", "en"), ("English", "en"), ("zh_CN", "zh"), ("FRA", "fr")]
)
def test_languages_are_known_by_all_their_names(told: str, code: str) -> None:
    assert short_code(told) == code


def test_a_query_word_stands_for_its_stem_in_every_language_of_the_library(english: Analyser) -> None:
    (word,) = query_words("maisons", english, ["fr", "en"])
    assert set(word.terms) == {"maison"}
    (word,) = query_words("running", english, ["en", "fr"])
    assert set(word.terms) == {"run", "running"}


def test_a_query_word_with_an_umlaut_stands_for_its_spelling_without_too(english: Analyser) -> None:
    assert query_words("Köln", english, ["en"])[0].terms == ("koln", "koeln")
    assert query_words("März", english, ["en", "fr"])[0].terms == ("marz", "maerz")


def test_a_stem_of_a_rare_language_that_is_a_little_word_of_another_is_not_meant(english: Analyser) -> None:
    assert query_words("notes", english, ["en", "fr"], {"en"})[0].terms == ("note",)
    assert query_words("not", english, ["en", "fr"], {"en"})[0].terms == ("not",)
    assert query_words("notes", english, ["en", "fr"], {"en", "fr"})[0].terms == ("note", "not")
    assert query_words("notes", english, ["fr"])[0].terms == ("not",)


def test_a_star_asks_for_a_prefix_and_is_not_stemmed(english: Analyser) -> None:
    (word,) = query_words("ligh* ", english, ["en"])
    assert word.prefix
    assert word.terms == ("ligh",)


def test_a_lone_character_without_spaces_is_a_prefix_of_bigrams(english: Analyser) -> None:
    (word,) = query_words("红", english, ["zh"])
    assert word.prefix
    assert word.terms == ("红",)


def test_a_lone_character_with_its_marks_is_a_prefix_too(english: Analyser) -> None:
    (word,) = query_words("สี", english, ["th"])
    assert word.prefix
    assert word.terms == ("สี",)


def test_a_run_without_spaces_is_looked_up_by_its_bigrams(english: Analyser) -> None:
    assert [word.terms for word in query_words("红酒瓶 sea", english, ["zh"])] == [("红酒",), ("酒瓶",), ("sea",)]


@pytest.mark.parametrize(
    ("one", "other"), [("紅酒瓶 sea", "红酒瓶 sea"), ("髮", "发"), ("紅嗎", "红吗"), ("図書館", "圖書館")]
)
def test_forms_of_a_chinese_character_are_looked_up_as_one(english: Analyser, one: str, other: str) -> None:
    assert [word.terms[-1] for word in query_words(one, english, ["zh"])] == [
        word.terms[-1] for word in query_words(other, english, ["zh"])
    ]
    assert "".join(word.text for word in query_words(one, english, ["zh"])) != ""
    assert english.terms(one, "zh") == english.terms(other, "zh")
    # As they are written they are kept, for whoever is shown them.
    assert english.forms(one) != english.forms(other)


def test_of_a_phrase_each_piece_is_looked_up_where_it_stands(english: Analyser) -> None:
    words = query_words("红色的船 sea 港", english, ["zh"], phrase=True)
    assert [(word.text, word.at) for word in words] == [
        ("红色", 0),
        ("色的", 1),
        ("的船", 2),
        ("sea", 4),
        ("港", 5),
    ]
    # Without one what tells nothing is left out, and what is left still stands where it stood.
    words = query_words("红色的小船 sea", english, ["zh"])
    assert [(word.text, word.at) for word in words] == [("红色", 0), ("小船", 3), ("sea", 5)]


def test_the_points_of_hebrew_letters_cut_no_word(english: Analyser) -> None:
    assert english.terms("בְּרֵאשִׁית בָּרָא", "") == ["בראשית", "ברא"]


def test_places_mark_the_words_in_the_text(english: Analyser) -> None:
    text = "Red boats, blue Boats"
    found = zip(places(text), english.terms(text, "en"), strict=True)
    assert [text[start:end] for (start, end), term in found if term == "boat"] == ["boats", "Boats"]


def test_a_wrong_segmenter_suggests_the_nearest() -> None:
    with pytest.raises(UnknownName, match="bigrams"):
        analyser(replace(Settings(), segmenter="bigram"))
