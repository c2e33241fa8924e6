"""The search as a whole, on a small library of words and toy vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.records import NewPart
from pinakes.catalogue.spaces import Space
from pinakes.encoders.base import Description, unit_rows
from pinakes.encoders.readable import Reading
from pinakes.errors import BadInput, BadQuery, DeadlinePassed, PinakesError, UnknownName
from pinakes.index.local import LocalIndex
from pinakes.limits import Limits
from pinakes.search.query.parse import parse
from pinakes.search.request import Holdings, Options
from pinakes.search.results import Answer, Found
from pinakes.search.search import search
from pinakes.settings import Settings
from pinakes.types import Floats, Place
from tests import makers
from tests.makers import fill, text_part, work

# A toy space of meaning: every word points in its own direction, synonyms in the same.
MEANINGS = {
    "boat": 0,
    "ship": 0,
    "vessel": 0,
    "sea": 1,
    "ocean": 1,
    "house": 2,
    "home": 2,
    "night": 3,
    "dark": 3,
    "red": 4,
}


class Toy:
    """An encoder of texts by what their words mean."""

    description: Description = makers.description(dim=8)

    def encode(self, modality: str, batch: Sequence[str]) -> Floats:
        """One direction for each meaning, and a little of a common one."""
        vectors = np.zeros((len(batch), 8), np.float32)
        for row, text in enumerate(batch):
            for word in text.lower().split():
                if word in MEANINGS:
                    vectors[row, MEANINGS[word]] += 1
        return unit_rows(vectors)


WORKS = [
    (
        "ship.txt",
        "vessel on the ocean",
        {"title": "A ship", "date": "1899", "creator": "Klee", "labels": ["ship", "sea"]},
    ),
    ("boat.txt", "a red boat", {"title": "Boat", "date": "1905", "creator": "Miró"}),
    ("house.txt", "house and home", {"title": "House", "date": "1905", "creator": "Klee"}),
    ("night.txt", "a boat in the dark night", {"title": "Nocturne", "date": "1920"}),
    ("wine.txt", "一瓶红酒在桌上", {"title": "酒"}),
]


def space_of(catalogue: Catalogue) -> Space:
    """The toy's space."""
    from pinakes.catalogue.spaces import create
    from pinakes.encoders.hashers import fit

    with catalogue.writing() as connection:
        return create(connection, Toy.description, fit("rotation", np.eye(8, dtype=np.float32), "cosine", 64), "active")


def holdings(catalogue: Catalogue, given: Settings | None = None) -> Holdings:
    """What a search uses of the catalogue's library."""
    return Holdings(
        catalogue=catalogue,
        index=LocalIndex(catalogue),
        settings=given or Settings(),
        encoder=lambda _: Toy(),  # type: ignore[arg-type,return-value]
        decode=lambda _: [],
        upload=lambda name: Path(name),
    )


@pytest.fixture
def library(catalogue: Catalogue) -> Holdings:
    """The small library on each of the two databases."""
    space = space_of(catalogue)
    toy = Toy()
    works = []
    for name, text, fields in WORKS:
        (vector,) = toy.encode("text", [text])
        vectors = {space.id: vector} if vector.any() else {}
        works.append(work(name, text_part(text, vectors=vectors), fields=fields))
    fill(catalogue, works, space)
    return holdings(catalogue)


def ask(library: Holdings, query: str, **options: object) -> Answer:
    """Search the small library."""
    return search(parse(query, Limits()), replace(Options(), **options), library)  # type: ignore[arg-type]


def titles(answer: Answer) -> list[str]:
    """Titles of the hits in order."""
    return [hit.title for hit in answer]


def test_words_and_meaning_find_together(library: Holdings) -> None:
    answer = ask(library, "boat")
    assert titles(answer)[0] in ("Boat", "Nocturne")
    assert "A ship" in titles(answer)
    ship = next(hit for hit in answer if hit.title == "A ship")
    assert [reason.space for reason in ship.why.spaces] == ["toy"]


def test_an_exact_match_of_words_never_loses_to_a_vague_likeness(library: Holdings) -> None:
    for fusion in ("evidence", "reciprocal", "weighted", "voting", "convex", "early"):
        answer = ask(library, "boat dark night", fusion=fusion)
        assert titles(answer)[0] == "Nocturne"
        assert answer.hits[0].why.exact


def test_each_hit_says_why(library: Holdings) -> None:
    (first, *_) = ask(library, "red boat")
    assert first.title == "Boat"
    reasons = {reason.space: reason for reason in first.why.spaces}
    assert reasons["words"].rank == 1
    assert sum(reason.share for reason in reasons.values()) == pytest.approx(1)
    assert {(word.word, word.field) for word in first.why.words} >= {
        ("red", "text"),
        ("boat", "text"),
        ("Boat", "title"),
    }
    place = next(word for word in first.why.words if word.word == "red")
    assert "a red boat"[place.start : place.end] == "red"


def test_a_minus_word_leaves_out_what_holds_it(library: Holdings) -> None:
    assert "Nocturne" in titles(ask(library, "boat"))
    assert "Nocturne" not in titles(ask(library, "boat - dark"))


@pytest.mark.parametrize("query", ["boat - night", "home - boat", "- boat", "item:2 - night"])
def test_few_rows_and_many_are_left_out_alike(library: Holdings, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    few = [(hit.item, hit.score) for hit in ask(library, query, min_score=0.0)]
    monkeypatch.setattr("pinakes.search.candidates._FEW", 0)
    assert few == [(hit.item, hit.score) for hit in ask(library, query, min_score=0.0)]
    assert few


def test_a_minus_word_of_the_title_leaves_out_the_whole_work_and_one_of_a_page_that_page(catalogue: Catalogue) -> None:
    pages = [text_part("a boat at sea"), text_part("a boat at night"), text_part("a boat at noon")]
    fill(
        catalogue,
        [
            work("dark", *pages[:1], *pages[2:], fields={"title": "Night pieces"}),
            work("bright", *pages, fields={"title": "Days"}),
        ],
    )
    held = holdings(catalogue)
    (hit,) = ask(held, "boat - night").hits
    assert (hit.title, len(hit.also)) == ("Days", 1)
    (hit,) = ask(held, "boat - title:days").hits
    assert hit.title == "Night pieces"
    assert {hit.title for hit in ask(held, "boat - text:night")} == {"Days", "Night pieces"}


def test_a_minus_term_alone_pushes_away_from_its_meaning(library: Holdings) -> None:
    with_it = {hit.title: hit.score for hit in ask(library, "labels=ship")}
    assert with_it == {"A ship": 1.0}
    without = ask(library, "date>=1800 - home")
    assert "House" not in titles(without)


def test_a_minus_term_pushes_down_what_is_like_it_and_leaves_the_rest_as_it_is(library: Holdings) -> None:
    by_meaning = {"weights": {"words": 0.0, "phrases": 0.0}, "min_score": 0.0}
    plain, without = ask(library, "vessel", **by_meaning), ask(library, "vessel - dark", **by_meaning)
    assert {"A ship", "Boat", "Nocturne"} <= set(titles(plain))
    assert set(titles(without)[:2]) == {"A ship", "Boat"}
    told = {hit.title: (hit.score, hit.why.spaces[0].raw) for hit in plain}
    for hit in without.hits:
        assert hit.why.spaces[0].raw == pytest.approx(told[hit.title][1])
    # What is half of what is not wanted loses, what has nothing of it does not.
    scores = {hit.title: hit.score for hit in without.hits}
    assert scores["Boat"] == pytest.approx(told["Boat"][0])
    assert scores.get("Nocturne", 0) < 0.8 * told["Nocturne"][0]


def test_a_space_that_counts_nothing_pushes_nothing_away(library: Holdings) -> None:
    plain, without = ask(library, "red"), ask(library, "red - dark", weights={"toy": 0.0})
    assert [hit.score for hit in without.hits] == [hit.score for hit in plain.hits if "words" in _spaces(hit)]


def _spaces(hit: Found) -> list[str]:
    return [reason.space for reason in hit.why.spaces]


@pytest.mark.parametrize("query", ["🚢🌊", "!!! ???", "title:🚢", "🚢 - boat"])
def test_what_no_space_can_read_finds_nothing_rather_than_everything(library: Holdings, query: str) -> None:
    assert ask(library, query).total == 0


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("information retrieval", "Information Retrieval"),
        ("the information sciences", "The Information Sciences"),
        ("title:information retrieval", "Information Retrieval"),
        ('"information retrieval"', "Information Retrieval"),
        ("红酒", "红酒"),
        ("红楼梦 第一回", "红楼梦 第一回"),
        ('"红楼梦 第一回"', "红楼梦 第一回"),
        ("红酒 museum 上海", "红酒 Museum 上海"),
        ("müller", "Müller"),
    ],
)
def test_a_title_that_says_just_what_is_asked_comes_first(catalogue: Catalogue, query: str, first: str) -> None:
    titled = [
        "Müller Müller Straße",
        "Information Retrieval",
        "The Information Sciences",
        "红酒",
        "红酒的历史",
        "红楼梦 第一回",
        "红酒 Museum 上海",
        "Müller",
    ]
    works = [work(f"{n}.txt", text_part("a survey of many things"), fields={"title": t}) for n, t in enumerate(titled)]
    # These say the words more often, and in fewer others.
    for n, told in enumerate(
        ["information retrieval", "information sciences", "红酒", "红楼梦 第一回", "红酒 museum 上海"]
    ):
        fields = {"title": f"On {told}: {told}", "subjects": [told]}
        works += [work(f"{n}-{m}.txt", text_part(f"{told} {told}"), fields=fields) for m in range(3)]
    fill(catalogue, works)
    found = ask(holdings(catalogue), query, unfold=True)
    assert titles(found)[0] == first
    assert found.total >= 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('"红色的小船"', ["boat"]),
        ('"停着一艘红色的小船"', ["boat"]),
        ("「红色的」", ["boat"]),
        ('"的小船"', ["boat"]),
        ('"红色小船"', []),
        ('"红色和小船"', []),
        ('"红酒 museum"', ["wine"]),
        ('"红酒 Museum 上海"', ["wine"]),
        ('"红酒 上海"', []),
        ('"红楼梦 第一回"', ["novel"]),
        ('"赤い船 の 話"', ["tale"]),
        ('title:"港口的夜"', ["港口的夜"]),
        ('港口 - "红色的小船"', ["港口的夜"]),
    ],
)
def test_a_phrase_is_found_in_text_without_spaces_as_it_is_written(
    catalogue: Catalogue, query: str, found: list[str]
) -> None:
    texts = {
        "boat": "黄昏，港口停着一艘红色的小船。",
        "wine": "红酒 museum 上海",
        "novel": "红楼梦 第一回",
        "tale": "赤い船 の 話",
    }
    works = [work(f"{name}.txt", text_part(text)) for name, text in texts.items()]
    works.append(work("night.txt", text_part("一"), fields={"title": "港口的夜"}))
    fill(catalogue, works)
    assert titles(ask(holdings(catalogue), query)) == found


def test_every_stretch_of_a_text_without_spaces_finds_it_as_a_phrase(catalogue: Catalogue) -> None:
    chance = np.random.default_rng(7)
    texts = ["".join(chance.choice(list("红色的小船了 港の"), 12)).strip() + "夜" for _ in range(12)]
    fill(catalogue, [work(f"{n}.txt", text_part(text)) for n, text in enumerate(texts)])
    held = holdings(catalogue)
    for number, text in enumerate(texts):
        for start, end in chance.integers(0, len(text) + 1, (20, 2)):
            if stretch := text[start:end].strip():
                assert str(number) in titles(ask(held, f'"{stretch}"', limit=20, unfold=True)), stretch


def test_little_words_alone_make_no_hit(catalogue: Catalogue) -> None:
    # They are rare where most texts are mere names.
    texts = [f"a card about the {word}" for word in ("lamp", "moon", "quay", "bell")] + [f"name{n}" for n in range(12)]
    fill(catalogue, [work(f"{n}.txt", text_part(text)) for n, text in enumerate(texts)])
    held = holdings(catalogue)
    assert ask(held, "the tower of a castle").total == 0
    assert titles(ask(held, "a moon for the castle")) == ["1"]
    # Where nothing else is asked for, they are what is asked for.
    assert ask(held, "the").total == 4


def test_little_words_that_fit_best_do_not_silence_the_others(catalogue: Catalogue) -> None:
    fill(
        catalogue,
        [
            work("night.txt", text_part("the night")),
            work("cat.txt", text_part("striped brown cat asleep upon one old wooden kitchen chair near sunny windows")),
            *(work(f"{n}.txt", text_part(f"plain thing {n}")) for n in range(60)),
        ],
    )
    (hit,) = ask(holdings(catalogue), "the cat").hits
    assert (hit.title, hit.why.exact) == ("cat", True)
    assert hit.score > 0.9


def test_a_prefix_and_a_word_in_a_field_are_meant_however_little(catalogue: Catalogue) -> None:
    texts = ["boats in harbours", "boats and piers", "inside of harbours"]
    fill(catalogue, [work(f"{n}.txt", text_part(text), fields={"title": f"To {n}"}) for n, text in enumerate(texts)])
    held = holdings(catalogue)
    assert [hit.title for hit in ask(held, "boats in*") if hit.why.exact] == ["To 0"]
    assert "To 2" in titles(ask(held, "boats in*"))
    assert not any(hit.why.exact for hit in ask(held, "boats title:in"))


def test_what_is_searched_with_weight_0_makes_no_other_space_less(library: Holdings) -> None:
    kept = {hit.title: hit.score for hit in ask(library, "boat")}
    assert {hit.title: hit.score for hit in ask(library, "boat", weights={"elsewhere": 0.0})} == kept


def test_a_little_word_of_another_language_is_none(catalogue: Catalogue) -> None:
    # In German "war" is was.
    texts = ["it was the war of the roses", "the roses of the garden", "this is the end of the world war", "peace"]
    fill(catalogue, [work(f"{n}.txt", text_part(text)) for n, text in enumerate(texts)])
    held = holdings(catalogue)
    assert [hit.title for hit in ask(held, "war roses") if hit.why.exact] == ["0"]
    assert set(titles(ask(held, "war of independence"))) == {"0", "2"}
    # It is marked, and "of" is not.
    assert {word.word for hit in ask(held, "war of independence") for word in hit.why.words} == {"war"}


def test_filters_alone_list_everything_that_meets_them(library: Holdings) -> None:
    assert set(titles(ask(library, "creator=klee"))) == {"A ship", "House"}
    assert titles(ask(library, "creator=klee date<1900")) == ["A ship"]
    assert titles(ask(library, "date=1905 -creator=klee")) == ["Boat"]


@pytest.mark.parametrize("name", ["type:text", "modality:text", "collection:main", "state:ready", "language:en"])
def test_what_filters_alone_know_is_found_with_a_colon_too(library: Holdings, name: str) -> None:
    found = titles(ask(library, name, limit=10))
    assert found == titles(ask(library, name.replace(":", "="), limit=10))
    assert set(found) == {title for title in found if title} and len(found) >= (name != "language:en")


def test_an_item_as_a_term_finds_what_is_like_it_and_not_itself(library: Holdings) -> None:
    boat = next(hit.item for hit in ask(library, "title:Boat") if hit.title == "Boat")
    found = ask(library, f"item:{boat}")
    assert "Boat" not in titles(found)
    assert titles(found)


def test_chinese_is_found_within_a_run_of_characters(library: Holdings) -> None:
    assert titles(ask(library, "红酒")) == ["酒"]


@pytest.mark.parametrize("segmenter", ["bigrams", "jieba"])
@pytest.mark.parametrize(
    "query",
    ["紅酒", "红酒", '"一瓶紅酒"', '"一瓶红酒"', "title:歷史", "title:历史", "紅酒*", "红酒*", "creator:鲁迅", "魯迅"],
)
def test_simplified_and_traditional_characters_find_each_other(
    catalogue: Catalogue, query: str, segmenter: str
) -> None:
    pytest.importorskip("jieba", exc_type=ImportError)
    texts = {"歷史一": ("一瓶紅酒在桌上", "魯迅"), "历史二": ("一瓶红酒在桌上", "鲁迅"), "三": ("一艘紅色的船", "老舍")}
    fill(
        catalogue,
        [
            work(f"{title}.txt", text_part(text), fields={"title": title, "creator": creator})
            for title, (text, creator) in texts.items()
        ],
    )
    catalogue.settings = replace(catalogue.settings, segmenter=segmenter)
    found = ask(holdings(catalogue, catalogue.settings), query)
    assert {hit.title for hit in found if hit.why.exact} == {"歷史一", "历史二"}


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("email", {"An e-mail", "The email"}),
        ("e-mail", {"An e-mail", "The email"}),
        ("C++", {"Learning C++"}),
        ("learning C++", {"Learning C++"}),
        ("title:cooperation", {"Co-operation"}),
        ("mail -email", {"By mail"}),
    ],
)
def test_words_in_pieces_and_in_one_find_each_other(catalogue: Catalogue, query: str, first: set[str]) -> None:
    said = ["An e-mail", "The email", "Learning C++", "Learning C", "Co-operation", "By mail"]
    fill(catalogue, [work(f"{n}.txt", text_part("told"), fields={"title": title}) for n, title in enumerate(said)])
    assert {hit.title for hit in ask(holdings(catalogue), query) if hit.why.exact} == first


def test_a_title_in_pieces_is_the_title_that_is_asked_for_in_one(catalogue: Catalogue) -> None:
    works = [work("0.txt", text_part("told"), fields={"title": "E-Mail"})]
    works += [work(f"{n}.txt", text_part("email " * n), fields={"title": "On email and email"}) for n in range(1, 4)]
    fill(catalogue, works)
    assert titles(ask(holdings(catalogue), "email"))[0] == "E-Mail"


def test_nothing_found_is_possible(library: Holdings) -> None:
    answer = ask(library, "xylophone")
    assert titles(answer) == []
    assert answer.total == 0


@pytest.mark.parametrize(
    ("query", "notes"),
    [
        ("collection=Nope", ("No item of this library meets collection=Nope.",)),
        ("boat date>=1950 creator=Klee", ("No item of this library meets date>=1950.",)),
        ("modality=video", ("No item of this library meets modality=video.",)),
        # Each is met, but not by the same; and where something is found nothing is said.
        ("date=1899 creator=Miró", ()),
        ("creator=Miró,Nobody", ()),
    ],
)
def test_a_filter_that_nothing_meets_is_told_where_nothing_is_found(
    library: Holdings, query: str, notes: tuple[str, ...]
) -> None:
    assert ask(library, query).notes == notes


def test_in_a_library_with_nothing_in_it_no_filter_is_to_blame(catalogue: Catalogue) -> None:
    assert ask(holdings(catalogue), "modality=image").notes == ()


def test_a_misspelt_word_gets_a_suggestion_from_the_librarys_own_words(library: Holdings) -> None:
    answer = ask(library, "red vesel")
    assert [(one.word, one.suggestion) for one in answer.corrections] == [("vesel", "vessel")]
    assert answer.suggestion == "red vessel"


class Read(Toy):
    """The toy, which knows the words that mean something to it."""

    def reading(self, text: str) -> Reading:
        return Reading(1.0)

    def knows(self, word: str) -> bool:
        return word in MEANINGS


@pytest.mark.parametrize(
    ("query", "suggestion"),
    [
        # No word of the library, and one that its encoder finds ships with.
        ("boot", ""),
        # Nothing is found with it, or the encoder does not know it.
        ("boot modality=image", 'boat modality="image"'),
        ("boit", "boat"),
        ("boot vesel", "boot vessel"),
    ],
)
def test_a_word_that_an_encoder_knows_and_finds_something_for_is_left_as_it_is(
    library: Holdings, monkeypatch: pytest.MonkeyPatch, query: str, suggestion: str
) -> None:
    monkeypatch.setitem(MEANINGS, "boot", MEANINGS["boat"])
    assert ask(replace(library, encoder=lambda _: Read()), query).suggestion == suggestion


SPELT = "He comes to one list of the hat, a whale, whales, a whaler and a noose"


@pytest.mark.parametrize(
    ("query", "suggestion"),
    [
        ("T. S. Eliot", ""),
        ("monet", ""),
        ("poems", ""),
        ("haupt", ""),
        ("hta", ""),
        ("wahle", "whale"),
        # The first letter is seldom wrong.
        ("nouse", "noose"),
        ("vesell", "vessel"),
        # It is in texts, but in no title, and nothing like it is.
        ("title:whale", ""),
        ("title:boot", "title:boat"),
        ("title:vesel", ""),
        ("vesel", "vessel"),
    ],
)
def test_a_suggestion_is_near_and_stands_where_it_is_asked_for(
    embedded: Catalogue, query: str, suggestion: str
) -> None:
    works = [work(name, text_part(text), fields=fields) for name, text, fields in WORKS]
    fill(embedded, [*works, work("spelt.txt", text_part(SPELT, language="en"), fields={"title": "Words"})])
    assert ask(holdings(embedded), query).suggestion == suggestion


def test_a_name_is_suggested_whose_spelling_only_its_own_language_takes_for_the_same(embedded: Catalogue) -> None:
    wedding = work("wedding.txt", text_part("Mr and Mrs Müller", language="en"))
    others = [work("fest.txt", text_part("Das Fest", language="de")), work("pump.txt", text_part("An impeller"))]
    fill(embedded, [wedding, *others])
    assert ask(holdings(embedded), "mueller").suggestion == "müller"


def test_facets_count_items_of_what_was_found(library: Holdings) -> None:
    facets = ask(library, "date>=1800").facets
    assert facets["creator"] == {"Klee": 2, "Miró": 1}
    assert facets["date"] == {"1905": 2, "1899": 1, "1920": 1}
    assert facets["labels"] == {"sea": 1, "ship": 1}


def test_pages_follow_each_other_without_gap_or_repetition(library: Holdings) -> None:
    whole = titles(ask(library, "date>=1800"))
    paged: list[str] = []
    token = ""
    while True:
        answer = ask(library, "date>=1800", limit=1, page=token)
        paged += titles(answer)
        assert [hit.rank for hit in answer] == [len(paged)]
        token = answer.next_page
        if not token:
            break
    assert paged == whole


def test_a_page_token_of_an_older_library_is_refused(library: Holdings) -> None:
    token = ask(library, "date>=1800", limit=1).next_page
    fill(library.catalogue, [work("new", text_part("new"))])
    with pytest.raises(BadQuery, match="changed"):
        ask(library, "date>=1800", limit=1, page=token)


def test_almost_equal_texts_are_folded_unless_asked_for(catalogue: Catalogue) -> None:
    fill(
        catalogue,
        [
            work(name, text_part("red boat", signature=s))
            for name, s in (("a", 0b111000), ("b", 0b111001), ("c", 1 << 60))
        ],
    )
    held = holdings(catalogue)
    folded = ask(held, "boat")
    assert folded.total == 2
    assert len(folded.hits[0].alike) == 1
    assert ask(held, "boat", unfold=True).total == 3


def test_variety_is_found_in_a_library_of_texts_pictures_and_sounds(embedded: Catalogue) -> None:
    space = space_of(embedded)
    texts = ["red boat", "red boat at sea", "a red house"]
    works = [
        work(text, text_part(text, vectors={space.id: vector}))
        for text, vector in zip(texts, Toy().encode("text", texts), strict=True)
    ]
    # The space has vectors of texts alone.
    for modality in ("image", "audio"):
        titled: list[dict[str, str]] = [{"title": "A red boat"}, {"title": "A red sea"}]
        part = NewPart(modality, Place(), "")  # type: ignore[arg-type]
        works += [work(f"{modality} {number}", part, fields=fields) for number, fields in enumerate(titled)]
    fill(embedded, works, space)
    found = ask(holdings(embedded), "red", diversity=0.5, limit=10)
    assert found.total == 7
    assert {hit.modality for hit in found} == {"text", "image", "audio"}


def test_a_value_that_only_what_is_folded_has_can_still_be_chosen(catalogue: Catalogue) -> None:
    words = " ".join(f"word{n}" for n in range(30))
    works = [
        work(f"{name}.txt", text_part(f"boat {words}", signature=9), fields={"rights": [rights]})
        for name, rights in (("one", "all rights reserved"), ("two", "public domain"))
    ]
    fill(catalogue, works)
    answer = ask(holdings(catalogue), "boat", facets=("rights", "modality"))
    assert answer.total == 1
    assert answer.facets["rights"] == {"all rights reserved": 1, "public domain": 1}
    assert answer.facets["modality"] == {"text": 1}


@pytest.mark.parametrize("depth", [3, 50])
@pytest.mark.parametrize("unfold", [False, True])
def test_facets_add_up_to_the_total_where_look_alikes_are_folded(
    catalogue: Catalogue, depth: int, unfold: bool
) -> None:
    fill(
        catalogue,
        [
            work(
                f"w{n}",
                text_part("red boat", signature=(n // 2 + 1) * 0x1E3779B97F4A7C15 % (1 << 63)),
                text_part("a boat by night", signature=0),
                fields={"creator": [f"Painter {n % 3}"]},
            )
            for n in range(8)
        ],
    )
    held = holdings(catalogue)
    held = replace(held, settings=replace(held.settings, limits=Limits(max_depth=depth)))
    answer = search(parse("red boat", Limits()), Options(unfold=unfold, facets=("creator", "modality", "type")), held)
    if depth > 8:
        assert answer.total == (8 if unfold else 4)
    for field in ("creator", "modality", "type"):
        assert sum(answer.facets[field].values()) == answer.total, field
    if depth > 8 and not unfold:
        shown = [hit.entry.fields["creator"][0] for hit in answer]
        assert answer.facets["creator"] == {name: shown.count(name) for name in answer.facets["creator"]}


def test_quick_search_needs_no_full_vectors(library: Holdings) -> None:
    assert titles(ask(library, "red boat", mode="quick"))[0] == "Boat"


def test_hits_are_grouped_by_item(catalogue: Catalogue) -> None:
    fill(catalogue, [work("book", *(text_part(f"boat {i}") for i in range(4)))])
    answer = ask(holdings(catalogue), "boat")
    assert len(answer) == 1
    assert len(answer.hits[0].also) == 3


def test_words_beside_an_example_do_not_put_back_what_is_like_it(library: Holdings) -> None:
    boat = next(hit.item for hit in ask(library, "title:Boat") if hit.title == "Boat")
    beside = ask(library, f"item:{boat} + ocean")
    assert {"A ship", "Nocturne"} <= set(titles(beside)[:2])


def test_weights_of_spaces_leave_out_and_prefer(library: Holdings) -> None:
    only_words = ask(library, "boat", weights={"toy": 0})
    assert "A ship" not in titles(only_words)
    only_meaning = ask(library, "ocean", weights={"words": 0})
    assert titles(only_meaning)[0] == "A ship"


@pytest.mark.parametrize("limit", [0, -1, 1001, 10**9])
def test_a_limit_out_of_bounds_is_refused(library: Holdings, limit: int) -> None:
    with pytest.raises(BadInput, match="limit"):
        ask(library, "boat", limit=limit)


@pytest.mark.parametrize("limit", [1, 1000])
def test_a_limit_within_bounds_is_taken(library: Holdings, limit: int) -> None:
    assert ask(library, "boat", limit=limit)


def test_an_empty_query_an_unknown_field_and_a_wrong_mode_are_clear_errors(library: Holdings) -> None:
    with pytest.raises(BadQuery, match="empty"):
        ask(library, " ")
    with pytest.raises(BadQuery, match="colour"):
        ask(library, "colour:red")
    with pytest.raises(BadQuery, match="height"):
        ask(library, "height>=3")
    with pytest.raises(UnknownName, match="precise"):
        ask(library, "boat", mode="precis")


@pytest.mark.reliability
def test_only_stop_words_emoji_and_odd_syntax_are_searched_like_words(library: Holdings) -> None:
    """C1, C2."""
    for query in ("the and of", "🚢🌊", '" OR 1=1 \\--"', "NEAR(", "*", "a" * 5000, "'; DROP TABLE items; '"):
        ask(library, query)


@pytest.mark.reliability
@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=40))
def test_no_query_breaks_the_search(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """C2: any text is an answer or an error of ours."""
    held = _shared(tmp_path_factory)
    try:
        ask(held, text)
    except PinakesError as error:
        assert error.status < 500


_SHARED: list[Holdings] = []


def _shared(folders: pytest.TempPathFactory) -> Holdings:
    if not _SHARED:
        catalogue = Catalogue.open(folders.mktemp("shared"), Settings(), create=True)
        fill(catalogue, [work(name, text_part(text), fields=fields) for name, text, fields in WORKS])
        _SHARED.append(holdings(catalogue))
    return _SHARED[0]


@pytest.mark.reliability
def test_a_query_that_takes_too_long_is_given_up_and_the_next_one_answers(library: Holdings) -> None:
    """C6."""
    impatient = replace(library, settings=replace(Settings(), limits=Limits(query_seconds=0.0)))
    with pytest.raises(DeadlinePassed):
        ask(impatient, "boat")
    assert titles(ask(library, "boat"))
