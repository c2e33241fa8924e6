"""Vectors of example queries, kept for each encoder that reads words: the scale of its scores is measured with them.

They can not be had without the encoder, and so are kept here, where the index can be made anew from.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, delete, insert, select

from pinakes.catalogue.schema import items, meta
from pinakes.types import Floats

_PREFIX = "queries "
# Fewer examples than this say nothing of queries at large.
LEAST = 8


@dataclass(frozen=True, slots=True)
class Examples:
    """Vectors (n, dim) of queries about anything, and of the titles of works in the library."""

    general: Floats
    titles: Floats


def keep(connection: Connection, fingerprint: str, examples: Examples) -> None:
    """Keep the examples of the encoder with that fingerprint, in the place of older ones."""
    value = {"dim": examples.general.shape[1], "general": _text(examples.general), "titles": _text(examples.titles)}
    connection.execute(delete(meta).where(meta.c.name == _PREFIX + fingerprint))
    connection.execute(insert(meta).values(name=_PREFIX + fingerprint, value=json.dumps(value)))


def kept(connection: Connection, fingerprint: str) -> Examples | None:
    """The examples of the encoder with that fingerprint, if there are enough."""
    value = connection.scalar(select(meta.c.value).where(meta.c.name == _PREFIX + fingerprint))
    if value is None:
        return None
    content = json.loads(value)
    general, titles = (_rows(content[name], content["dim"]) for name in ("general", "titles"))
    return Examples(general, titles) if max(len(general), len(titles)) >= LEAST else None


def forget_others(connection: Connection, fingerprints: Collection[str]) -> None:
    """Drop the examples of all encoders but these."""
    names = [_PREFIX + fingerprint for fingerprint in fingerprints]
    connection.execute(delete(meta).where(meta.c.name.startswith(_PREFIX), meta.c.name.not_in(names)))


def some_titles(connection: Connection, count: int, among: int = 20_000) -> list[str]:
    """Titles of works, spread evenly over the first of them."""
    query = select(items.c.title).where(items.c.title != "").order_by(items.c.id).limit(among)
    titles = list(dict.fromkeys(connection.scalars(query).all()))
    return titles[:: max(1, len(titles) // count)][:count]


def _text(vectors: Floats) -> str:
    return base64.b64encode(vectors.astype(np.float16).tobytes()).decode()


def _rows(text: str, dim: int) -> Floats:
    return np.frombuffer(base64.b64decode(text), np.float16).reshape(-1, dim).astype(np.float32)
