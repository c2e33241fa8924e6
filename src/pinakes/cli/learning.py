"""What the commands that train share: the extra that they need."""

from __future__ import annotations

from importlib.util import find_spec

from pinakes.errors import MissingExtra


def needs_torch() -> None:
    """Refuse with the line that installs it where torch is not there."""
    if any(find_spec(name) is None for name in ("torch", "safetensors")):
        raise MissingExtra("Training", "train")
