"""Collections on pages and for programs: what is handed in becomes works, within bounds, and goes with them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from pinakes.accounts import audit
from pinakes.catalogue.checksums import sealed
from pinakes.catalogue.schema import files
from pinakes.cli.main import main
from pinakes.library import Library
from pinakes.library.deposits import FOLDER, Deposit, files_in
from pinakes.tasks.records import counts, task
from pinakes.tasks.worker import work
from tests.web.people import PASSWORD, browser, emptied, log_in, peopled, token
from tests.web.test_pages import Page

pytestmark = pytest.mark.reliability
DEPOSIT = "/admin/collections/deposit"


@pytest.fixture
def library(tmp_path: Path, classical_alone: None) -> Iterator[Library]:
    """An empty library whose server lets pages add what lies in one folder."""
    (tmp_path / "server" / "letters").mkdir(parents=True)
    (tmp_path / "server" / "letters" / "one.txt").write_text("A letter of the keeper.")
    (tmp_path / "server" / "works.csv").write_text("title,path\nA letter,letters/one.txt\n")
    (tmp_path / "server" / "out").symlink_to(tmp_path)
    with emptied(tmp_path, server_folders=f"{tmp_path / 'server'}, {tmp_path / 'other'}") as made:
        yield made


@pytest.fixture
def client(library: Library) -> TestClient:
    """The one person at this machine."""
    return browser(library)


def kept(library: Library) -> list[str]:
    """The names of the files that were handed in."""
    found = [path for path in files_in(library.folder / FOLDER) if path.name != "deposit.json"]
    return [path.relative_to(library.folder / FOLDER).as_posix().partition("/files/")[2] for path in found]


def worked(library: Library) -> int:
    """Do all there is to do; returns how many works there are then."""
    work(library.folder, library.settings, until_empty=True)
    return int(library.status()["items"])


def sent(*files: tuple[str, bytes]) -> list[tuple[str, tuple[str, bytes, str]]]:
    """Files of a form, by the names that a browser tells of a folder."""
    return [("files", (name, data, "application/octet-stream")) for name, data in files]


def test_a_folder_that_is_handed_in_becomes_a_collection_and_goes_with_it(client: TestClient, library: Library) -> None:
    files = sent(("trip/red.txt", b"A red boat."), ("trip/far/blue.txt", b"A blue lake."), ("trip/.DS_Store", b"x"))
    # What a browser sends of the control that was not used.
    files.append(("files", ("", b"", "application/octet-stream")))
    answer = client.post(DEPOSIT, data={"collection": " holiday "}, files=files)
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/tasks/1")
    assert kept(library) == ["trip/red.txt", "trip/far/blue.txt"]
    assert worked(library) == 2
    (found,) = client.get("/api/v1/collections").json()["collections"]
    assert found == {"name": "holiday", "works": 2, "sources": [{"kind": "deposit", "path": "", "here": True}]}
    page = client.get("/admin/collections").text
    assert "Handed in" in page
    assert str(library.folder) not in page
    assert client.post("/admin/collections/remove", data={"collection": "holiday"}).status_code == 400
    answer = client.post("/admin/collections/remove", data={"collection": "holiday", "sure": "yes"})
    assert answer.status_code == 303
    assert worked(library) == 0
    # G20: what was handed in is gone with the works.
    assert kept(library) == []
    assert list((library.folder / FOLDER / "0").iterdir()) == []
    assert client.get("/api/v1/collections").json() == {"collections": []}


def test_one_work_that_goes_takes_its_file_along_and_leaves_the_others(client: TestClient, library: Library) -> None:
    client.post(DEPOSIT, files=sent(("a.txt", b"A boat."), ("b.txt", b"A lake."), ("b.txt.json", b'{"title": "B"}')))
    assert worked(library) == 2
    item = library.search("boat")[0].item
    assert client.post("/api/v1/tasks", json={"kind": "remove", "arguments": {"items": [item]}}).status_code == 200
    assert worked(library) == 1
    assert kept(library) == ["b.txt", "b.txt.json"]


def test_an_archive_and_a_table_of_works_can_be_handed_in(client: TestClient, library: Library) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("in/boat.txt", "A boat in an archive.")
    assert client.post(DEPOSIT, files=sent(("box.zip", data.getvalue()))).status_code == 303
    assert worked(library) == 1
    table = b"title,path,date\nThe keeper,texts/keeper.txt,1902\n"
    files = sent(("set/works.csv", table), ("set/texts/keeper.txt", b"The keeper of the lighthouse."))
    assert client.post(DEPOSIT, data={"table": "1", "collection": "listed"}, files=files).status_code == 303
    assert worked(library) == 2
    (hit,) = [one for one in library.search("lighthouse") if one.title == "The keeper"]
    assert library.item(hit.item).fields["date"] == ("1902",)
    refused = client.post(DEPOSIT, data={"table": "1"}, files=sent(("a.txt", b"x")))
    assert refused.status_code == 400
    assert "no table among the files" in refused.text
    item = library.search("archive")[0].item
    client.post("/api/v1/tasks", json={"kind": "remove", "arguments": {"items": [item]}})
    worked(library)
    assert "box.zip" not in kept(library)


def test_programs_hand_in_a_body_or_a_form_and_the_same_once(client: TestClient, library: Library) -> None:
    headers = {"X-File-Name": "sub/%E6%B9%96.txt", "Idempotency-Key": "k"}
    path = "/api/v1/collections/lakes/files"
    first = client.post(path, content=b"A lake.", headers=headers)
    assert (first.status_code, first.headers["location"]) == (202, "/api/v1/tasks/1")
    assert first.json()["arguments"]["collection"] == "lakes"
    assert client.post(path, content=b"A lake.", headers=headers).json()["id"] == 1
    assert client.post(path, files=sent(("b.txt", b"A boat.")), headers={"Idempotency-Key": "l"}).json()["id"] == 2
    assert sorted(kept(library)) == ["b.txt", "sub/湖.txt"]
    assert client.post(path, content=b"A lake.").status_code == 400
    assert worked(library) == 2
    assert client.post("/api/v1/collections/lakes/again").json()["kind"] == "add"
    assert client.request("DELETE", "/api/v1/collections/nowhere").status_code == 404
    assert client.request("DELETE", "/api/v1/collections/lakes").json()["kind"] == "remove"
    assert worked(library) == 0


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"--x\r\n", "multipart/form-data", 400),
        (b"--x\r\n", "multipart/form-data; boundary=x", 400),
        (b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nhalf', "", 400),
        (b'--x\r\nContent-Disposition: form-data; name="files"; filename="../a"\r\n\r\nx\r\n--x--\r\n', "", 422),
        (b"--x\r\nX-Long: " + b"y" * 17_000 + b"\r\n\r\nx\r\n--x--\r\n", "", 0),
        (b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n' + b"y" * 17_000 + b"\r\n--x--\r\n", "", 413),
        (b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n\r\n' * 40 + b"--x--\r\n", "", 0),
        (b'--x\r\nContent-Disposition: form-data; name="collection"\r\n\r\na\r\n--x--\r\n', "", 422),
    ],
)
def test_forms_that_are_no_forms_are_refused_and_leave_nothing(
    client: TestClient, library: Library, body: bytes, kind: str, status: int
) -> None:
    """G6: of what is handed in to be kept."""
    headers = {"Content-Type": kind or "multipart/form-data; boundary=x"}
    answer = client.post(DEPOSIT, content=body, headers=headers)
    assert answer.status_code == status or (not status and answer.status_code in (400, 413, 422)), answer.text
    assert kept(library) == []
    with library.catalogue.reading() as connection:
        assert sum(counts(connection).values()) == 0


def test_more_than_the_limit_is_refused_whatever_its_length_was_said_to_be(tmp_path: Path) -> None:
    limits = {"max_deposit_bytes": 1000, "max_deposit_files": 2}
    with emptied(tmp_path, **limits) as library:
        client = browser(library)
        pieces = (b"x" * 500 for _ in range(100))
        answer = client.post("/api/v1/collections/a/files", content=pieces, headers={"X-File-Name": "a.txt"})
        assert answer.status_code == 413
        assert "max_deposit_bytes" in answer.json()["error"]["hint"]
        answer = client.post(DEPOSIT, files=sent(("a", b"1"), ("b", b"1"), ("c", b"1")))
        assert answer.status_code == 413
        assert "max_deposit_files" in answer.text
        large = {"X-File-Name": "a.txt", "Content-Length": "99999999"}
        assert client.post("/api/v1/collections/a/files", content=b"x", headers=large).status_code == 413
        assert kept(library) == []


def test_folders_of_the_server_are_shown_and_added_and_no_others(
    client: TestClient, library: Library, tmp_path: Path
) -> None:
    server = tmp_path / "server"
    page = client.get(f"/admin/collections/folders?path={server}").text
    assert "letters" in page
    assert "Add the works of works.csv" in page
    # Links are not followed.
    assert ">out<" not in page
    for path in (tmp_path, server / "out", server / "..", "/", "/etc", "", tmp_path / "server-and-more"):
        assert client.get("/admin/collections/folders", params={"path": str(path)}).status_code == 403, path
        form = {"path": str(server), "add": str(path)}
        refused = client.post("/admin/collections/folders", data=form)
        assert refused.status_code == 403
        assert "server_folders" in refused.text
    assert client.get("/admin/collections/folders", params={"path": str(server / "gone")}).status_code == 404
    form = {"path": str(server), "add": str(server / "letters"), "collection": "letters"}
    assert client.post("/admin/collections/folders", data=form).status_code == 303
    assert worked(library) == 1
    (server / "letters" / "two.txt").write_text("Another letter.")
    assert client.post("/admin/collections/again", data={"collection": "letters"}).status_code == 303
    assert worked(library) == 2
    client.request("DELETE", "/api/v1/collections/letters")
    assert worked(library) == 0
    assert len(list((server / "letters").iterdir())) == 2


def test_readers_hand_nothing_in(library: Library) -> None:
    peopled(library)
    reader, editor = log_in(browser(library), "rhea"), log_in(browser(library), "edith")
    assert reader.post(DEPOSIT, files=sent(("a.txt", b"x"))).status_code == 403
    assert reader.get("/admin/collections").status_code == 403
    assert not (library.folder / FOLDER).exists()
    assert editor.post(DEPOSIT, files=sent(("a.txt", b"x"))).status_code == 303
    assert "in 1 files" in editor.get("/admin/collections").text
    foreign = {"sec-fetch-site": "cross-site"}
    assert editor.post(DEPOSIT, files=sent(("a.txt", b"x")), headers=foreign).status_code == 403


def test_who_leaves_is_asked_what_becomes_of_what_they_handed_in_and_it_stays_untold(library: Library) -> None:
    peopled(library)
    editor = log_in(browser(library), "edith")
    assert 'name="works"' not in editor.get("/account").text
    editor.post(DEPOSIT, data={"collection": "boats"}, files=sent(("red.txt", b"A red boat.")))
    assert worked(library) == 1
    # Handed in, and not added yet.
    editor.post(DEPOSIT, data={"collection": "boats"}, files=sent(("blue.txt", b"A blue lake.")))
    page = editor.get("/account").text
    assert "2 files that were handed in from this account (23 Bytes)" in page
    assert Page(page).wrong == []
    assert editor.post("/account/delete", data={"current": PASSWORD, "works": "burn"}).status_code == 404
    assert editor.post("/account/delete", data={"current": "wrong", "works": "remove"}).status_code == 403
    assert editor.post("/account/delete", data={"current": PASSWORD}).status_code == 303
    assert worked(library) == 2
    assert sorted(kept(library)) == ["blue.txt", "red.txt"]
    assert library.check() == []


def test_what_someone_handed_in_goes_with_their_account_where_that_is_wished(library: Library, tmp_path: Path) -> None:
    number = peopled(library)["edith"]
    editor, root = log_in(browser(library), "edith"), log_in(browser(library), "root")
    editor.post(DEPOSIT, files=sent(("red.txt", b"A red boat."), ("pair/one.txt", b"Of two files.")))
    root.post(DEPOSIT, files=sent(("blue.txt", b"A blue lake.")))
    library.add(tmp_path / "server" / "letters")
    assert worked(library) == 4
    # One work has a file elsewhere, too.
    ours = library.search("letter")[0].item
    theirs = library.item(library.search('"of two"')[0].item).files[0].id
    with library.catalogue.writing() as connection:
        row = dict(connection.execute(select(files).where(files.c.id == theirs)).mappings().one()) | {"item_id": ours}
        connection.execute(update(files).where(files.c.id == theirs).values(sealed(files, row)))
    # Not added yet, and not to be.
    editor.post(DEPOSIT, files=sent(("late.txt", b"Late.")))
    answer = editor.post("/account/delete", data={"current": PASSWORD, "works": "remove"})
    assert answer.status_code == 303
    worked(library)
    assert kept(library) == ["blue.txt"]
    assert not (library.folder / FOLDER / str(number)).exists()
    left = library.search(where={"modality": "text"}, limit=9)
    # The other was left without a file by this test itself.
    assert sorted(hit.title for hit in left if hit.item != ours) == ["blue", "one"]
    assert sorted(file.state for file in library.item(ours).files) == ["here", "vanished"]


def test_an_administrator_says_what_becomes_of_the_works_of_an_account_that_is_removed(library: Library) -> None:
    people = peopled(library)
    root, program = log_in(browser(library), "root"), token(library, people["root"])
    for name in ("edith", "rhea", "rolf"):
        made = Deposit(library.catalogue, people[name])
        made.begin("red.txt")
        made.end()
        made.close()
    assert "1 files that were" not in root.get(f"/admin/users/{people['edith']}").text
    assert "1 file that was handed in from this account" in root.get(f"/admin/users/{people['edith']}").text
    assert root.post(f"/admin/users/{people['edith']}/remove", data={"works": "remove"}).status_code == 303
    path = f"/api/v1/users/{people['rhea']}"
    assert browser(library).delete(path, params={"works": "burn"}, headers=program).status_code == 400
    assert browser(library).delete(path, params={"works": "remove"}, headers=program).status_code == 204
    assert main(["users", "remove", "rolf", "--works", "remove", "--library", str(library.folder)]) == 0
    with library.catalogue.reading() as connection:
        gone = [task(connection, number).arguments for number in (1, 2, 3)]
        asked = audit.entries(connection, action="task.asked")
    assert gone == [{"deposits": people[name]} for name in ("edith", "rhea", "rolf")]
    assert [one.user for one in reversed(asked)] == [people["root"], people["root"], None]
