"""Workers: they do what is asked for, hear of wishes, and leave nothing half done, however they end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pinakes import tasks
from pinakes.catalogue.collections import sources_of
from pinakes.cli.main import main
from pinakes.encoders.trained.record import RECORD
from pinakes.errors import NotFound, Overloaded, UnknownName, UsageError
from pinakes.library import Library
from pinakes.settings import with_values
from pinakes.tasks import queue, wishes
from pinakes.tasks.keeping import Keeper
from pinakes.tasks.records import Task, counts, task
from pinakes.tasks.worker import FOLDER, is_dead, work
from tests.tasks.conftest import GO, until, working

pytestmark = pytest.mark.reliability


def texts(folder: Path, number: int) -> Path:
    """A folder of so many texts."""
    folder.mkdir()
    for place in range(number):
        (folder / f"letter {place}.txt").write_text(f"Letter {place} tells of a lighthouse.")
    return folder


def seen(library: Library, number: int) -> Task:
    """A task as it is now."""
    with library.catalogue.reading() as connection:
        return task(connection, number)


def wished(library: Library, number: int, what: wishes.Wish) -> None:
    """Wish something of a task."""
    with library.catalogue.writing() as connection:
        wishes.wish(connection, number, what)


@pytest.mark.usefixtures("made_up_kinds")
def test_a_task_that_was_paused_goes_on_from_where_it_was(library: Library) -> None:
    number = tasks.ask(library, "steps", {"to": 5})
    with working(library):
        until(library, number, lambda one: one.done == 1 and one.message == "step 1")
        wished(library, number, "pause")
        paused = until(library, number, lambda one: one.state == "paused")
        assert (paused.done, paused.total, paused.attempts) == (1, 5, 0)
        GO.set()
        wished(library, number, "resume")
        done = until(library, number, lambda one: one.is_over)
    assert (done.state, done.result, done.done, done.attempts) == ("done", {"counted": 5}, 5, 1)


@pytest.mark.usefixtures("made_up_kinds")
def test_a_task_that_was_cancelled_ends_and_the_next_begins(library: Library) -> None:
    number = tasks.ask(library, "steps", {"to": 5})
    after = tasks.ask(library, "steps", {"to": 1})
    with working(library):
        until(library, number, lambda one: one.done == 1)
        wished(library, number, "cancel")
        assert until(library, number, lambda one: one.is_over).state == "cancelled"
        assert until(library, after, lambda one: one.is_over).state == "done"


@pytest.mark.usefixtures("made_up_kinds")
def test_a_worker_that_is_asked_to_end_puts_its_task_back(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    number = tasks.ask(library, "steps", {"to": 5})

    def interrupt(seconds: float) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(GO, "wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        work(library.folder, library.settings)
    assert (seen(library, number).state, seen(library, number).attempts) == ("waiting", 0)
    assert list((library.folder / FOLDER).iterdir()) == []
    monkeypatch.undo()


@pytest.mark.usefixtures("made_up_kinds")
def test_failures_are_told_with_the_way_out_and_faults_without_what_is_nobodys_business(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    plain, badly = tasks.ask(library, "falls", {}), tasks.ask(library, "falls", {"badly": True})
    assert work(library.folder, library.settings, until_empty=True) == 2
    assert seen(library, plain).result["error"] == {
        "code": "bad-input",
        "message": "It can not be done.",
        "hint": "Do something else.",
    }
    told = seen(library, badly).result["error"]
    assert told["code"] == "fault"
    assert "secret" not in json.dumps(told)
    (number,) = [word.strip(",") for word in told["message"].split() if len(word.strip(",")) == 8]
    assert number in caplog.text
    assert "/secret" in caplog.text


@pytest.mark.usefixtures("made_up_kinds")
def test_a_long_task_gives_way_to_another_user_and_comes_back(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G17: also one long task keeps nobody waiting for long."""
    from pinakes.catalogue.schema import users
    from pinakes.tasks import fair, running

    monkeypatch.setattr(running, "SLICE_SECONDS", 0.1)
    monkeypatch.setattr(fair, "_GRACE_SECONDS", 0.0)
    with library.catalogue.writing() as connection:
        connection.execute(users.insert(), [{"id": n, "name": str(n), "created": 0.0} for n in (1, 2)])
    long = tasks.ask(library, "steps", {"to": 5}, user=1)
    with working(library):
        until(library, long, lambda one: one.done == 1)
        other = tasks.ask(library, "steps", {"to": 1}, user=2)
        assert until(library, other, lambda one: one.is_over).state == "done"
        assert not seen(library, long).is_over
        GO.set()
        assert until(library, long, lambda one: one.is_over).state == "done"


def test_what_can_not_be_done_is_refused_when_it_is_asked_for(library: Library, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / RECORD).write_text("{}")
    for kind, arguments, error in (
        ("ad", {}, UnknownName),
        ("add", {}, UsageError),
        ("add", {"paths": [""]}, UsageError),
        ("add", {"paths": ["a"], "collection": " "}, UsageError),
        ("add", {"paths": ["a"], "collection": 3}, UsageError),
        ("add", {"paths": ["a"], "cleaning": "mojibake"}, UsageError),
        ("add", {"paths": ["a"], "cleaning": ["mojibak"]}, UnknownName),
        ("add", {"paths": ["a"], "columns": {"title": 3}}, UsageError),
        ("use", {"model": "colours"}, UnknownName),
        ("use", {"model": str(tmp_path / "run")}, UsageError),
        ("use", {"model": "colour", "bits": "64"}, UsageError),
        ("remove", {"items": ["one"]}, UsageError),
        ("remove", {"items": 3}, UsageError),
        ("remove", {}, UsageError),
        ("remove", {"collection": "nowhere"}, NotFound),
        ("remove", {"items": [77]}, NotFound),
    ):
        with pytest.raises(error):
            tasks.ask(library, kind, arguments)
    small = with_values(library.settings, {"max_tasks": 1})
    assert tasks.ask(library, "check", {})
    library._catalogue.settings = small
    with pytest.raises(Overloaded, match="max_tasks"):
        tasks.ask(library, "check", {})


def test_the_library_grows_is_encoded_checked_backed_up_and_cleared_by_tasks(library: Library, tmp_path: Path) -> None:
    media = texts(tmp_path / "media", 3)
    (media / "torn.pdf").write_bytes(b"%PDF-1.7 nothing")
    add = tasks.ask(library, "add", {"paths": [str(media)], "collection": "letters"})
    use = tasks.ask(library, "use", {"model": "lsa"})
    check, backup = tasks.ask(library, "check", {"repair": True}), tasks.ask(library, "backup", {})
    assert work(library.folder, library.settings, until_empty=True) == 4
    added = seen(library, add)
    assert (added.done, added.total, added.failed, added.result["report"]["added"]) == (4, 4, 1, 3)
    (failure,) = added.result["failures"]
    assert failure["path"].endswith("torn.pdf")
    assert failure["hint"]
    assert seen(library, use).state == "done"
    assert "lsa" in [space.name for space in library.spaces]
    assert seen(library, check).result == {"problems": 0, "found": [], "to_read_again": 0, "left": 0}
    assert (library.folder / "backups" / seen(library, backup).result["backup"]).is_file()
    # The library that is open sees what another process has added.
    assert len(library.search("lighthouse")) == 3
    remove = tasks.ask(library, "remove", {"collection": "letters"})
    work(library.folder, library.settings, until_empty=True)
    assert seen(library, remove).result == {"removed": 3}
    assert library.status()["items"] == 0
    assert len(list(media.iterdir())) == 4


def test_a_collection_that_goes_takes_nothing_of_another_that_came_from_the_same_folder(
    library: Library, tmp_path: Path
) -> None:
    media = texts(tmp_path / "media", 1)
    library.add(media, collection="letters")
    (media / "late.txt").write_text("A late letter tells of a lighthouse.")
    library.add(media, collection="more")
    tasks.ask(library, "remove", {"collection": "letters"})
    work(library.folder, library.settings, until_empty=True)
    assert [(hit.title, library.item(hit.item).collection) for hit in library.search("lighthouse")] == [
        ("late", "more")
    ]
    with library.catalogue.reading() as connection:
        assert sources_of(connection) == {"more": [("folder", os.fsencode(media))]}
    assert not library.check()


def command(library: Library, *more: str) -> list[str]:
    """The command line of a worker."""
    return [sys.executable, "-m", "pinakes", "worker", "--library", str(library.folder), *more]


def test_what_a_killed_worker_was_at_is_done_by_the_next(library: Library, tmp_path: Path) -> None:
    """D1: of a worker, nothing acknowledged is lost, nothing is there twice."""
    number = tasks.ask(library, "add", {"paths": [str(texts(tmp_path / "media", 60))]})
    process = subprocess.Popen(command(library, "--set=commit_parts=1"), stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while library.catalogue.generation() < 5 and time.monotonic() < end:
            time.sleep(0.005)
    finally:
        process.kill()
        process.wait()
    left = seen(library, number)
    assert left.state == "running"
    assert is_dead(library.folder, left.worker)
    assert not is_dead(library.folder, "elsewhere")
    assert work(library.folder, library.settings, until_empty=True) == 1
    done = seen(library, number)
    assert (done.state, done.attempts, done.total) == ("done", 2, 60)
    assert done.result["report"]["unchanged"] >= 4
    assert library.status()["items"] == 60
    assert library.check() == []


@pytest.mark.slow
def test_killed_again_and_again_all_is_added_once(library: Library, tmp_path: Path) -> None:
    for place in range(6):
        tasks.ask(library, "add", {"paths": [str(texts(tmp_path / f"media {place}", 40))]})
    for turn in range(20):
        process = subprocess.Popen(command(library, "--set=commit_parts=1"), stdout=subprocess.DEVNULL)
        time.sleep(0.6 + 0.05 * turn)
        process.kill()
        process.wait()
        with library.catalogue.writing() as connection:
            queue.recover(connection, lambda worker: is_dead(library.folder, worker))
        # Whoever waits for a retry is not what is tried here.
        with library.catalogue.writing() as connection:
            connection.exec_driver_sql("UPDATE tasks SET due = 0, attempts = 0")
    work(library.folder, library.settings, until_empty=True)
    with library.catalogue.reading() as connection:
        assert counts(connection)["done"] == 6
    assert library.status()["items"] == 240
    assert library.check() == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_worker_soon_and_its_task_goes_back(library: Library, tmp_path: Path, number: int) -> None:
    """E1: of workers."""
    asked = tasks.ask(library, "add", {"paths": [str(texts(tmp_path / "media", 400))]})
    process = subprocess.Popen(command(library, "--set=commit_parts=1"), stdout=subprocess.DEVNULL)
    while library.catalogue.generation() < 3:
        time.sleep(0.01)
    began = time.monotonic()
    process.send_signal(number)
    assert process.wait(20) == 130
    assert time.monotonic() - began < 5
    assert (seen(library, asked).state, seen(library, asked).attempts) == ("waiting", 0)
    work(library.folder, library.settings, until_empty=True)
    assert library.status()["items"] == 400


@pytest.mark.slow
def test_a_server_keeps_its_workers_alive_and_ends_them_with_itself(library: Library) -> None:
    with Keeper(library.catalogue, 2) as keeper:
        end = time.monotonic() + 60
        while len(keeper.processes) < 2 and time.monotonic() < end:
            time.sleep(0.05)
        first, other = keeper.processes
        os.kill(first, signal.SIGKILL)
        while first in keeper.processes or len(keeper.processes) < 2:
            assert time.monotonic() < end
            time.sleep(0.05)
        assert other in keeper.processes
        number = tasks.ask(library, "check", {})
        until(library, number, lambda one: one.is_over)
        processes = keeper.processes
        own = os.getpriority(os.PRIO_PROCESS, 0)
        assert os.getpriority(os.PRIO_PROCESS, processes[0]) == min(19, own + 10), "readers go first"
    assert keeper.processes == []
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_tasks_are_listed_shown_and_steered_from_the_command_line(
    library: Library, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def said(*words: str) -> str:
        assert main([*words, "--library", str(library.folder)]) == 0
        return capsys.readouterr().out

    assert said("tasks", "list") == "There are no tasks.\n"
    number = str(tasks.ask(library, "add", {"paths": [str(tmp_path / "nowhere")]}))
    assert said("tasks", "pause", number) == "task 1: paused\n"
    assert said("tasks", "resume", number) == "task 1: waiting\n"
    assert said("worker", "--until-empty").splitlines() == ["task 1: add", "1 task done."]
    assert "There is no" in said("tasks", "show", number)
    assert said("tasks", "retry", number) == "task 1: waiting\n"
    assert said("tasks", "cancel", number) == "task 1: cancelled\n"
    assert [line.split()[:3] for line in said("tasks", "list").splitlines()[1:]] == [["1", "add", "cancelled"]]
    assert json.loads(said("tasks", "list", "--json"))["state"] == "cancelled"
    assert main(["tasks", "pause", number, "--library", str(library.folder)]) == 3
    assert "cancelled and can not pause" in capsys.readouterr().err
