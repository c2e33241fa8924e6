"""Long lists of names, written in the source as running text."""

from __future__ import annotations


def names(text: str) -> tuple[str, ...]:
    """The names in a text, parted by white space."""
    return tuple(text.split())
