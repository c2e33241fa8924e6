"""A search as it is kept: the values of its page's address, in one text."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode


def in_one(pairs: Sequence[tuple[str, str]]) -> str:
    """Names and values as they stand in an address."""
    return urlencode(pairs)


def apart(address: str) -> list[tuple[str, str]]:
    """The inverse."""
    return parse_qsl(address)
