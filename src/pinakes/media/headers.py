"""Width and height of a picture from its first bytes, before any decoder sees it."""

from __future__ import annotations

from pinakes.errors import BadMedia, TooLarge
from pinakes.limits import Limits


def header_size(head: bytes, mime: str) -> tuple[int, int] | None:
    """(width, height) as the header says; None where the kind keeps them deeper in the file."""
    if mime == "image/png" and head[12:16] == b"IHDR":
        return _big(head[16:20]), _big(head[20:24])
    if mime == "image/gif":
        return _little(head[6:8]), _little(head[8:10])
    if mime == "image/bmp":
        return _bitmap(head)
    if mime == "image/webp":
        return _webp(head)
    return None


def check_size(width: int, height: int, name: str, limits: Limits) -> None:
    """Refuse a picture without pixels or with more than the limit."""
    if width <= 0 or height <= 0:
        raise BadMedia(f"{name} is damaged: its header says {width} x {height} pixels.")
    if width * height > limits.max_megapixels * 1_000_000:
        raise TooLarge(
            f"{name} has {megapixels(width * height)} megapixels; the limit is {limits.max_megapixels:g}.",
            "Raise max_megapixels, or split the picture.",
        )


def megapixels(pixels: int) -> str:
    """A number of pixels as people write it, never rounded down onto a limit."""
    return f"{pixels / 1e6:,.6f}".rstrip("0").rstrip(".")


def _bitmap(head: bytes) -> tuple[int, int]:
    if _little(head[14:18]) in (12, 16):
        return _little(head[18:20]), _little(head[20:22])
    # A negative height says that the rows go from top to bottom.
    height = int.from_bytes(head[22:26], "little", signed=True)
    return int.from_bytes(head[18:22], "little", signed=True), abs(height)


def _webp(head: bytes) -> tuple[int, int] | None:
    chunk = head[12:16]
    if chunk == b"VP8X" and len(head) >= 30:
        return _little(head[24:27]) + 1, _little(head[27:30]) + 1
    if chunk == b"VP8L" and len(head) >= 25:
        bits = _little(head[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 " and len(head) >= 30:
        return _little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF
    return None


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
