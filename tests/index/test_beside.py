"""Publishing in a process of its own: the same index, one at a time, ended with its parent, and never relied upon."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from pinakes.catalogue.catalogue import Catalogue
from pinakes.index import beside, find_words
from pinakes.index.beside import Beside
from pinakes.index.filters import Filter
from pinakes.index.local import FOLDER, LocalIndex
from pinakes.index.snapshot import Deadline, Snapshot
from pinakes.index.state import load
from pinakes.index.words import Clause
from pinakes.ingest import storing
from pinakes.library import Library
from pinakes.storage import DISK
from pinakes.words.analyse import QueryWord, analyser
from tests.makers import fill, text_part, work


def boats(snapshot: Snapshot) -> int:
    """How many parts speak of boats."""
    none: list[Filter] = []
    word = Clause((QueryWord("boat", ("boat",)),))
    return len(find_words.find(snapshot, [word], 1_000, snapshot.select(none), Deadline.after(60)).rows)


def generation_on_disk(catalogue: Catalogue) -> int:
    """The generation that was published last; 0: none."""
    state = load(catalogue.folder / FOLDER, analyser(catalogue.settings).name, DISK)
    return state.manifest.generation if state else 0


def published_beside(index: LocalIndex) -> Beside:
    """Who has published what the catalogue holds, now that it is done."""
    index.publish_beside()
    assert index._beside is not None
    index._beside.wait()
    return index._beside


def test_another_process_publishes_what_the_catalogue_holds(catalogue: Catalogue) -> None:
    index = LocalIndex(catalogue)
    with catalogue.writer():
        for turn in range(2):
            fill(catalogue, [work(f"{turn}-{n}", text_part("a boat")) for n in range(30)])
            published_beside(index)
            # Nothing was published here.
            assert index._snapshot is None
            assert generation_on_disk(catalogue) == catalogue.generation()
            assert boats(LocalIndex(catalogue).snapshot()) == 30 * (turn + 1)
        index.rest()


def test_who_publishes_next_waits_for_it_and_goes_on_from_there(embedded: Catalogue) -> None:
    index = LocalIndex(embedded)
    with embedded.writer():
        fill(embedded, [work(f"one-{n}", text_part("a boat")) for n in range(30)])
        index.publish_beside()
        fill(embedded, [work(f"two-{n}", text_part("a boat")) for n in range(30)])
        snapshot = index.publish(finish=True)
        assert index._beside is not None
        assert not index._beside.is_running
        index.rest()
    assert boats(snapshot) == 60
    assert index.check() == {}


def test_one_process_publishes_again_and_another_one_where_it_has_died(embedded: Catalogue) -> None:
    index = LocalIndex(embedded)
    processes = []
    with embedded.writer():
        for turn in range(4):
            fill(embedded, [work(f"{turn}-{n}", text_part("a boat")) for n in range(30)])
            process = published_beside(index)._process
            assert generation_on_disk(embedded) == embedded.generation()
            assert process is not None
            processes.append(process.pid)
            if turn == 1:
                process.kill()
                process.wait()
        index.rest()
    assert processes[0] == processes[1] != processes[2] == processes[3]


def test_one_that_dies_while_it_publishes_is_not_waited_for(embedded: Catalogue) -> None:
    index = LocalIndex(embedded)
    with embedded.writer():
        for turn in range(3):
            fill(embedded, [work(f"{turn}-{n}", text_part("a boat")) for n in range(30)])
            index.publish_beside()
            assert index._beside is not None
            assert index._beside._process is not None
            index._beside._process.kill()
            index._beside.wait()
        assert boats(index.publish()) == 90
        index.rest()
    assert index._beside is not None
    assert index._beside._process is None


def test_what_fails_there_is_done_by_who_publishes_next(embedded: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "_request", lambda catalogue: b'{"folder": "", "settings": {"limits": {}}}\n')
    index = LocalIndex(embedded)
    with embedded.writer():
        fill(embedded, [work(f"n{n}", text_part("a boat")) for n in range(30)])
        published_beside(index)
        assert generation_on_disk(embedded) == 0
        assert boats(index.publish()) == 30
        index.rest()


def test_where_no_process_can_be_had_it_is_published_at_once(
    embedded: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "")
    index = LocalIndex(embedded)
    with embedded.writer():
        fill(embedded, [work(f"n{n}", text_part("a boat")) for n in range(30)])
        index.publish_beside()
        assert generation_on_disk(embedded) == embedded.generation()
        index.rest()


def test_without_a_thread_it_is_published_at_once(embedded: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    index = LocalIndex(embedded)
    with embedded.writer():
        fill(embedded, [work(f"n{n}", text_part("a boat")) for n in range(30)])
        monkeypatch.setattr(threading.Thread, "start", none)
        index.publish_beside()
        assert generation_on_disk(embedded) == embedded.generation()
        assert index._beside is not None
        assert index._beside._process is None
        index.rest()


# It prints what it was not asked for, and is done only after a while.
CHATTING = """
import time
from pinakes.index import beside, local
publish = local.LocalIndex.publish


def chatty(index):
    print("a banner\\ndone\\nand more ", end="", flush=True)
    time.sleep(1)
    return publish(index)


local.LocalIndex.publish = chatty
beside.main()
"""


def test_what_others_print_there_is_no_end_of_publishing(embedded: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    def chatting(_: str, **more: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", CHATTING], stdin=subprocess.PIPE, **more)

    monkeypatch.setattr(beside, "started", chatting)
    index = LocalIndex(embedded)
    with embedded.writer():
        fill(embedded, [work(f"n{n}", text_part("a boat")) for n in range(30)])
        published_beside(index)
        assert generation_on_disk(embedded) == embedded.generation()
        index.rest()


# It publishes for longer than any test waits.
ENDLESS = """
import time
from pinakes.index import beside, local
local.LocalIndex.publish = lambda self: (print("publishing", flush=True), time.sleep(600))
beside.main()
"""


def test_it_ends_when_its_parent_does(embedded: Catalogue) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", ENDLESS], stdin=pipe, stdout=pipe, bufsize=0) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(beside._request(embedded))
        assert process.stdout.readline() == b"publishing\n"
        assert process.poll() is None
        # Whoever is killed closes its pipes without a word.
        process.stdin.close()
        assert process.wait(60) == 1


def test_adding_publishes_beside_and_leaves_nothing_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[bool] = []
    begin = Beside.begin

    def noted(self: Beside) -> bool:
        begun.append(begin(self))
        return begun[-1]

    monkeypatch.setattr(Beside, "begin", noted)
    monkeypatch.setattr(storing, "SEGMENT_ROWS", 10)
    files = tmp_path / "files"
    files.mkdir()
    for number in range(40):
        (files / f"{number}.txt").write_text(f"A boat in the harbour, number {number}.", encoding="utf-8")
    with Library.open(tmp_path / "library", create=True, settings={"commit_parts": 10}) as library:
        report = library.add(files)
        assert (report.added, report.failed) == (40, 0)
        assert len(begun) >= 3
        assert all(begun)
        assert library._index._beside is not None
        assert not library._index._beside.is_running
        assert library.search("boat").total == 40
    assert not list((tmp_path / "library" / FOLDER).glob("*.part"))
