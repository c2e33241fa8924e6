"""Searches that go on while the library changes, and those that can not be answered as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from starlette.testclient import TestClient

from pinakes.library import Library
from pinakes.limits import Limits
from pinakes.web.http.rates import Rates
from pinakes.web.logic.asked import Asked
from pinakes.web.logic.shortening import LONGEST, shortened
from tests.web.people import browser, emptied
from tests.web.serving import served

WORDS = ("boats", "harbours", "letters", "mountains", "lamps", "gardens", "rivers", "bells")


def written(folder: Path, *words: str) -> Path:
    """A text about snow and each of the words."""
    folder.mkdir(exist_ok=True)
    for word in words:
        (folder / f"{word}.txt").write_text(
            f"Snow fell on the {word}. {word} in winter are about {word} and nothing else."
        )
    return folder


@contextmanager
def snowy(folder: Path) -> Iterator[Library]:
    """A library of texts about snow, two on a page."""
    with emptied(folder, page_hits=2) as made:
        made.add(written(folder / "snow", *WORDS[:5]))
        yield made


@pytest.fixture
def library(tmp_path: Path, classical_alone: None) -> Iterator[Library]:
    """Texts about snow."""
    with snowy(tmp_path) as made:
        yield made


@pytest.fixture
def client(library: Library) -> TestClient:
    """A reader."""
    return browser(library)


def numbers(text: str) -> list[str]:
    """The items that a page shows."""
    return re.findall(r'<li id="item-(\d+)"', text)


def following(text: str) -> str:
    """The address of the page that follows."""
    (found,) = re.findall(r'class="more" rel="next" href="([^"]+)"', text)
    return str(found).replace("&amp;", "&")


def test_a_page_that_follows_is_shown_from_the_library_as_it_is_now(
    client: TestClient, library: Library, tmp_path: Path
) -> None:
    first = client.get("/?q=snow")
    address = following(first.text)
    library.add(written(tmp_path / "more", "ships"))
    second = client.get(address)
    assert second.status_code == 200
    assert "The library has changed meanwhile" in second.text
    assert 'start="3"' in second.text
    # The hits lead back to a page that is not older than they are, and the next page says nothing of it any more.
    third = client.get(following(second.text))
    assert "changed meanwhile" not in third.text
    token = address.partition("page=")[2]
    assert [one for one in re.findall(r'href="(/items/[^"]+)"', second.text) if token in one] == []
    assert len(numbers(second.text)) == 2
    assert not set(numbers(second.text)) & set(numbers(third.text))


@pytest.mark.parametrize("gone", [[0], [1], [0, 1], [1, 2]])
def test_nothing_is_passed_over_where_something_before_it_has_gone(
    client: TestClient, library: Library, gone: list[int]
) -> None:
    first = client.get("/?q=snow")
    before = [hit.item for hit in library.search("snow", limit=10)]
    for place in gone:
        library.remove(before[place])
    second = client.get(following(first.text))
    (nearest, *_) = [item for place, item in enumerate(before) if place >= 2 and place not in gone]
    assert str(nearest) in numbers(second.text)


def test_a_page_beyond_the_end_of_what_is_left_is_the_first_one(client: TestClient, library: Library) -> None:
    address = following(client.get(following(client.get("/?q=snow").text)).text)
    for hit in list(library.search("snow", limit=10))[:4]:
        library.remove(hit.item)
    shown = client.get(address)
    assert shown.status_code == 200
    assert len(numbers(shown.text)) == 1


def test_programs_are_told_by_a_code_of_its_own_that_a_token_is_too_old(
    client: TestClient, library: Library, tmp_path: Path
) -> None:
    token = client.get("/api/v1/search?q=snow&limit=2").json()["next_page"]
    library.add(written(tmp_path / "more", "ships"))
    told = client.get("/api/v1/search", params={"q": "snow", "limit": 2, "page": token})
    assert (told.status_code, told.json()["error"]["code"]) == (400, "stale-page")


@pytest.mark.parametrize("medium", ["item:99999", "upload:" + "ab" * 32, "no medium at all"])
def test_a_search_with_what_is_gone_can_be_taken_apart(client: TestClient, medium: str) -> None:
    shown = client.get("/", params={"q": "snow", "with": medium, "where": 'type="text"'})
    assert shown.status_code in (400, 404)
    links = [address.replace("&amp;", "&") for address in re.findall(r'href="(/\?[^"]*)"', shown.text)]
    without = [one for one in links if "q=snow" in one and "with=" not in one]
    assert any(client.get(one).status_code == 200 and "where=" in one for one in without)
    assert any("with=" in one and "where=" not in one for one in links)
    # What can be read is shown by its chips.
    chips = re.findall(r'<li class="chip[^"]*"', shown.text)
    assert len(chips) == (0 if "no medium" in medium else 3)


def test_a_query_that_can_not_be_read_leads_to_its_words_alone(client: TestClient) -> None:
    ways = client.get("/", params={"q": '"open'}).text.partition('class="ways-out"')[2].partition("</ul>")[0]
    assert re.findall(r'href="([^"]*)"', ways) == ["/?q=open"]
    assert "ways-out" not in client.get("/", params={"q": '"'}).text


def test_a_text_that_is_handed_in_with_a_file_is_a_term_like_the_file(client: TestClient) -> None:
    sent = client.post(
        "/uploads", files={"file": ("a.txt", b"Snow fell.")}, data={"text": "Lamps in winter.", "q": "snow"}
    )
    assert sent.status_code == 303
    assert sent.headers["location"].count("upload%3A") == 2
    shown = client.get(sent.headers["location"]).text
    assert "a.txt" in shown
    assert "Lamps in winter." in shown
    # A program that hands in one medium gets the file.
    made = client.post("/api/v1/uploads", files={"file": ("a.txt", b"Snow fell.")}, data={"text": "Lamps."}).json()
    assert made["title"] == "a.txt"


def test_a_text_that_is_pasted_and_one_that_is_written_are_both_taken(client: TestClient) -> None:
    parts = [("text", (None, told.encode())) for told in ("snow on the quay", " ", "lamps in winter")]
    answer = client.post("/uploads", files=parts, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].count("with=upload") == 2


def test_an_empty_file_is_called_empty_and_no_file_is_called_none(client: TestClient) -> None:
    empty = client.post("/uploads", files={"file": ("nothing.txt", b"")}, data={"text": "Lamps."})
    assert (empty.status_code, "nothing.txt is empty." in empty.text) == (422, True)
    # What a browser sends where no file was chosen.
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--x--\r\n'
    none = client.post("/uploads", content=body, headers={"content-type": "multipart/form-data; boundary=x"})
    assert (none.status_code, "No file was chosen." in none.text) == (400, True)


LETTER = "冬天，雪落在港口的小船上，守灯人写了一封信。" * 48


def test_a_long_text_in_the_box_becomes_a_medium_and_its_page_stays_light(client: TestClient, library: Library) -> None:
    assert len(LETTER) > 1_000
    sent = client.get("/", params={"q": f"snow + {LETTER}", "view": "list"})
    assert sent.status_code == 303
    address = sent.headers["location"]
    assert (address.count("with=upload"), "q=snow" in address, "view=list" in address) == (1, True, True)
    shown = client.get(address)
    assert shown.status_code == 200
    assert len(shown.content) < 60_000
    assert "冬天，雪落在港口" in shown.text
    # Again it is the same medium, and what changes while one types is so as well.
    assert client.get("/", params={"q": LETTER, "part": "results"}).headers["location"].endswith("&part=results")
    sent = client.post("/uploads", files={"q": (None, LETTER)})
    assert sent.headers["location"] in address.replace("q=snow&", "")
    # What is longer than any query is a text, however it is written.
    assert client.get("/", params={"q": '"' + "snow " * 4_100}).status_code == 303


def test_what_is_short_or_exact_stays_in_the_box(library: Library) -> None:
    for words in ("snow " * (LONGEST // 5), f'"{LETTER}"', f"title:{'x' * 400}"):
        assert shortened(library, Asked(words)) == Asked(words)
    assert shortened(library, Asked("snow" * (LONGEST // 4) + "x")) != Asked("snow" * (LONGEST // 4) + "x")
    # What can not be read as a query is a text, and no mistake.
    inches = shortened(library, Asked(f'{LETTER} a 12" plank'))
    assert (inches.words, len(inches.media)) == ("", 1)
    # What is searched away from, and what weighs more, does so as a medium.
    turned = shortened(library, Asked(f"snow - 2:{'lamp ' * 100}"))
    assert turned.words == "snow"
    assert turned.media[0].startswith("- 2")


def test_what_would_make_a_page_of_megabytes_is_refused_by_a_small_one(client: TestClient) -> None:
    phrases = " ".join(f'"{number} {LETTER[:280]}"' for number in range(20))
    answer = client.get("/", params={"q": phrases})
    assert answer.status_code == 400
    assert "characters, and may hold 1,500" in answer.text
    assert len(answer.content) < 500_000


@pytest.mark.parametrize("how", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}])
def test_a_page_of_another_site_has_nothing_stored_by_leading_here(client: TestClient, how: dict[str, str]) -> None:
    assert client.get("/", params={"q": LETTER}, headers=how, follow_redirects=False).status_code != 303
    assert client.head("/", params={"q": LETTER}, follow_redirects=False).status_code != 303
    own = {"sec-fetch-site": "same-origin"}
    assert client.get("/", params={"q": LETTER}, headers=own, follow_redirects=False).status_code == 303


def test_headers_of_any_length_are_not_read(client: TestClient) -> None:
    assert client.get("/", headers={"cookie": "a=" + "x" * 40_000}).status_code == 403
    assert client.get("/", headers={"cookie": "a=" + "x" * 4_000}).status_code == 200


def test_long_texts_in_the_box_are_counted_as_media_are(library: Library) -> None:
    guest = browser(library, "http://library.example", bound="0.0.0.0", anonymous=True)
    guest.app.state.rates = Rates(Limits(uploads_per_minute=2))  # type: ignore[attr-defined]
    host = {"host": "127.0.0.1"}
    answers = [guest.get("/", params={"q": LETTER}, headers=host).status_code for _ in range(3)]
    assert answers == [303, 303, 429]


def test_an_address_that_holds_the_longest_query_is_answered_by_a_page(library: Library) -> None:
    with served(library) as site:
        with urlopen(f"{site}?q={quote(chr(34) + chr(0x20000) * 20_001 + chr(34))}") as answer:
            assert ("<footer" in answer.read().decode(), "with=upload" in answer.url) == (True, True)
        with pytest.raises(HTTPError) as refused:
            urlopen(f"{site}?q={quote(chr(34) + chr(0x20000) * 19_998 + chr(34))}")
        with refused.value as answer:
            assert (answer.code, "<footer" in answer.read().decode()) == (400, True)


def chips_of(client: TestClient, words: str, language: str = "en") -> list[str]:
    """What the chips of a search say."""
    shown = client.get("/", params={"q": words}, headers={"accept-language": language}).text
    told = re.findall(r'<span class="label"[^>]*>(.*?)</span>\s*(?:<a|</li)', shown, re.S)
    return [" ".join(re.sub(r"<[^>]+>", "", one).split()) for one in told]


def test_what_comes_first_what_is_left_out_and_what_stands_in_a_field_are_called_differently(
    client: TestClient, library: Library, tmp_path: Path
) -> None:
    path = written(tmp_path / "told", "ships") / "ships.txt"
    path.with_name("ships.txt.json").write_text('{"subjects": ["winter harbour"]}')
    library.add(path.parent)
    for language, told in (
        ("en", ("Subject, by preference", "Subject", "Subjects", "Subjects, in words")),
        ("zh", ("优先主题", "主题", "主题", "主题中的词语")),
    ):
        colon = ": " if language == "en" else "："
        heading = chips_of(client, "winter harbour", language)
        assert f"{told[0]}{colon}winter harbour" in heading
        assert f"{told[1]}{colon}winter harbour" in chips_of(client, "subject: winter harbour", language)
        assert chips_of(client, 'subjects="winter harbour"', language) == [f"{told[2]}: winter harbour"]
        assert chips_of(client, "subjects:harbour", language) == [f"{told[3]}: harbour"]
