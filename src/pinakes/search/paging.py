"""Pages by opaque tokens: each belongs to one query on one generation of the index."""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import BadQuery
from pinakes.limits import Limits

# So many of the hits before a page say where it begins when the library has changed.
SEEN = 3
_LAYOUT = struct.Struct(f"<QI{SEEN}Q8s")


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page begins, on which generation, and the items of the last hits before it, best first."""

    generation: int
    offset: int
    seen: tuple[int, ...] = ()

    def among(self, items: NDArray[np.int64]) -> int:
        """Where it begins among the items of all hits: after those that were seen, as far as they are there."""
        if not self.seen:
            return self.offset
        seen = np.isin(items, self.seen)
        places = np.flatnonzero(~np.append(seen, False) & np.append(False, seen))
        # One alone may have come to stand elsewhere, and rather some are shown again than one is never shown.
        return min(places.tolist(), key=lambda at: abs(at - self.offset), default=max(0, self.offset - len(self.seen)))


def token(page: Page, question: str) -> str:
    """The token of a page of the answer to a question."""
    mark = _mark(page, question)
    # No item has the number 0.
    seen = (*page.seen, *[0] * SEEN)[:SEEN]
    return base64.urlsafe_b64encode(_LAYOUT.pack(page.generation, page.offset, *seen, mark)).decode().rstrip("=")


def page_of(text: str, question: str, limits: Limits) -> Page:
    """The page that a token stands for; one that was cut, forged or made for another question is refused."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        generation, offset, *seen, mark = _LAYOUT.unpack(data)
    except (binascii.Error, struct.error, ValueError):
        raise _refused() from None
    page = Page(generation, offset, tuple(item for item in seen if item))
    if mark != _mark(page, question) or offset > limits.max_depth:
        raise _refused()
    return page


def _mark(page: Page, question: str) -> bytes:
    text = f"{page.generation}/{page.offset}/{page.seen}/{question}"
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, person=b"pinakes-page").digest()


def _refused() -> BadQuery:
    return BadQuery("The page token is not one of this search.", "Start again from the first page.")
