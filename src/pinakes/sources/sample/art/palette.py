"""Colours: what red is in this library, the moods of the day and the weather, and the hands of the five artists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from pinakes.sources.sample.scene import Colour, Scene, Time

Rgb: TypeAlias = tuple[int, int, int]


def rgb(text: str) -> Rgb:
    """A colour from six hexadecimal digits."""
    return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)


def mix(a: Rgb, b: Rgb, share: float) -> Rgb:
    """The first colour with a share of the second."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def clear(colour: Rgb) -> Rgb:
    """A colour kept within what can be shown."""
    red, green, blue = (min(255, max(0, part)) for part in colour)
    return red, green, blue


def darker(colour: Rgb, share: float = 0.28) -> Rgb:
    """A warm shadow of a colour."""
    return mix(colour, (38, 26, 44), share)


def lighter(colour: Rgb, share: float = 0.32) -> Rgb:
    """A warm light of a colour."""
    return mix(colour, (255, 246, 222), share)


INKS: dict[Colour, Rgb] = {
    "red": rgb("CB3B2C"),
    "orange": rgb("EA8430"),
    "yellow": rgb("F0C23C"),
    "green": rgb("56934A"),
    "blue": rgb("2F6DB3"),
    "purple": rgb("7F4FA0"),
    "pink": rgb("EE9AAE"),
    "white": rgb("FBF5E6"),
    "black": rgb("2A2730"),
    "brown": rgb("8B5632"),
}
CREAM, COAL, GOLD, WOOD = rgb("FAF1DC"), rgb("2E2A33"), rgb("E2B04A"), rgb("9A6A44")


@dataclass(frozen=True, slots=True)
class Mood:
    """The colours of a picture apart from its things, from far to near."""

    sky: tuple[Rgb, Rgb, Rgb]
    far: Rgb
    mid: Rgb
    near: Rgb
    ground: Rgb
    water: tuple[Rgb, Rgb]
    foam: Rgb
    # Sun, lit windows, stars.
    light: Rgb
    # What the light of the hour does to the things: mix them with this, by this share.
    tint: Rgb
    tinted: float
    # Clouds.
    cloud: Rgb


def mood(sky: str, land: str, water: str, rest: str, tinted: float) -> Mood:
    """A mood from rows of colours: sky (3), far mid near ground, water (2), foam light tint cloud."""
    above, below, wet = ([rgb(word) for word in row.split()] for row in (sky, land, water))
    foam, light, tint, cloud = (rgb(word) for word in rest.split())
    far, mid, near, ground = below
    sky_colours, wet_colours = (above[0], above[1], above[2]), (wet[0], wet[1])
    return Mood(sky_colours, far, mid, near, ground, wet_colours, foam, light, tint, tinted, cloud)


MOODS: dict[Time, tuple[Mood, ...]] = {
    "day": (
        mood(
            "8FC3C6 CFE3D2 F8ECCF", "A7C6B0 86AE84 5D8A62 98B26B", "4C97A3 2F7186", "F3F5E6 FFE08A FFF2D0 FDF8EA", 0.04
        ),
        mood(
            "79B0D2 B9D8DF F3EEDB", "9DBBC4 8CB08F 6E9A5C B3BC68", "5AA3B8 34789A", "F6F6EC FFE49A FFF4DA FEFBF2", 0.03
        ),
        mood(
            "A8CDBE E2E3C2 FBE7C3", "C3C79A B0B377 8C9A56 CDB86A", "6BAE9F 3E8580", "F8F3DD FFDC7C FFEFC8 FFF9E8", 0.05
        ),
        mood(
            "9FC4DA DCE5DF FAE9D6", "C9B9A6 C79F7B A9794F DDB57E", "4F8FA6 2E6784", "F5F1E6 FFE19A FFF0D8 FFFAF0", 0.04
        ),
    ),
    "dusk": (
        mood(
            "54477C D9737A F7BE78", "A9698A 7E5A70 5C5266 85705C", "8E5F86 553F6E", "FBD49A FFD77E 8A4A6A FBB08A", 0.16
        ),
        mood(
            "6E5C96 E8907E FCD79A", "B97F86 94706E 6E5A58 A68A60", "A8707F 66507A", "FDDFA8 FFE08E 94506A FCC3A0", 0.14
        ),
        mood(
            "3F5478 C9776A F9B45E", "8F6272 6B5A60 4E4C52 84744E", "6F5F7C 43496C", "FBCB8A FFCF70 7A4A60 F4A27A", 0.16
        ),
    ),
    "night": (
        mood(
            "121A3E 22386E 46659A", "2F4776 263B62 1C2D4E 2B4560", "22406F 15284F", "7F9CC4 FFD98A 141C46 36507F", 0.20
        ),
        mood(
            "0D2537 1B4A5E 3F7F86", "2C5A66 214A55 183842 2C524E", "1F5568 113746", "86B4B0 FFDB8E 0E2A3C 2F6673", 0.20
        ),
        mood(
            "1F1740 43346F 77609A", "4E427A 3F3464 2E274E 463D5E", "3D3B73 272550", "A898C4 FFD68C 1E1844 564882", 0.20
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Hand:
    """How one artist works: edges, shading, outline, shadow, paper and a leaning in colour."""

    wobble: float
    # Texture of the shading, and how strong it is.
    texture: str
    shading: float
    # Width of the dark outline in thousandths of the shorter side; 0: none.
    outline: float
    # Soft shadows below cut shapes: offset in thousandths and share of darkness.
    lift: float
    dark: float
    # Width of the light edge of a cut sheet, in thousandths.
    rim: float
    mottle: float
    bands: bool
    # Leaning: mix every colour of the mood with this by this share.
    lean: Rgb
    leaning: float
    # Strength of the colours of the scenery; 1: as mixed.
    vivid: float
    edge: str


HANDS: dict[str, Hand] = {
    "gouache": Hand(1.0, "grain", 0.55, 0.0, 3.0, 0.16, 0.0, 0.40, True, rgb("F2C48D"), 0.05, 1.0, "brush"),
    "cutpaper": Hand(0.7, "grain", 0.16, 0.0, 9.0, 0.44, 2.4, 0.14, True, rgb("F0A58A"), 0.05, 1.18, "mat"),
    "linocut": Hand(1.3, "hatch", 0.75, 5.0, 0.0, 0.0, 0.0, 0.30, False, rgb("F2E3BC"), 0.34, 0.95, "block"),
    "woodblock": Hand(0.6, "wood", 0.55, 2.2, 0.0, 0.0, 0.0, 0.28, False, rgb("A9BBB4"), 0.20, 0.95, "line"),
    "wash": Hand(1.2, "wash", 0.62, 0.0, 2.0, 0.06, 0.0, 0.50, False, rgb("FBF3E2"), 0.28, 1.0, "deckle"),
}


def _leaning(colours: Mood, lean: Rgb, share: float, vivid: float = 1.0) -> Mood:
    """A mood with all its colours mixed with one."""

    def to(colour: Rgb) -> Rgb:
        grey = round(sum(colour) / 3)
        return mix(clear(mix((grey, grey, grey), colour, vivid)), lean, share)

    return replace(
        colours,
        sky=(to(colours.sky[0]), to(colours.sky[1]), to(colours.sky[2])),
        far=to(colours.far),
        mid=to(colours.mid),
        near=to(colours.near),
        ground=to(colours.ground),
        water=(to(colours.water[0]), to(colours.water[1])),
        cloud=to(colours.cloud),
    )


def _snowed(colours: Mood, time: Time) -> Mood:
    """Land under snow, in the light of the hour."""
    snow = {"day": rgb("F4F4F2"), "dusk": rgb("E9C9CC"), "night": rgb("8FA3C8")}[time]
    sky = rgb("C9D3DC") if time == "day" else colours.sky[1]
    share = 0.55 if time == "day" else 0.2
    return replace(
        colours,
        sky=(mix(colours.sky[0], sky, share), mix(colours.sky[1], sky, share), mix(colours.sky[2], snow, 0.35)),
        far=mix(colours.far, snow, 0.45),
        mid=mix(colours.mid, snow, 0.62),
        near=mix(colours.near, snow, 0.78),
        ground=mix(colours.ground, snow, 0.92),
        water=(mix(colours.water[0], snow, 0.25), mix(colours.water[1], sky, 0.2)),
        foam=mix(colours.foam, snow, 0.6),
    )


def _rained(colours: Mood, time: Time) -> Mood:
    """Everything greyer and wetter."""
    grey = {"day": rgb("8C9CA6"), "dusk": rgb("7A6A86"), "night": rgb("2A3852")}[time]
    wet = _leaning(colours, grey, 0.42)
    return replace(wet, sky=(mix(wet.sky[0], grey, 0.4), wet.sky[1], mix(wet.sky[2], grey, 0.15)), tinted=0.12)


def distance(a: Rgb, b: Rgb) -> float:
    """How far apart two colours look, roughly; light counts more than hue."""
    d = np.subtract(a, b) * (0.9, 1.2, 0.8)
    return float(np.sqrt(np.sum(d * d)))


def _behind(place: str, colours: Mood) -> tuple[Rgb, ...]:
    """The colours against which the things of a place are seen."""
    if place in ("sea", "underwater"):
        return (*colours.water, colours.sky[1])
    if place in ("harbour", "river", "beach"):
        return (*colours.water, colours.mid)
    if place == "sky":
        return colours.sky
    return colours.mid, colours.ground, colours.near


def mood_of(scene: Scene, rng: np.random.Generator) -> Mood:
    """The mood for a scene: of those of its hour, one from which its things stand out."""
    hand = HANDS[scene.hand]
    moods = []
    for candidate in MOODS[scene.time]:
        leaned = _leaning(
            candidate, hand.lean, hand.leaning * {"day": 1.0, "dusk": 0.6, "night": 0.2}[scene.time], hand.vivid
        )
        if scene.weather == "snow":
            leaned = _snowed(leaned, scene.time)
        elif scene.weather == "rain":
            leaned = _rained(leaned, scene.time)
        moods.append(leaned)

    def worth(candidate: Mood) -> float:
        gaps = [
            distance(INKS[thing.colour], behind) for thing in scene.things for behind in _behind(scene.place, candidate)
        ]
        return min(gaps, default=0.0) + float(rng.uniform(0, 40))

    return max(moods, key=worth)
