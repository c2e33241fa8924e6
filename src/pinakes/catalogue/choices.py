"""What a library has chosen for itself, kept in its catalogue: its encoders, and what its spaces weigh."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, insert, select

from pinakes.catalogue.schema import meta
from pinakes.encoders.builtin import files as builtin
from pinakes.types import Modality

_WEIGHTS = "weights"
_CHOSEN = select(meta.c.value).where(meta.c.name == _WEIGHTS)


@dataclass(frozen=True, slots=True)
class Weighing:
    """What spaces weigh where a search does not say, and by which fusion; nothing chosen: all the same."""

    weights: Mapping[str, float] = field(default_factory=dict)
    fusion: str = ""


# What makes search within one modality work before any model is fetched or trained.
CLASSICAL = ("colour", "gradient", "texture", "mfcc", "logmel")


def usual_encoders() -> tuple[str, ...]:
    """The encoders of a new library: the classical ones, and the built-in one where this copy has its weights."""
    return (*CLASSICAL, builtin.NAME) if builtin.is_there() else CLASSICAL


def stays(name: str, joined: Collection[Modality]) -> bool:
    """Whether an encoder stays beside one of these modalities that is taken into use.

    The classical ones do; so does the built-in one, unless what comes joins words and pictures as it does itself.
    """
    return name in CLASSICAL or (name == builtin.NAME and not {"text", "image"} <= set(joined))


def encoders(connection: Connection) -> tuple[str, ...]:
    """The names of the encoders whose vectors the library keeps; the classical ones where it has chosen none."""
    chosen = connection.scalar(select(meta.c.value).where(meta.c.name == "encoders"))
    return CLASSICAL if chosen is None else tuple(json.loads(chosen))


def choose_encoders(connection: Connection, names: Sequence[str]) -> None:
    """Set the names of the encoders whose vectors the library keeps."""
    connection.execute(delete(meta).where(meta.c.name == "encoders"))
    connection.execute(insert(meta).values(name="encoders", value=json.dumps(list(dict.fromkeys(names)))))


def weighing(connection: Connection) -> Weighing:
    """What the library's spaces weigh."""
    chosen = connection.scalar(_CHOSEN)
    return Weighing() if chosen is None else Weighing(**json.loads(chosen))


def choose_weighing(connection: Connection, chosen: Weighing) -> None:
    """Set what the library's spaces weigh; nothing chosen takes it back."""
    connection.execute(delete(meta).where(meta.c.name == _WEIGHTS))
    if chosen.weights:
        value = json.dumps({"weights": dict(chosen.weights), "fusion": chosen.fusion})
        connection.execute(insert(meta).values(name=_WEIGHTS, value=value))
