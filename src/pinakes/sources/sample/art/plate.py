"""From a scene to a picture: scenery, things with their shadows and reflections, weather, paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from pinakes.sources.sample.art import scenery_land, scenery_rooms, scenery_water, sky, texture, tile
from pinakes.sources.sample.art.geometry import unsteady
from pinakes.sources.sample.art.ink import ink_of
from pinakes.sources.sample.art.palette import HANDS, INKS, Rgb, mix, mood_of, rgb
from pinakes.sources.sample.art.pen import KEY, Pen
from pinakes.sources.sample.art.stage import Stage
from pinakes.sources.sample.art.things import DRAWN
from pinakes.sources.sample.scene import SHAPES, Scene, Thing, half_width, stream

Painter: TypeAlias = Callable[[Stage], None]
# Drawn twice as large and then halved, so that edges are smooth.
OVER = 2
PAPER: Rgb = rgb("F6EEDC")

# Share of the height at which land or water begins, the scenery behind the things, and that before them.
SCENERY: dict[str, tuple[float, Painter, Painter | None]] = {
    "sea": (0.44, scenery_water.sea, scenery_water.sea_front),
    "harbour": (0.50, scenery_water.harbour, scenery_water.harbour_front),
    "beach": (0.40, scenery_water.beach, scenery_water.beach_front),
    "river": (0.44, scenery_water.river, scenery_water.river_front),
    "underwater": (0.0, scenery_water.underwater, scenery_water.underwater_front),
    "forest": (0.55, scenery_land.forest, scenery_land.forest_front),
    "hills": (0.46, scenery_land.hills, None),
    "mountains": (0.50, scenery_land.mountains, None),
    "garden": (0.56, scenery_land.garden, scenery_land.garden_front),
    "town": (0.62, scenery_rooms.town, None),
    "table": (0.0, scenery_rooms.table, None),
    "sky": (0.98, scenery_rooms.sky_high, scenery_rooms.sky_front),
}
SKYLESS = ("table", "underwater")
# Places wide open at the top, where the moon hangs behind the land and not before it.
OPEN = ("sea", "beach", "river", "hills", "mountains", "garden")
# What snow does not lie on.
BARE = ("moon", "star", "kite", "butterfly", "mountain", "bird")
HIGH = ("moon", "star", "mountain")
# Air things hang by their middle, the others stand on their foot.
# Below this share of the height things stand before the near scenery.
BEFORE: dict[str, float] = {"harbour": 0.9, "river": 0.92}
AFLOAT = ("balloon", "kite", "moon", "star", "bird", "butterfly", "fish", "whale")


@dataclass(frozen=True, slots=True)
class Cutout:
    """A finished thing, with its upper left corner on the picture (both in drawn, not final, pixels)."""

    thing: Thing
    tile: Image.Image
    corner: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Composition:
    """A picture in layers, so that films can move the things between them."""

    back: Image.Image
    cutouts: tuple[Cutout, ...]
    front: Image.Image
    stage: Stage


def draw(scene: Scene, size: int) -> Image.Image:
    """The finished plate, its longer side `size` pixels, with its paper margin."""
    stage = _stage(scene, size)
    waiting = _behind(stage)
    level = BEFORE.get(scene.place, 1.0)
    front = SCENERY[scene.place][2]
    for thing in waiting:
        if front is not None and thing.y >= level:
            front(stage)
            front = None
        _stick(stage, thing)
    if front is not None:
        front(stage)
    _weather(stage, stage.pen.image, 0.0)
    return finish(stage.pen.image, scene, size)


def _stage(scene: Scene, size: int) -> Stage:
    """The stage for a picture that is `size` pixels long with its margin."""
    wide, tall = SHAPES[scene.shape]
    w, h = wide / min(wide, tall), tall / min(wide, tall)
    margin = 0.046
    short = round(size * OVER / (max(w, h) + 2 * margin))
    image = Image.new("RGB", (round(w * short), round(h * short)))
    rng = stream("scenery", scene.seed, scene.place)
    pen = Pen(image, HANDS[scene.hand], rng, short, (short, short))
    horizon = SCENERY[scene.place][0] * h + float(rng.uniform(-0.02, 0.02))
    return Stage(pen, mood_of(scene, stream("mood", scene.seed)), scene, w, h, horizon)


def _behind(stage: Stage) -> list[Thing]:
    """Paint all that lies behind the things; those that still wait, the farthest first."""
    scene = stage.scene
    if scene.place not in SKYLESS:
        sky.sky(stage, stage.horizon)
    early = [thing for thing in scene.things if thing.name in HIGH and scene.place in OPEN]
    for thing in early:
        _stick(stage, thing)
    SCENERY[scene.place][1](stage)
    if scene.weather == "rain" and scene.place not in SKYLESS:
        _haze(stage)
    return sorted((thing for thing in scene.things if thing not in early), key=lambda thing: thing.y)


def compose(scene: Scene, size: int) -> Composition:
    """All layers of a picture before they are laid on each other."""
    stage = _stage(scene, size)
    cutouts = []
    for thing in _behind(stage):
        if thing.name in ("lighthouse", "lamp"):
            _lights(stage, thing)
        cutouts.append(cutout(stage, thing))
    back = stage.pen.image
    sheet = Image.new("RGBA", back.size)
    before = SCENERY[scene.place][2]
    if before is not None:
        before(replace(stage, pen=replace(stage.pen, image=sheet)))
    return Composition(back, tuple(cutouts), sheet, stage)


def halved(layers: Composition) -> Composition:
    """The layers at their final size, ready to be laid on each other many times."""
    cutouts = tuple(
        replace(cut, tile=cut.tile.reduce(OVER), corner=(cut.corner[0] // OVER, cut.corner[1] // OVER))
        for cut in layers.cutouts
    )
    pen = replace(layers.stage.pen, short=layers.stage.pen.short / OVER)
    return Composition(layers.back.reduce(OVER), cutouts, layers.front.reduce(OVER), replace(layers.stage, pen=pen))


def flat(layers: Composition, moved: Sequence[tuple[float, float]], shift: float = 0.0) -> Image.Image:
    """One picture of the layers, its things moved by shares of the shorter side, with rain and snow let fall."""
    stage = layers.stage
    image = layers.back.copy()
    level = BEFORE.get(stage.scene.place, 1.0)
    waiting = True
    for cut, (dx, dy) in zip(layers.cutouts, moved, strict=True):
        if waiting and cut.thing.y >= level:
            image.paste(layers.front, (0, 0), layers.front)
            waiting = False
        corner = (cut.corner[0] + round(dx * stage.pen.short), cut.corner[1] + round(dy * stage.pen.short))
        image.paste(cut.tile, corner, cut.tile)
    if waiting:
        image.paste(layers.front, (0, 0), layers.front)
    _weather(stage, image, shift)
    return image


def _weather(stage: Stage, image: Image.Image, shift: float) -> None:
    """Rain or snow over everything."""
    scene = stage.scene
    if scene.place not in SKYLESS and scene.weather != "clear":
        fall = replace(stage, pen=replace(stage.pen, image=image))
        (sky.rain if scene.weather == "rain" else sky.snow)(fall, stream("weather", scene.seed), shift)


def _haze(stage: Stage) -> None:
    """The grey air of a rainy day over what lies far."""
    image = stage.pen.image
    fade = Image.linear_gradient("L").transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize(image.size)
    image.paste(stage.mood.sky[1], (0, 0), fade.point([round(v * 0.22) for v in range(256)]))


def cutout(stage: Stage, thing: Thing) -> Cutout:
    """A thing in its light, with snow on it or water before its foot."""
    scene, pen = stage.scene, stage.pen
    size = thing.size * pen.short
    half = int(size * (half_width(thing.name) + 0.45))
    foot = size * 1.5
    sheet = Image.new("RGBA", (2 * half, int(size * 1.95)))
    flying = thing.name in AFLOAT and not _stands(thing, scene)
    ink = ink_of(thing.colour, night=scene.time == "night", indoors=scene.place == "table", flying=flying)
    rng = stream("thing", thing.name, scene.seed)
    local = Pen(sheet, pen.hand, rng, pen.short, (size * (-1 if thing.flip else 1), -size), (half, foot), loose=0.8)
    DRAWN[thing.name](local, ink)
    small, (left, top) = tile.trimmed(sheet, (0, 0))
    done = tile.lit(small, stage.mood.tint, stage.mood.tinted * _exposure(thing, scene))
    if stage.snowy and scene.place not in SKYLESS and thing.name not in BARE:
        done = tile.snowed(done, max(3, round(size * 0.035)), mix(rgb("FCFBF8"), stage.mood.tint, 0.12))
    if _swims(thing, scene):
        _foam(stage, done, (half - left, foot - top), size, rng)
    shift = size * 0.5 if flying else 0.0
    x, y = thing.x * stage.w * pen.short, thing.y * stage.h * pen.short
    return Cutout(thing, done, (round(x - half + left), round(y - foot + top + shift)))


def _stands(thing: Thing, scene: Scene) -> bool:
    """Whether a bird sits, or a whale swims at the surface."""
    return (thing.name == "bird" and thing.y > 0.6 and scene.place != "sky") or (
        thing.name == "whale" and scene.place == "sea"
    )


def _swims(thing: Thing, scene: Scene) -> bool:
    """Whether water laps round the foot of a thing."""
    if thing.name == "lighthouse":
        return scene.place == "sea" or (scene.place in ("harbour", "beach") and thing.y < 0.82)
    return thing.name in ("boat", "ship", "whale") and scene.place != "underwater"


def _exposure(thing: Thing, scene: Scene) -> float:
    """How much the hour colours a thing: what shines by itself keeps its colour."""
    if thing.name in ("moon", "star"):
        return 0.15
    return 0.55 if scene.place in SKYLESS else 1.0


def _foam(stage: Stage, sheet: Image.Image, origin: tuple[float, float], size: float, rng: np.random.Generator) -> None:
    """Water that laps over the foot of what floats: what lies below its line is not seen."""
    bounds = sheet.getchannel("A").getbbox()
    if bounds is None:
        return
    local = Pen(sheet, stage.pen.hand, rng, stage.pen.short, (size, size), origin)
    left, right = (bounds[0] - origin[0]) / size, (bounds[2] - origin[0]) / size
    x = np.linspace(left - 0.03, right + 0.03, 60)
    crest = np.column_stack([x, 0.005 - 0.030 * np.abs(np.sin(x * 11 + rng.random() * 3))])
    below = np.vstack([local.pixels(crest), [(sheet.width, sheet.height), (0, sheet.height)]])
    ImageDraw.Draw(sheet).polygon(below.ravel().tolist(), fill=(0, 0, 0, 0))
    foam = mix(mix(*stage.mood.water, 0.4), stage.mood.foam, 0.85)
    local.stroke(crest, 0.020, foam, taper=0.6, smooth=False)
    for share in (0.75, 0.5):
        middle, half = (left + right) / 2, (right - left) / 2 * share
        y = 0.065 - 0.045 * share
        local.stroke([(middle - half, y), (middle, y + 0.012), (middle + half, y)], 0.012, foam, taper=0.9)


def _lights(stage: Stage, thing: Thing) -> None:
    """What a thing does to its surroundings: a light, a shadow on the ground."""
    scene, image = stage.scene, stage.pen.image
    short = stage.pen.short
    x, y = thing.x * stage.w * short, thing.y * stage.h * short
    size = thing.size * short
    stands = thing.name not in AFLOAT or _stands(thing, scene)
    if thing.name in ("moon", "star"):
        tile.glow(image, (x, y), size * 1.35, mix(INKS[thing.colour], (255, 244, 214), 0.5), 0.55)
    elif (scene.time == "night" or thing.colour == "black") and thing.name != "mountain":
        lift = size * 0.45 if stands else 0.0
        tile.glow(image, (x, y - lift), size * 0.95, mix(stage.mood.sky[2], stage.mood.light, 0.30), 0.50)
    if stands and not _swims(thing, scene) and thing.name not in ("bridge", "mountain"):
        _shadow_on_ground(stage, thing, x, y, size)
    if thing.name == "lighthouse" and scene.time != "day":
        _beams(stage, x, y - size * 0.865, size)
    if thing.name == "lamp" and scene.time != "day":
        tile.glow(image, (x, y - size * 0.5), size * 1.3, (255, 214, 130), 0.75)


def _shadow_on_ground(stage: Stage, thing: Thing, x: float, y: float, size: float) -> None:
    """A flat soft shadow to the right of the foot."""
    wide = {
        "train": 1.25,
        "bicycle": 0.85,
        "horse": 0.55,
        "snail": 0.9,
        "mushroom": 0.4,
        "lighthouse": 0.4,
        "book": 0.66,
    }.get(thing.name, 0.46)
    rx, ry = size * wide, max(3.0, size * 0.055)
    pad = int(ry) + 6
    mask = Image.new("L", (int(2 * rx) + 2 * pad, int(2 * ry) + 2 * pad))
    strength = 70 if stage.scene.time != "night" else 110
    ImageDraw.Draw(mask).ellipse([pad, pad, mask.width - pad, mask.height - pad], fill=strength)
    soft = mask.filter(ImageFilter.GaussianBlur(max(1.0, ry * 0.35)))
    stage.pen.image.paste((36, 26, 52), (round(x - rx - pad + size * 0.06), round(y - ry - pad)), soft)


def _beams(stage: Stage, x: float, y: float, size: float) -> None:
    """Two rays of light from a lantern."""
    reach = stage.pen.short * 0.85
    strength = 200 if stage.night else 120
    for sign in (-1, 1):
        veil = Image.new("L", (int(reach), int(reach * 0.5)))
        middle = veil.height / 2
        start, end = (0, veil.width) if sign > 0 else (veil.width, 0)
        rays = [(start, middle - 3), (end, middle * 0.35), (end, middle * 1.30), (start, middle + 3)]
        ImageDraw.Draw(veil).polygon(rays, fill=strength)
        fade = Image.linear_gradient("L").rotate(90 if sign < 0 else 270).resize(veil.size)
        veil = ImageChops.multiply(veil, fade)
        stage.pen.image.paste(stage.mood.light, (round(x if sign > 0 else x - veil.width), round(y - middle)), veil)
    tile.glow(stage.pen.image, (x, y), size * 0.30, stage.mood.light, 0.8)


def _stick(stage: Stage, thing: Thing) -> None:
    """Lay a thing on the picture, with its light, reflection and shadow."""
    image = stage.pen.image
    cut = cutout(stage, thing)
    _lights(stage, thing)
    if _swims(thing, stage.scene) or thing.name == "bridge":
        ghost = tile.reflected(cut.tile, stage.mood.water[1], stream("ripple", stage.scene.seed), 0.5)
        image.paste(
            ghost, (cut.corner[0], cut.corner[1] + cut.tile.height - round(thing.size * stage.pen.short * 0.03)), ghost
        )
    elif thing.name != "mountain":
        tile.shadow(image, cut.tile, cut.corner, stage.pen.hand, stage.pen.short)
    image.paste(cut.tile, cut.corner, cut.tile)


def finish(picture: Image.Image, scene: Scene, size: int) -> Image.Image:
    """The picture at its final size, with uneven paint, on its paper."""
    hand = HANDS[scene.hand]
    rng = stream("paper", scene.seed)
    small = picture.reduce(OVER)
    worked = ImageChops.soft_light(small, texture.cut(texture.coloured("mottle"), small.size, rng))
    small = Image.blend(small, worked, hand.mottle)
    wide, tall = SHAPES[scene.shape]
    whole = (size, round(size * tall / wide)) if wide >= tall else (round(size * wide / tall), size)
    sheet = Image.new("RGB", whole, PAPER)
    left, top = (whole[0] - small.width) // 2, (whole[1] - small.height) // 2
    sheet.paste(small, (left, top), _edge(small.size, hand.edge, rng))
    if hand.edge in ("block", "line"):
        box = (left, top, left + small.width - 1, top + small.height - 1)
        ImageDraw.Draw(sheet).rectangle(
            box, outline=KEY, width=max(1, round(size / (220 if hand.edge == "block" else 420)))
        )
    return ImageChops.multiply(sheet, texture.cut(texture.coloured("paper"), whole, rng))


def _edge(size: tuple[int, int], kind: str, rng: np.random.Generator) -> Image.Image:
    """The outline that the paint leaves on the paper."""
    w, h = size
    mask = Image.new("L", (w * 2, h * 2))
    if kind == "mat":
        ImageDraw.Draw(mask).rounded_rectangle([2, 2, w * 2 - 3, h * 2 - 3], radius=w // 22, fill=255)
        return mask.reduce(2)
    inset, amount, wave = {"brush": (5.0, 3.4, 60.0), "deckle": (9.0, 7.0, 130.0)}.get(kind, (2.0, 1.2, 200.0))
    corners = np.array([(inset, inset), (w * 2 - inset, inset), (w * 2 - inset, h * 2 - inset), (inset, h * 2 - inset)])
    outline = unsteady(corners, amount, wave, float(rng.random()))
    ImageDraw.Draw(mask).polygon([(float(x), float(y)) for x, y in outline], fill=255)
    return mask.reduce(2)
