"""The table of cleaning steps: each has a name, a modality and a sentence that says what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pinakes.media.base import CleaningNote
from pinakes.registry import Registry
from pinakes.types import Modality

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Step:
    """One cleaning step; `apply` takes a value of the modality and returns the new value and a note.

    A sound's step takes (samples, rate); a step that needs a speller takes (text, speller).
    """

    modality: Modality
    about: str
    apply: Callable[..., tuple[Any, CleaningNote]]
    needs_speller: bool = False


STEPS: Registry[Step] = Registry("cleaning step", "pinakes.cleaning")

# On unless a collection chooses otherwise: they repair what is certainly broken, and cost next to nothing.
DEFAULT_STEPS: tuple[str, ...] = ("mojibake", "hyphenation")


def cleaning_step(
    name: str, modality: Modality, about: str, *, needs_speller: bool = False
) -> Callable[[Function], Function]:
    """File a function as a cleaning step; the function itself stays as it is."""

    def file(function: Function) -> Function:
        STEPS.register(name)(Step(modality, about, function, needs_speller))
        return function

    return file
