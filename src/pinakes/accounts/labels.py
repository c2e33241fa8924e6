"""What people call their own things, and what they write on them."""

from __future__ import annotations

import unicodedata

from pinakes.errors import BadInput

_NAME_CHARS = 80


def named(text: str, what: str) -> str:
    """A name for a shelf or a search, with single spaces."""
    told = " ".join(unicodedata.normalize("NFC", text).split())
    if not told:
        raise BadInput(f"The {what} has no name.", "Give it one.")
    if len(told) > _NAME_CHARS or not told.isprintable():
        raise BadInput(f"The name of a {what} has at most {_NAME_CHARS} letters.", "Choose a shorter one.")
    return told


def written(text: str, most: int) -> str:
    """A note or a description; lines stay lines."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
    told = "".join(letter for letter in lines if letter == "\n" or letter.isprintable())
    if len(told) > most:
        raise BadInput(
            f"The note has {len(told):,} letters; the limit is {most:,}.", "Write less, or raise max_note_chars."
        )
    return told
