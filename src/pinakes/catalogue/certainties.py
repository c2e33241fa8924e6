"""What an encoder's cosines mean, by its own calibration: kept by fingerprint, for the index to tell scores by."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import Connection, delete, insert, select

from pinakes.catalogue.schema import meta
from pinakes.encoders.certainty import Calibration

_PREFIX = "certainty "


def keep_certainty(connection: Connection, fingerprint: str, told: Calibration) -> None:
    """Keep the calibration of the encoder with that fingerprint, if it has one."""
    connection.execute(delete(meta).where(meta.c.name == _PREFIX + fingerprint))
    if told:
        value = json.dumps({name: list(numbers) for name, numbers in told.items()})
        connection.execute(insert(meta).values(name=_PREFIX + fingerprint, value=value))


def kept_certainty(connection: Connection, fingerprint: str) -> Calibration:
    """The calibration of the encoder with that fingerprint; empty where there is none."""
    value = connection.scalar(select(meta.c.value).where(meta.c.name == _PREFIX + fingerprint))
    return {} if value is None else {name: (a, b, floor) for name, (a, b, floor) in json.loads(value).items()}


def forget_other_certainties(connection: Connection, fingerprints: Collection[str]) -> None:
    """Drop the calibrations of all encoders but these."""
    names = [_PREFIX + fingerprint for fingerprint in fingerprints]
    connection.execute(delete(meta).where(meta.c.name.startswith(_PREFIX), meta.c.name.not_in(names)))
