"""Small works, spaces and catalogues for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.collections import ensure
from pinakes.catalogue.records import NewField, NewFile, NewPart, NewWork, Stored
from pinakes.catalogue.spaces import Space, create
from pinakes.catalogue.store import store
from pinakes.encoders.base import Description, unit_rows
from pinakes.encoders.hashers import fit
from pinakes.types import Floats, Metric, Modality, Place

DIM = 32


def description(name: str = "toy", metric: Metric = "cosine", fingerprint: str = "one", dim: int = DIM) -> Description:
    """An encoder that is nothing but a description."""
    modalities: tuple[Modality, ...] = ("text", "image")
    return Description(name, modalities, dim, metric, "none", 0, fingerprint)


def vectors(count: int, seed: int = 0, dim: int = DIM) -> Floats:
    """Random unit vectors."""
    random = np.random.default_rng(seed)
    return unit_rows(random.standard_normal((count, dim)).astype(np.float32))


def space(catalogue: Catalogue, name: str = "toy", metric: Metric = "cosine", bits: int = 64) -> Space:
    """A new space of a catalogue."""
    with catalogue.writing() as connection:
        hasher = fit("rotation", vectors(200, seed=9), metric, bits)
        return create(connection, description(name, metric), hasher, "active")


def text_part(text: str, **given: object) -> NewPart:
    """A passage."""
    return NewPart("text", Place(chars=(0, len(text))), text, **given)  # type: ignore[arg-type]


def work(
    name: str,
    *parts: NewPart,
    fields: Mapping[str, str | Sequence[str]] | None = None,
    collection: int = 1,
    size: int = 10,
) -> NewWork:
    """A work of one file."""
    told = []
    for field, values in (fields or {}).items():
        told += [NewField(field, value) for value in ([values] if isinstance(values, str) else values)]
    path = f"/books/{name}".encode()
    file = NewFile(path, size, 1, "text/plain", sha256=f"sum of {name}")
    return NewWork(path, collection, None, file, tuple(told), parts)


def fill(catalogue: Catalogue, works: Sequence[NewWork], *spaces: Space) -> list[Stored]:
    """Store works in one transaction."""
    with catalogue.writing() as connection:
        ensure(connection, "main", None, ())
        return store(connection, works, {one.id: one for one in spaces})
