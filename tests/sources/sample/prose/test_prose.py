"""Texts: they say what their scenes show, in one language and without repeating themselves."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pytest

from pinakes.sources.sample.layout import random_scene
from pinakes.sources.sample.prose import chinese, english, forms_en, forms_zh
from pinakes.sources.sample.prose.nouns_en import NOUNS as ENGLISH
from pinakes.sources.sample.prose.nouns_zh import NOUNS as CHINESE
from pinakes.sources.sample.prose.text import Deck, Text, as_html, as_markdown, as_plain
from pinakes.sources.sample.prose.words_en import PLACES as ENGLISH_PLACES
from pinakes.sources.sample.prose.words_en import SOUNDS as ENGLISH_SOUNDS
from pinakes.sources.sample.prose.words_zh import COLOURS, TIMES
from pinakes.sources.sample.prose.words_zh import PLACES as CHINESE_PLACES
from pinakes.sources.sample.prose.words_zh import SOUNDS as CHINESE_SOUNDS
from pinakes.sources.sample.scene import PLACES, THINGS, Scene
from pinakes.sources.sample.sound.sounds import SOUNDS

LATIN = re.compile("[A-Za-z]")
HAN = re.compile("[\u4e00-\u9fff]")
DAY = date(1912, 5, 3)


def scenes(count: int = 120) -> list[Scene]:
    """Scenes left to chance."""
    rng = np.random.default_rng(11)
    return [random_scene(rng) for _ in range(count)]


def says_english(words: str, scene: Scene) -> None:
    for thing in scene.things:
        assert f"{thing.colour} {thing.name}" in words.lower()
    place = {"underwater": "under the sea", "hills": "hills"}.get(scene.place, scene.place)
    assert place in words.lower()
    assert scene.time in words.lower()
    if scene.weather != "clear":
        assert scene.weather in words.lower()


def says_chinese(words: str, scene: Scene) -> None:
    for thing in scene.things:
        assert f"{COLOURS[thing.colour]}的{CHINESE[thing.name].word}" in words
    place = CHINESE_PLACES[scene.place]
    assert any(part in words for part in (place.name, place.ground, place.water, place.air))
    assert TIMES[scene.time][0] in words or (
        scene.weather != "clear" and {"day": "天", "night": "夜", "dusk": "黄昏"}[scene.time] in words
    )
    if scene.weather != "clear":
        assert {"rain": "雨", "snow": "雪"}[scene.weather] in words


def test_the_tables_cover_all_things_places_and_sounds() -> None:
    assert set(ENGLISH) == set(CHINESE) == set(THINGS)
    assert set(ENGLISH_PLACES) == set(CHINESE_PLACES) == set(PLACES)
    assert set(ENGLISH_SOUNDS) == set(CHINESE_SOUNDS) == set(SOUNDS)


def test_no_sentence_stands_twice_in_the_tables() -> None:
    for nouns in (ENGLISH, CHINESE):
        facts = [fact for noun in nouns.values() for fact in noun.facts]
        assert len(facts) == len(set(facts))


def test_captions_name_everything() -> None:
    for scene in scenes():
        says_english(english.caption(scene), scene)
        says_chinese(chinese.caption(scene), scene)


def test_a_sentence_begins_and_ends_as_sentences_do() -> None:
    rng = np.random.default_rng(2)
    for scene in scenes():
        words = english.caption(scene, rng)
        assert words[0].isupper()
        assert words.endswith(".")
        assert "  " not in words
        assert not re.search(r"\ba [aeiou]", words.lower()), words
        assert chinese.caption(scene).endswith("。")


@pytest.mark.parametrize("form", ["note", "field note", "poem", "letter", "card", "walk"])
def test_english_texts_say_what_their_scene_shows(form: str) -> None:
    for scene in scenes(40):
        says_english(written(form, scene).words, scene)


@pytest.mark.parametrize("form", ["note", "poem", "letter", "walk"])
def test_chinese_texts_say_what_their_scene_shows_and_nothing_in_latin_letters(form: str) -> None:
    for scene in scenes(40):
        words = written_zh(form, scene).words
        says_chinese(words, scene)
        assert not LATIN.search(words)
        assert not re.search("[,.!?;:]", words)


@pytest.mark.parametrize("form", ["note", "field note", "poem", "letter", "card", "walk"])
def test_english_texts_hold_no_chinese_and_no_empty_slot(form: str) -> None:
    for scene in scenes(20):
        words = written(form, scene).words
        assert not HAN.search(words)
        assert not re.search(r"[{}]|None|\(\)|\s,|\.\.", words)


def written(form: str, scene: Scene) -> Text:
    """An English text of a form about a scene."""
    deck = Deck(np.random.default_rng(4))
    if form == "note":
        return forms_en.note(scene, "Ilse Maravant", "plates/a", deck, "Alder Penhallow")
    if form == "field note":
        return forms_en.field_note(scene, DAY, deck, "Noor Castellane")
    if form == "poem":
        return forms_en.poem(scene, deck, "Gu Tinglan")
    if form == "letter":
        return forms_en.letter(scene, DAY, "Noor", deck, "Alder")
    if form == "card":
        return forms_en.card(scene, "Ilse Maravant", DAY, "plates/a", 7, deck.rng)
    return forms_en.walk((scene, scene), deck.rng, "Noor Castellane", "A walk")


def written_zh(form: str, scene: Scene) -> Text:
    """A Chinese text of a form about a scene."""
    deck = Deck(np.random.default_rng(4))
    if form == "note":
        return forms_zh.note(scene, deck, "顾听澜")
    if form == "poem":
        return forms_zh.poem(scene, deck, "顾听澜")
    if form == "letter":
        return forms_zh.letter(scene, DAY, "沈砚秋", deck, "顾听澜")
    return forms_zh.walk((scene, scene), deck.rng, "顾听澜", "散步")


def test_a_walk_has_several_passages() -> None:
    walk = forms_en.walk(tuple(scenes(5)), np.random.default_rng(1), "Noor", "A walk")
    assert len(walk.paragraphs) >= 15
    assert len(walk.words) > 2_000


def test_a_deck_deals_every_card_before_it_repeats_one() -> None:
    deck = Deck(np.random.default_rng(1))
    cards = ("a", "b", "c", "d")
    assert sorted(deck.draw(cards) for _ in range(4)) == sorted(cards)
    assert sorted(deck.draw(cards) for _ in range(4)) == sorted(cards)


def test_dates_are_written_in_both_languages() -> None:
    assert forms_en.day_of(DAY) == "3 May 1912"
    assert forms_zh.day_of(DAY) == "一九一二年五月三日"
    assert forms_zh.day_of(date(1930, 12, 21)) == "一九三〇年十二月二十一日"


def test_a_text_becomes_plain_text_markdown_and_html() -> None:
    text = Text("A & B", "Somebody", ("One.", "Two,\nthree."))
    assert as_plain(text) == "A & B\n\nSomebody\n\nOne.\n\nTwo,\nthree.\n"
    assert as_markdown(text).startswith("# A & B\n\n*Somebody*\n\nOne.\n\nTwo,  \nthree.")
    page = as_html(text, [("DC.title", 'A "quoted" title')])
    assert "<title>A &amp; B</title>" in page
    assert "&quot;quoted&quot;" in page
    assert "Two,<br>\nthree." in page
