"""Random secrets that are shown once; the catalogue keeps their hashes alone."""

from __future__ import annotations

import hashlib
import secrets

_BYTES = 32


def drawn(prefix: str = "") -> str:
    """A new secret of 256 random bits."""
    return prefix + secrets.token_urlsafe(_BYTES)


def hashed(secret: str) -> str:
    """What is kept of a secret; one that is as random as ours needs no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
