"""What the address of a picture asks for: which piece of it, how large, turned how, in which colours, of which type.

The IIIF Image API 3.0, levels 1 and 2, with mirroring and upscaling besides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from pinakes.errors import BadInput

QUALITIES = ("default", "color", "gray", "bitonal")
FORMATS = {"jpg": "image/jpeg", "png": "image/png"}
FEATURES = ("mirroring", "sizeUpscaling")
_NUMBER = r"(\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})"
_PIXELS = re.compile(r"(\d{1,9}),(\d{1,9}),(\d{1,9}),(\d{1,9})")
_SHARES = re.compile(rf"pct:{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}")
_SIZE = re.compile(rf"(\^?)(?:(max)|pct:{_NUMBER}|(!?)(\d{{0,9}}),(\d{{0,9}}))")
_TURN = re.compile(rf"(!?){_NUMBER}")

Size: TypeAlias = tuple[int, int]
# Region, size, rotation, and quality with format.
Address: TypeAlias = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Piece:
    """What is wanted of a picture, in its own pixels."""

    # Left, top, right and bottom.
    box: tuple[int, int, int, int]
    # Width and height before it is turned.
    size: Size
    mirrored: bool
    # Degrees clockwise: 0, 90, 180 or 270.
    turned: int
    quality: str
    format: str


def piece(size: Size, region: str, wanted: str, rotation: str, name: str, most: int) -> Piece:
    """The piece that an address names of a picture of some size; neither side of it gets longer than `most`."""
    quality, _, format = name.rpartition(".")
    if quality not in QUALITIES:
        raise _refused(f"There is no quality {quality}.", f"Ask for {', '.join(QUALITIES)}.")
    if format not in FORMATS:
        raise _refused(f"Pictures are not handed out as {format}.", f"Ask for {' or '.join(FORMATS)}.")
    box = _box(size, region)
    mirrored, turned = _turn(rotation)
    return Piece(box, _size((box[2] - box[0], box[3] - box[1]), wanted, most), mirrored, turned, quality, format)


def _box(size: Size, region: str) -> tuple[int, int, int, int]:
    width, height = size
    if region == "full":
        return (0, 0, width, height)
    if region == "square":
        side = min(size)
        left, top = (width - side) // 2, (height - side) // 2
        return (left, top, left + side, top + side)
    if found := _PIXELS.fullmatch(region):
        left, top, across, down = map(int, found.groups())
    elif found := _SHARES.fullmatch(region):
        x, y, w, h = (float(one) / 100 for one in found.groups())
        left, top, across, down = round(x * width), round(y * height), round(w * width), round(h * height)
    else:
        raise _refused(f"{region} is no region.", "Write full, square, x,y,w,h or pct:x,y,w,h.")
    box = (left, top, min(left + across, width), min(top + down, height))
    if box[2] <= left or box[3] <= top:
        raise _refused(f"There is nothing in the region {region}.", f"The picture is {width} by {height} pixels.")
    return box


def _size(of: Size, wanted: str, most: int) -> Size:
    found = _SIZE.fullmatch(wanted)
    if not found:
        raise _refused(
            f"{wanted} is no size.", "Write max, w, or ,h or w,h or !w,h or pct:n, with ^ before to enlarge."
        )
    enlarged, whole, share, inside, across, down = found.groups()
    if whole:
        size = _scaled(of, most / max(of)) if enlarged else of
    elif share:
        size = _scaled(of, float(share) / 100)
    else:
        size = _named(of, across, down, inside=bool(inside))
    if not all(size):
        raise _refused(f"A picture of the size {wanted} has no pixels.", "Ask for a larger one.")
    if not enlarged and (size[0] > of[0] or size[1] > of[1]):
        raise _refused(f"The size {wanted} is larger than the region.", "Ask for less, or write ^ before it.")
    if max(size) > most:
        raise _refused(f"The size {wanted} has more than {most:,} pixels on a side.", "Ask for less, or for max.")
    return size


def _named(of: Size, across: str, down: str, *, inside: bool) -> Size:
    """A size of which the width, the height or both are told."""
    width, height = int(across or 0), int(down or 0)
    if inside:
        if not (width and height):
            raise _refused("Of !w,h both must be told.", "Write !400,300, for instance.")
        return _scaled(of, min(width / of[0], height / of[1]))
    if across and down:
        return width, height
    if across:
        return width, max(1, round(of[1] * width / of[0])) if width else 0
    return (max(1, round(of[0] * height / of[1])) if height else 0), height


def _scaled(of: Size, by: float) -> Size:
    if not by:
        return 0, 0
    return max(1, round(of[0] * by)), max(1, round(of[1] * by))


def _turn(rotation: str) -> tuple[bool, int]:
    found = _TURN.fullmatch(rotation)
    degrees = float(found[2]) if found else -1
    if not found or degrees % 90 or not 0 <= degrees <= 360:
        raise _refused(f"Pictures are not turned by {rotation}.", "Write 0, 90, 180 or 270, with ! before to mirror.")
    return bool(found[1]), int(degrees) % 360


def _refused(message: str, hint: str) -> BadInput:
    return BadInput(message, hint)
