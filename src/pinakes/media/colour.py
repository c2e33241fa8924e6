"""Pictures of every mode and profile as sRGB on white."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from io import BytesIO
from typing import TypeAlias

import numpy as np
from PIL import Image, ImageCms

from pinakes.errors import BadMedia
from pinakes.media.foreign import foreign

_WHITE = (255, 255, 255)
_WIDE = ("I;16", "I;16L", "I;16B", "I;16N")
# Device colours of profiles (four letters of the ICC) and the modes of pictures that they describe.
_PROFILE_MODES = {"RGB": ("RGB",), "GRAY": ("L",), "CMYK": ("CMYK",), "Lab": ("LAB",)}


# The least and the greatest value that a picture of numbers shows.
Range: TypeAlias = tuple[float, float]


def to_srgb(
    image: Image.Image, profile: bytes, most_profile_bytes: int, span: Range | None = None
) -> tuple[Image.Image, str]:
    """The picture as RGB in sRGB, what is transparent on white, and a note if its profile could not be used.

    A picture of numbers (modes I and F) is shown within `span`.
    """
    image = _eight_bit(image, span)
    note = ""
    if profile and len(profile) > most_profile_bytes:
        note = f"The colour profile has {len(profile):,} bytes; the limit is {most_profile_bytes:,}. It was ignored."
        profile = b""
    opaque, alpha = _parted(image)
    if profile:
        opaque, note = _profiled(opaque, profile)
    if opaque.mode == "LAB":
        opaque = _from_lab(opaque)
    rgb = opaque if opaque.mode == "RGB" else opaque.convert("RGB")
    if alpha is not None:
        white = Image.new("RGB", rgb.size, _WHITE)
        white.paste(rgb, mask=alpha)
        rgb = white
    return rgb, note


def _parted(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Colours and, where some are transparent, their opacity."""
    if image.mode in ("P", "PA"):
        image = image.convert("RGBA" if image.mode == "PA" or "transparency" in image.info else "RGB")
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode in ("L", "RGB") and "transparency" in image.info:
        image = image.convert("RGBA")
    elif image.mode in ("La", "RGBa"):
        image = image.convert("LA" if image.mode == "La" else "RGBA")
    if image.mode == "RGBX":
        return image.convert("RGB"), None
    if image.mode not in ("LA", "RGBA"):
        return image, None
    alpha = image.getchannel("A")
    colours = image.convert("RGB" if image.mode == "RGBA" else "L")
    return colours, None if alpha.getextrema() == (255, 255) else alpha


def range_of(strips: Iterable[tuple[int, Image.Image]]) -> Range:
    """What range a picture of numbers is meant to use: 0 to 1, to 255, to 65535, or that of its own values."""
    least, most = np.inf, -np.inf
    for _, strip in strips:
        values = np.asarray(strip)
        values = values[np.isfinite(values)]
        if values.size:
            least, most = min(least, float(values.min())), max(most, float(values.max()))
    if least > most:
        return 0.0, 1.0
    if least >= 0:
        return 0.0, next((top for top in (1.0, 255.0, 65535.0) if most <= top), most)
    return least, most


def _eight_bit(image: Image.Image, span: Range | None) -> Image.Image:
    """Grey of 16 or 32 bits or of floating point as grey of 8 bits; any other picture as it is."""
    if image.mode in _WIDE:
        # The upper byte; dividing by 257 would only round differently.
        return Image.fromarray((np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8))
    if image.mode not in ("I", "F"):
        return image
    least, most = span or range_of([(0, image)])
    values = np.nan_to_num(np.asarray(image, dtype=np.float64), nan=least, posinf=most, neginf=least)
    scaled = (values - least) * (255.0 / max(most - least, 1e-9))
    return Image.fromarray(np.clip(scaled + 0.5, 0, 255).astype(np.uint8))


def _profiled(image: Image.Image, profile: bytes) -> tuple[Image.Image, str]:
    if image.mode == "L" and profile[16:20] == b"RGB ":
        # Grey pictures are often stored with the profile of the coloured ones that they were.
        image = image.convert("RGB")
    try:
        with foreign("The colour profile"):
            transform = _transform(profile, image.mode)
            return image if transform is None else transform.apply(image), ""
    except BadMedia:
        return image, "The colour profile is damaged or of another kind of picture; it was ignored."


@lru_cache(maxsize=8)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """From the profile's colours to sRGB; None where they are sRGB already."""
    parsed = ImageCms.ImageCmsProfile(BytesIO(profile))
    space = parsed.profile.xcolor_space.strip()
    if mode not in _PROFILE_MODES.get(space, ()):
        raise ValueError(f"{space} is not {mode}")
    if mode == "RGB" and "srgb" in (parsed.profile.profile_description or "").lower():
        return None
    return ImageCms.buildTransform(
        parsed, _srgb(), mode, "RGB", ImageCms.Intent.PERCEPTUAL, ImageCms.Flags.HIGHRESPRECALC
    )


@lru_cache(maxsize=1)
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _from_lab(image: Image.Image) -> Image.Image:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    with foreign("The Lab picture"):
        return ImageCms.buildTransform(lab, _srgb(), "LAB", "RGB").apply(image)
