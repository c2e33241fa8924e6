"""Texts encoded in a process of their own: the same vectors, whatever becomes of the process."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pinakes import children
from pinakes.catalogue.schema import vector_blocks
from pinakes.encoders.builtin import open_builtin
from pinakes.encoders.media import vectors_where_read
from pinakes.encoders.trained.encoder import TrainedEncoder
from pinakes.ingest import encoding
from pinakes.ingest.texts_beside import Answer, TextsBeside
from pinakes.library import Library
from pinakes.settings import Settings

TEXTS = [
    "A red boat has been lying at the quay since the war. Nobody knows whose it was, or where it came from.",
    "一艘红色的小船停在港口。",
    "Das rote Boot liegt am Kai und der Hund ist nicht auf dem Boot, das von der Insel mit dem Wind kam.",
    "snow",
    "\ud800 half a character",
    "...",
]
# More than are encoded before a process is begun.
MANY = encoding._MANY_TEXTS + 3 * 64 + 5


@pytest.fixture(scope="module")
def encoder() -> TrainedEncoder:
    found = open_builtin(Settings())
    found.expect_many()
    return found


@pytest.fixture
def beside(encoder: TrainedEncoder) -> Iterator[TextsBeside]:
    made = TextsBeside(encoder, Settings())
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "texts"
    place.mkdir()
    for number in range(MANY):
        sentences = (
            f"Boat number {number} is red, and it has two sails.",
            "It lies at the quay of the old harbour town.",
        )
        (place / f"{number:04}.txt").write_text("\n".join(sentences))
    return place


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "cores", lambda: 2)


def told(answer: Answer) -> list[np.ndarray]:
    vectors = answer.result(60)
    assert vectors is not None
    return vectors


def test_the_vectors_are_those_that_are_made_here(encoder: TrainedEncoder, beside: TextsBeside) -> None:
    here = vectors_where_read(encoder, "text", TEXTS)
    assert [len(one) for one in here] == [3, 1, 0, 1, 1, 0]
    there = told(beside.ask(TEXTS))
    assert [len(one) for one in there] == [len(one) for one in here]
    for one, other in zip(here, there, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_answers_come_for_each_question(encoder: TrainedEncoder, beside: TextsBeside) -> None:
    questions = [[f"A boat with {number} sails."] * (1 + number % 3) for number in range(20)]
    answers = [beside.ask(texts) for texts in questions]
    for texts, answer in zip(questions, answers, strict=True):
        found = told(answer)
        assert len(found) == len(texts)
        np.testing.assert_allclose(found[0], vectors_where_read(encoder, "text", texts)[0], atol=1e-6)


def test_a_process_that_dies_leaves_what_it_owes_unanswered(beside: TextsBeside) -> None:
    told(beside.ask(TEXTS))
    beside._process.kill()
    asked = [beside.ask(TEXTS) for _ in range(5)]
    assert [answer.result(60) for answer in asked] == [None] * 5
    assert not beside.works


def test_what_was_asked_is_answered_with_nothing_at_the_end(beside: TextsBeside) -> None:
    asked = [beside.ask(TEXTS) for _ in range(50)]
    beside.close()
    assert asked[-1].result(1) is None
    assert all(answer.done() for answer in asked)
    assert beside._process.poll() is not None


def test_a_batch_that_is_too_long_for_a_message_is_answered_with_nothing(
    encoder: TrainedEncoder, beside: TextsBeside
) -> None:
    before, long, after = beside.ask(TEXTS * 20), beside.ask(["\u6c34" * 60_000] * 64), beside.ask(TEXTS)
    assert len(told(before)) == 20 * len(TEXTS)
    assert long.result(60) is None
    assert len(told(after)) == len(TEXTS)


@pytest.mark.parametrize("error", [MemoryError, RuntimeError, ValueError])
def test_whatever_goes_wrong_in_listening_everything_is_answered(
    beside: TextsBeside, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr("pinakes.ingest.texts_beside._received", broken)
    asked = [beside.ask(TEXTS) for _ in range(5)]
    assert [answer.result(60) for answer in asked] == [None] * 5
    assert not beside.works


def test_what_is_printed_by_others_is_no_answer(encoder: TrainedEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    def chatting(_: str, **more: Any) -> subprocess.Popen[bytes]:
        told = "print('Hello, this is a banner, and a long one at that', flush=True); import time; time.sleep(60)"
        return subprocess.Popen([sys.executable, "-c", told], stdin=subprocess.PIPE, **more)

    monkeypatch.setattr("pinakes.ingest.texts_beside.started", chatting)
    beside = TextsBeside(encoder, Settings())
    assert beside.ask(TEXTS).result(30) is None
    beside.close()


def test_without_a_thread_there_is_no_process(encoder: TrainedEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    processes: list[subprocess.Popen[bytes]] = []
    begin = children.started

    def kept(*told: Any, **more: Any) -> subprocess.Popen[bytes]:
        processes.append(begin(*told, **more))
        return processes[-1]

    monkeypatch.setattr("pinakes.ingest.texts_beside.started", kept)
    monkeypatch.setattr(threading.Thread, "start", none)
    with pytest.raises(OSError, match="new thread"):
        TextsBeside(encoder, Settings())
    assert [process.poll() is not None for process in processes] == [True]


def test_another_version_of_the_encoder_answers_nothing(encoder: TrainedEncoder) -> None:
    other = open_builtin(Settings())
    other.description = replace(encoder.description, fingerprint="another")
    beside = TextsBeside(other, Settings())
    assert beside.ask(TEXTS).result(60) is None
    beside.close()


def vectors(library: Library) -> np.ndarray:
    with library._catalogue.reading() as connection:
        blocks = connection.execute(vector_blocks.select().order_by(vector_blocks.c.id)).mappings().all()
        owners = np.concatenate([np.frombuffer(block["part_ids"], "<i8") for block in blocks])
        rows = np.concatenate(
            [np.frombuffer(block["vectors"], "<f2").reshape(len(block["part_ids"]) // 8, -1) for block in blocks]
        )
    places = {part: library.item(item).title for item in range(1, MANY + 1) for part in [library.parts(item)[0].id]}
    ordered = sorted(range(len(owners)), key=lambda row: (places[int(owners[row])], row))
    return np.asarray(rows[ordered], np.float32)


def added(tmp_path: Path, name: str, folder: Path, settings: dict[str, int] | None = None) -> Library:
    library = Library.open(tmp_path / name, create=True, settings=settings or {})
    report = library.add(folder)
    assert (report.added, report.failed) == (MANY, 0)
    return library


def test_many_texts_are_encoded_in_a_process_and_stored_with_the_same_vectors(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    ask = TextsBeside.ask

    def counted(beside: TextsBeside, texts: list[str]) -> Answer:
        asked.append(len(texts))
        return ask(beside, texts)

    monkeypatch.setattr(TextsBeside, "ask", counted)
    monkeypatch.setattr(encoding, "cores", lambda: 1)
    with added(tmp_path, "one", folder) as library:
        alone = vectors(library)
    assert not asked
    monkeypatch.setattr(encoding, "cores", lambda: 2)
    with added(tmp_path, "two", folder) as library:
        together = vectors(library)
    assert 0 < sum(asked) <= MANY - encoding._MANY_TEXTS
    np.testing.assert_allclose(alone, together, atol=1e-3)


@pytest.mark.usefixtures("two_cores")
def test_what_texts_need_is_held_by_the_process_alone(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[set[Path]] = []
    ask, begin = TextsBeside.ask, TextsBeside.__init__

    def looked_at(beside: TextsBeside, texts: list[str]) -> Answer:
        held.append(set(encoders[-1]._sessions))
        return ask(beside, texts)

    def kept(beside: TextsBeside, encoder: TrainedEncoder, settings: Settings) -> None:
        encoders.append(encoder)
        assert encoder._sessions
        begin(beside, encoder, settings)

    encoders: list[TrainedEncoder] = []
    monkeypatch.setattr(TextsBeside, "__init__", kept)
    monkeypatch.setattr(TextsBeside, "ask", looked_at)
    with added(tmp_path, "library", folder) as library:
        assert held
        assert not any(held)
        assert list(library.search("a red boat with two sails"))


@pytest.mark.usefixtures("two_cores")
@pytest.mark.skipif(sys.platform == "win32", reason="Windows can not stop a process for a while")
def test_a_silent_process_is_given_up(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = TextsBeside.ask

    def stopped(beside: TextsBeside, texts: list[str]) -> Answer:
        beside._process.send_signal(signal.SIGSTOP)
        return ask(beside, texts)

    monkeypatch.setattr(TextsBeside, "ask", stopped)
    with added(tmp_path, "library", folder, {"decode_silent_seconds": 1}) as library:
        assert len(vectors(library)) == 3 * MANY


@pytest.mark.usefixtures("two_cores")
@pytest.mark.skipif(sys.platform == "win32", reason="Windows can not stop a process for a while")
def test_who_stops_does_not_wait_for_a_silent_process(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = threading.Event()
    processes: list[TextsBeside] = []
    ask = TextsBeside.ask

    def stopped(beside: TextsBeside, texts: list[str]) -> Answer:
        beside._process.send_signal(signal.SIGSTOP)
        processes.append(beside)
        asked.set()
        return ask(beside, texts)

    monkeypatch.setattr(TextsBeside, "ask", stopped)
    with Library.open(tmp_path / "library", create=True, settings={"commit_seconds": 0.1}) as library:
        run = library.adding(folder)
        for _ in run:
            if asked.is_set():
                break
        before = time.monotonic()
        run.close()
        assert time.monotonic() - before < 10
        assert processes[0]._process.poll() is not None


@pytest.mark.usefixtures("two_cores")
@pytest.mark.parametrize("how", ["never begins", "dies"])
def test_nothing_is_lost_with_the_process(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    asked: list[TextsBeside] = []
    ask = TextsBeside.ask

    def dying(beside: TextsBeside, texts: list[str]) -> Answer:
        asked.append(beside)
        beside._process.kill()
        return ask(beside, texts)

    def none(*_: object, **__: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    if how == "dies":
        monkeypatch.setattr(TextsBeside, "ask", dying)
    else:
        monkeypatch.setattr("pinakes.ingest.texts_beside.started", none)
    with added(tmp_path, "library", folder) as library:
        assert len(vectors(library)) == 3 * MANY
        assert library.search("number 7 red boat", limit=1)
    assert len(set(asked)) == (how == "dies")
