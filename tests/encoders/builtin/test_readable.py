"""What an encoder can read: words that it has learned, in the scripts of its languages."""

from __future__ import annotations

import pytest

from pinakes.encoders.builtin import make
from pinakes.encoders.queries import encode_queries
from pinakes.encoders.readable import LEAST, Reader
from pinakes.settings import Settings
from pinakes.words.vocabulary import Pieces, Words

ENGLISH = "red boat lighthouse sea night dog cat snow sailing the of on in a and"
CHINESE = "红色的小船 海上 雪夜"
PIECES = Pieces.trained([word for word in f"{ENGLISH} {CHINESE}".split() for _ in range(9)], most=300)
WHOLE = Words.trained([ENGLISH, CHINESE])
LANGUAGES = ("en", "zh")


@pytest.mark.parametrize("vocabulary", [PIECES, WHOLE])
@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("a red boat", ()),
        ("The DOG's red boat", ()),
        ("红色的小船", ()),
        ("red 小船", ()),
        ("boat qwrtz", ("qwrtz",)),
    ],
)
def test_words_that_were_learned_are_read(vocabulary: Pieces | Words, text: str, unknown: tuple[str, ...]) -> None:
    if text == "red 小船" and vocabulary is WHOLE:
        text = "red 红色的小船"
    assert Reader(vocabulary, LANGUAGES).read(text).unknown == unknown


@pytest.mark.parametrize("vocabulary", [PIECES, WHOLE])
@pytest.mark.parametrize(
    "text",
    ["qwrtz", "bateau rouge", "rotes Schiff im Hafen", "Красная лодка", "赤い船", "빨간 배", "קטע", "1900", "", "!?"],
)
def test_other_words_languages_and_scripts_are_not_read(vocabulary: Pieces | Words, text: str) -> None:
    assert not Reader(vocabulary, LANGUAGES).read(text)


def test_the_share_is_that_of_letters() -> None:
    assert Reader(PIECES, LANGUAGES).read("boat qwrtzu 1900").share == pytest.approx(4 / 10)
    assert bool(Reader(PIECES, LANGUAGES).read("boat qwrt")) is (LEAST <= 0.5)


def test_a_word_of_two_pieces_is_known_by_a_stem_that_is_half_of_it() -> None:
    pieces = Pieces.trained(["light snow boat man house ing er" for _ in range(9)], most=120)
    assert [len(pieces.pieces(word)) for word in ("boater", "lighthuose", "maner")] == [2, 5, 2]
    assert Reader(pieces, LANGUAGES).read("boater").unknown == ()
    # A word that is misspelt begins well and goes on in crumbs; three letters begin words of every language.
    assert Reader(pieces, LANGUAGES).read("lighthuose maner").unknown == ("lighthuose", "maner")


@pytest.mark.parametrize("vocabulary", [PIECES, WHOLE])
def test_a_word_is_known_as_it_is_or_only_by_its_stem(vocabulary: Pieces | Words) -> None:
    reader = Reader(vocabulary, LANGUAGES)
    assert [word for word in ("boat", "Boat", "lighthouse", "boatz", "bota", "猫") if reader.knows(word)] == [
        "boat",
        "Boat",
        "lighthouse",
    ]
    assert not Reader(None, LANGUAGES).knows("boat")


def test_little_words_of_another_language_are_not_taken_for_english_ones() -> None:
    both = Words.trained(["die in an red boat war ship hard"])
    assert Reader(both, LANGUAGES).read("red boat in").unknown == ()
    assert Reader(both, LANGUAGES).read("die der und das boat").unknown == ("die", "der", "und", "das")
    # Of a model that names no language, any may be asked.
    assert Reader(both, ()).read("die boat").unknown == ()


def test_a_model_without_a_vocabulary_of_its_own_reads_everything() -> None:
    assert Reader(None, LANGUAGES).read("qwrtz")


def test_chinese_is_read_in_whichever_form_more_was_learned_of() -> None:
    simplified = Pieces.trained(["红色的小船", "红酒", "绿色的龟"] * 3, least=1)
    traditional = Pieces.trained(["紅色的小船", "紅酒", "綠色的龜"] * 3, least=1)
    for learned, asked, read in (
        (simplified, "紅色的小船 x", "红色的小船 x"),
        (simplified, "红色的小船", "红色的小船"),
        (traditional, "紅色的小船", "紅色的小船"),
        (None, "紅色的小船", "紅色的小船"),
    ):
        assert Reader(learned, ()).as_learned(asked) == read
    assert Reader(simplified, ("zh",)).read("紅酒").unknown == ()
    assert Reader(simplified, ("zh",)).read("漢語").unknown == ("漢語",)


def test_the_built_in_encoder_takes_a_query_in_either_form_for_the_same() -> None:
    encoder = make(Settings())
    one, other, unlike = encode_queries(encoder, ["红色的船", "紅色的船", "绿色的船"])
    assert one @ other > 0.9999 > one @ unlike
