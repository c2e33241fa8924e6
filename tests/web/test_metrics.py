"""Metrics: what was answered is counted, several processes are added up, and only those who may read them do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert
from starlette.testclient import TestClient

from pinakes.catalogue.schema import tasks
from pinakes.library import Library
from pinakes.web.app import application
from pinakes.web.http.counting import Meter
from pinakes.web.logic.tally import STEPS, Family, Tally, counted, exposition
from tests.web.conftest import HOST

_ROW = re.compile(r'(\w+)(?:\{((?:\w+="(?:[^"\\\n]|\\.)*",?)*)\})? (\S+)')
_LABEL = re.compile(r'(\w+)="((?:[^"\\\n]|\\.)*)"')


def read(text: str) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """The rows by name and labels, held to the rules of the text format."""
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    kinds: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("# "):
            _, what, name, told = line.split(" ", 3)
            assert told and (what == "HELP" or told in ("counter", "gauge", "histogram"))
            if what == "TYPE":
                assert name not in kinds
                kinds[name] = told
            continue
        match = _ROW.fullmatch(line)
        assert match, line
        base = re.sub(r"_(bucket|sum|count)$", "", match[1])
        assert kinds.get(match[1], kinds.get(base))
        rows = found.setdefault(match[1], {})
        labels = tuple(_LABEL.findall(match[2] or ""))
        assert labels not in rows
        rows[labels] = float(match[3])
    assert text.endswith("\n")
    return found


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Library]:
    """A library with nothing in it."""
    with Library.open(tmp_path / "library", create=True, settings={"threads": 1}) as library:
        yield library


@pytest.fixture
def watched(empty: Library) -> Iterator[TestClient]:
    """Whoever watches over it."""
    app = application(empty, "127.0.0.1")
    with TestClient(app, HOST, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


def test_answers_searches_and_tasks_are_counted(watched: TestClient, empty: Library) -> None:
    with empty.catalogue.writing() as connection:
        connection.execute(insert(tasks).values(id=1, kind="add", created=0.0, due=0.0))
    for address in ("/?q=boat&mode=quick", "/api/v1/search?q=boat", "/items/7", "/items/8", "/nowhere"):
        watched.get(address)
    watched.request("PROPFIND", "/")
    answer = watched.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = read(answer.text)
    requests = {tuple(value for _, value in labels): n for labels, n in found["pinakes_http_requests_total"].items()}
    assert requests["GET", "/items/{number:whole}", "404"] == 2
    assert requests["GET", "/api/v1/search", "200"] == requests["GET", "none", "404"] == 1
    assert requests["other", "/", "405"] == 1
    assert found["pinakes_searches_total"] == {(("mode", "precise"),): 1, (("mode", "quick"),): 1}
    assert found["pinakes_tasks"][(("state", "waiting"),)] == 1
    assert found["pinakes_items"] == {(): 0}
    buckets = [n for labels, n in found["pinakes_http_answer_seconds_bucket"].items() if labels[0][1] == "/"]
    assert len(buckets) == len(STEPS) + 1
    assert buckets == sorted(buckets) and buckets[-1] == 2


def test_durations_fall_into_the_steps_that_hold_them() -> None:
    tally = Tally()
    for seconds in (0.005, 0.0051, 31.0):
        tally.answered("GET", "/", 200, seconds)
    assert tally.steps["/"] == [1, 1, *[0] * (len(STEPS) - 2), 1]
    rows = read(exposition(counted(tally)))
    assert rows["pinakes_http_answer_seconds_count"] == {(("route", "/"),): 3}
    assert rows["pinakes_http_answer_seconds_sum"][(("route", "/"),)] == pytest.approx(31.0101)


def test_labels_and_help_are_escaped() -> None:
    told = exposition([Family("x", "gauge", "a\\b\nc", (("", {"name": 'say "a\\b"\n'}, 0.5),))])
    assert told == '# HELP x a\\\\b\\nc\n# TYPE x gauge\nx{name="say \\"a\\\\b\\"\\n"} 0.5\n'


def test_the_counts_of_several_processes_are_added_up_whichever_is_asked(tmp_path: Path) -> None:
    one, two = Meter(tmp_path, "one"), Meter(tmp_path, "two")
    for meter, times in ((one, 2), (two, 3)):
        for _ in range(times):
            meter.answered("GET", "/", 200, 0.1)
        meter.searched("quick")
        meter.tell()
    (tmp_path / "three.json").write_text("half a fi")
    for meter in (one, two):
        total = meter.all()
        assert total.answers == {("GET", "/", "200"): 5}
        assert sum(total.steps["/"]) == 5
        assert total.searches == {"quick": 2}
        assert total.seconds["/"] == pytest.approx(0.5)
    told = json.loads(json.dumps(one.all().as_dict()))
    assert Tally.from_dict(told) == one.all()


@pytest.mark.parametrize(
    ("setting", "host", "headers", "status"),
    [
        ("loopback", "127.0.0.1", {}, 200),
        ("loopback", "127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 401),
        ("loopback", "0.0.0.0", {}, 401),
        ("all", "0.0.0.0", {"X-Forwarded-For": "192.0.2.7"}, 200),
        ("none", "127.0.0.1", {}, 404),
    ],
)
def test_metrics_are_for_this_machine_unless_a_setting_says_otherwise(
    tmp_path: Path, setting: str, host: str, headers: dict[str, str], status: int
) -> None:
    with (
        Library.open(tmp_path, create=True, settings={"metrics": setting}) as library,
        TestClient(application(library, host), HOST, raise_server_exceptions=False) as client,
    ):
        assert client.get("/metrics", headers=headers).status_code == status


def test_a_server_that_is_about_to_end_lives_but_is_not_ready(watched: TestClient) -> None:
    assert watched.get("/api/v1/health").json()["status"] == "ok"
    watched.app.state.ending.set()  # type: ignore[attr-defined]
    assert watched.get("/api/v1/health").status_code == 503
    assert watched.get("/api/v1/live").json() == {"status": "ok"}
