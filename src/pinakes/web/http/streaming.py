"""Server-sent events: what changes is told for as long as somebody listens."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

# Between two looks; a listener that is gone is noticed when something is said, so that something is said now and then.
LOOK_SECONDS = 0.5
_SILENCE_SECONDS = 10.0
# Then the browser asks again by itself, and is asked again who it is.
_LIFE_SECONDS = 120.0
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@dataclass(frozen=True, slots=True)
class Look:
    """What there is to be told, each piece under its name, and whether that is all there will be."""

    told: Mapping[str, Any]
    over: bool = False


def stream(request: Request, look: Callable[[], Look]) -> Response:
    """Tell each piece when it is new or has changed, until all is told, the server ends, or nobody listens."""
    return StreamingResponse(_events(request, look), headers=_HEADERS, media_type="text/event-stream")


async def _events(request: Request, look: Callable[[], Look]) -> AsyncIterator[str]:
    before: dict[str, str] = {}
    end, said = time.monotonic() + _LIFE_SECONDS, time.monotonic()
    yield "retry: 1000\n\n"
    while True:
        found = await run_in_threadpool(look)
        now = {name: json.dumps(value, ensure_ascii=False) for name, value in found.told.items()}
        news = [value for name, value in now.items() if before.get(name) != value]
        for value in news:
            yield f"event: task\ndata: {value}\n\n"
        before = now
        if found.over:
            yield "event: over\ndata: {}\n\n"
            return
        if request.app.state.ending.is_set() or time.monotonic() > end:
            return
        if news:
            said = time.monotonic()
        elif time.monotonic() - said > _SILENCE_SECONDS:
            said = time.monotonic()
            yield ": still here\n\n"
        await asyncio.sleep(LOOK_SECONDS)
