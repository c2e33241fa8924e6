"""What was understood of plain words, on the search page and in the API: shown, and taken back, in the address."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.testclient import TestClient

from pinakes.library import Library
from pinakes.web.logic.asked import asked_of
from pinakes.web.logic.chips import chips
from pinakes.web.logic.meaning import meaning
from pinakes.web.speech import speech

WORDS = "pictures of a red boat by Ilse Maravant before 1903, without people"


def labels(page: str) -> list[str]:
    """What the chips of understood words say."""
    found = re.findall(r'<li class="chip understood.*?<span class="label"[^>]*>(.*?)</span>', page, re.DOTALL)
    return [" ".join(unescape(one).split()) for one in found]


def ways(page: str, label: str) -> list[str]:
    """Where the links of a label lead."""
    return [unescape(way) for way in re.findall(rf'href="([^"]*)"[^>]*aria-label="{re.escape(label)}"', page)]


def test_what_was_understood_is_shown_as_chips(client: TestClient) -> None:
    page = client.get("/", params={"q": WORDS}).text
    assert labels(page) == ["Medium: Picture", "By: Ilse Maravant", "before 1903", "without people"]
    assert "A red boat" in page
    assert speech("en")("meant.off") in page


def test_the_chips_speak_chinese(client: TestClient) -> None:
    page = client.get("/", params={"q": "1930年以前没有人的图片"}, headers={"Accept-Language": "zh"}).text
    assert labels(page) == ["早于 1930", "不含人", "媒介：图片"]


def test_a_chip_that_is_removed_makes_its_words_plain_and_the_address_says_so(client: TestClient) -> None:
    page = client.get("/", params={"q": WORDS}).text
    (way,) = ways(page, "Search for “before 1903” as plain words")
    assert dict(parse_qsl(urlsplit(way).query)) == {"q": WORDS, "plain": "before 1903"}
    left = client.get(way).text
    assert labels(left) == ["Medium: Picture", "By: Ilse Maravant", "without people"]
    # The form keeps it, for those who write on.
    assert '<input type="hidden" name="plain" value="before 1903">' in left


def test_understanding_can_be_switched_off_and_on_again(client: TestClient) -> None:
    page = client.get("/", params={"q": WORDS, "understand": "off"}).text
    assert labels(page) == []
    (way,) = re.findall(rf'href="([^"]*)">{speech("en")("meant.on")}<', page)
    assert labels(client.get(unescape(way)).text)


def test_the_setting_says_what_holds_where_the_address_does_not(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    asked = asked_of([("q", WORDS)])
    assert meaning(library, asked).findings
    monkeypatch.setattr(library.catalogue, "settings", replace(library.settings, understand="off"))
    assert not meaning(library, asked).findings
    assert meaning(library, asked.changed(understand="on")).findings


def test_the_words_beside_can_be_turned_and_removed_and_what_was_understood_stays(library: Library) -> None:
    asked = asked_of([("q", "red boat before 1903, without people")])
    first, *_ = chips(library, asked, meaning(library, asked))
    assert first.label == "red boat"
    assert first.removed.words == '- people date<"1903"'
    assert first.turned is not None
    assert first.turned.words == '- red boat - people date<"1903"'
    assert not meaning(library, first.turned).findings


def test_an_address_keeps_what_is_plain() -> None:
    pairs = [("q", "a"), ("understand", "off"), ("plain", "before 1903"), ("plain", "by Klee")]
    assert asked_of(pairs).pairs() == pairs
    assert asked_of([("q", "a"), ("understand", "maybe")]).understand == ""


def test_the_api_tells_what_was_understood(client: TestClient) -> None:
    found = client.get("/api/v1/search", params={"q": WORDS}).json()
    assert [one["kind"] for one in found["understood"]] == ["medium", "creator", "date", "without"]
    assert found["understood"][1]["filters"] == ["creator=Ilse Maravant"]
    assert found["total"] == 1
    plain = client.get("/api/v1/search", params={"q": WORDS, "plain": ["before 1903", "without people"]}).json()
    assert [one["kind"] for one in plain["understood"]] == ["medium", "creator"]
    assert client.get("/api/v1/search", params={"q": WORDS, "understand": "off"}).json()["understood"] == []
    assert client.get("/api/v1/search", params={"q": WORDS, "understand": "x"}).status_code == 400


def test_where_nothing_is_found_the_words_as_they_are_are_a_way_out(client: TestClient) -> None:
    page = client.get("/", params={"q": "boat before 1500"}).text
    assert speech("en")("results.none") in page
    assert page.count(speech("en")("meant.off")) == 2
