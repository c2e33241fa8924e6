"""The page of the steps that change what a model learns from, with their settings."""

from __future__ import annotations

import inspect
from dataclasses import MISSING, Field, fields
from typing import TYPE_CHECKING, Any

from docs.pages.markdown import code, page, table

if TYPE_CHECKING:
    from pinakes.registry import Registry

_INTRODUCTION = """Each step is a function of pictures, texts or sounds and of a stream of random numbers; what a row
draws is told by the seed, the epoch and the row's id alone. Steps run in the order in which they are listed. [A
page](../how-to/augmentation.md) shows what they do. In a configuration a step is a table: `{step = "rotate", degrees =
15}`."""


def augmentation() -> str:
    """The page."""
    # Here and not above: who reads other pages need not have torch.
    from pinakes.learn.augment.pictures import PICTURE_STEPS
    from pinakes.learn.augment.sound import SOUND_STEPS
    from pinakes.learn.augment.words import WORD_STEPS

    pieces = []
    for title, registry in (("Pictures", PICTURE_STEPS), ("Words", WORD_STEPS), ("Sounds", SOUND_STEPS)):
        pieces += [f"## {title}", table(("step", "what it does", "settings"), _rows(registry))]
    return page("Augmentation", _INTRODUCTION, *pieces)


def _rows(registry: Registry[Any]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name in registry:
        kind = registry.get(name)
        about = " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())
        found.append((code(name), about, ", ".join(_setting(each) for each in fields(kind))))
    return found


def _setting(field: Field[Any]) -> str:
    return code(f"{field.name} = {field.default}") if field.default is not MISSING else code(field.name)
