"""Pages as a client sees them: what they show, where they lead, and that nothing of the library's own is markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from starlette.testclient import TestClient

from pinakes.library import Library
from pinakes.web.http.site import templates
from pinakes.web.logic.asked import asked_of
from pinakes.web.speech import LANGUAGES, preferred, speech
from tests.library.test_adding import RED, picture
from tests.media import makers
from tests.web.conftest import SPITEFUL

ADDRESSES = (
    "/",
    "/?q=boat",
    "/?q=boat&view=list&mode=quick",
    "/?q=zzxqy&where=type%3Dpicture",
    "/?q=%22open",
    "/?q=2:boat+-+red+creator:Ilse&where=modality%3D%22image%22",
    "/api",
    "/nowhere",
)
_VOID = {"meta", "link", "input", "img", "br", "hr"}
# Elements whose end may be left out; none of ours leaves it out.
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3}


class Page(HTMLParser):
    """What is wrong with a page's markup, and what it holds."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()
        self.wrong += [f"{tag} is not closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes something else, at {self.getpos()}")

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of all elements of a kind."""
        return [attributes for name, attributes in self.tags if name == tag]


def links(text: str, name: str = "") -> list[str]:
    """The addresses to which a page leads, those with some text or label if one is told."""
    found = re.findall(r"<a\s([^>]*)>(.*?)</a>", text, re.S)
    chosen = [attributes for attributes, inner in found if name in re.sub("<[^>]*>", "", inner) + attributes]
    return [re.search(r'href="([^"]*)"', one)[1].replace("&amp;", "&").replace("&#34;", '"') for one in chosen]  # type: ignore[index]


@pytest.mark.reliability
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_is_well_formed_labelled_and_without_inline_script_or_style(
    client: TestClient, address: str
) -> None:
    """G8: what the content policy refuses is not there."""
    page = Page(client.get(address).text)
    assert page.wrong == []
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert all("alt" in image for image in page.all("img"))
    for _, attributes in page.tags:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        assert not (attributes.get("href") or "").lower().startswith("javascript:")
    assert all(script.get("src", "").startswith("/static/") for script in page.all("script"))  # type: ignore[union-attr]
    levels = [_HEADINGS[tag] for tag, _ in page.tags if tag in _HEADINGS]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.all("html")[0]["lang"] == "en"


def test_the_first_page_shows_what_was_added_last_and_the_box(client: TestClient) -> None:
    shown = client.get("/")
    assert shown.status_code == 200
    assert 'name="q"' in shown.text
    assert "9 works" in shown.text
    assert shown.text.count('class="card') == 9


def test_pages_are_small(client: TestClient) -> None:
    for address in ("/", "/?q=boat"):
        assert len(client.get(address).content) < 60_000


def test_words_find_works_and_say_where_and_why(client: TestClient, item: dict[str, int]) -> None:
    shown = client.get("/", params={"q": "red boat"}).text
    assert f'href="/items/{item["red boat.png"]}?part=' in shown
    assert "<mark>red</mark> <mark>boat</mark>" in shown
    assert "Words side by side" in shown
    assert "All words stand together in it." in shown
    assert "page 1" in shown
    assert "Ilse Maravant, 1902" in shown


def test_a_chip_turns_weighs_and_removes_its_term(client: TestClient) -> None:
    shown = client.get("/", params={"q": "boat - fog"}).text

    def leads(label: str) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(links(shown, label)[0]).query))

    assert leads("Search away from boat") == {"q": "- boat - fog"}
    assert leads("Search towards fog") == {"q": "boat + fog"}
    assert leads("boat counts twice as much") == {"q": "2.0:boat - fog"}
    assert leads("Leave out fog") == {"q": "boat"}
    assert all(client.get(address).status_code == 200 for address in links(shown, "counts"))


def test_a_facet_is_a_link_that_narrows_and_widens_again(client: TestClient) -> None:
    shown = client.get("/", params={"q": "boat"}).text
    narrow = next(one for one in links(shown) if "Ilse+Maravant" in one)
    narrowed = client.get(narrow).text
    assert "1 work found" in narrowed
    assert 'aria-current="true" title="Take back"' in narrowed
    assert "/?q=boat" in links(narrowed, "Leave out By Ilse Maravant")


def test_dates_narrow_by_a_form_without_script(client: TestClient) -> None:
    shown = client.get("/", params={"q": "boat", "from": "1900", "to": "1910"}).text
    assert "1 work found" in shown
    assert 'value="date&gt;=&#34;1900&#34;"' in shown
    again = {"q": "boat", "where": ['date>="1900"', 'date<="1910"'], "from": "1901"}
    assert [value for name, value in asked_of(parse_qsl(urlencode(again, doseq=True))).pairs() if name == "where"] == [
        'date<="1910"',
        'date>="1901"',
    ]
    assert "Nothing found" in client.get("/", params={"q": "boat", "from": "1950"}).text


def test_more_like_this_leaves_the_work_itself_out(client: TestClient, item: dict[str, int]) -> None:
    shown = client.get("/", params={"with": f"item:{item['red boat.png']}"}).text
    assert f'href="/items/{item["red boat.png"]}?' not in shown
    assert f'href="/items/{item["blue boat.png"]}?' in shown
    assert "A red boat" in shown


def test_results_go_on_from_page_to_page(client: TestClient, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    monkeypatch.setattr(library._catalogue, "settings", replace(library.settings, page_hits=2))
    first = client.get("/", params={"q": "boat"}).text
    second = client.get(links(first, "More results")[0]).text
    assert 'start="3"' in second
    assert "Back to the first results" in second


def test_a_misspelt_word_is_offered_corrected_and_nothing_found_has_a_way_out(client: TestClient) -> None:
    shown = client.get("/", params={"q": "lighthuose", "mode": "quick"}).text
    assert "Did you mean" in shown
    assert "q=lighthouse" in links(shown, "lighthouse")[0]
    ways = [one for one in links(client.get("/?q=xyzzyplugh&where=date%3E%3D1900&mode=quick").text) if "xyzzy" in one]
    assert any("where" not in one for one in ways)
    assert any("unlikely=1" in one for one in ways)


def test_a_query_that_can_not_be_read_is_explained_in_its_place(client: TestClient) -> None:
    shown = client.get("/", params={"q": '"open'})
    assert shown.status_code == 400
    assert "is not closed" in shown.text
    assert 'value="&#34;open"' in shown.text


def test_the_results_alone_are_a_piece_of_a_page(client: TestClient) -> None:
    piece = client.get("/", params={"q": "boat", "part": "results"}).text
    assert "<html" not in piece
    assert 'data-said="' in piece
    assert Page(piece).wrong == []


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("red boat.png", "/picture"),
        ("bell.wav", "<audio"),
        ("film.mp4", "<video"),
        ("pages.pdf", "A page about a red boat."),
        ("book.epub", "The lamp is lit."),
        ("letter.txt", "wrote this letter"),
    ],
)
def test_every_medium_has_its_viewer(client: TestClient, item: dict[str, int], name: str, holds: str) -> None:
    shown = client.get(f"/items/{item[name]}")
    assert shown.status_code == 200
    assert holds in shown.text
    assert Page(shown.text).wrong == []
    assert "Download the original" in shown.text


def test_a_hit_opens_at_its_page_with_the_words_marked(
    client: TestClient, item: dict[str, int], library: Library
) -> None:
    part = next(one.id for one in library.parts(item["pages.pdf"]) if one.place.page == 2 and one.modality == "text")
    shown = client.get(f"/items/{item['pages.pdf']}", params={"part": part, "q": "lighthouse"}).text
    assert "A second page about a <mark>lighthouse</mark>." in shown
    assert "2 of 2" in shown
    assert 'rel="prev"' in shown


def test_a_film_opens_at_the_second_of_its_shot(client: TestClient, item: dict[str, int], library: Library) -> None:
    later = [one for one in library.parts(item["film.mp4"]) if one.place.seconds and one.place.seconds[0] > 0]
    shown = client.get(f"/items/{item['film.mp4']}", params={"part": later[0].id}).text
    assert f"/original#t={later[0].place.seconds[0]:.1f}" in shown  # type: ignore[index]


def test_a_part_of_another_item_and_an_item_that_is_not_there_are_not_found(
    client: TestClient, item: dict[str, int], library: Library
) -> None:
    part = library.parts(item["bell.wav"])[0].id
    assert client.get(f"/items/{item['letter.txt']}?part={part}").status_code == 404
    assert client.get("/items/999999").status_code == 404
    assert client.get("/items/99999999999999999999999").status_code == 404
    assert client.get("/items/x").status_code == 404


@pytest.mark.reliability
def test_nothing_that_a_library_holds_is_ever_markup(client: TestClient, item: dict[str, int]) -> None:
    """G8: titles, texts and queries that would be markup."""
    for address in ("/?q=spite", f"/items/{item['spite.txt']}", f"/?with=item:{item['spite.txt']}", "/?q=letter"):
        shown = client.get(address).text
        assert SPITEFUL not in shown
        assert "<b>fog</b>" not in shown
    assert "&lt;script&gt;" in client.get(f"/items/{item['spite.txt']}").text
    assert "<i>x" not in client.get("/", params={"q": "<i>x</i>", "where": 'type="<i>x</i>"'}).text


def test_pictures_come_small_and_large(client: TestClient, item: dict[str, int], library: Library) -> None:
    part = library.parts(item["red boat.png"])[0].id
    for which in ("thumbnail", "picture", "picture"):
        shown = client.get(f"/parts/{part}/{which}")
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
        assert shown.content[:2] == b"\xff\xd8"
    page = [one.id for one in library.parts(item["pages.pdf"]) if one.modality == "image"][1]
    assert len(client.get(f"/parts/{page}/picture").content) > len(client.get(f"/parts/{page}/thumbnail").content)
    assert client.get(f"/parts/{library.parts(item['letter.txt'])[0].id}/picture").status_code == 404


@pytest.mark.parametrize(
    ("format", "holds"),
    [("bibtex", "author = {Ilse Maravant}"), ("ris", "AU  - Ilse"), ("dublin-core", "<dc:creator>")],
)
def test_an_item_is_cited(client: TestClient, item: dict[str, int], format: str, holds: str) -> None:
    cited = client.get(f"/items/{item['red boat.png']}/citation/{format}")
    assert holds in cited.text
    assert f"http://127.0.0.1:8642/items/{item['red boat.png']}" in cited.text
    assert "attachment" in cited.headers["content-disposition"]
    assert client.get(f"/items/{item['red boat.png']}/citation/mla").status_code == 404


def test_a_dropped_picture_becomes_a_term_and_finds_what_looks_like_it(
    client: TestClient, item: dict[str, int], tmp_path: Path
) -> None:
    path = picture(tmp_path / "mine.png", RED, seed=5)
    files = {"file": ("C:\\fakepath\\mine.png", path.read_bytes(), "image/png")}
    sent = client.post("/uploads", files=files, data={"q": "boat", "view": "list"})
    assert sent.status_code == 303
    asked = dict(parse_qsl(urlsplit(sent.headers["location"]).query))
    assert sent.headers["location"].startswith("/?")
    assert asked["q"] == "boat"
    assert asked["view"] == "list"
    shown = client.get(sent.headers["location"]).text
    assert "mine.png" in shown
    assert "fakepath" not in shown
    name = asked["with"].removeprefix("upload:")
    assert client.get(f"/uploads/{name}/preview").headers["content-type"] == "image/jpeg"
    assert f'href="/items/{item["red boat.png"]}' in shown


def test_a_sound_and_a_pasted_text_are_terms_too(client: TestClient, item: dict[str, int]) -> None:
    sound = makers.sound(samples=makers.tone(2.0))
    sent = client.post("/uploads", files={"file": ("tone.wav", sound, "audio/wav")})
    assert f'href="/items/{item["bell.wav"]}' in client.get(sent.headers["location"]).text
    sent = client.post("/uploads", data={"text": "The keeper wrote a letter in the lighthouse."})
    assert f'href="/items/{item["letter.txt"]}' in client.get(sent.headers["location"]).text


def test_a_medium_that_can_not_be_read_is_refused_by_its_own_name(client: TestClient) -> None:
    for data, status in ((b"\x89PNG\r\n\x1a\n" + b"x" * 50, 422), (b"<svg onload='x'/>", 415), (b"", 422)):
        sent = client.post("/uploads", files={"file": ("bad.png", data, "image/png")})
        assert sent.status_code == status
        assert "/uploads/" not in sent.text.replace('action="/uploads"', "")
        assert "tmp" not in sent.text


def test_the_browser_or_a_link_chooses_the_language_and_the_colours(client: TestClient) -> None:
    assert 'lang="zh"' in client.get("/", headers={"accept-language": "zh-CN,zh;q=0.9,en;q=0.5"}).text
    chosen = client.get("/?lang=zh&theme=dark")
    assert '<html lang="zh" dir="ltr" data-theme="dark">' in chosen.text
    cookies = {"language": "zh", "theme": "dark"}
    client.cookies.update(cookies)
    assert '<html lang="zh" dir="ltr" data-theme="dark">' in client.get("/?q=boat").text
    assert 'lang="en"' in client.get("/?lang=en").text
    client.cookies.clear()
    assert 'data-theme="auto"' in client.get("/?theme=pink&lang=xx").text
    client.cookies.clear()


def test_every_language_says_everything() -> None:
    tables = {language: speech(language).strings for language in LANGUAGES}
    singles = {key for strings in tables.values() for key in strings if key.endswith(".one")}
    keys = {language: set(strings) - singles for language, strings in tables.items()}
    assert keys["en"] == keys["zh"]
    for key in keys["en"]:
        places = [set(re.findall(r"\{(\w*)\}", tables[language][key])) for language in LANGUAGES]
        assert places[0] == places[1], key
        assert tables["en"][key].strip()


def test_every_string_that_a_template_asks_for_is_there_and_none_is_for_nothing() -> None:
    sources = [Path(templates().get_template(name).filename or "").read_text() for name in templates().list_templates()]
    text = "\n".join(sources)
    known = set(speech("en").strings)
    asked = set(re.findall(r'\bt(?:\.count)?\("([a-z.-]+)"[,)]', text))
    assert asked <= known
    beginnings = set(re.findall(r'"([a-z]+(?:\.[a-z]+)*\.)" ~', text))
    spoken = asked | {key for key in known if key.startswith(tuple(beginnings)) or f'"{key}"' in text}
    spoken |= {f"{key}.one" for key in asked} | {key for key in known if key.startswith("way.")}
    assert known - spoken == set()


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("zh-Hant", "zh"),
        ("de, zh;q=0.2", "zh"),
        ("en;q=0.8, zh;q=0.9", "zh"),
        ("zh;q=0, fr", "en"),
        (";;q=", "en"),
    ],
)
def test_the_language_is_the_one_that_the_browser_likes_best(accepted: str, language: str) -> None:
    assert preferred(accepted) == language
