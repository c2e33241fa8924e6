"""Whether what training needs is installed: asked by those who must not import it to find out."""

from __future__ import annotations

from importlib.util import find_spec

from pinakes.errors import MissingExtra


def needs_torch(what: str = "Training", *, optuna: bool = False) -> None:
    """Refuse with the line that installs it where torch, or what tuning needs besides, is not there."""
    if any(find_spec(name) is None for name in ("torch", "safetensors", *(["optuna"] if optuna else []))):
        raise MissingExtra(what, "train")
