"""A new space for an encoder's first vectors, with the codes that suit them and what its cosines mean."""

from __future__ import annotations

from sqlalchemy import Connection

from pinakes.catalogue.certainties import keep_certainty
from pinakes.catalogue.spaces import Space, create
from pinakes.encoders.base import Encoder
from pinakes.encoders.certainty import CalibratedEncoder
from pinakes.encoders.hashers import fit_for
from pinakes.types import Floats


def new_space(connection: Connection, encoder: Encoder, sample: Floats, state: str) -> Space:
    """The space, whose hasher learns from the sample (n, dim) unless the encoder has codes of its own."""
    described = encoder.description
    if isinstance(encoder, CalibratedEncoder):
        keep_certainty(connection, described.fingerprint, encoder.calibration)
    return create(connection, described, fit_for(encoder, sample), state)
