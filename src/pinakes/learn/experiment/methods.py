"""All methods by name: the rooms that hold them are opened when a name is first asked for."""

from __future__ import annotations

from importlib import import_module

from pinakes.learn.base import METHODS, Method
from pinakes.registry import Registry

_ROOMS = ("hashing", "joint", "fusion", "classifier")


def methods() -> Registry[Method]:
    """The registry with all our own methods in it."""
    for room in _ROOMS:
        import_module(f"pinakes.learn.{room}")
    return METHODS


def method_of(name: str) -> Method:
    """The method of a name."""
    return methods().get(name)
