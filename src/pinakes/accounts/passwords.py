"""Passwords: Argon2id with a salt of their own each, so that whoever takes the table still has to guess."""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError

from pinakes.errors import BadInput

# OWASP's lowest: 19 MiB, two passes, one lane; 44 ms of a core. Hashes of before are made anew at the next login.
MEMORY_KIB, PASSES = 19 * 1024, 2
LEAST, MOST = 10, 256
_DIFFERENT = 5
# Each hash takes its memory and a core; those who come together wait for each other.
_AT_ONCE = threading.BoundedSemaphore(4)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1, type=Type.ID)


def hashed(password: str) -> str:
    """What is kept of a password."""
    with _AT_ONCE:
        return _hasher().hash(password)


def check_new(password: str, name: str) -> None:
    """Refuse a password that is easily guessed."""
    if not LEAST <= len(password) <= MOST:
        raise BadInput(
            f"The password has {len(password):,} characters; it must have {LEAST} to {MOST}.",
            "Several words that do not belong together make a good one.",
        )
    if len(set(password)) < _DIFFERENT or name.casefold() in password.casefold():
        raise BadInput(
            "The password is easily guessed: it holds the name, or the same few characters.", "Choose another."
        )


def is_right(kept: str, password: str) -> bool:
    """Whether a password is the one of which that was kept; where nothing was kept it takes as long to say no."""
    if len(password) > MOST:
        return False
    try:
        with _AT_ONCE:
            return _hasher().verify(kept or _nobody(), password) and bool(kept)
    except (Argon2Error, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether it was made with other costs than today's."""
    return _hasher().check_needs_rehash(kept)


@cache
def _nobody() -> str:
    """The hash of a password that nobody has."""
    return _hasher().hash("nobody's password")
