"""Encoding texts in a process of its own, so that it takes no time from the threads that read and store.

What an encoder of ours does beside its graph, such as cutting texts into pieces, the threads of one process do one
after the other. The vectors are those that the encoder would have made here; what the other process leaves unanswered,
whatever became of it, is encoded here. Run by `TextsBeside` alone, as `python -m pinakes.ingest.texts_beside`.
"""

from __future__ import annotations

import gc
import os
import queue
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeAlias

import numpy as np

from pinakes.children import ended, library_heard, library_told, started
from pinakes.encoders.builtin.files import FOLDER, open_builtin
from pinakes.encoders.media import vectors_where_read
from pinakes.encoders.sentences import MOST
from pinakes.encoders.trained.encoder import TrainedEncoder, open_trained
from pinakes.errors import PinakesError
from pinakes.media.sandbox import wire
from pinakes.settings import Settings
from pinakes.threads import spare_address_space
from pinakes.types import Floats

# The vectors of each text that was asked for; None where they must be made here.
Answer: TypeAlias = "Future[list[Floats] | None]"
# Batches that the process has at a time: the one that it is at, and the next.
_SENT = 2
# Letters of a batch, each of up to twelve bytes on its way: what is longer goes beyond what a message may hold.
_MOST_LETTERS = wire.MAX_MESSAGE_BYTES // 16
_FLOATS, _COUNTS = np.dtype("<f4"), np.dtype("<i4")
# How often garbage is looked for here, where hardly any is left: the usual rhythm costs some hundredths of the work.
_SELDOM = (50_000, 20, 100)
# Said first, so that whatever else is printed there is not taken for an answer.
_READY = b"pinakes.ingest.texts_beside\n"


class TextsBeside:
    """One encoder at work in a child process; OSError where none can be had."""

    def __init__(self, encoder: TrainedEncoder, settings: Settings) -> None:
        described = encoder.description
        self._dim = described.dim
        self._hello = library_told(encoder.folder, settings) | {"fingerprint": described.fingerprint}
        self._asked: queue.SimpleQueue[tuple[list[str], Answer] | None] = queue.SimpleQueue()
        # What was sent: how many texts, and where their vectors go.
        self._owed: deque[tuple[int, Answer]] = deque()
        self.works = True
        self._process = started("pinakes.ingest.texts_beside", stdout=subprocess.PIPE, bufsize=0)
        self._thread = threading.Thread(target=self._serve, name="pinakes-texts", daemon=True)
        try:
            self._thread.start()
        except RuntimeError as error:
            # The system has no thread left.
            ended(self._process)
            raise OSError(str(error)) from error

    def ask(self, texts: Sequence[str]) -> Answer:
        """Have these encoded, after what was asked before."""
        answer: Answer = Future()
        if sum(map(len, texts)) > _MOST_LETTERS:
            answer.set_result(None)
        else:
            self._asked.put((list(texts), answer))
        return answer

    def give_up(self) -> None:
        """End the process, whatever it is at; what it owes is answered with nothing."""
        self.works = False
        self._process.kill()

    def close(self) -> None:
        """Give up, and wait until all is put away."""
        self.give_up()
        self._asked.put(None)
        self._thread.join()
        ended(self._process)

    def _serve(self) -> None:
        try:
            # Whatever goes wrong here, even for want of memory: who waits for an answer must get one.
            with suppress(Exception):
                self._talk()
        finally:
            self.give_up()
            while self._owed:
                self._owed.popleft()[1].set_result(None)
            while (asked := self._asked.get()) is not None:
                asked[1].set_result(None)

    def _talk(self) -> None:
        """Ask and listen until there is no more to ask; any exception where the process is lost."""
        if self._process.stdin is None or self._process.stdout is None:
            return
        write, read = self._process.stdin.write, self._process.stdout.read
        wire.send(write, self._hello)
        if wire.exactly(read, len(_READY)) != _READY:
            return
        while True:
            if self._owed and (len(self._owed) >= _SENT or self._asked.empty()):
                texts, answer = self._owed[0]
                vectors = _received(read, texts, self._dim)
                self._owed.popleft()
                answer.set_result(vectors)
                continue
            asked = self._asked.get()
            if asked is None:
                # For who drains what is left.
                self._asked.put(None)
                return
            self._owed.append((len(asked[0]), asked[1]))
            wire.send(write, {"texts": asked[0]})


def _sent(write: Callable[[memoryview], int | None], several: list[Floats], dim: int) -> None:
    counts = np.array([len(vectors) for vectors in several], _COUNTS)
    rows = np.concatenate([np.zeros((0, dim), np.float32), *several]).astype(_FLOATS, copy=False)
    wire.send_bytes(write, counts.tobytes() + rows.tobytes())


def _received(read: Callable[[int], bytes | None], texts: int, dim: int) -> list[Floats]:
    """The inverse of `_sent`, for so many texts."""
    counts = np.frombuffer(wire.exactly(read, texts * _COUNTS.itemsize), _COUNTS)
    if not ((counts >= 0) & (counts <= 1 + MOST)).all():
        raise ValueError(counts)
    rows = np.frombuffer(wire.exactly(read, int(counts.sum()) * dim * _FLOATS.itemsize), _FLOATS)
    return np.split(rows.reshape(-1, dim).astype(np.float32), np.cumsum(counts)[:-1])


def _take(read: Callable[[int], bytes | None], asked: queue.SimpleQueue[list[str]]) -> None:
    """Read what is asked while the last is being encoded, so that who asks does not wait to hand it over.

    When nothing more can be read, nobody listens any more.
    """
    try:
        while True:
            asked.put(wire.receive(read)["texts"])
    finally:
        os._exit(1)


def _answer(read: Callable[[int], bytes | None], write: Callable[[memoryview], int | None]) -> None:
    told = wire.receive(read)
    folder, settings = library_heard(told)
    encoder = open_builtin(settings) if folder == FOLDER else open_trained(folder, settings)
    if encoder.description.fingerprint != told["fingerprint"]:
        return
    encoder.expect_many()
    asked: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
    threading.Thread(target=_take, args=(read, asked), daemon=True).start()
    wire.send_bytes(write, _READY)
    while True:
        _sent(write, vectors_where_read(encoder, "text", asked.get()), encoder.description.dim)


def main() -> None:
    """Answer until the parent hangs up; what goes wrong here goes wrong there too, and is told there."""
    spare_address_space()
    gc.set_threshold(*_SELDOM)
    inbox, outbox = wire.own_pipes()
    with suppress(OSError, EOFError, ValueError, PinakesError):
        _answer(inbox.read, outbox.write)


if __name__ == "__main__":
    main()
    # At once: a thread may still listen.
    os._exit(0)
