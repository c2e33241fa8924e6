"""One picture from a file or a member of an ebook: checked by its header, decoded as small as it is wanted, in sRGB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from math import ceil
from os import SEEK_END
from typing import Any, BinaryIO

import simplejpeg
from PIL import Image
from PIL.ImageFile import ImageFile

from pinakes.errors import PinakesError, Unsupported
from pinakes.media.base import DecodeSpec
from pinakes.media.colour import range_of, to_srgb
from pinakes.media.foreign import foreign
from pinakes.media.geometry import reduced_size, reduction
from pinakes.media.headers import check_size, header_size

# The readers, named one by one: nothing else that the library could read is ever tried, whatever a file claims to be.
_READERS = {
    "image/jpeg": ("JpegImagePlugin", "JpegImageFile"),
    "image/png": ("PngImagePlugin", "PngImageFile"),
    "image/webp": ("WebPImagePlugin", "WebPImageFile"),
    "image/gif": ("GifImagePlugin", "GifImageFile"),
    "image/tiff": ("TiffImagePlugin", "TiffImageFile"),
    "image/bmp": ("BmpImagePlugin", "BmpImageFile"),
}
# A JPEG is read whole for the fast decoder; a larger one takes the slower way.
_MOST_JPEG_BYTES = 256 << 20
# Pictures of other kinds are resized straight from all their pixels up to this size, and box-reduced before beyond it.
_LARGE_PIXELS = 24_000_000
_STRIP_PIXELS = 4_000_000
_ORIENTATION = 0x0112
_SWAPPED = frozenset((5, 6, 7, 8))
_TRANSPOSED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Picture:
    """Upright RGB pixels in sRGB, no smaller than `reduced_size` of the whole, and what the file says besides."""

    image: Image.Image
    width: int
    height: int
    info: Mapping[Any, Any]
    exif: Image.Exif
    notes: tuple[str, ...]
    # Whether the decoder made it smaller than it is.
    reduced: bool = False


def open_picture(file: BinaryIO, mime: str, name: str, spec: DecodeSpec) -> ImageFile:
    """The picture's reader after a look at its header; no pixel is decoded."""
    head = file.read(64)
    file.seek(0)
    told = header_size(head, mime)
    if told is not None:
        check_size(*told, name, spec.limits)
    reader = _reader(mime)
    with foreign(name):
        image: ImageFile = reader(file)
    check_size(*image.size, name, spec.limits)
    return image


def read_picture(file: BinaryIO, mime: str, name: str, spec: DecodeSpec) -> Picture:
    """The first picture of a file."""
    return load_picture(open_picture(file, mime, name, spec), file, name, spec)


def load_picture(image: ImageFile, file: BinaryIO, name: str, spec: DecodeSpec) -> Picture:
    """Decode the picture at which its reader stands."""
    with foreign(name):
        exif = image.getexif()
    if image.format == "JPEG":
        loaded, size = _load_jpeg(image, file, name, spec, _orientation(exif))
    else:
        with foreign(name):
            image.load()
        # Orientation can stand behind the pixels; and some readers have applied it by now.
        loaded, size = image, image.size
        with foreign(name):
            exif = image.getexif()
    orientation = _orientation(exif)
    rgb, notes = _in_srgb(loaded, size, image, name, spec)
    with foreign(name):
        upright = rgb.transpose(_TRANSPOSED[orientation]) if orientation in _TRANSPOSED else rgb
    width, height = size[::-1] if orientation in _SWAPPED else size
    return Picture(upright, width, height, image.info, exif, notes, reduced=loaded.size != size)


@cache
def _reader(mime: str) -> Any:
    if mime not in _READERS:
        raise Unsupported(f"Pictures of type {mime} are not read.", "Convert it to PNG or JPEG.")
    module, name = _READERS[mime]
    return getattr(import_module(f"PIL.{module}"), name)


def _orientation(exif: Image.Exif) -> int:
    value = exif.get(_ORIENTATION, 1)
    return value if isinstance(value, int) else 1


def _load_jpeg(
    image: ImageFile, file: BinaryIO, name: str, spec: DecodeSpec, orientation: int
) -> tuple[Image.Image, tuple[int, int]]:
    """Decoded at the least of the codec's scales that will do; by Pillow where the fast decoder refuses."""
    size = image.size
    least = reduced_size(size[::-1] if orientation in _SWAPPED else size, spec)
    width, height = least[::-1] if orientation in _SWAPPED else least
    if image.mode in ("RGB", "L"):
        length = file.seek(0, SEEK_END)
        file.seek(0)
        if length <= _MOST_JPEG_BYTES:
            # By its length: room for the most that may be read would be fresh memory for each picture, and slow.
            data = file.read(length)
            try:
                with foreign(name):
                    pixels = simplejpeg.decode_jpeg(data, "RGB", min_height=height, min_width=width)
                    return Image.fromarray(pixels), size
            except PinakesError:
                # What is merely odd, such as stray bytes, the slower decoder takes; what is broken it will name.
                file.seek(0)
    with foreign(name):
        image.draft(image.mode, (width, height))
        image.load()
    return image, size


def _in_srgb(
    loaded: Image.Image, size: tuple[int, int], image: ImageFile, name: str, spec: DecodeSpec
) -> tuple[Image.Image, tuple[str, ...]]:
    """Colours brought to sRGB strip by strip, so that a large picture needs no second copy of itself."""
    profile = image.info.get("icc_profile") or b""
    large = loaded.width * loaded.height > _LARGE_PIXELS
    factor = int(reduction(size, spec)) if large else 1
    notes: dict[str, None] = {}
    with foreign(name) as said:
        span = range_of(_strips(loaded, 1)) if loaded.mode in ("I", "F") else None
        out = None
        for top, strip in _strips(loaded, factor):
            rgb, note = to_srgb(strip, profile, spec.limits.max_profile_bytes, span)
            notes[note] = None
            if strip is loaded and factor == 1:
                out = rgb
                break
            if out is None:
                out = Image.new("RGB", (ceil(loaded.width / factor), ceil(loaded.height / factor)))
            out.paste(rgb.reduce(factor) if factor > 1 else rgb, (0, top // factor))
    notes |= dict.fromkeys(said)
    return out or loaded, tuple(note for note in notes if note)


def _strips(image: Image.Image, factor: int) -> Iterator[tuple[int, Image.Image]]:
    """The picture itself if it is not large, else strips of it, each with its top, a multiple of the factor."""
    if image.width * image.height <= _LARGE_PIXELS:
        yield 0, image
        return
    rows = factor * max(_STRIP_PIXELS // (image.width * factor), 1)
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(top + rows, image.height)))
