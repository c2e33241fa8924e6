"""Files that come in with a request to be kept: written as they come, never held in memory or elsewhere before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from pinakes.errors import BadInput, TooLarge
from pinakes.library.deposits import Deposit
from pinakes.limits import KIB

_FIELDS, _FIELD_BYTES, _HEADER_BYTES = 32, 16 * KIB, 8 * KIB


async def deposited(request: Request, deposit: Deposit) -> Mapping[str, str]:
    """Write the files of a form, or the body as one file, into a deposit; returns the other fields of the form.

    What fails is abandoned without a trace by the caller.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data":
        await _whole(request, deposit)
        return dict(request.query_params)
    form = _Form(deposit)
    try:
        parser = MultipartParser(options.get(b"boundary", b""), form.callbacks())
        async for chunk in request.stream():
            # Writing waits for the disk, which others need not.
            await run_in_threadpool(parser.write, chunk)
        await run_in_threadpool(parser.finalize)
    except FormParserError:
        raise BadInput("The form can not be read.", "Send it as multipart/form-data with its boundary.") from None
    if not form.is_over:
        raise BadInput("The form ends in its middle.", "Send it again.")
    return form.fields


async def _whole(request: Request, deposit: Deposit) -> None:
    name = unquote(request.headers.get("x-file-name", ""))
    if not name:
        raise BadInput("The file has no name.", "Tell it in the header X-File-Name, percent-encoded.")
    await run_in_threadpool(deposit.begin, name)
    async for chunk in request.stream():
        await run_in_threadpool(deposit.write, chunk)
    await run_in_threadpool(deposit.end)


class _Form:
    """What a parser of forms calls: files go into the deposit, fields are kept."""

    def __init__(self, deposit: Deposit) -> None:
        self.fields: dict[str, str] = {}
        self.is_over = False
        self._deposit = deposit
        self._header = bytearray()
        self._value = bytearray()
        self._headers: dict[bytes, bytes] = {}
        self._size = 0
        # The name of the field that is being read; None within a file.
        self._field: str | None = None
        self._text = bytearray()
        # A control without a file is sent as a file without a name.
        self._is_nothing = False

    def callbacks(self) -> Any:
        """Under the names by which the parser knows them."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._on_header,
            "on_header_value": self._on_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers,
            "on_part_data": self._on_data,
            "on_part_end": self._on_end,
            "on_end": self._over,
        }

    def _begin(self) -> None:
        self._headers, self._size = {}, 0
        self._header, self._value, self._text = bytearray(), bytearray(), bytearray()

    def _on_header(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._header += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._value += data[start:end]

    def _count(self, more: int) -> None:
        self._size += more
        if self._size > _HEADER_BYTES:
            raise TooLarge("A file of the form has too long a header.", "Send names of usual length.")

    def _on_header_end(self) -> None:
        self._headers[bytes(self._header).lower()] = bytes(self._value)
        self._header, self._value = bytearray(), bytearray()

    def _on_headers(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        name, file = options.get(b"name", b""), options.get(b"filename")
        if file is None:
            self._field = name.decode("utf-8", "replace")
            if len(self.fields) >= _FIELDS:
                raise TooLarge(f"The form has more than {_FIELDS} fields.", "Send files as files.")
            return
        self._field, self._is_nothing = None, not file
        if file:
            self._deposit.begin(file.decode("utf-8", "replace"))

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._field is None:
            if not self._is_nothing:
                self._deposit.write(memoryview(data)[start:end])
            return
        self._text += data[start:end]
        if len(self._text) > _FIELD_BYTES:
            raise TooLarge(f"A field of the form has more than {_FIELD_BYTES:,} bytes.", "Send files as files.")

    def _on_end(self) -> None:
        if self._field is None:
            if not self._is_nothing:
                self._deposit.end()
        else:
            self.fields.setdefault(self._field, self._text.decode("utf-8", "replace"))

    def _over(self) -> None:
        self.is_over = True
