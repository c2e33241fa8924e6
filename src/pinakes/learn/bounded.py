"""Numbers that a training is told, each declared with its bounds."""

from __future__ import annotations

import math
from dataclasses import Field, dataclass, field
from typing import Any, Protocol

from pinakes.errors import BadSetting, nearest


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where to where a finite number may lie; `above` and `below` themselves are out."""

    least: float = 0
    above: float | None = None
    most: float | None = None
    below: float | None = None

    def hold(self, value: float) -> bool:
        """Whether a number lies between them."""
        low = value >= self.least if self.above is None else value > self.above
        high = (self.most is None or value <= self.most) and (self.below is None or value < self.below)
        return low and high and math.isfinite(value)

    def __str__(self) -> str:
        return self.asked.removeprefix(" must be ")

    @property
    def asked(self) -> str:
        """What is said of a number that lies elsewhere, in words that are translated."""
        if self.most is None and self.below is None:
            return f" must be {self.least} or more" if self.above is None else f" must be more than {self.above}"
        low = f" must be from {self.least}" if self.above is None else f" must be from above {self.above}"
        return f"{low} to {self.most}" if self.below is None else f"{low} to below {self.below}"


def bounded(
    default: float,
    help: str = "",
    *,
    least: float = 0,
    above: float | None = None,
    most: float | None = None,
    below: float | None = None,
) -> Any:
    """A number among settings, with the sentence that the reference prints: 0 or more, where nothing else is said."""
    return field(default=default, metadata={"help": help, "bounds": Bounds(least, above, most, below)})


class Named(Protocol):
    """What has names, as a registry does."""

    def names(self) -> tuple[str, ...]:
        """All of them."""


def among(default: str, choices: tuple[str, ...] | Named, help: str = "") -> Any:
    """A word among settings that is one of a few; those that a registry names are looked up when they are asked for."""
    return field(default=default, metadata={"help": help, "choices": choices})


def choices_of(known: Field[Any]) -> tuple[str, ...]:
    """The words that a setting may have, if they are few."""
    told: tuple[str, ...] | Named = known.metadata.get("choices", ())
    return told if isinstance(told, tuple) else told.names()


def check_bounds(known: Field[Any], value: Any, where: str, hint: str = "") -> None:
    """Refuse a number that lies outside of what is declared of its field, and a word that is none of its choices."""
    choices = choices_of(known)
    if choices and value not in choices:
        raise BadSetting(f"{where} is one of {', '.join(choices)}, not {value}.", nearest(value, choices))
    bounds = known.metadata.get("bounds")
    if bounds is not None and not bounds.hold(value):
        raise BadSetting(f"{where}{bounds.asked}, not {value}.", hint)
