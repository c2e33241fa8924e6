"""A work's description edited by hand: found at once, kept when files are read again, and never overwritten unseen."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pinakes.accounts import audit
from pinakes.library import Library
from pinakes.web.logic.editing import USUAL
from tests.web.people import browser, emptied, log_in, peopled, token
from tests.web.test_pages import Page

CANARY = "glimmerwood"


@pytest.fixture
def library(tmp_path: Path, classical_alone: None) -> Iterator[Library]:
    """Two texts, one with a sidecar."""
    folder = tmp_path / "media"
    folder.mkdir()
    (folder / "boat.txt").write_text("A small boat lay at the pier.")
    (folder / "boat.txt.json").write_text(
        '{"title": "The boat", "creator": ["Ilse Maravant", "a pupil"], "date": "1921", "subjects": "boat; pier",'
        ' "description": ["first\\nsecond line", "another"], "shelf": "B 4"}'
    )
    (folder / "fog.txt").write_text("Fog came over the lighthouse.")
    with emptied(tmp_path) as made:
        made.add(folder)
        yield made


def number_of(library: Library, name: str) -> int:
    return next(hit.item for hit in library.search("boat OR fog") if Path(hit.path).name == name)


@pytest.fixture
def boat(library: Library) -> int:
    return number_of(library, "boat.txt")


@pytest.fixture
def editor(library: Library) -> TestClient:
    """One editor of several people."""
    peopled(library)
    return log_in(browser(library), "edith")


def filled(client: TestClient, item: int) -> dict[str, str]:
    """What a browser would send of the form as it is."""
    page = client.get(f"/items/{item}/edit")
    assert page.status_code == 200
    assert Page(page.text).wrong == []
    return filled_in(page.text)


def filled_in(text: str) -> dict[str, str]:
    form = text[text.index('class="telling"') : text.index("</form>", text.index('class="telling"'))]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="checkbox"' not in tag:
            found[name[1]] = html.unescape(value[1] if value else "")
    for name, value in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        # Browsers send lines so.
        found[name] = html.unescape(value).replace("\n", "\r\n")
    return found


def titles(library: Library, query: str) -> list[str]:
    return [hit.title for hit in library.search(query)]


def logged(library: Library) -> list[dict[str, dict[str, list[str]]]]:
    with library.catalogue.reading() as connection:
        return [one.details["changes"] for one in audit.entries(connection, action="item.edited")]


def test_what_an_editor_writes_is_found_at_once_and_stands_in_the_log(
    library: Library, editor: TestClient, boat: int
) -> None:
    told = filled(editor, boat) | {
        "is.title": f"The {CANARY}",
        "is.subjects": "sea\r\n\r\nnight; harbour\r\nred | blue",
    }
    told |= {"is.description.0": "one\r\ntwo", "is.date": "7 May 1922", "is.language": "eng"}
    told |= {"new.0.name": "Shelf mark", "new.0.values": "C 9\r\nC 10"}
    answer = editor.post(f"/items/{boat}/edit", data=told)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/items/{boat}/edit?done=found")
    assert titles(library, CANARY) == [f"The {CANARY}"]
    assert library.item(boat).fields["subjects"] == ("sea", "night; harbour", "red | blue")
    assert titles(library, 'subjects="night; harbour"') == titles(library, "shelf_mark:9") == [f"The {CANARY}"]
    assert titles(library, "date=1922-05-07 language=en") == [f"The {CANARY}"]
    assert titles(library, 'subjects="boat"') == []
    fields = library.item(boat).fields
    assert fields["description"] == ("one\ntwo", "another")
    assert fields["creator"] == ("Ilse Maravant", "a pupil")
    assert fields["shelf"] == ("B 4",)
    assert library.check() == []
    (changes,) = logged(library)
    assert changes["title"] == {"from": ["The boat"], "to": [f"The {CANARY}"]}
    assert changes["shelf_mark"] == {"from": [], "to": ["C 9", "C 10"]}
    assert set(changes) == {"title", "subjects", "description", "date", "language", "shelf_mark"}
    page = editor.get(answer.headers["location"]).text
    assert "edith" in page and "The boat" in page and "Saved." in page
    log = log_in(browser(library), "root").get("/admin/audit?action=item.edited")
    assert CANARY in log.text and Page(log.text).wrong == []
    assert f"The {CANARY}" in browser(library, anonymous=True).get("/", params={"q": CANARY}).text
    assert editor.post(f"/items/{boat}/edit", data=filled(editor, boat)).headers["location"].endswith("done=same")
    assert len(logged(library)) == 1


def test_an_uncertain_date_is_shown_whole(library: Library, editor: TestClient, boat: int) -> None:
    assert editor.post(f"/items/{boat}/edit", data=filled(editor, boat) | {"is.date": "about 1921"}).status_code == 303
    for address in (f"/items/{boat}", "/?q=pier"):
        assert "Ilse Maravant, a pupil, about 1921<" in editor.get(address).text


def test_a_run_that_adds_again_leaves_what_was_said_by_hand(
    library: Library, editor: TestClient, boat: int, tmp_path: Path
) -> None:
    folder = tmp_path / "media"
    told = filled(editor, boat) | {"is.title": "By hand", "is.creator": "", "new.0.name": "note", "new.0.values": "x"}
    assert editor.post(f"/items/{boat}/edit", data=told).status_code == 303
    assert library.add(folder).changed == 0
    (folder / "boat.txt.json").write_text('{"title": "Told anew", "creator": "Someone", "rights": "CC0"}')
    (folder / "boat.txt").write_text("A small boat lay at the pier, and a gull.")
    assert library.add(folder).changed == 1
    (folder / "boat.txt").rename(folder / "barge.txt")
    (folder / "boat.txt.json").rename(folder / "barge.txt.json")
    library.add(folder)
    item = library.item(boat)
    assert (item.title, item.fields["rights"], item.fields["note"]) == ("By hand", ("CC0",), ("x",))
    assert "creator" not in item.fields
    assert titles(library, "gull hand") == ["By hand"] and titles(library, "Someone") == []
    page = editor.get(f"/items/{boat}/edit").text
    assert "Told anew" in page and "Someone" in page
    # Given back, a field is what its file says; also by saying the same.
    told = filled(editor, boat) | {"back.title": "on", "is.creator": "Someone", "back.note": "on"}
    assert editor.post(f"/items/{boat}/edit", data=told).status_code == 303
    assert library.item(boat).title == "Told anew"
    assert "note" not in library.item(boat).fields
    (folder / "barge.txt.json").write_text('{"title": "Told again", "creator": "Nobody"}')
    library.add(folder)
    assert (library.item(boat).title, library.item(boat).fields["creator"]) == ("Told again", ("Nobody",))


def test_two_editors_who_change_the_same_field_are_told_of_each_other(
    library: Library, editor: TestClient, boat: int
) -> None:
    other = log_in(browser(library), "root")
    mine, theirs = filled(editor, boat), filled(other, boat)
    assert (
        other.post(f"/items/{boat}/edit", data=theirs | {"is.title": "Theirs", "is.rights": "CC0"}).status_code == 303
    )
    refused = editor.post(f"/items/{boat}/edit", data=mine | {"is.title": "Mine", "is.publisher": "Me"})
    assert refused.status_code == 409
    assert "Someone has changed item" in refused.text
    assert "Now it says:</strong> Theirs" in refused.text
    assert Page(refused.text).wrong == []
    assert library.item(boat).title == "Theirs"
    again = filled_in(refused.text)
    # What was filled in stays, and what only the other has changed is what they made of it.
    assert (again["is.title"], again["is.publisher"], again["is.rights"]) == ("Mine", "Me", "CC0")
    assert editor.post(f"/items/{boat}/edit", data=again).status_code == 303
    fields = library.item(boat).fields
    assert (fields["title"], fields["publisher"], fields["rights"]) == (("Mine",), ("Me",), ("CC0",))


def test_two_editors_who_change_different_fields_do_not_stand_in_each_others_way(
    library: Library, editor: TestClient, boat: int
) -> None:
    other = log_in(browser(library), "root")
    mine, theirs = filled(editor, boat), filled(other, boat)
    assert other.post(f"/items/{boat}/edit", data=theirs | {"is.title": "Theirs"}).status_code == 303
    assert editor.post(f"/items/{boat}/edit", data=mine | {"is.publisher": "Me"}).status_code == 303
    assert library.item(boat).fields["title"] == ("Theirs",)
    assert library.item(boat).fields["publisher"] == ("Me",)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"is.date": "yesterday"}, "yesterday is no date."),
        ({"is.date": "1921-02-30"}, "1921-02-30 is no date."),
        ({"is.language": "English"}, "english is no language."),
        ({"new.0.name": "Collection", "new.0.values": "x"}, "can not be named"),
        ({"new.0.name": "…", "new.0.values": "x"}, "can not be named"),
        ({"new.0.name": "Title", "new.0.values": "x", "is.title": "y"}, "The field title is told twice."),
    ],
)
def test_what_can_not_be_stored_as_it_is_written_is_refused_and_stays_in_the_form(
    library: Library, editor: TestClient, boat: int, told: dict[str, str], said: str
) -> None:
    before = library.item(boat)
    answer = editor.post(f"/items/{boat}/edit", data=filled(editor, boat) | told | {"is.rights": "CC <0>"})
    assert answer.status_code == 400
    assert said in html.unescape(answer.text)
    assert filled_in(answer.text).items() >= {**told, "is.rights": "CC <0>"}.items()
    assert Page(answer.text).wrong == []
    assert library.item(boat) == before and logged(library) == []


def test_programs_of_editors_change_what_they_name_and_nothing_else(library: Library, boat: int) -> None:
    people = peopled(library)
    program, path = browser(library), f"/api/v1/items/{boat}/fields"
    assert program.get(path).status_code == 401
    reader = token(library, people["rhea"])
    assert program.put(path, json={"fields": {"title": ["x"]}}, headers=reader).status_code == 403
    edits = token(library, people["edith"], "edit")
    told = program.get(path, headers=edits).json()
    assert told["fields"]["title"] == {
        "values": ["The boat"], "mark": told["fields"]["title"]["mark"], "person": False, "sources": ["The boat"],
    }  # fmt: skip
    marks = {"title": told["fields"]["title"]["mark"]}
    done = program.put(path, json={"fields": {"title": [CANARY], "creator": []}, "marks": marks}, headers=edits)
    assert done.status_code == 200
    assert done.json()["found"] is True
    assert done.json()["fields"]["creator"]["values"] == []
    assert done.json()["fields"]["creator"]["sources"] == ["Ilse Maravant", "a pupil"]
    late = program.put(path, json={"fields": {"title": ["Late"]}, "marks": marks}, headers=edits)
    assert (late.status_code, late.json()["error"]["code"]) == (409, "changed-meanwhile")
    assert program.put(path, json={"fields": {"title": ["a", "b"]}}, headers=edits).status_code == 400
    assert program.put(path, json={"fields": {"note": ["x" * 70_000]}}, headers=edits).status_code == 413
    assert program.get("/api/v1/items/99/fields", headers=edits).status_code == 404
    assert library.item(boat).title == CANARY


def test_who_may_edit_is_shown_the_way_there(library: Library, boat: int) -> None:
    address = f'href="/items/{boat}/edit"'
    assert address in browser(library).get(f"/items/{boat}").text
    peopled(library)
    assert address in log_in(browser(library), "edith").get(f"/items/{boat}").text
    reader = log_in(browser(library), "rhea")
    assert address not in reader.get(f"/items/{boat}").text
    assert reader.get(f"/items/{boat}/edit").status_code == 403
    assert reader.post(f"/items/{boat}/edit", data={"is.title": "x", "was.title": ""}).status_code == 403


def test_while_a_run_adds_it_is_said_that_the_new_words_are_found_later(
    library: Library, editor: TestClient, boat: int
) -> None:
    told = filled(editor, boat) | {"is.title": CANARY}
    with library.catalogue.writer():
        answer = editor.post(f"/items/{boat}/edit", data=told)
        assert answer.headers["location"].endswith("done=later")
        assert library.item(boat).title == CANARY
    assert titles(library, CANARY) == [CANARY]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_form_is_well_formed_and_names_every_field(library: Library, boat: int, language: str) -> None:
    client = browser(library)
    page = client.get(f"/items/{boat}/edit?lang={language}").text
    assert Page(page).wrong == []
    for name in USUAL:
        assert f'name="was.{name}"' in page
    assert f'lang="{language}' in page
