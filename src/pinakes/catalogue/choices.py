"""What a library has chosen for itself, kept in its catalogue: its encoders, above all."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from pinakes.catalogue.schema import meta

# What makes search within one modality work before any model is fetched or trained.
CLASSICAL = ("colour", "gradient", "texture", "mfcc", "logmel")


def encoders(connection: Connection) -> tuple[str, ...]:
    """The names of the encoders whose vectors the library keeps."""
    chosen = connection.scalar(select(meta.c.value).where(meta.c.name == "encoders"))
    return CLASSICAL if chosen is None else tuple(json.loads(chosen))


def choose_encoders(connection: Connection, names: Sequence[str]) -> None:
    """Set the names of the encoders whose vectors the library keeps."""
    connection.execute(delete(meta).where(meta.c.name == "encoders"))
    connection.execute(insert(meta).values(name="encoders", value=json.dumps(list(dict.fromkeys(names)))))
