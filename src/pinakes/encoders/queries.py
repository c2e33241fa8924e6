"""Encoders that treat a query differently from what it should find, as E5 and BGE do with their prefixes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from pinakes.encoders.base import Encoder
from pinakes.types import Floats


@runtime_checkable
class QueryEncoder(Protocol):
    """An encoder with a side of its own for queries."""

    def encode_queries(self, texts: Sequence[str]) -> Floats:
        """Vectors (n, dim) of queries, to be compared with those that `encode` gives."""


def encode_queries(encoder: Encoder, texts: Sequence[str]) -> Floats:
    """Vectors (n, dim) of queries in words, by whichever side of the encoder is made for them."""
    if isinstance(encoder, QueryEncoder):
        return encoder.encode_queries(texts)
    return encoder.encode("text", texts)
