"""Pictures in terminals that can show them: the protocols of kitty and iTerm2, else half blocks in true colour."""

from __future__ import annotations

import base64
import io
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

_ROWS = 8
_CHUNK = 4096


def protocol(environ: Mapping[str, str], *, is_terminal: bool) -> str:
    """Which way this terminal shows pictures; empty where it can not or must not."""
    if not is_terminal or environ.get("NO_COLOR") or environ.get("TERM") == "dumb":
        return ""
    if environ.get("KITTY_WINDOW_ID") or environ.get("TERM") == "xterm-kitty" or "GHOSTTY_RESOURCES_DIR" in environ:
        return "kitty"
    if environ.get("TERM_PROGRAM") in ("iTerm.app", "WezTerm", "mintty"):
        return "iterm"
    return "blocks" if environ.get("COLORTERM") in ("truecolor", "24bit") else ""


def show(preview: Callable[[], Path | None], indent: str = "   ") -> None:
    """Show a preview under a hit, where the terminal can; it is not even looked for where not."""
    way = protocol(os.environ, is_terminal=sys.stdout.isatty())
    path = preview() if way else None
    if path is None:
        return
    drawn = {"kitty": kitty, "iterm": iterm, "blocks": blocks}[way](path.read_bytes())
    sys.stdout.write("".join(f"{indent}{line}\n" for line in drawn.split("\n")))


def kitty(jpeg: bytes) -> str:
    """A picture in kitty's graphics protocol, which takes PNG in pieces."""
    from PIL import Image

    png = io.BytesIO()
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as picture:
        picture.save(png, "PNG")
    data = base64.standard_b64encode(png.getvalue()).decode()
    pieces = [data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK)]
    commands = []
    for number, piece in enumerate(pieces):
        head = f"a=T,f=100,r={_ROWS}," if number == 0 else ""
        commands.append(f"\x1b_G{head}m={int(number < len(pieces) - 1)};{piece}\x1b\\")
    return "".join(commands)


def iterm(jpeg: bytes) -> str:
    """A picture in iTerm2's inline protocol."""
    data = base64.standard_b64encode(jpeg).decode()
    return f"\x1b]1337;File=inline=1;height={_ROWS};preserveAspectRatio=1:{data}\x07"


def blocks(jpeg: bytes) -> str:
    """A picture in half blocks: two pixels a character, one above the other."""
    from PIL import Image

    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as picture:
        height = 2 * _ROWS
        width = max(1, round(picture.width * height / picture.height))
        small = picture.convert("RGB").resize((min(width, 80), height))
    lines = []
    for y in range(0, height, 2):
        cells = []
        for x in range(small.width):
            top, bottom = _pixel(small.getpixel((x, y))), _pixel(small.getpixel((x, y + 1)))
            cells.append(f"\x1b[38;2;{top}m\x1b[48;2;{bottom}m\u2580")
        lines.append("".join(cells) + "\x1b[0m")
    return "\n".join(lines)


def _pixel(value: object) -> str:
    return ";".join(map(str, value)) if isinstance(value, tuple) else f"{value};{value};{value}"
