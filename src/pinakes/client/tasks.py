"""Work that a server does in the background: asked for, watched, steered."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from pinakes.client.found import made
from pinakes.client.wire import Wire

_OVER = frozenset(("done", "failed", "cancelled"))
_LONGEST_LINE = 1 << 24


@dataclass(frozen=True, slots=True)
class Task:
    """Work that was asked for, as it was when it was looked at."""

    id: int
    kind: str
    arguments: dict[str, Any]
    # waiting, running, paused, done, failed or cancelled.
    state: str
    # How much is done, of how much (0: not known yet), and how much of it failed.
    done: int
    total: int
    failed: int
    message: str
    # What came of it; the error under `error`.
    result: dict[str, Any]
    # What can be wished of it now.
    can: list[str]

    @property
    def is_over(self) -> bool:
        """Whether nothing more becomes of it by itself."""
        return self.state in _OVER


class Tasks:
    """The tasks of a served library."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def __iter__(self) -> Iterator[Task]:
        """All tasks, the newest first; asked for as they are reached."""
        return self.each()

    def each(self, *states: str) -> Iterator[Task]:
        """Those in some states, the newest first; no state: all."""
        before = 0
        while True:
            pairs = [*(("state", state) for state in states), ("before", str(before))]
            told = self._wire.get("/tasks", pairs)
            yield from (made(Task, one) for one in told["tasks"])
            before = told["next_before"]
            if not before:
                return

    def __getitem__(self, number: int) -> Task:
        """One task as it is now."""
        return made(Task, self._wire.get(f"/tasks/{number:d}"))

    def ask(self, kind: str, *, key: str = "", **arguments: Any) -> Task:
        """Ask for work; what is asked for again under the same key is done once."""
        headers = {"Idempotency-Key": key} if key else {}
        told = self._wire.send("POST", "/tasks", body={"kind": kind, "arguments": arguments}, headers=headers)
        return made(Task, told)

    def pause(self, number: int) -> Task:
        """Put it down; what it has done stays."""
        return self._wish(number, "pause")

    def resume(self, number: int) -> Task:
        """Go on with it."""
        return self._wish(number, "resume")

    def cancel(self, number: int) -> Task:
        """End it; what it has done stays."""
        return self._wish(number, "cancel")

    def retry(self, number: int) -> Task:
        """Begin it again."""
        return self._wish(number, "retry")

    def _wish(self, number: int, wish: str) -> Task:
        return made(Task, self._wire.send("POST", f"/tasks/{number:d}/{wish}"))

    def watch(self, number: int) -> Iterator[Task]:
        """The task each time that anything in it has changed, until it is over."""
        wire = self._wire.another()
        try:
            while True:
                # The server ends what is listened to now and then; then it is listened to again.
                with wire.answer("GET", f"/tasks/{number:d}/events") as response:
                    for name, told in events(response):
                        if name == "over":
                            return
                        yield made(Task, told)
        finally:
            wire.close()

    def wait(self, number: int) -> Task:
        """Wait until it is over; says how it ended."""
        last: Sequence[Task] = ()
        for task in self.watch(number):
            last = (task,)
        return last[0] if last else self[number]


def events(stream: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """The server-sent events of a stream: the name of each, and what it tells as JSON."""
    name, data = "", b""
    while line := stream.readline(_LONGEST_LINE):
        line = line.rstrip(b"\r\n")
        if line.startswith(b"event:"):
            name = line[6:].strip().decode()
        elif line.startswith(b"data:"):
            data += line[5:].strip()
        elif not line:
            if data:
                yield name, json.loads(data)
            name, data = "", b""
