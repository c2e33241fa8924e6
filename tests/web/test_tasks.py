"""Tasks on pages and for programs: who may see and steer them, and how they are told while they go on."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pinakes import tasks
from pinakes.accounts import audit
from pinakes.library import Library
from pinakes.tasks import queue
from pinakes.tasks.worker import work
from pinakes.web.http import streaming
from tests.tasks.conftest import GO, made_up_kinds, until, working  # noqa: F401 -- a fixture
from tests.web.people import browser, emptied, log_in, peopled, token

pytestmark = pytest.mark.reliability


@pytest.fixture
def library(tmp_path: Path, classical_alone: None) -> Iterator[Library]:
    """An empty library."""
    with emptied(tmp_path) as made:
        yield made


@pytest.fixture
def client(library: Library) -> TestClient:
    """The one person at this machine."""
    return browser(library)


def events(client: TestClient, path: str) -> list[dict[str, Any]]:
    """What is told until its end; the last is empty where it was over."""
    told = []
    with client.stream("GET", path) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        for line in answer.iter_lines():
            if line.startswith("data: "):
                told.append(json.loads(line.removeprefix("data: ")))
    return told


def test_a_task_is_asked_for_once_under_its_key_and_told(client: TestClient, library: Library) -> None:
    body = {"kind": "check", "arguments": {}}
    first = client.post("/api/v1/tasks", json=body, headers={"Idempotency-Key": "a"}).json()
    again = client.post("/api/v1/tasks", json=body, headers={"Idempotency-Key": "a"}).json()
    other = client.post("/api/v1/tasks", json=body).json()
    assert (first["id"], again["id"], other["id"]) == (1, 1, 3)
    assert first["state"] == "waiting"
    assert first["can"] == ["pause", "cancel"]
    assert client.post("/api/v1/tasks", json=body, headers={"Idempotency-Key": "a" * 201}).status_code == 400
    work(library.folder, library.settings, until_empty=True)
    told = client.get(first["links"]["self"]).json()
    assert (told["state"], told["result"]["problems"]) == ("done", 0)
    listed = client.get("/api/v1/tasks?limit=1").json()
    assert ([one["id"] for one in listed["tasks"]], listed["next_before"]) == ([3], 3)
    assert [one["id"] for one in client.get("/api/v1/tasks?before=3").json()["tasks"]] == [1]
    assert client.get("/api/v1/tasks?state=waiting").json()["tasks"] == []
    assert client.get("/api/v1/tasks/99").status_code == 404
    assert client.get("/api/v1/tasks?state=runing").json()["error"]["hint"] == "Did you mean running?"
    nowhere = {"kind": "add", "arguments": {"paths": ["/no\0where"]}}
    assert client.post("/api/v1/tasks", json=nowhere).json()["error"]["code"] == "not-found"


def test_wishes_of_pages_and_programs_are_granted_or_refused_with_what_is_possible(
    client: TestClient, library: Library
) -> None:
    number = tasks.ask(library, "check", {})
    assert client.post(f"/api/v1/tasks/{number}/pause").json()["state"] == "paused"
    answer = client.post(f"/admin/tasks/{number}/resume", data={"back": "list"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/tasks")
    assert client.post(f"/admin/tasks/{number}/cancel").headers["location"] == f"/admin/tasks/{number}"
    refused = client.post(f"/api/v1/tasks/{number}/pause")
    assert (refused.status_code, refused.json()["error"]["hint"]) == (409, "What it can is retry.")
    assert client.post(f"/admin/tasks/{number}/vanish").status_code == 404
    assert client.post(f"/api/v1/tasks/{number}/vanish").status_code == 400
    with library.catalogue.reading() as connection:
        assert [one.action for one in audit.entries(connection)] == ["task.cancel", "task.resume", "task.pause"]


def test_pages_tell_tasks_in_both_languages_and_ask_again_by_themselves_while_any_is_open(
    client: TestClient, library: Library
) -> None:
    assert "There are no tasks here." in client.get("/admin/tasks").text
    number = tasks.ask(library, "add", {"paths": ["nowhere"], "collection": 'a"<b>'})
    for path in ("/admin/tasks", f"/admin/tasks/{number}"):
        page = client.get(path).text
        assert '<noscript><meta http-equiv="refresh"' in page
        assert "Add works: a&#34;&lt;b&gt;" in page
        assert "等待中" in client.get(f"{path}?lang=zh").text
        client.cookies.clear()
    work(library.folder, library.settings, until_empty=True)
    page = client.get(f"/admin/tasks/{number}").text
    assert "Failed" in page
    assert "There is no nowhere." in page
    assert "Check the path." in page
    assert "Try again" in page
    assert "http-equiv" not in page
    assert client.get("/admin/tasks?state=failed").text.count("data-task=") == 1
    assert client.get("/admin/tasks?state=open").text.count("data-task=") == 0


def test_failures_are_listed_with_the_way_out(client: TestClient, library: Library, tmp_path: Path) -> None:
    (tmp_path / "torn.pdf").write_bytes(b"%PDF-1.7 nothing")
    number = tasks.ask(library, "add", {"paths": [str(tmp_path / "torn.pdf")]})
    work(library.folder, library.settings, until_empty=True)
    page = client.get(f"/admin/tasks/{number}").text
    assert "What failed" in page
    assert "torn.pdf" in page
    failure = client.get(f"/api/v1/tasks/{number}").json()["result"]["failures"][0]
    assert failure["hint"].split(".")[0] in page
    again = client.post(f"/admin/tasks/{number}/failed")
    assert again.headers["location"] == f"/admin/tasks/{number + 1}"
    assert client.get(f"/api/v1/tasks/{number + 1}").json()["arguments"]["retry"] is True
    assert "Read these files again" in page
    other = tasks.ask(library, "check", {})
    assert client.post(f"/admin/tasks/{other}/failed").status_code == 400


@pytest.mark.usefixtures("made_up_kinds")
def test_events_tell_a_task_until_it_is_over(
    client: TestClient, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "LOOK_SECONDS", 0.02)
    number = tasks.ask(library, "steps", {"to": 3})
    told: list[dict[str, Any]] = []
    listening = threading.Thread(target=lambda: told.extend(events(client, f"/api/v1/tasks/{number}/events")))
    listening.start()
    with working(library):
        until(library, number, lambda one: one.done == 1)
        GO.set()
        until(library, number, lambda one: one.is_over)
    listening.join(30)
    assert told[-1] == {}
    assert told[-2]["state"] == "done"
    assert (told[-2]["done"], told[-2]["total"]) == (3, 3)
    assert told[0]["state"] in ("waiting", "running")
    assert events(client, f"/api/v1/tasks/{number}/events")[-1] == {}
    assert client.get("/api/v1/tasks/99/events").status_code == 404


def test_events_end_with_the_server_and_after_a_while(
    client: TestClient, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = tasks.ask(library, "check", {})
    monkeypatch.setattr(streaming, "_LIFE_SECONDS", -1.0)
    assert [one["id"] for one in events(client, f"/api/v1/tasks/{number}/events")] == [number]
    monkeypatch.undo()
    client.app.state.ending.set()  # type: ignore[attr-defined]
    assert [one["id"] for one in events(client, "/api/v1/tasks/events")] == [number]


def test_all_open_tasks_are_told_and_how_each_ends(
    client: TestClient, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(streaming, "_LIFE_SECONDS", 0.4)
    number = tasks.ask(library, "check", {})
    told: list[dict[str, Any]] = []
    listening = threading.Thread(target=lambda: told.extend(events(client, "/api/v1/tasks/events")))
    listening.start()
    threading.Event().wait(0.1)
    with library.catalogue.writing() as connection:
        one = queue.take(connection, "worker")
        assert one is not None
        queue.finish(connection, one, {})
    listening.join(30)
    assert [(each["id"], each["state"]) for each in told] == [(number, "waiting"), (number, "done")]


def test_editors_see_and_steer_what_they_may_ask_for_and_readers_nothing(library: Library) -> None:
    people = peopled(library)
    backup, check = tasks.ask(library, "backup", {}, user=people["root"]), tasks.ask(library, "check", {})
    editor = log_in(browser(library), "edith")
    assert editor.get("/api/v1/tasks").json()["tasks"][1]["user"] == people["root"]
    assert "root" in editor.get("/admin/tasks").text
    assert editor.post(f"/api/v1/tasks/{check}/pause").json()["state"] == "paused"
    refused = editor.post(f"/api/v1/tasks/{backup}/cancel")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not-allowed")
    assert editor.post("/api/v1/tasks", json={"kind": "backup", "arguments": {}}).status_code == 403
    for one in (log_in(browser(library), "rhea"), browser(library)):
        for path in (
            "/api/v1/tasks",
            f"/api/v1/tasks/{check}",
            f"/api/v1/tasks/{check}/events",
            "/api/v1/tasks/events",
        ):
            assert one.get(path).status_code in (401, 403)
        assert one.get("/admin/tasks").status_code in (401, 403)
        assert one.post(f"/admin/tasks/{check}/cancel").status_code in (401, 403)
    program = browser(library)
    assert program.get("/api/v1/tasks", headers=token(library, people["edith"], "search")).status_code == 403
    assert program.get("/api/v1/tasks", headers=token(library, people["edith"], "edit")).status_code == 200


def test_what_is_asked_for_by_programs_reaches_no_file_of_the_server(
    client: TestClient, library: Library, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text("nobody's business")
    (tmp_path / "model").mkdir()
    for kind, arguments in (
        ("add", {"paths": [str(tmp_path / "secret.txt")]}),
        ("add", {"paths": ["/etc"]}),
        ("add", {"paths": [f"{library.folder}/originals/../../secret.txt"]}),
        ("add", {"paths": [str(library.folder / "originals")]}),
        ("use", {"model": str(tmp_path / "model")}),
    ):
        answer = client.post("/api/v1/tasks", json={"kind": kind, "arguments": arguments})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not-allowed"), arguments
    for arguments in ({"paths": "a"}, {}, {"paths": [1]}):
        assert client.post("/api/v1/tasks", json={"kind": "add", "arguments": arguments}).status_code == 400
