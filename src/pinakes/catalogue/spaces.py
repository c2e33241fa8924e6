"""Vector spaces: one name and fingerprint each, with the hasher that codes its vectors."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import ArrayLike
from sqlalchemy import Connection, Row, delete, insert, select, update

from pinakes.catalogue.checksums import sealed
from pinakes.catalogue.counters import take
from pinakes.catalogue.schema import codes, spaces, tombstones, vector_blocks
from pinakes.encoders.base import Description
from pinakes.encoders.hashers import Hasher
from pinakes.errors import BadVector, NotFound, UnknownName, WrongSpace, nearest
from pinakes.types import Floats, Metric, Modality


@dataclass(frozen=True, slots=True)
class Space:
    """One named vector space of a library."""

    id: int
    name: str
    fingerprint: str
    modalities: tuple[Modality, ...]
    dim: int
    metric: Metric
    state: str
    code_version: int
    hasher: Hasher

    def check(self, description: Description) -> None:
        """Refuse an encoder whose vectors do not belong here."""
        if description.fingerprint != self.fingerprint:
            raise WrongSpace(
                f"Space {self.name} holds vectors of another version of its encoder "
                f"({self.fingerprint[:12]}, now {description.fingerprint[:12]}).",
                f"Encode the library anew with `pinakes models use {self.name}`.",
            )


# Hashers by the number of their space and the version of its codes: they are large, and one version never changes.
Hashers: TypeAlias = dict[tuple[int, int], Hasher]


def all_spaces(connection: Connection, *, states: tuple[str, ...] = ("active",)) -> list[Space]:
    """The spaces in any of these states, oldest first."""
    rows = connection.execute(select(spaces).where(spaces.c.state.in_(states)).order_by(spaces.c.id))
    return [_space(row) for row in rows]


def searched_spaces(connection: Connection, known: Hashers) -> list[Space]:
    """The active spaces, oldest first; only hashers that are not known yet are read, and then they are."""
    rows = connection.execute(_SEARCHED).all()
    for row in rows:
        if (row.id, row.code_version) not in known:
            told = connection.scalar(select(spaces.c.hasher_bytes).where(spaces.c.id == row.id))
            known[row.id, row.code_version] = Hasher.from_bytes(cast("bytes", told))
    return [_space(row, known[row.id, row.code_version]) for row in rows]


_SEARCHED = (
    select(*(column for column in spaces.c if column.name != "hasher_bytes"))
    .where(spaces.c.state == "active")
    .order_by(spaces.c.id)
)


def named(connection: Connection, name: str) -> Space:
    """The active space of that name."""
    found = all_spaces(connection)
    for space in found:
        if space.name == name:
            return space
    raise UnknownName(f"This library has no space named {name}.", nearest(name, (space.name for space in found)))


def create(connection: Connection, description: Description, hasher: Hasher, state: str) -> Space:
    """A new space for an encoder, or the one that there is for its name and fingerprint."""
    existing = connection.execute(
        select(spaces).where(spaces.c.name == description.name, spaces.c.fingerprint == description.fingerprint)
    ).first()
    if existing is not None:
        return _space(existing)
    row = sealed(
        spaces,
        {
            "id": take(connection, "space"),
            "name": description.name,
            "fingerprint": description.fingerprint,
            "modalities": json.dumps(description.modalities),
            "dim": description.dim,
            "metric": description.metric,
            "state": state,
            "hasher": hasher.name,
            "bits": hasher.bits,
            "hasher_bytes": hasher.to_bytes(),
            "code_version": 0,
            "created": time.time(),
        },
    )
    connection.execute(insert(spaces).values(row))
    return space_of(connection, row["id"])


def space_of(connection: Connection, space_id: int) -> Space:
    """The space of that number, in whatever state."""
    row = connection.execute(select(spaces).where(spaces.c.id == space_id)).first()
    if row is None:
        raise NotFound(f"There is no space {space_id}.")
    return _space(row)


def change(connection: Connection, space_id: int, *, state: str | None = None, hasher: Hasher | None = None) -> None:
    """Set a space's state, or its hasher, whose codes then count as a new version."""
    row = dict(connection.execute(select(spaces).where(spaces.c.id == space_id)).mappings().one())
    if state is not None:
        row["state"] = state
    if hasher is not None:
        row |= {"hasher": hasher.name, "bits": hasher.bits, "hasher_bytes": hasher.to_bytes()}
        row["code_version"] += 1
    connection.execute(update(spaces).where(spaces.c.id == space_id).values(sealed(spaces, row)))


def drop(connection: Connection, space_id: int) -> None:
    """Remove a space with all its vectors and codes."""
    blocks = select(vector_blocks.c.id).where(vector_blocks.c.space_id == space_id)
    connection.execute(delete(tombstones).where(tombstones.c.block_id.in_(blocks)))
    connection.execute(delete(codes).where(codes.c.space_id == space_id))
    connection.execute(delete(vector_blocks).where(vector_blocks.c.space_id == space_id))
    connection.execute(delete(spaces).where(spaces.c.id == space_id))


def checked(vectors: ArrayLike, space: Space) -> Floats:
    """The vectors as float32 (n, dim), or an error that says what is wrong with them."""
    return well_formed(vectors, space.name, space.dim)


def well_formed(vectors: ArrayLike, name: str, dim: int) -> Floats:
    """The vectors as float32 (n, dim) for a space of that name, or an error that says what is wrong with them."""
    try:
        array = np.asarray(vectors)
    except ValueError:
        raise BadVector(f"Vectors for {name} must have shape (n, {dim}), all of them.") from None
    if array.dtype.kind != "f":
        raise BadVector(f"Vectors for {name} must be floating-point numbers, not {array.dtype}.")
    if array.ndim != 2 or array.shape[1] != dim:
        raise BadVector(f"Vectors for {name} must have shape (n, {dim}), not {array.shape}.")
    array = array.astype(np.float32, copy=False)
    largest = np.abs(array).max(axis=1, initial=0)
    bad = ~np.isfinite(array).all(axis=1) | (largest == 0) | (largest > np.finfo(np.float16).max)
    if bad.any():
        raise BadVector(
            f"Vector {int(np.argmax(bad))} for {name} holds NaN, infinity, only zeros or values above 65504.",
            "Leave such rows out: a part without a vector is simply not found in this space.",
        )
    return array


def _space(row: Row[tuple[object, ...]], hasher: Hasher | None = None) -> Space:
    return Space(
        id=row.id,
        name=row.name,
        fingerprint=row.fingerprint,
        modalities=cast("tuple[Modality, ...]", tuple(json.loads(row.modalities))),
        dim=row.dim,
        metric=cast("Metric", row.metric),
        state=row.state,
        code_version=row.code_version,
        hasher=hasher or Hasher.from_bytes(row.hasher_bytes),
    )
