"""Names by which people log in, and what others see of them."""

from __future__ import annotations

import re
import unicodedata

from pinakes.errors import BadInput

_NAME = re.compile(r"\w[\w.@+-]{1,63}")
_SHOWN_CHARS, _EMAIL_CHARS = 80, 254
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def canonical(name: str) -> str:
    """A name as it is kept: however it is typed, it is the same; empty where none can be meant."""
    told = unicodedata.normalize("NFKC", name[:200]).strip().casefold()
    return told if _NAME.fullmatch(told) else ""


def chosen(name: str) -> str:
    """A name that someone chooses, or why not."""
    found = canonical(name)
    if not found:
        raise BadInput(
            f"The name {name[:80]!r} can not be used.",
            "A name has 2 to 64 letters and digits of any script, and in between . _ - + @.",
        )
    return found


def shown(text: str) -> str:
    """The name that others see."""
    told = unicodedata.normalize("NFC", text).strip()
    if len(told) > _SHOWN_CHARS or not told.isprintable():
        raise BadInput(f"The name that others see has at most {_SHOWN_CHARS} letters.", "Choose a shorter one.")
    return told


def email(text: str) -> str:
    """An address for mail, or none."""
    told = text.strip()
    if told and (len(told) > _EMAIL_CHARS or not told.isprintable() or not _EMAIL.fullmatch(told)):
        raise BadInput(f"{told[:80]!r} is no address for mail.", "Write name@example.org, or leave it empty.")
    return told
