"""Handing in a medium to search with, by a program."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pinakes.library import uploads
from pinakes.web.api.answers import UploadOut
from pinakes.web.http.receiving import received
from pinakes.web.http.site import library_of
from pinakes.web.http.typed import plain

_CREATED = 201


async def hand_in(request: Request) -> Response:
    """Keep the body, or the first file of a form; the same bytes handed in again are the same medium."""
    async with received(request) as told:
        kept = await run_in_threadpool(uploads.keep, library_of(request), told.first.file, told.first.title)
    return JSONResponse(plain(UploadOut(f"upload:{kept.name}", kept.title, kept.modality)), _CREATED)
