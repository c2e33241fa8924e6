"""Shelves, kept searches, the history and recommendations: by forms alone, and nothing changes by being shown."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import delete, insert, select, update
from starlette.testclient import TestClient

from pinakes.accounts import audit
from pinakes.accounts import people as accounts
from pinakes.catalogue.clicks import clicked
from pinakes.catalogue.schema import METADATA, fields, users
from pinakes.library import Library
from pinakes.web.http.personal import back_of, moment_of
from tests.web.people import browser, log_in, peopled, token
from tests.web.test_pages import Page

CANARY = "zanzibarcanary"
PAGES = ("/shelves", "/for-you", "/searches", "/history", "/")


@pytest.fixture
def own(library: Library, tmp_path: Path) -> Iterator[Library]:
    """A copy of the library that may be written to."""
    with library.catalogue.reading():
        shutil.copytree(library.folder, tmp_path / "library")
    with Library.open(tmp_path / "library") as opened:
        with opened.catalogue.writing() as connection:
            # Other tests may have left the one person at this machine there, with wishes of their own.
            connection.execute(delete(users))
        yield opened


@pytest.fixture
def local(own: Library) -> Iterator[TestClient]:
    """The one person at this machine."""
    with browser(own) as reader:
        yield reader


def rows(library: Library, word: str = "") -> dict[str, int]:
    """How many rows each table has, or how many of them hold a word."""
    found = {}
    with library.catalogue.reading() as connection:
        for table in METADATA.sorted_tables:
            held = [row for row in connection.execute(select(table)) if any(word in str(one) for one in row)]
            found |= {table.name: len(held)} if held else {}
    return found


def test_nothing_changes_by_looking(own: Library, local: TestClient) -> None:
    before = rows(own)
    for address in (*PAGES, "/?q=boat", "/items/1", "/searches?new=1", "/history?before=1.5", "/for-you?shelf=9"):
        assert local.get(address).status_code == 200
    assert rows(own) == before


def test_a_work_is_put_on_a_shelf_from_the_results_and_taken_off_again(own: Library, local: TestClient) -> None:
    results = local.get("/", params={"q": "boat"}).text
    item = int(re.search(r'form="shelving" name="put" value="(\d+)"', results)[1])  # type: ignore[index]
    put = local.post("/shelved", data={"put": item, "back": "/?q=boat&view=list"})
    assert (put.status_code, put.headers["location"]) == (303, f"/?q=boat&view=list#item-{item}")
    results = local.get("/", params={"q": "boat"}).text
    assert f'name="take" value="{item}" aria-pressed="true"' in results
    shelf = int(re.search(r'href="/shelves/(\d+)"', local.get("/shelves").text)[1])  # type: ignore[index]
    page = local.get(f"/shelves/{shelf}").text
    assert "My shelf" in page
    assert f'id="item-{item}"' in page
    assert Page(page).wrong == []
    told = local.post("/shelved", data={"take": item}, headers={"accept": "application/json"})
    assert told.json() == {"item": item, "shelf": shelf, "on": False}
    assert "Nothing lies here yet" in local.get(f"/shelves/{shelf}").text


def test_a_shelf_is_named_noted_on_ordered_and_removed(own: Library, local: TestClient) -> None:
    made = local.post("/shelves", data={"name": "Boats & <b>", "about": "two\nlines"})
    path = made.headers["location"]
    for item in (1, 2, 3):
        local.post("/shelved", data={"put": item, "shelf": path.rpartition("/")[2]})
    noted = local.post(f"{path}/items/2", data={"note": "<i>the red one</i>", "back": f"{path}?order=title&first=0"})
    assert noted.headers["location"] == f"{path}?order=title&first=0#item-2"
    page = local.get(path).text
    assert "&lt;i&gt;the red one&lt;/i&gt;" in page
    assert "Boats &amp; &lt;b&gt;" in page
    ordered = [re.findall(r'id="item-(\d+)"', local.get(f"{path}?order={one}").text) for one in ("newest", "oldest")]
    assert ordered == [["3", "2", "1"], ["1", "2", "3"]]
    refused = local.post(path, data={"name": " ", "about": "kept"})
    assert refused.status_code == 400
    assert "kept" in refused.text
    assert local.post("/shelves", data={"name": "Boats & <b>"}).status_code == 409
    assert local.post(path, data={"name": "Ships", "about": ""}).headers["location"] == path
    assert local.post(f"{path}/remove").headers["location"] == "/shelves"
    assert local.get(path).status_code == 404
    assert local.get("/items/1").status_code == 200


def test_a_shelf_is_saved_in_each_form(own: Library, local: TestClient) -> None:
    with own.catalogue.writing() as connection:
        told = {"item_id": 1, "file_id": 0, "position": 99, "origin": "person", "checksum": 0}
        connection.execute(insert(fields).values(**told, name="creator", value="=Formula, A."))
    path = local.post("/shelves", data={"name": "Boats"}).headers["location"]
    for item in (1, 2):
        local.post("/shelved", data={"put": item, "shelf": path.rpartition("/")[2]})
    local.post(f"{path}/items/2", data={"note": "@note"})
    saved = {name: local.get(f"{path}/saved/{name}") for name in ("bibtex", "ris", "csv", "json")}
    assert saved["bibtex"].text.count("@") == 2
    assert saved["ris"].text.count("ER  -") == 2
    lines = saved["csv"].text.splitlines()
    assert len(lines) == 3
    assert "'@note" in lines[1]
    assert '"\'=Formula, A."' in saved["csv"].text
    told_json = json.loads(saved["json"].text)
    assert [one["item"] for one in told_json["items"]] == [2, 1]
    assert told_json["items"][0]["note"] == "@note"
    assert 'filename="pinakes-shelf-1.bib"' in saved["bibtex"].headers["content-disposition"]
    assert local.get(f"{path}/saved/pdf").status_code == 404


@pytest.mark.reliability
def test_what_is_saved_in_bulk_stands_in_the_log_and_what_was_searched_for_does_not(own: Library) -> None:
    """G19: exports, by those who are known, by programs of theirs, and by guests."""
    user = peopled(own)["rhea"]
    with own.catalogue.reading() as connection:
        before = {one.id for one in audit.entries(connection)}
    reader = log_in(browser(own, anonymous=True), "rhea")
    path = reader.post("/shelves", data={"name": CANARY}).headers["location"]
    reader.post("/shelved", data={"put": 1, "shelf": path.rpartition("/")[2]})
    assert reader.get(f"{path}/saved/ris").status_code == 200
    assert reader.get(f"/api/v1{path}/saved", params={"format": "csv"}).status_code == 200
    query = f"boat OR {CANARY}"
    assert reader.get("/results/bibtex", params={"q": query}).status_code == 200
    assert browser(own, anonymous=True).get("/results/json", params={"q": query}).status_code == 200
    assert reader.get("/results/xls", params={"q": query}).status_code == 404
    with own.catalogue.reading() as connection:
        told = [one for one in audit.entries(connection) if one.action.startswith("export.") and one.id not in before]
        assert CANARY not in repr(audit.entries(connection))
    assert [(one.action, one.user, one.details["format"]) for one in told] == [
        ("export.results", None, "json"),
        ("export.results", user, "bibtex"),
        ("export.shelf", user, "csv"),
        ("export.shelf", user, "ris"),
    ]
    assert [one.details["works"] for one in told[2:]] == [1, 1]
    assert told[0].details["works"] == told[1].details["works"] > 1
    page = log_in(browser(own), "root").get("/admin/audit?action=export.results").text
    assert "saved results" in page and "works: " in page


@pytest.mark.reliability
def test_one_takes_along_all_that_the_library_has_of_oneself_and_nothing_of_others(own: Library) -> None:
    """G19: the export stands in the log, and no secret in the export."""
    numbers = peopled(own)
    for name in ("rhea", "rolf"):
        person = log_in(browser(own), name)
        path = person.post("/shelves", data={"name": f"{CANARY} of {name}"}).headers["location"]
        person.post("/shelved", data={"put": 1, "shelf": path.rpartition("/")[2]})
        person.post("/searches", data={"name": f"kept by {name}", "address": "q=boat"})
        person.post("/noted", params={"q": f"boats {name}", "item": "1"})
        token(own, numbers[name], "search")
    reader = log_in(browser(own), "rhea")
    answer = reader.post("/account/data")
    assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
    told = answer.json()
    assert told["user"]["name"] == "rhea"
    assert set(told) == {"user", "shelved"} | {t.name for t in METADATA.sorted_tables if "user_id" in t.c}
    assert [len(told[name]) for name in ("shelves", "shelved", "saved_searches", "tokens")] == [1, 1, 1, 1]
    assert "boats rhea" in answer.text and told["tokens"][0]["scopes"] == ["search"]
    assert "rolf" not in answer.text
    assert "$argon2" not in answer.text and "token_hash" not in answer.text
    assert told["audit"][-1]["action"] == "export.account"
    program = token(own, numbers["rhea"], "personal")
    assert set(browser(own).post("/api/v1/me/data", headers=program).json()["data"]) == set(told)
    assert browser(own).post("/api/v1/me/data").status_code == 401


def test_a_search_is_kept_looked_at_and_forgotten(own: Library, local: TestClient) -> None:
    address = urlencode([("q", "boat"), ("where", 'modality="image"'), ("page", "x")])
    assert f'value="{urlencode([("q", "boat")])}"' in local.get("/?q=boat").text
    assert local.post("/searches", data={"name": "My boats", "address": address}).status_code == 303
    again = local.post("/searches", data={"name": "My boats", "address": address})
    assert again.status_code == 409
    assert f'name="address" value="{address.replace("&", "&amp;")}"' in again.text
    page = local.get("/searches").text
    assert "My boats" in page
    assert " new</span>" not in page
    with own.catalogue.writing() as connection:
        connection.execute(update(METADATA.tables["saved_searches"]).values(created=0.0))
    assert "2 new</span>" in local.get("/searches?new=1").text
    opened = local.post("/searches/1/open")
    assert opened.headers["location"] == "/?" + urlencode([("q", "boat"), ("where", 'modality="image"')])
    assert " new</span>" not in local.get("/searches?new=1").text
    local.post("/searches/1", data={"name": "Ships"})
    assert "Ships" in local.get("/searches").text
    local.post("/searches/1/remove")
    assert local.post("/searches/1/open").status_code == 404
    for wrong in ("", "q=x&with=upload:abc"):
        assert local.post("/searches", data={"name": "x", "address": wrong}).status_code == 400


def test_what_was_searched_for_and_opened_is_remembered_until_forgotten(own: Library, local: TestClient) -> None:
    for address in ("q=boat", "q=boat&item=2", "item=3", "q=fog", "q=x&with=upload:abc", "q=boat&item=99"):
        assert local.post(f"/noted?{address}").status_code == 204
    page = local.get("/history").text
    assert re.findall(r'<h2><a href="([^"]+)">', page) == ["/?q=fog", "/?q=boat"]
    assert 'href="/items/2"' in page
    with own.catalogue.reading() as connection:
        assert [(one.query, one.items) for one in clicked(connection)] == [("boat", (2,))]
    number = re.search(r"/history/(\d+)/remove", page)[1]  # type: ignore[index]
    local.post("/noted?q=pictures+of+boats+before+1950")
    with own.catalogue.reading() as connection:
        details = connection.scalars(select(METADATA.tables["events"].c.details)).all()
    queries = [json.loads(told).get("query", "") for told in details]
    assert any("boats" in told and 'date<"1950"' in told for told in queries)
    assert ">pictures of boats before 1950</a>" in local.get("/history").text
    local.post(f"/history/{number}/remove")
    assert "fog" not in local.get("/history").text
    assert 'id="results" data-noting' in local.get("/?q=boat").text
    local.post("/history/switch", data={"remembers": "0"})
    assert "data-noting" not in local.get("/?q=boat").text
    local.post("/noted?q=lighthouse")
    assert "lighthouse" not in local.get("/history").text
    local.post("/history/clear")
    assert "Nothing is remembered" in local.get("/history").text
    assert "events" not in rows(own)


def test_recommendations_name_their_reason_and_can_be_declined(own: Library, local: TestClient) -> None:
    with own.catalogue.writing() as connection:
        for number in (1, 2, 3):
            told = {"item_id": number, "file_id": 0, "position": 99, "origin": "person", "checksum": 0}
            connection.execute(insert(fields).values(**told, name="subjects", value="Boats"))
    own.repair()
    assert "Put some works on a shelf" in local.get("/for-you").text
    local.post("/shelved", data={"put": 1, "new": "My boats"})
    page = local.get("/for-you").text
    found = re.findall(r'<li id="item-(\d+)">', page)
    assert set(found[:2]) == {"2", "3"}
    assert "1" not in found
    assert 'href="/shelves/1">My boats</a>' in page
    assert "both: Boats" in page
    assert Page(page).wrong == []
    assert 'action="/for-you/declined"' in local.get("/").text
    sent = local.post("/for-you/declined", data={"item": found[0], "back": "/"})
    assert sent.headers["location"] == "/"
    page = local.get("/for-you").text
    assert f'id="item-{found[0]}"' not in page
    assert "1 work is not recommended" in page
    local.post("/for-you/again")
    assert f'id="item-{found[0]}"' in local.get("/for-you").text


def test_programs_have_the_same(own: Library, local: TestClient) -> None:
    api = "/api/v1"
    number = local.post(f"{api}/shelves", json={"name": "Boats"}).json()["number"]
    for item in (1, 2, 2):
        assert local.put(f"{api}/shelves/{number}/items/{item}", json={"note": f"n{item}"}).status_code == 204
    local.put(f"{api}/shelves/{number}/items/1", json={})
    page = local.get(f"{api}/shelves/{number}", params={"limit": 1}).json()
    assert [(one["item"], one["note"]) for one in page["items"]] == [(2, "n2")]
    page = local.get(f"{api}/shelves/{number}", params={"limit": 1, "page": page["next_page"]}).json()
    assert [(one["item"], one["note"]) for one in page["items"]] == [(1, "n1")]
    assert page["next_page"] == ""
    assert local.put(f"{api}/shelves/{number}", json={"about": "float"}).json()["name"] == "Boats"
    assert "UR  - " in local.get(f"{api}/shelves/{number}/saved?format=ris").text
    assert local.get(f"{api}/shelves").json()["shelves"][0]["items"] == 2
    assert local.get(f"{api}/recommendations").json()["declined"] == 0
    assert local.put(f"{api}/declined/3").status_code == 204
    assert local.get(f"{api}/recommendations?shelf={number}").json()["declined"] == 1
    assert local.delete(f"{api}/declined").status_code == 204
    assert local.delete(f"{api}/shelves/{number}/items/1").status_code == 204
    assert local.delete(f"{api}/shelves/{number}").status_code == 204
    assert local.get(f"{api}/shelves/{number}").status_code == 404


def test_programs_keep_searches_and_see_what_is_remembered(own: Library, local: TestClient) -> None:
    api = "/api/v1"
    kept = local.post(f"{api}/kept-searches", json={"name": "Boats", "q": "boat"}).json()
    assert kept["address"] == "q=boat"
    path = f"{api}/kept-searches/{kept['number']}"
    assert local.put(path, json={"name": "Ships"}).status_code == 204
    assert local.post(f"{path}/opened").status_code == 204
    (listed,) = local.get(f"{api}/kept-searches?new=1").json()["searches"]
    assert (listed["name"], listed["new"]) == ("Ships", 0)
    assert local.delete(path).status_code == 204
    assert local.post(f"{api}/history", json={"q": "boat", "item": 2}).status_code == 204
    assert local.post(f"{api}/history", json={"q": "fog"}).status_code == 204
    first = local.get(f"{api}/history?limit=1").json()
    assert [one["query"] for one in first["searches"]] == ["fog"]
    second = local.get(f"{api}/history", params={"limit": 1, "page": first["next_page"]}).json()
    assert [(one["query"], one["opened"]) for one in second["searches"]] == [("boat", [2])]
    assert second["next_page"] == ""
    assert local.delete(f"{api}/history/{second['searches'][0]['number']}").status_code == 204
    assert local.delete(f"{api}/history").status_code == 204
    assert local.get(f"{api}/history").json()["searches"] == []


@pytest.mark.reliability
@pytest.mark.usefixtures("quick_passwords")
def test_another_persons_things_are_not_there_and_guests_have_none(own: Library) -> None:
    """G1 and G20: 404 for what is another's; after the account is gone, no word of it is left."""
    users_by_name = peopled(own)
    names = ("rhea", "rolf")
    with browser(own) as mine, browser(own) as theirs, browser(own, anonymous=True) as guest:
        log_in(mine, names[0])
        log_in(theirs, names[1])
        path = mine.post("/shelves", data={"name": CANARY}).headers["location"]
        number = path.rpartition("/")[2]
        mine.post("/shelved", data={"put": 1, "shelf": number})
        mine.post(f"{path}/items/1", data={"note": CANARY})
        mine.post("/searches", data={"name": CANARY, "address": f"q={CANARY}"})
        mine.post(f"/noted?q={CANARY}&item=2")
        (search,) = re.findall(r"/history/(\d+)/remove", mine.get("/history").text)
        assert theirs.get(path).status_code == 404
        assert theirs.get(f"{path}/saved/csv").status_code == 404
        for address, data in (
            (path, {"name": "x"}),
            (f"{path}/remove", {}),
            (f"{path}/items/1", {"note": "x"}),
            ("/shelved", {"put": "2", "shelf": number}),
            ("/searches/1", {"name": "x"}),
            ("/searches/1/open", {}),
            ("/searches/1/remove", {}),
            (f"/history/{search}/remove", {}),
        ):
            assert theirs.post(address, data=data).status_code == 404
            assert guest.post(address, data=data).status_code == 401
        assert CANARY not in "".join(theirs.get(page).text for page in PAGES)
        assert 'form="shelving"' not in guest.get("/?q=boat").text
        assert guest.post("/noted?q=boat&item=3").status_code == 204
        assert guest.post("/noted?q=lighthouse").status_code == 204
        held = rows(own, CANARY)
        assert held == {"events": 1, "shelves": 1, "shelved": 1, "saved_searches": 1}
        with own.catalogue.writing() as connection:
            assert connection.scalar(select(users.c.name).where(users.c.id == users_by_name[names[0]])) == names[0]
            accounts.remove(connection, users_by_name[names[0]])
        assert rows(own, CANARY) == {}
        with own.catalogue.reading() as connection:
            assert [(one.query, one.items) for one in clicked(connection)] == [("boat", (3,))]


def test_a_moment_is_told_to_its_last_digit() -> None:
    for moment in (1764275.1234567, 1764275.0000005, 1764275.9999999):
        assert moment_of(f"{moment}") == moment
    for wrong in ("", "x", "-1", "1e9", "1" * 20):
        assert moment_of(wrong) == float("inf")


@pytest.mark.reliability
@pytest.mark.parametrize(
    "text",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/admin",
        "/items/x",
        "\n//e",
    ],
)
def test_a_form_leads_back_to_pages_of_ours_alone(text: str) -> None:
    """G6: no open redirect."""
    assert back_of(text, "/shelves") == "/shelves"
    assert back_of("/items/3?q=a%20b&q=c", "/", "item-3") == "/items/3?q=a+b&q=c#item-3"
