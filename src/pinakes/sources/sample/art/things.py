"""All things that can be drawn, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from pinakes.sources.sample.art import (
    things_animals,
    things_built,
    things_grown,
    things_objects,
    things_travel,
    things_winged,
)
from pinakes.sources.sample.art.ink import Ink
from pinakes.sources.sample.art.pen import Pen

Drawn: TypeAlias = Callable[[Pen, Ink], None]

DRAWN: dict[str, Drawn] = {
    **things_travel.DRAWN,
    **things_built.DRAWN,
    **things_grown.DRAWN,
    **things_animals.DRAWN,
    **things_winged.DRAWN,
    **things_objects.DRAWN,
}
