"""Pictures as IIIF hands them out: drawn once from their originals by a child process, and any piece made of that."""

from __future__ import annotations

import threading
from io import BytesIO
from typing import Any

from PIL import Image

from pinakes.errors import NotFound
from pinakes.library import Library
from pinakes.library.lately import Lately
from pinakes.library.viewing import drawn, part
from pinakes.web.logic.image_asked import FEATURES, QUALITIES, Address, Piece, piece

_CONTEXT = "http://iiif.io/api/image/3/context.json"
_PROTOCOL = "http://iiif.io/api/image"
_TILE = 512
_QUALITY = 85
# Each takes a core for a moment, and memory for all pixels of a picture.
_AT_ONCE = threading.BoundedSemaphore(4)
# A viewer asks for many pieces at the same time; the picture is drawn for the first of them.
_DRAWING = tuple(threading.Lock() for _ in range(16))
_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
# Types of files whose parts are whole pictures or pages.
PICTURED = ("image/", "application/pdf")


def drawn_once(library: Library, views: Lately[bytes], number: int, pixels: int) -> bytes:
    """The picture of a part as a JPEG of ours, from which all its pieces are made."""

    def made() -> bytes:
        found = part(library, number)
        item = library.item(found.item_id)
        file = next((one for one in item.files if one.id == found.file_id), None)
        if found.modality != "image" or file is None or not file.kind.startswith(PICTURED):
            raise NotFound(f"Part {number} is no picture and no page.", "The manifest of its item names what there is.")
        return drawn(library, number, pixels)

    with _DRAWING[number % len(_DRAWING)]:
        return views.get((number, pixels), made)


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height, by the header."""
    with Image.open(BytesIO(data), formats=["JPEG"]) as image:
        return image.size


def information(address: str, size: tuple[int, int], most: int) -> dict[str, Any]:
    """What a viewer must know of a picture before it asks for pieces of it."""
    width, height = size
    factors = [1]
    while max(size) > _TILE * factors[-1]:
        factors.append(factors[-1] * 2)
    sizes = [{"width": -(-width // by), "height": -(-height // by)} for by in reversed(factors)]
    return {
        "@context": _CONTEXT,
        "id": address,
        "type": "ImageService3",
        "protocol": _PROTOCOL,
        "profile": "level2",
        "width": width,
        "height": height,
        "maxWidth": most,
        "maxHeight": most,
        "sizes": sizes,
        "tiles": [{"width": _TILE, "height": _TILE, "scaleFactors": factors}],
        "extraQualities": list(QUALITIES[1:]),
        "extraFeatures": list(FEATURES),
    }


def cut(data: bytes, address: Address, most: int) -> bytes:
    """A piece of a picture by what its address says."""
    asked = piece(size_of(data), *address, most)
    with _AT_ONCE:
        return _made(data, asked)


def _made(data: bytes, asked: Piece) -> bytes:
    with Image.open(BytesIO(data), formats=["JPEG"]) as image:
        made = image.convert("RGB").resize(asked.size, Image.Resampling.LANCZOS, asked.box, reducing_gap=3)
    if asked.mirrored:
        made = made.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if asked.turned:
        made = made.transpose(_TURNS[asked.turned])
    if asked.quality in ("gray", "bitonal"):
        made = made.convert("L")
    if asked.quality == "bitonal":
        made = made.convert("1")
    out = BytesIO()
    if asked.format == "jpg":
        (made.convert("L") if made.mode == "1" else made).save(out, "JPEG", quality=_QUALITY)
    else:
        made.save(out, "PNG", compress_level=3)
    return out.getvalue()
