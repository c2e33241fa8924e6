"""The colours of one thing: its own, what goes beside it, and whether it is lit."""

from __future__ import annotations

from dataclasses import dataclass

from pinakes.sources.sample.art.palette import COAL, CREAM, GOLD, INKS, Rgb, darker, lighter, mix, rgb
from pinakes.sources.sample.scene import Colour


@dataclass(frozen=True, slots=True)
class Ink:
    """What a thing is painted with."""

    main: Rgb
    dark: Rgb
    light: Rgb
    # Light parts beside the main colour: sails, trims, stripes; never so light that they drown a white thing.
    trim: Rgb
    # Fine lines on the main colour: eyes, seams, strings.
    line: Rgb
    roof: Rgb
    glass: Rgb
    night: bool = False
    indoors: bool = False
    flying: bool = False


def ink_of(colour: Colour, *, night: bool = False, indoors: bool = False, flying: bool = False) -> Ink:
    """The ink for a thing of a colour."""
    main = INKS[colour]
    dark = mix(main, rgb("9A93A8"), 0.42) if colour == "white" else darker(main, 0.34)
    light = mix(main, CREAM, 0.22) if colour == "black" else lighter(main, 0.38)
    trim = rgb("DDD2BC") if colour == "white" else CREAM
    line = rgb("B9AFA8") if colour == "black" else darker(main, 0.62)
    roof = {"black": rgb("6E6670"), "brown": rgb("4A3A3E"), "red": rgb("4C3A42")}.get(colour, rgb("5A4650"))
    return Ink(
        main, dark, light, trim, line, roof, GOLD if night else mix(COAL, rgb("6F93A8"), 0.55), night, indoors, flying
    )
