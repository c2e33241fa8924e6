"""Originals as answers: whole or a range of them, under a type that no browser takes for a page."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from pathlib import PurePath
from typing import IO
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from pinakes.errors import NotAllowed, NotFound
from pinakes.library.viewing import part
from pinakes.web.http.site import library_of
from pinakes.web.http.who import who_of
from pinakes.web.logic.releasing import may_have
from pinakes.web.logic.viewing import PLAYED

_CHUNK = 256 << 10
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_PLAIN = re.compile(r"[^A-Za-z0-9._ -]")
# Whatever a file holds, nothing in it is run.
_SANDBOX = "default-src 'none'; sandbox"


def original_of(request: Request, number: int, *, download: bool) -> Response:
    """The original of a part, as an answer."""
    library = library_of(request)
    found = part(library, number)
    item = library.item(found.item_id)
    file = next((one for one in item.files if one.id == found.file_id), None)
    if file is None:
        raise NotFound(f"Item {item.id} is a record without a file.", "Its metadata is all there is.")
    if not may_have(who_of(request), item, library.settings.downloads):
        raise NotAllowed(
            "The rights of this work do not let you have its original.",
            "What is known of it is on its page; ask the library for more.",
        )
    name = PurePath(os.fsdecode(file.path)).name
    return handed_over(request, library.open_original(number), file.kind, name, file.sha256, download=download)


def handed_over(request: Request, file: IO[bytes], kind: str, name: str, tag: str, *, download: bool) -> Response:
    """An open file as an answer; sounds and films that browsers play are shown, everything else is a download."""
    size = file.seek(0, os.SEEK_END)
    shown = kind in PLAYED and not download
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=3600",
        "Content-Disposition": "inline" if shown else attachment(name),
        "Content-Security-Policy": _SANDBOX,
        **({"ETag": f'"{tag}"'} if tag else {}),
    }
    if tag and request.headers.get("if-none-match") == f'"{tag}"':
        file.close()
        return Response(status_code=304, headers=headers)
    wanted = request.headers.get("range", "")
    if request.headers.get("if-range", f'"{tag}"') != f'"{tag}"':
        wanted = ""
    span = span_of(wanted, size) if wanted else range(size)
    if span is None:
        file.close()
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    status = 206 if wanted and len(span) < size else 200
    if status == 206:
        headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
    headers["Content-Length"] = str(len(span))
    media_type = kind if shown else "application/octet-stream"
    if request.method == "HEAD":
        file.close()
        return Response(status_code=status, headers=headers, media_type=media_type)
    return StreamingResponse(_pieces(file, span), status, headers, media_type)


def span_of(wanted: str, size: int) -> range | None:
    """The bytes of a Range header; all where it is not understood, None where there are no such bytes."""
    found = _RANGE.fullmatch(wanted.strip())
    if not found or not (found[1] or found[2]):
        return range(size)
    if not found[1]:
        first, last = max(0, size - int(found[2])), size - 1
    else:
        first, last = int(found[1]), min(int(found[2] or size), size - 1)
    if first >= size or (found[1] and found[2] and int(found[2]) < first) or last < first:
        return None
    return range(first, last + 1)


def attachment(name: str) -> str:
    """A Content-Disposition that saves under a name, whatever letters are in it."""
    plain = _PLAIN.sub("_", name) or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"


async def _pieces(file: IO[bytes], span: range) -> AsyncIterator[bytes]:
    try:
        await run_in_threadpool(file.seek, span.start)
        left = len(span)
        while left and (piece := await run_in_threadpool(file.read, min(_CHUNK, left))):
            left -= len(piece)
            yield piece
    finally:
        file.close()
