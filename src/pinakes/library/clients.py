"""Clients of one library, in processes of their own: they ask it questions when it is time to, as a load wants it.

Each process holds the library open and has its share of the clients as threads. It is told what to do in lines of JSON,
ends with its parent, and is run by the load generator alone, as `python -m pinakes.library.clients`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from pinakes.children import ended, library_heard, library_told, started
from pinakes.errors import PinakesError
from pinakes.evaluate.load import Outcomes, Seconds, drive, together
from pinakes.evaluate.questions import Question
from pinakes.evaluate.resources import Told, most_resident
from pinakes.settings import Settings
from pinakes.threads import cores

# How long before the first arrival the processes are told of it.
_AHEAD = 0.3
_WARM = 30
_MOST_PROCESSES = 8


def processes_for(clients: int) -> int:
    """How many processes clients are shared among, where nobody says: one for each core."""
    return max(1, min(cores(), _MOST_PROCESSES, clients))


class Clients:
    """Processes that hold a library open, until the block is left."""

    def __init__(
        self, folder: Path, settings: Settings, questions: Sequence[Question], mode: str, processes: int
    ) -> None:
        asked = [asdict(question) for question in questions]
        self._told = {**library_told(folder, settings), "mode": mode, "questions": asked}
        self.processes = processes
        self._children: list[subprocess.Popen[bytes]] = []
        # What each process says that it used for the load before.
        self.used: list[Told] = []

    def __enter__(self) -> Clients:
        try:
            for _ in range(self.processes):
                self._children.append(started("pinakes.library.clients", stdout=subprocess.PIPE))
            for child in self._children:
                _say(child, self._told)
            for child in self._children:
                _heard(child)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        for child in self._children:
            ended(child)

    def run(self, arrivals: Seconds, clients: int, timeout: float) -> Outcomes:
        """Ask the questions in turn, each when its arrival is due."""
        used = self._children[: min(len(self._children), clients)]
        for number, child in enumerate(used):
            share = clients // len(used) + (number < clients % len(used))
            told = {"arrivals": arrivals.tolist(), "share": [number, len(used)], "clients": share, "timeout": timeout}
            _say(child, told)
        heard = [_heard(child) for child in used]
        self.used = [Told(*one["used"]) for one in heard]
        return together([_outcomes(one, timeout) for one in heard])


def _outcomes(told: dict[str, Any], timeout: float) -> Outcomes:
    arrived, begun, ended = (np.array(told[name], np.float64) for name in ("arrived", "begun", "ended"))
    return Outcomes(arrived, begun, ended, np.array(told["errors"], "<U64"), timeout)


def _say(child: subprocess.Popen[bytes], told: dict[str, Any]) -> None:
    if child.stdin is not None:
        # One that has ended is noticed when it is listened to.
        with suppress(OSError):
            child.stdin.write(json.dumps(told).encode() + b"\n")
            child.stdin.flush()


def _heard(child: subprocess.Popen[bytes]) -> dict[str, Any]:
    line = child.stdout.readline() if child.stdout is not None else b""
    if not line:
        raise PinakesError(
            f"A client of the load generator ended with exit code {child.wait()}.",
            "Try fewer processes or clients: they may want more memory than there is.",
        )
    told: dict[str, Any] = json.loads(line)
    if "error" in told:
        raise PinakesError(f"A client of the load generator: {told['error']}", told["hint"])
    return told


def main() -> int:
    """Open the library, then drive one load after the other until there is no more to do."""
    from pinakes.catalogue.catalogue import Catalogue
    from pinakes.library.facade import Library

    told = json.loads(sys.stdin.buffer.readline())
    questions = [Question(**question) for question in told["questions"]]
    try:
        library = Library(Catalogue.open(*library_heard(told)))

        def ask(number: int) -> None:
            library.search(**questions[number % len(questions)].terms(), mode=told["mode"])

        for number in range(min(_WARM, len(questions))):
            ask(number)
    except PinakesError as error:
        _answer({"error": error.message, "hint": error.hint})
        return 1
    _answer({})
    for line in sys.stdin.buffer:
        _answer(_driven(ask, json.loads(line)))
    return 0


def _driven(ask: Any, told: dict[str, Any]) -> dict[str, Any]:
    whole = np.array(told["arrivals"], np.float64)
    first, step = told["share"]
    before = time.process_time()
    zero = time.perf_counter() + _AHEAD - float(whole[0])
    found = drive(lambda number: ask(first + number * step), whole[first::step], told["clients"], told["timeout"], zero)
    lists = {name: getattr(found, name).tolist() for name in ("arrived", "begun", "ended", "errors")}
    return {**lists, "used": [time.process_time() - before, most_resident()]}


def _answer(told: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    code = main()
    # At once: a client may still hang.
    os._exit(code)
