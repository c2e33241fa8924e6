"""Where other catalogues harvest this one: OAI-PMH 2.0, by GET and by POST."""

from __future__ import annotations

import time

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from pinakes.settings import Settings
from pinakes.web.http.site import library_of
from pinakes.web.logic.harvest import Repository, answered

PATH = "/oai"
_FORM = "application/x-www-form-urlencoded"
_KIND = "text/xml; charset=utf-8"
# Where no name is told, one that leads nowhere else.
_NOWHERE = "pinakes.localhost"


async def harvest(request: Request) -> Response:
    """Answer one request of a harvester; its own errors are answers with status 200, as the protocol asks."""
    pairs = list(request.query_params.multi_items())
    if request.method == "POST" and request.headers.get("content-type", "").startswith(_FORM):
        async with request.form() as form:
            pairs += [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    library = library_of(request)
    about = repository(str(request.base_url), library.settings)
    text = await run_in_threadpool(answered, library, about, pairs, time.time())
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n', headers={"Content-Type": _KIND})


def repository(pages: str, settings: Settings) -> Repository:
    """What the repository says of itself, as it is reached and as it is set."""
    first = settings.hosts.partition(",")[0].strip().lower()
    domain = settings.repository or (first if "." in first else _NOWHERE)
    return Repository(f"{pages.rstrip('/')}{PATH}", pages, domain, settings.contact or f"nobody@{domain}")
