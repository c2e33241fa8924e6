"""Media that come in with a request: as the body itself, or as a file in a form; counted, and never named by it."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO
from urllib.parse import unquote

from starlette.datastructures import UploadFile
from starlette.requests import Request

from pinakes.errors import UsageError
from pinakes.limits import KIB

_IN_MEMORY = 1 << 20
_FIELDS, _FILES, _FIELD_BYTES = 64, 8, 64 * KIB


@dataclass(frozen=True, slots=True)
class Received:
    """A medium, what it was called, and the other fields of the form that it came in."""

    file: IO[bytes]
    title: str
    fields: list[tuple[str, str]]


@asynccontextmanager
async def received(request: Request) -> AsyncIterator[list[Received]]:
    """The media of a request; they are gone when the block is left."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_files=_FILES, max_fields=_FIELDS, max_part_size=_FIELD_BYTES) as form:
            pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
            files = [value for _, value in form.multi_items() if isinstance(value, UploadFile) and value.size]
            yield [Received(one.file, _title(one.filename or ""), pairs) for one in files] or [_nothing(pairs)]
        return
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        async for chunk in request.stream():
            file.write(chunk)
        file.seek(0)
        yield [Received(file, _title(unquote(request.headers.get("x-file-name", ""))), [])]


def _nothing(pairs: list[tuple[str, str]]) -> Received:
    """A form without a file; a text that was pasted into it is a medium too."""
    text = next((value for name, value in pairs if name == "text" and value.strip()), "")
    if not text:
        raise UsageError("No file was chosen.", "Choose a picture, a sound, a film or a text.")
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 -- closed when it is no longer referred to
    file.write(text.encode("utf-8", "replace"))
    file.seek(0)
    return Received(file, text.strip()[:40], pairs)


def _title(name: str) -> str:
    """The last step of whatever path a browser tells, without what can not be shown."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[:120]
