"""Trials of the bounds on pages and the API."""

from __future__ import annotations

import io
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import pytest
from starlette.datastructures import QueryParams
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from pinakes.errors import BadQuery
from pinakes.library.lately import Lately
from pinakes.library.paths import settings_mark
from pinakes.library.uploads import _copied, sweep
from pinakes.limits import Limits
from pinakes.web.api import routes
from pinakes.web.http.failures import Catching
from pinakes.web.http.gate import Gate, Pace
from pinakes.web.logic.manifest import _size
from pinakes.web.pages import item
from tests.limits.trials import taken, trial


async def _reads(scope: Scope, receive: Receive, send: Send) -> None:
    """Takes a body and answers."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def _gated(limits: Limits, app: ASGIApp = _reads) -> TestClient:
    # The gate stands outside of what turns errors into answers, as in the application.
    return TestClient(Gate(Catching(app), limits), raise_server_exceptions=False)


@trial("max_upload_bytes")
def upload_bytes(more: int, folder: Path) -> bool:
    file = io.BytesIO(b"x" * (1000 + more))
    return taken("max_upload_bytes", lambda: _copied(file, folder, Limits(max_upload_bytes=1000)))


@trial("max_uploads_bytes")
def uploads_bytes(more: int, folder: Path) -> bool:
    for name, size in (("old", 40), ("new", 60 + more)):
        (folder / name).write_bytes(b"x" * size)
        os.utime(folder / name, (1000 + size, 1000 + size))
    sweep(folder, Limits(max_uploads_bytes=100), now=2000)
    return (folder / "old").exists()


@trial("upload_hours")
def upload_hours(more: int, folder: Path) -> bool:
    (folder / "old").write_bytes(b"x")
    os.utime(folder / "old", (1000, 1000))
    sweep(folder, Limits(upload_hours=2), now=1000 + 2 * 3600 + more)
    return (folder / "old").exists()


@trial("max_body_bytes")
def body_bytes(more: int, folder: Path) -> bool:
    answer = _gated(Limits(max_body_bytes=1000)).post("/", content=b"x" * (1000 + more), headers={"host": "localhost"})
    assert answer.status_code in (204, 413)
    assert answer.status_code == 204 or "max_body_bytes" in answer.text
    return answer.status_code == 204


def _library(limits: Limits) -> Any:
    """What a request sees of a library whose settings nobody changes."""
    nowhere = Path("nowhere")
    settings = SimpleNamespace(limits=limits)
    return SimpleNamespace(
        settings=settings, parts=lambda number: [], folder=nowhere, settings_mark=settings_mark(nowhere)
    )


def _request(limits: Limits) -> Any:
    library = _library(limits)
    return SimpleNamespace(app=SimpleNamespace(state=SimpleNamespace(site=SimpleNamespace(library=library))))


@trial("max_page_hits")
def page_hits(
    more: int,
    folder: Path,
) -> bool:
    request, given = _request(Limits(max_page_hits=5)), routes.SearchIn(q='"', limit=5 + more)
    # What comes after the bound can not be read: that the refusal is another one shows that the bound was passed.
    with pytest.raises(BadQuery) as refused:
        routes.search(request, given)
    return "max_page_hits" not in refused.value.hint


@trial("max_page_parts")
def page_parts(more: int, folder: Path) -> bool:
    request, given = _request(Limits(max_page_parts=5)), routes.PartsIn(1, limit=5 + more)
    return taken("max_page_parts", lambda: routes.parts(request, given), "bad-query")


@trial("request_seconds")
def request_seconds(more: int, folder: Path) -> bool:
    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await anyio.sleep(0 if more <= 0 else 30)
        await _reads(scope, receive, send)

    answer = _gated(Limits(request_seconds=2 if more <= 0 else 0.05), slow).get("/api/v1/x")
    assert answer.status_code == 204 or "request_seconds" in answer.json()["error"]["hint"]
    return answer.status_code == 204


def answered(limits: Limits, requests: int, *, after: float = 0.0) -> list[int]:
    """The states in which so many requests end that come at the same moment, where work is done after some seconds."""
    states: list[int] = []

    async def together() -> None:
        go = anyio.Event()

        async def waits(scope: Scope, receive: Receive, send: Send) -> None:
            await go.wait()
            await _reads(scope, receive, send)

        gate = Gate(waits, limits)

        async def ask() -> None:
            async def nothing() -> dict[str, Any]:
                return {"type": "http.request", "body": b""}

            async def told(message: Any) -> None:
                if message["type"] == "http.response.start":
                    states.append(message["status"])

            scope = {"type": "http", "path": "/api/v1/x", "method": "GET", "headers": [], "query_string": b""}
            await gate(scope, nothing, told)

        async with anyio.create_task_group() as group:
            for _ in range(requests):
                group.start_soon(ask)
            for _ in range(20):
                await anyio.sleep(0)
            await anyio.sleep(after)
            go.set()

    anyio.run(together)
    return states


@trial("requests_at_once")
def at_once(more: int, folder: Path) -> bool:
    return 503 not in answered(Limits(requests_at_once=3, requests_waiting=0), 3 + more)


@trial("requests_waiting")
def waiting(more: int, folder: Path) -> bool:
    return 503 not in answered(Limits(requests_at_once=1, requests_waiting=2), 1 + 2 + more)


@trial("wait_seconds")
def wait_seconds(more: int, folder: Path) -> bool:
    moments = iter((0.0, 1.0))
    gate = Gate(_reads, Limits(requests_at_once=1, requests_waiting=9, wait_seconds=3.0))
    # A place is given back every second: who comes after three waits three seconds, and after four too long.
    gate._pace = Pace(lambda: next(moments))
    gate._pace.waits(0)
    gate._pace.given_back()
    gate._waiting = 3 + more
    states: list[int] = []

    async def told(message: Any) -> None:
        if message["type"] == "http.response.start":
            states.append(message["status"])

    async def ask() -> None:
        gate._places.acquire_nowait()
        with anyio.move_on_after(0.01):
            scope = {"type": "http", "path": "/api/v1/x", "method": "GET", "headers": [], "query_string": b""}
            await gate(scope, anyio.sleep_forever, told)

    anyio.run(ask)
    return 503 not in states


@trial("view_pixels")
def view_pixels(more: int, folder: Path) -> bool:
    asked: list[int] = []
    limits = Limits(view_pixels=500)
    site = SimpleNamespace(library=_library(limits), views=Lately(1 << 20, len))
    state = SimpleNamespace(site=site)
    request = SimpleNamespace(app=SimpleNamespace(state=state), path_params={"number": 1}, query_params=QueryParams(""))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(item, "drawn", lambda library, number, pixels, marks: asked.append(pixels) or b"jpeg")
        item.picture(request)  # type: ignore[arg-type]
    return 500 + more <= asked[0]


@trial("image_pixels")
def image_pixels(more: int, folder: Path) -> bool:
    """A picture that is no larger is handed out as large as it is."""
    library, side = _library(Limits(image_pixels=500)), 500 + more
    file: Any = SimpleNamespace(facts={"width": side, "height": 40})
    part: Any = SimpleNamespace(place=SimpleNamespace(page=None), id=1)
    shown = _size(library, file, part)
    return shown is not None and shown[0] == side


@trial("views_bytes")
def views_bytes(more: int, folder: Path) -> bool:
    views, drawn = Lately(100, len), []
    for number, size in ((1, 40), (2, 60 + more), (1, 40)):
        views.get(number, lambda number=number, size=size: drawn.append(number) or b"x" * size)  # type: ignore[misc]
    return drawn == [1, 2]
