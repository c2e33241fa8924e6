"""Pages by opaque tokens: each belongs to one query on one generation of the index."""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass

from pinakes.errors import BadQuery
from pinakes.limits import Limits

_LAYOUT = struct.Struct("<QI8s")


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page begins, and on which generation."""

    generation: int
    offset: int


def token(page: Page, question: str) -> str:
    """The token of a page of the answer to a question."""
    mark = _mark(page, question)
    return base64.urlsafe_b64encode(_LAYOUT.pack(page.generation, page.offset, mark)).decode().rstrip("=")


def page_of(text: str, question: str, limits: Limits) -> Page:
    """The page that a token stands for; one that was cut, forged or made for another question is refused."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        generation, offset, mark = _LAYOUT.unpack(data)
    except (binascii.Error, struct.error, ValueError):
        raise _refused() from None
    page = Page(generation, offset)
    if mark != _mark(page, question) or offset > limits.max_depth:
        raise _refused()
    return page


def _mark(page: Page, question: str) -> bytes:
    text = f"{page.generation}/{page.offset}/{question}"
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, person=b"pinakes-page").digest()


def _refused() -> BadQuery:
    return BadQuery("The page token is not one of this search.", "Start again from the first page.")
