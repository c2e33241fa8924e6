"""The sample library: drawn, written and composed by a program from one number, and dedicated to the public domain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pinakes.sources.sample.art.plate import draw
    from pinakes.sources.sample.layout import make_scene, random_scene
    from pinakes.sources.sample.library import DEMO_QUERIES, SampleLibrary, generate, is_made
    from pinakes.sources.sample.scene import Scene, Thing
    from pinakes.sources.sample.sheet import contact_sheet
    from pinakes.sources.sample.work import Work

__all__ = [
    "DEMO_QUERIES",
    "SampleLibrary",
    "Scene",
    "Thing",
    "Work",
    "contact_sheet",
    "draw",
    "generate",
    "is_made",
    "make_scene",
    "random_scene",
]

_HOMES = {
    "DEMO_QUERIES": "library",
    "SampleLibrary": "library",
    "Scene": "scene",
    "Thing": "scene",
    "Work": "work",
    "contact_sheet": "sheet",
    "draw": "art.plate",
    "generate": "library",
    "is_made": "library",
    "make_scene": "layout",
    "random_scene": "layout",
}


def __getattr__(name: str) -> Any:
    """Public names load on first use: drawing and sound need heavy parts."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
