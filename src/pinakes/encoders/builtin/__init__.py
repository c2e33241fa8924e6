"""The encoder that comes with the program: pictures, words and sounds in one space, without a download."""

from __future__ import annotations

from pinakes.encoders.base import ENCODERS, Encoder
from pinakes.encoders.builtin.files import CARD, HOW_TO_GET, NAME, is_there, open_builtin
from pinakes.settings import Settings

__all__ = ["CARD", "HOW_TO_GET", "NAME", "is_there", "open_builtin"]


def make(settings: Settings) -> Encoder:
    """The encoder, made ready for use."""
    return open_builtin(settings)


# A checkout of the source in which nobody has trained it yet has no weights.
if is_there():
    ENCODERS.register(NAME)(make)
