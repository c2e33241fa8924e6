"""The search page: what its form keeps, what it saves, and what it says in the reader's language."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from starlette.testclient import TestClient

from pinakes.accounts.who import LOCAL, Who, guest
from pinakes.errors import BadSetting
from pinakes.library import Library
from pinakes.web.app import application
from pinakes.web.logic.asked import asked_of
from pinakes.web.logic.releasing import may_have, ruled
from pinakes.web.logic.tables import table
from pinakes.web.pages import search
from tests.web.conftest import HOST
from tests.web.test_logic import entry


def inputs(text: str, name: str) -> list[str]:
    """The values of the fields of a name."""
    return re.findall(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', text)


def test_dates_stay_in_their_form_and_go_when_they_are_emptied(client: TestClient) -> None:
    shown = client.get("/", params={"q": "boat", "from": "1890", "to": "1930"}).text
    assert inputs(shown, "from") == ["1890"]
    assert inputs(shown, "to") == ["1930"]
    form = shown.partition('<form class="dates"')[2].partition("</form>")[0]
    assert inputs(form, "where") == []
    assert inputs(form, "q") == ["boat"]
    assert asked_of([("from", "1890"), ("where", 'date>="1700"')]).filters == ('date>="1890"',)
    assert asked_of([("where", 'date>="1700"')]).bound(">=") == "1700"


def test_a_collection_is_chosen_from_those_that_there_are(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 'name="in"' not in client.get("/?q=boat").text
    monkeypatch.setattr(search, "names_of", lambda _library: ["main", 'odd "one"'])
    shown = client.get("/", params={"q": "boat", "in": "main"}).text
    assert "<option selected>main</option>" in shown
    box = shown.partition('id="box"')[2].partition("</form>")[0]
    assert inputs(box, "where") == []
    asked = asked_of([("q", "boat"), ("in", 'odd "one"'), ("where", 'collection="main"'), ("where", 'type="text"')])
    assert asked.collection == 'odd "one"'
    assert ("where", 'type="text"') in asked.kept(("collection",))
    assert len(asked.kept(("collection",))) == 2
    several = asked_of([("where", 'collection="a","b"')])
    assert (several.collection, several.kept(("collection",))) == ("", [("where", 'collection="a","b"')])


@pytest.mark.parametrize(("format", "kind"), [("json", "application/json"), ("csv", "text/csv"), ("ris", "RIS")])
def test_what_was_found_is_saved_as_a_file(client: TestClient, format: str, kind: str) -> None:
    saved = client.get(f"/results/{format}", params={"q": "boat"})
    assert saved.status_code == 200
    assert f'filename="pinakes-results.{format}"' in saved.headers["content-disposition"]
    if format == "json":
        titles = [hit["title"] for hit in saved.json()["hits"]]
    elif format == "csv":
        titles = [row["title"] for row in csv.DictReader(io.StringIO(saved.text))]
    else:
        titles = re.findall(r"^TI  - (.*)\r$", saved.text, re.M)
    assert "A red boat" in titles
    assert kind.lower() in saved.headers["content-type"] or kind == "RIS"
    assert len(client.get("/results/bibtex", params={"q": "boat"}).text.split("@")) == len(titles) + 1


def test_saving_is_refused_where_nothing_can_be_saved(client: TestClient) -> None:
    assert client.get("/results/xls?q=boat").status_code == 404
    assert client.get("/results/csv").status_code == 400
    assert client.get('/results/csv?q="open').status_code == 400


def test_no_cell_of_a_table_is_a_formula() -> None:
    row = {"rank": 1, "title": "=1+1", "creator": ["@x", "y"], "place": {}}
    assert table(tuple(row), [row]).splitlines() == ["rank,title,creator,place", "1,'=1+1,'@x; y,"]


def test_what_is_almost_the_same_is_shown_once_or_one_by_one(client: TestClient) -> None:
    folded = client.get("/", params={"q": "boat", "mode": "quick"}).text
    assert client.get("/", params={"q": "boat", "mode": "quick", "unfold": "1"}).status_code == 200
    assert "Show what is almost the same once" not in folded
    assert "Show what is almost the same once" in client.get("/", params={"q": "boat", "unfold": "1"}).text


def test_messages_are_said_in_the_readers_language(client: TestClient) -> None:
    shown = client.get("/", params={"q": '"open', "lang": "zh"}).text
    assert "第 1 个字符处的引号没有配对。" in shown
    assert "馆藏中没有编号为 999999 的作品。" in client.get("/items/999999?lang=zh").text
    client.cookies.clear()


RULES = "creativecommons.org=search, rightsstatements.org/vocab/inc=editor, secret=nobody, *=reader"


@pytest.mark.parametrize(
    ("rights", "least"),
    [
        ("http://creativecommons.org/licenses/by/4.0/", "guest"),
        ("http://rightsstatements.org/vocab/InC/1.0/", "editor"),
        ("All secret", ""),
        ("", "reader"),
    ],
)
def test_rights_decide_who_may_have_an_original(rights: str, least: str) -> None:
    work = entry(title="x", rights=rights) if rights else entry(title="x")
    people = [guest(searches=True), *(Who(1, "n", rank) for rank in ("reader", "editor", "administrator"))]
    allowed = [who.rank for who in people if may_have(who, work, RULES)]
    assert (allowed or [""])[0] == least
    assert may_have(guest(searches=True), work, "*=search")
    assert not may_have(LOCAL, work, "other=search")


def test_a_rule_that_can_not_be_read_is_refused_by_name() -> None:
    with pytest.raises(BadSetting, match="InC=nobdy is no rule for downloads") as told:
        ruled("InC=nobdy")
    assert "nobody" in told.value.hint


def test_an_original_is_refused_where_rights_do_not_let_it_go(
    client: TestClient, library: Library, item: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    part = library.parts(item["letter.txt"])[0].id
    assert client.get(f"/parts/{part}/original").status_code == 200
    monkeypatch.setattr(library._catalogue, "settings", replace(library.settings, downloads="*=nobody"))
    assert client.get(f"/parts/{part}/original").status_code == 403
    assert client.get(f"/api/v1/parts/{part}/original").status_code == 403


def recorded() -> bytes:
    """Two seconds of a tone as browsers record them: Opus in WebM, whose header knows no length."""
    out = io.BytesIO()
    samples = (9_000 * np.sin(2 * np.pi * 440 * np.arange(96_000) / 48_000)).astype(np.int16)
    with av.open(out, "w", format="webm", options={"live": "1"}) as container:
        stream = container.add_stream("libopus", rate=48_000)
        for start in range(0, len(samples), 960):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + 960], format="s16", layout="mono")
            frame.rate = 48_000
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def test_what_browsers_record_is_read(client: TestClient) -> None:
    sent = client.post("/uploads", files={"file": ("recording.webm", recorded(), "audio/webm")})
    assert sent.status_code == 303
    assert "recording." in client.get(sent.headers["location"]).text


def test_pages_may_use_the_camera_and_the_microphone_and_no_one_else_may(client: TestClient) -> None:
    policy = client.get("/").headers["permissions-policy"]
    assert "camera=(self)" in policy
    assert "microphone=(self)" in policy


def test_a_work_that_is_found_by_its_folder_says_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "media" / "Crete 2019").mkdir(parents=True)
    (tmp_path / "media" / "Crete 2019" / "walk.txt").write_text("We went along the shore.")
    with Library.open(tmp_path / "library", create=True) as library:
        library.add(tmp_path / "media")
        with TestClient(application(library, "127.0.0.1"), HOST) as reader:
            said = '<p class="quiet small lying"><mark>Crete</mark> 2019/walk.txt</p>'
            assert said in reader.get("/", params={"q": "crete"}).text
            assert "lying" not in reader.get("/", params={"q": "shore"}).text


@pytest.mark.parametrize(
    ("query", "words"),
    [("Faust:boat", "Faust boat"), ('"red boat', "red boat"), ("boat + - night", "boat night"), ("0:boat", "0 boat")],
)
def test_a_query_that_can_not_be_read_leads_to_its_words(client: TestClient, query: str, words: str) -> None:
    shown = client.get("/", params={"q": query})
    assert shown.status_code == 400
    assert re.findall(r'<ul class="ways-out"><li><a href="/\?q=([^"&]*)"', shown.text) == [words.replace(" ", "+")]
    assert client.get("/", params={"q": words}).status_code == 200
    assert "ways-out" not in client.get("/", params={"q": '"'}).text


def test_where_filters_in_the_box_leave_nothing_a_search_without_them_is_offered(client: TestClient) -> None:
    offered = '<a href="/?q=boat">Search without the filters</a>'
    assert offered in client.get("/", params={"q": "boat creator=Nobody"}).text
    assert offered in client.get("/", params={"q": "boat", "where": "creator=Nobody"}).text
    assert "without the filters" not in client.get("/", params={"q": "creator=Nobody"}).text


def test_chips_name_the_fields_of_paths_and_texts_in_the_readers_language(client: TestClient) -> None:
    for query, said in (("path:boat", "路径"), ("text:boat", "正文"), ("boat state=ready", "状态")):
        assert said in client.get("/", params={"q": query}, headers={"Accept-Language": "zh"}).text
