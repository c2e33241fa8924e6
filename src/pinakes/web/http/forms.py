"""Forms of our pages: their fields, the answer that sends on, and the page again where something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pinakes.errors import BadInput, PinakesError
from pinakes.web.http.failures import headers_of
from pinakes.web.http.rights import Endpoint

Fields: TypeAlias = Mapping[str, str]
_FIELDS, _FIELD_BYTES = 64, 16 * 1024
_SEE_OTHER = 303
_PASSWORDS = ("current", "password", "again")


def posted(call: Callable[[Request, Fields], Response], most: int = _FIELDS) -> Endpoint:
    """The endpoint of a form of so many fields: `call` is given the first value of each, in a thread."""

    async def endpoint(request: Request) -> Response:
        async with request.form(max_files=0, max_fields=most, max_part_size=_FIELD_BYTES) as form:
            fields = {name: value for name, value in reversed(form.multi_items()) if isinstance(value, str)}
        return await run_in_threadpool(call, request, fields)

    return endpoint


def again(
    page: Callable[[Request, Fields, PinakesError], Response],
    call: Callable[[Request, Fields], Response],
    most: int = _FIELDS,
) -> Endpoint:
    """The endpoint of a form whose page is shown again with what was filled in, where something is wrong with it."""

    def tried(request: Request, fields: Fields) -> Response:
        try:
            return call(request, fields)
        except PinakesError as error:
            answer = page(request, fields, error)
            answer.headers.update(headers_of(error))
            return answer

    return posted(tried, most)


def sent_on(path: str, **values: str) -> Response:
    """The answer to a form that did its work: another page."""
    return RedirectResponse(f"{path}?{urlencode(values)}" if values else path, _SEE_OTHER)


def chosen_password(fields: Fields) -> str:
    """A new password, which is typed twice, since it is not seen."""
    password = fields.get("password", "")
    if not password or password != fields.get("again"):
        raise BadInput("The two passwords are not the same.", "Type the same one twice.")
    return password


def but_passwords(fields: Fields) -> Fields:
    """What stands in a form again that was not right: never a password."""
    return {name: value for name, value in fields.items() if name not in _PASSWORDS}


def number_of(text: str, otherwise: int = 0) -> int:
    """A number from a field or an address."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise
