"""Media that come in with a request: as the body itself, or as a file in a form; counted, and never named by it."""

from __future__ import annotations

import io
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO
from urllib.parse import unquote

from starlette.datastructures import UploadFile
from starlette.requests import Request

from pinakes.errors import NoContent, UsageError
from pinakes.limits import KIB
from pinakes.web.logic.shortening import BEGINNING

_IN_MEMORY = 1 << 20
# A field may hold the longest query, each letter of which may take four bytes.
_FIELDS, _FILES, _FIELD_BYTES = 64, 8, 96 * KIB


@dataclass(frozen=True, slots=True)
class Medium:
    """A medium, and what it was called."""

    file: IO[bytes]
    title: str


@dataclass(frozen=True, slots=True)
class Received:
    """The media of a request, and the other fields of the form that they came in."""

    media: list[Medium]
    fields: list[tuple[str, str]]

    @property
    def first(self) -> Medium:
        """The first medium; one that does not bring any is refused."""
        if not self.media:
            raise UsageError("No file was chosen.", "Choose a picture, a sound, a film or a text.")
        return self.media[0]


@asynccontextmanager
async def received(request: Request) -> AsyncIterator[Received]:
    """The media of a request; they are gone when the block is left."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_files=_FILES, max_fields=_FIELDS, max_part_size=_FIELD_BYTES) as form:
            pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
            # Where none was chosen, a browser sends one without a name.
            files = [one for _, one in form.multi_items() if isinstance(one, UploadFile) and (one.size or one.filename)]
            yield Received([*_files(files), *_text(pairs)], pairs)
        return
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        async for chunk in request.stream():
            file.write(chunk)
        file.seek(0)
        yield Received([Medium(file, _title(unquote(request.headers.get("x-file-name", ""))))], [])


def _files(files: list[UploadFile]) -> Iterator[Medium]:
    for one in files:
        title = _title(one.filename or "")
        if not one.size:
            raise NoContent(f"{title or 'The medium'} is empty.", "Choose another file.")
        yield Medium(one.file, title)


def _text(pairs: list[tuple[str, str]]) -> Iterator[Medium]:
    """Texts that were written into a form are media too."""
    for text in (value for name, value in pairs if name == "text" and value.strip()):
        yield Medium(io.BytesIO(text.encode("utf-8", "replace")), text.strip()[:BEGINNING])


def _title(name: str) -> str:
    """The last step of whatever path a browser tells, without what can not be shown."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[:120]
