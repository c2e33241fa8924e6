"""Text made small on its way, for those who can unpack it."""

from __future__ import annotations

import gzip
import re

from starlette.requests import Request

# Below this there is nothing to gain.
_LEAST = 1_000
_LEVEL = 5
_REFUSED = re.compile(r"\bgzip\s*;\s*q=0(?:\.0*)?(?:\s|,|$)")


def unpacks(request: Request) -> bool:
    """Whether who asks takes gzip."""
    told = request.headers.get("accept-encoding", "").lower()
    return "gzip" in told and not _REFUSED.search(told)


def packed(request: Request, data: bytes) -> tuple[bytes, dict[str, str]]:
    """The bytes to send, and the headers that say how they are packed."""
    if len(data) < _LEAST or not unpacks(request):
        return data, {}
    # Without a time: the same text is the same bytes.
    return gzip.compress(data, _LEVEL, mtime=0), {"Content-Encoding": "gzip"}
