"""Foreign text made fit for a page: what no document may hold is replaced, what means something there is escaped."""

from __future__ import annotations

import re
from html import escape

# Controls, lone surrogates and what XML knows no character for.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Marks that would turn the direction of all text around them.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def clean(text: object) -> str:
    """One line of text that any document can hold."""
    plain = _UNFIT.sub("\N{REPLACEMENT CHARACTER}", _TURNING.sub("", str(text)))
    return " ".join(plain.split())


def escaped(text: object) -> str:
    """The same for HTML and SVG, within elements and within quotes."""
    return escape(clean(text), quote=True)
