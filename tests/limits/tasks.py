"""Trials of the bounds of tasks, and of what is handed in to be kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio

from pinakes.catalogue.catalogue import Catalogue
from pinakes.errors import TooLarge
from pinakes.library.deposits import Deposit
from pinakes.limits import Limits
from pinakes.settings import Settings
from pinakes.tasks import queue
from pinakes.web.http.gate import Gate
from tests.limits.trials import taken, trial

_DAY = 24 * 3600.0


@trial("max_tasks")
def tasks(more: int, folder: Path) -> bool:
    catalogue = Catalogue.open(folder, Settings(), create=True)
    with catalogue.writing() as connection:
        for _ in range(2 + more):
            queue.ask(connection, "add", {})
        most = Limits(max_tasks=3).max_tasks
        return taken("max_tasks", lambda: queue.ask(connection, "add", {}, most=most), "overloaded")


@trial("task_days")
def days(more: int, folder: Path) -> bool:
    catalogue = Catalogue.open(folder, Settings(), create=True)
    with catalogue.writing() as connection:
        queue.ask(connection, "add", {}, now=0.0)
        one = queue.take(connection, "one", 0.0)
        assert one is not None
        queue.finish(connection, one, {}, 0.0)
        return queue.sweep(connection, Limits(task_days=2).task_days, 2 * _DAY + more) == 0


def _handed_in(folder: Path, *sizes: int, before: tuple[int, ...] = (), **limits: int) -> Callable[[], None]:
    """Hands in files of those sizes, after others of the same user."""
    catalogue = Catalogue.open(folder, Settings(limits=Limits(**limits)), create=True)

    def deposit(*several: int) -> None:
        made = Deposit(catalogue, 7)
        try:
            for number, size in enumerate(several):
                made.begin(f"{number}.txt")
                made.write(b"x" * size)
                made.end()
            made.close()
        except TooLarge:
            made.abandon()
            raise

    if before:
        deposit(*before)
    return lambda: deposit(*sizes)


@trial("max_deposit_bytes")
def deposit_bytes(more: int, folder: Path) -> bool:
    return taken("max_deposit_bytes", _handed_in(folder, 400, 600 + more, max_deposit_bytes=1000))


@trial("max_deposit_files")
def deposit_files(more: int, folder: Path) -> bool:
    return taken("max_deposit_files", _handed_in(folder, *[1] * (3 + more), max_deposit_files=3))


@trial("user_bytes")
def user_bytes(more: int, folder: Path) -> bool:
    return taken("user_bytes", _handed_in(folder, 600 + more, before=(400,), user_bytes=1000))


@trial("user_files")
def user_files(more: int, folder: Path) -> bool:
    return taken("user_files", _handed_in(folder, *[1] * (2 + more), before=(1, 1), user_files=4))


def _through(limits: Limits, path: str, app: Any, requests: int = 1) -> list[int]:
    """The states in which requests end that come at the same moment, each with a body of four pieces."""
    states: list[int] = []

    async def together() -> None:
        gate = Gate(app, limits)

        async def one() -> None:
            pieces = [{"type": "http.request", "body": b"x" * 250, "more_body": n < 3} for n in range(4)]

            async def receive() -> dict[str, Any]:
                await anyio.sleep(0.1)
                return pieces.pop(0)

            async def send(message: Any) -> None:
                if message["type"] == "http.response.start":
                    states.append(message["status"])

            scope = {"type": "http", "path": path, "method": "POST", "headers": [], "query_string": b""}
            await gate(scope, receive, send)

        async with anyio.create_task_group() as group:
            for _ in range(requests):
                group.start_soon(one)

    anyio.run(together)
    return states


async def _reads(scope: Any, receive: Any, send: Any) -> None:
    """Takes a body and answers."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})


@trial("min_upload_rate")
def rate(more: int, folder: Path) -> bool:
    # Four pieces of 250 bytes within 0.4 seconds: they bring a second more at a rate of 1000, and next to none above.
    limits = Limits(request_seconds=0.15, min_upload_rate=1000 if more <= 0 else 100_000)
    return _through(limits, "/api/v1/collections/x/files", _reads) == [204]


@trial("streams_at_once")
def streams(more: int, folder: Path) -> bool:
    return 503 not in _through(Limits(streams_at_once=2), "/api/v1/tasks/1/events", _reads, 2 + more)
