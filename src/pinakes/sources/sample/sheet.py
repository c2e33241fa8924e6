"""A contact sheet: plates, cards of text, waveforms and strips of film side by side on one sheet."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from pinakes.sources.sample.art import texture
from pinakes.sources.sample.art.brush import write
from pinakes.sources.sample.art.palette import Rgb, mix, rgb
from pinakes.sources.sample.films import FILMS, frames, scenes_of
from pinakes.sources.sample.library import SampleLibrary
from pinakes.sources.sample.work import Work

WIDTH, HEIGHT = 1600, 1000
GROUND, CARD, INK, FAINT = rgb("E4D6B8"), rgb("FBF4E3"), rgb("3A3238"), rgb("8A7B6C")
WAVES: tuple[Rgb, ...] = (rgb("2F6F86"), rgb("C8502F"), rgb("5D8A62"), rgb("7B5A94"))
MOST_BYTES = 400_000
# Mean lightness, of 255, below which a plate is dark.
DARK = 118
SERIF = (
    "Georgia.ttf",
    "georgia.ttf",
    "DejaVuSerif.ttf",
    "LiberationSerif-Regular.ttf",
    "Times New Roman.ttf",
    "times.ttf",
)
HAN = (
    "NotoSerifCJK-Regular.ttc",
    "NotoSansCJK-Regular.ttc",
    "Songti.ttc",
    "PingFang.ttc",
    "msyh.ttc",
    "simsun.ttc",
    "wqy-microhei.ttc",
)


@cache
def _font(size: int, names: tuple[str, ...] = SERIF) -> ImageFont.FreeTypeFont | ImageFont.ImageFont | None:
    """A font of the system by one of its names; for Latin text there is always the one that comes with Pillow."""
    for name in names:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size) if names == SERIF else None


def contact_sheet(sample: SampleLibrary, columns: int, path: Path) -> None:
    """Write the sheet as PNG, WebP or JPEG, by the suffix of the path, in less than 400 kB."""
    rows = _rows(sample, columns)
    grain = texture.paper().resize((WIDTH, WIDTH)).crop((0, 0, WIDTH, HEIGHT))
    ground = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    sheet = ImageChops.multiply(ground, Image.merge("RGB", (grain, grain, grain)))
    gap = 18
    heights = [(WIDTH - gap * (len(row) + 1)) / sum(item.width / item.height for item in row) for row in rows]
    space = (HEIGHT - gap * (len(rows) + 1)) / sum(heights)
    y = float(gap)
    for row, height in zip(rows, heights, strict=True):
        tall = height * min(1.0, space)
        wide = [item.width / item.height * tall for item in row]
        left = (WIDTH - sum(wide) - gap * (len(row) - 1)) / 2
        for item, across in zip(row, wide, strict=True):
            _lay(sheet, item.resize((round(across), round(tall)), Image.Resampling.LANCZOS), round(left), round(y))
            left += across + gap
        y += tall + gap
    _save(sheet.crop((0, 0, WIDTH, round(y))), path)


def _lay(sheet: Image.Image, item: Image.Image, x: int, y: int) -> None:
    """Lay an item down with a soft shadow."""
    pad = 14
    mask = Image.new("L", (item.width + 2 * pad, item.height + 2 * pad))
    mask.paste(96, (pad, pad, pad + item.width, pad + item.height))
    sheet.paste((70, 52, 40), (x - pad + 3, y - pad + 5), mask.filter(ImageFilter.GaussianBlur(6)))
    sheet.paste(item, (x, y))


def _save(sheet: Image.Image, path: Path) -> None:
    """The best quality that stays below the limit."""
    for quality, colours in ((90, 192), (85, 128), (80, 96), (74, 64), (66, 48), (55, 24)):
        out = io.BytesIO()
        if path.suffix.lower() == ".png":
            sheet.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", compress_level=9)
        elif path.suffix.lower() == ".webp":
            sheet.save(out, "WEBP", quality=quality, method=6)
        else:
            sheet.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if len(out.getvalue()) < MOST_BYTES:
            break
    path.write_bytes(out.getvalue())


def _rows(sample: SampleLibrary, columns: int) -> list[list[Image.Image]]:
    """Rows of pictures among which the other kinds are strewn."""
    plates = [work for work in sample.works if work.modality == "image" and not work.difficulty]
    pictures = iter(well_lit([_plate(sample, work) for work in _varied(plates, columns * 8)], columns * 5))
    texts = [work for work in sample.works if work.modality == "text" and not work.difficulty]
    poems = [work for work in texts if "/poems/" in work.path]
    letters = [work for work in texts if "/letters/" in work.path or "/notes/" in work.path]
    heard = _of_each_sound([work for work in sample.works if work.modality == "audio"])
    others: dict[tuple[int, int], Image.Image] = {}
    places = [(0, 2), (0, columns - 1), (3, 1), (2, 0), (1, 2), (2, columns - 2), (1, 0), (3, columns - 2)]
    cards = [
        *(_text_card(sample, work) for work in poems[:1]),
        *(_wave_card(sample, work, k) for k, work in enumerate(heard[:1])),
        *(_text_card(sample, work) for work in letters[:1]),
        _brush_card(),
        *(_wave_card(sample, work, k + 1) for k, work in enumerate(heard[1:3])),
        *(_strip(k) for k in (0, 1)),
    ]
    others.update(zip(places, cards, strict=False))
    return [
        [others.get((row, column)) or next(pictures) for column in range(columns - (row in (1, 3)))] for row in range(4)
    ]


def well_lit(shown: Sequence[Image.Image], count: int) -> list[Image.Image]:
    """Plates in their order; of the darkest, which are holes in a sheet when they are small, only a few."""
    kept, dark = [], 0
    for plate in shown:
        is_dark = float(np.asarray(plate.convert("L")).mean()) < DARK
        dark += is_dark
        if not is_dark or dark <= count // 12:
            kept.append(plate)
    return (kept + list(shown))[:count]


def _varied(plates: Sequence[Work], count: int) -> list[Work]:
    """Plates in their order, those whose first thing was not yet shown in its colour before the others."""
    first: dict[tuple[str, str], Work] = {}
    for work in plates:
        thing = work.scenes[0].things[0]
        first.setdefault((thing.name, thing.colour), work)
    fresh = list(first.values())
    again = [work for work in plates if work not in fresh]
    return ([*fresh, *again] * (1 + count // max(1, len(plates))))[:count]


def _of_each_sound(works: Sequence[Work]) -> list[Work]:
    wanted = ("bell", "bird", "waves", "violin", "train", "owl")
    first = {name: next((work for work in works if name in work.sounds), None) for name in wanted}
    return [work for work in first.values() if work is not None] or list(works)


def _plate(sample: SampleLibrary, work: Work) -> Image.Image:
    with Image.open(sample.collection / work.path) as image:
        return image.convert("RGB")


def _blank(width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    card = Image.new("RGB", (width, height), CARD)
    pencil = ImageDraw.Draw(card)
    pencil.rectangle([14, 14, width - 15, height - 15], outline=mix(CARD, FAINT, 0.45), width=2)
    return card, pencil


def _text_card(sample: SampleLibrary, work: Work) -> Image.Image:
    """The beginning of a text on a card."""
    card, pencil = _blank(520, 640)
    lines = (sample.collection / work.path).read_text(encoding="utf-8").replace("#", "").replace("*", "").splitlines()
    verse = "/poems/" in work.path
    body = [line.strip() for line in lines if not line.strip().startswith("<")]
    y, k = 48.0, 0
    for line in body:
        if not line:
            y += 14 if verse or k < 3 else 4
            continue
        font = _font(30 if k == 0 else 21)
        for piece in _wrapped(line, font, 430, pencil):
            if y > 560:
                return card
            pencil.text((44, y), piece, fill=INK if k != 1 else FAINT, font=font)
            y += 38 if k == 0 else 29
        y += 0 if verse else 8
        k += 1
    return card


def _wrapped(
    line: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont | None, width: int, pencil: ImageDraw.ImageDraw
) -> list[str]:
    pieces, piece = [], ""
    for word in line.split():
        longer = f"{piece} {word}".strip()
        if piece and pencil.textlength(longer, font=font) > width:
            pieces.append(piece)
            longer = word
        piece = longer
    return [*pieces, piece]


def _brush_card() -> Image.Image:
    """Two characters written with a brush, and a red seal."""
    card, pencil = _blank(430, 640)
    card.paste(write("小船", 225, INK, CARD), (70, 62))
    red = rgb("B63A2B")
    pencil.rounded_rectangle([318, 452, 372, 550], radius=7, fill=red)
    card.paste(write("月山", 42, CARD, red), (324, 459))
    font = _font(20)
    pencil.text((46, 566), "small boat", fill=FAINT, font=font)
    han = _font(22, HAN)
    if han is not None:
        pencil.text((158, 564), "一艘红色的小船", fill=FAINT, font=han)
    return card


def _wave_card(sample: SampleLibrary, work: Work, turn: int) -> Image.Image:
    """A sound as bars round a line, with its title."""
    card, pencil = _blank(640, 480)
    sound, _ = soundfile.read(sample.collection / work.path, dtype="float32")
    bars = 74
    loud = np.abs(sound[: len(sound) // bars * bars]).reshape(bars, -1).max(axis=1)
    loud = (loud / max(float(loud.max()), 1e-6)) ** 0.7
    tone = WAVES[turn % len(WAVES)]
    for k, level in enumerate(loud):
        x, half = 52 + k * 7.3, 5 + level * 128
        pencil.rounded_rectangle(
            [x, 206 - half, x + 4.2, 206 + half], radius=2, fill=mix(tone, CARD, 0.35 * (1 - float(level)))
        )
    title = work.title if work.told != "nowhere" else work.captions["en"].split(".")[0]
    for row, piece in enumerate(_wrapped(title, _font(28), 540, pencil)[:2]):
        pencil.text((50, 366 + row * 36), piece, fill=INK, font=_font(28))
    return card


def _strip(index: int) -> Image.Image:
    """Frames of a film between their sprocket holes."""
    film = FILMS[index % len(FILMS)]
    shown: list[Image.Image] = []
    for scene, shot in zip(scenes_of(film, 1), film.shots, strict=True):
        shown.append(frames(scene, shot.drift)[len(shown) * 7 + 2])
    wide, tall = 400, 300
    strip = Image.new("RGB", (wide * len(shown) + 16 * (len(shown) + 1), tall + 84), rgb("2B262C"))
    pencil = ImageDraw.Draw(strip)
    for k, frame in enumerate(shown):
        strip.paste(frame.resize((wide, tall), Image.Resampling.LANCZOS), (16 + k * (wide + 16), 42))
    for x in range(20, strip.width - 20, 44):
        for y in (11, strip.height - 31):
            pencil.rounded_rectangle([x, y, x + 22, y + 20], radius=5, fill=GROUND)
    return strip
