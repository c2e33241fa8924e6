"""The Python client: it finds what the library finds, pages by itself, waits when told to, and raises our errors."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from pinakes.client import Hit, RemoteLibrary, connect
from pinakes.client.tasks import events
from pinakes.client.wire import Patience
from pinakes.errors import (
    BadQuery,
    ChangedMeanwhile,
    LoginNeeded,
    NotFound,
    Overloaded,
    PinakesError,
    ServerUnreachable,
    TooOften,
    UsageError,
)
from pinakes.library import Library
from pinakes.tasks.worker import work
from tests.library.test_adding import RED, picture
from tests.web.people import emptied, peopled, token
from tests.web.serving import served


@contextmanager
def asked(library: Library) -> Iterator[RemoteLibrary]:
    """A library, asked through a socket."""
    with served(library) as address, connect(address) as found:
        yield found


@pytest.fixture(scope="module")
def remote(library: Library) -> Iterator[RemoteLibrary]:
    """The library of all tests of pages."""
    with asked(library) as found:
        yield found


def test_a_search_finds_what_the_library_finds(remote: RemoteLibrary, library: Library) -> None:
    found, expected = remote.search("red boat", limit=3), library.search("red boat", limit=3)
    assert [(hit.part, hit.title) for hit in found] == [(hit.part, hit.title) for hit in expected]
    assert (found.total, found.facets["type"]) == (expected.total, expected.facets["type"])
    assert isinstance(found[0], Hit) and found[0].why["words"]
    assert remote.search("boat", where="modality=image", mode="quick").total == 2
    assert remote.search("baot").suggestion == "boat"
    meant = remote.search("boat by Ilse Maravant before 1903", understand=True, plain=["before 1903"])
    assert [one["label"] for one in meant.understood] == ["Ilse Maravant"]
    assert not remote.search("boat by Ilse Maravant").understood


def test_all_pages_follow_one_another(remote: RemoteLibrary, library: Library) -> None:
    parts = [hit.part for page in remote.search("boat", limit=2).pages() for hit in page]
    assert parts == [hit.part for page in library.search("boat", limit=2).pages() for hit in page]
    assert len(parts) > 2


def test_media_are_handed_in_and_searched_with(
    remote: RemoteLibrary, library: Library, item: dict[str, int], tmp_path: Path
) -> None:
    path = picture(tmp_path / "my boat.png", RED, seed=9)
    upload = remote.hand_in(path)
    assert (upload.title, upload.modality) == ("my boat.png", "image")
    assert remote.hand_in(path.read_bytes()).term == upload.term
    for found in (remote.search(image=path, where="modality=image"), remote.search(terms=[upload.term], limit=1)):
        assert found[0].item == item["red boat.png"]
    like, known = remote.search("boat", item=item["blue boat.png"]), library.search("boat", item=item["blue boat.png"])
    assert [hit.part for hit in like] == [hit.part for hit in known]


def test_items_parts_and_originals_are_read(
    remote: RemoteLibrary, item: dict[str, int], library: Library, tmp_path: Path
) -> None:
    number = item["pages.pdf"]
    work = remote.item(number)
    assert (work.title, work.parts, work.files[0].kind) == ("pages", 4, "application/pdf")
    assert [part.id for part in remote.parts(number, at_once=3)] == [part.id for part in library.parts(number)]
    part = library.parts(item["red boat.png"])[0].id
    assert remote.part(part).modality == "image"
    assert remote.preview(part)[:2] == b"\xff\xd8"
    assert remote.download(part, tmp_path / "boat.png").read_bytes()[1:4] == b"PNG"
    assert "@misc{pinakes-" in remote.cite(item["red boat.png"])
    assert "lighthouse" in remote.suggest("li")
    assert remote.health()["items"] == 9


def test_errors_are_those_of_the_library(remote: RemoteLibrary, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no item 999") as caught:
        remote.item(999)
    assert caught.value.hint and caught.value.status == 404
    with pytest.raises(BadQuery) as refused:
        remote.search('"open')
    assert refused.value.position is None
    with pytest.raises(NotFound):
        remote.download(999, tmp_path / "nothing")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(PinakesError, match="can not be read"):
        remote.hand_in(tmp_path / "nothing")


@pytest.mark.parametrize("address", ["ftp://x", "http://", "http://x:secret@x"])
def test_addresses_that_are_none_are_refused(address: str) -> None:
    with pytest.raises(UsageError) as caught:
        connect(address)
    assert "secret" not in str(caught.value)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[RemoteLibrary, Library]]:
    """A library of its own, with its one person at this machine asking."""
    with (
        Library.open(tmp_path / "library", create=True, settings={"decoders": 1, "threads": 1}) as held,
        asked(held) as remote,
    ):
        yield remote, held


def test_a_file_is_added_by_a_task_that_is_watched(own: tuple[RemoteLibrary, Library], tmp_path: Path) -> None:
    remote, held = own
    (tmp_path / "letter.txt").write_text("A letter about fog.")
    asked = remote.add(tmp_path / "letter.txt", collection="letters & notes", key="once")
    assert remote.add(tmp_path / "letter.txt", collection="letters & notes", key="once").id == asked.id
    assert (asked.kind, asked.state, asked.is_over) == ("add", "waiting", False)
    worker = threading.Thread(target=work, args=(held.folder, held.settings), kwargs={"until_empty": True}, daemon=True)
    worker.start()
    states = [task.state for task in remote.tasks.watch(asked.id)]
    worker.join(60)
    assert states[-1] == "done"
    assert remote.tasks.wait(asked.id) == remote.tasks[asked.id]
    assert remote.collections() == {"letters & notes": 1}
    assert remote.search("fog")[0].title == "letter"


def test_what_a_work_is_is_said_otherwise_unless_someone_else_has(
    own: tuple[RemoteLibrary, Library], tmp_path: Path
) -> None:
    remote, held = own
    (tmp_path / "letter.txt").write_text("A letter about fog.")
    held.add(tmp_path / "letter.txt")
    number = held.search("fog")[0].item
    seen = remote.told(number)
    now = remote.edit(number, {"title": "Of fog", "subjects": ["fog", "letters"], "note": ()}, seen=seen)
    assert (now["title"].values, now["title"].person, now["subjects"].values) == (["Of fog"], True, ["fog", "letters"])
    assert remote.search("subjects=letters")[0].title == "Of fog"
    held_title = remote.told(number)
    remote.edit(number, {"title": "Of mist"})
    with pytest.raises(ChangedMeanwhile):
        remote.edit(number, {"title": "Of haze"}, seen=held_title)
    assert remote.item(number).title == "Of mist"


def test_tasks_are_asked_for_listed_and_steered(own: tuple[RemoteLibrary, Library]) -> None:
    remote, _ = own
    first = remote.tasks.ask("check", key="nightly")
    assert remote.tasks.ask("check", key="nightly") == first
    second = remote.tasks.ask("check", repair=False)
    assert [task.id for task in remote.tasks] == [second.id, first.id]
    assert remote.tasks.cancel(first.id).state == "cancelled"
    assert [task.id for task in remote.tasks.each("waiting")] == [second.id]
    assert remote.ask("GET", "/tasks", limit=1)["next_before"] == second.id


@pytest.mark.usefixtures("quick_passwords")
def test_a_token_says_for_whom_and_for_what(tmp_path: Path) -> None:
    with emptied(tmp_path) as held:
        secret = token(held, peopled(held)["edith"], "search")["authorization"].removeprefix("Bearer ")
        with asked(held) as stranger:
            with pytest.raises(LoginNeeded):
                stranger.search("boat")
            with connect(stranger._wire.address, token=secret) as remote:
                assert remote.search("boat").total == 0
                with pytest.raises(PinakesError) as caught:
                    remote.tasks.ask("check")
                assert caught.value.status == 403


def test_events_are_read_as_they_are_sent() -> None:
    told = b': still here\n\nretry: 1000\n\nevent: task\ndata: {"a":\ndata: 1}\n\n'
    told += b"event: over\r\ndata: {}\r\n\r\nevent: task\n"
    assert list(events(io.BytesIO(told))) == [("task", {"a": 1}), ("over", {})]


Answer = tuple[int, dict[str, str], dict[str, Any]]
FINE: Answer = (200, {}, {"status": "ok"})
BUSY = {"error": {"code": "overloaded", "message": "Too much.", "hint": "Later."}}
OFTEN = {"error": {"code": "too-often", "message": "Too often.", "hint": "Later."}}


@pytest.fixture
def scripted() -> Iterator[Callable[..., tuple[RemoteLibrary, list[float], list[str]]]]:
    """A server that gives the answers that a test wants, one after another; None: it hangs up."""
    servers: list[HTTPServer] = []

    def start(*answers: Answer | None) -> tuple[RemoteLibrary, list[float], list[str]]:
        left, waits, asked = list(answers), [], []

        class Scripted(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.headers.get("Authorization", ""))
                answer = left.pop(0)
                if answer is None:
                    return
                status, headers, body = answer
                data = json.dumps(body).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(data))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Scripted)
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        patience = Patience(tries=3, seconds=10, sleep=waits.append)
        return connect(f"127.0.0.1:{server.server_port}/", token="abc", patience=patience), waits, asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_it_comes_back_when_it_is_told_to(scripted: Any) -> None:
    remote, waits, asked = scripted((503, {"Retry-After": "2"}, BUSY), (429, {"Retry-After": "7"}, OFTEN), FINE)
    assert remote.health() == {"status": "ok"}
    assert waits == [2.0, 7.0]
    assert asked == ["Bearer abc"] * 3


def test_it_gives_up_after_as_many_tries_as_it_has_patience_for(scripted: Any) -> None:
    remote, waits, _ = scripted(*[(503, {}, BUSY)] * 3)
    with pytest.raises(Overloaded, match="Too much"):
        remote.health()
    assert len(waits) == 2 and 0.25 <= waits[0] <= 0.5 and 0.5 <= waits[1] <= 1.0
    remote, waits, _ = scripted((429, {"Retry-After": "3600"}, OFTEN))
    with pytest.raises(TooOften) as caught:
        remote.health()
    assert caught.value.seconds == 3600
    assert waits == []


def test_a_connection_that_breaks_is_made_anew_for_what_changes_nothing(scripted: Any) -> None:
    remote, waits, _ = scripted(None, FINE)
    assert remote.health() == {"status": "ok"}
    assert len(waits) == 1
    remote, waits, _ = scripted(None, FINE)
    with pytest.raises(ServerUnreachable):
        remote.hand_in(b"text")
    assert waits == []


def test_what_no_server_of_ours_answers_is_told_by_its_status(scripted: Any) -> None:
    remote, _, _ = scripted(
        (404, {}, {"detail": "no"}), (500, {}, {"error": {"code": "new", "message": "m", "hint": "h"}})
    )
    with pytest.raises(PinakesError, match="404"):
        remote.health()
    with pytest.raises(PinakesError, match="m h") as caught:
        remote.health()
    assert caught.value.code == "new"


def test_no_secret_is_shown(scripted: Any) -> None:
    remote, _, _ = scripted()
    assert "abc" not in repr(remote) and "abc" not in repr(remote._wire)
