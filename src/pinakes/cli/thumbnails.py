"""Pictures in terminals that can show them: the protocols of kitty and iTerm2, else half blocks in true colour."""

from __future__ import annotations

import base64
import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

    from pinakes.cli.output import Output

_ROWS, _COLUMNS = 6, 16
# Below so many columns a picture would leave no room for words.
_LEAST_COLUMNS = 60
_CHUNK = 4096
# Programs that stand between us and the terminal, and let no pictures through.
_BETWEEN = ("TMUX", "STY", "ZELLIJ")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a terminal takes it: its size in characters, and its lines, or one sequence that draws it whole."""

    columns: int
    rows: int
    lines: tuple[str, ...] = ()
    sequence: str = ""


def protocol(environ: Mapping[str, str], *, is_terminal: bool, encoding: str = "utf-8") -> str:
    """Which way this terminal shows pictures; empty where it can not or must not."""
    if not is_terminal or environ.get("NO_COLOR") or environ.get("TERM") == "dumb":
        return ""
    if not any(environ.get(name) for name in _BETWEEN):
        if (
            environ.get("KITTY_WINDOW_ID")
            or environ.get("TERM") in ("xterm-kitty", "xterm-ghostty")
            or "GHOSTTY_RESOURCES_DIR" in environ
            or "KONSOLE_VERSION" in environ
        ):
            return "kitty"
        if environ.get("TERM_PROGRAM") in ("iTerm.app", "WezTerm", "mintty"):
            return "iterm"
    draws_blocks = encoding.lower().startswith("utf") and environ.get("COLORTERM") in ("truecolor", "24bit")
    return "blocks" if draws_blocks else ""


def margin(output: Output) -> int:
    """The columns that are kept for pictures; none where the terminal can not show them or is too narrow."""
    return _COLUMNS + 2 if _way(output) else 0


def drawn(preview: Callable[[], Path | None], output: Output) -> Picture | None:
    """A preview as this terminal shows it; it is not even looked for where the terminal can not."""
    way = _way(output)
    path = preview() if way else None
    return {"kitty": kitty, "iterm": iterm, "blocks": blocks}[way](path.read_bytes()) if path else None


def _way(output: Output) -> str:
    encoding = (sys.stdout and sys.stdout.encoding) or ""
    way = protocol(os.environ, is_terminal=output.is_terminal, encoding=encoding)
    return way if output.width >= _LEAST_COLUMNS else ""


def beside(picture: Picture, lines: Sequence[str], output: Output) -> None:
    """Print a picture and lines to its right."""
    rows = max(picture.rows, len(lines))
    if picture.sequence:
        # Room is made first, so that nothing scrolls while the picture is drawn; then the cursor goes back up.
        output.draw("\n" * rows + f"\x1b[{rows}A\x1b7{picture.sequence}\x1b8")
    for row in range(rows):
        words = lines[row] if row < len(lines) else ""
        if picture.sequence:
            output.line(f"\x1b[{_COLUMNS + 2}C{words}" if words else "")
        else:
            left = picture.lines[row] if row < picture.rows else " " * _COLUMNS
            output.line(f"{left}  {words}" if words else left)


def kitty(jpeg: bytes) -> Picture:
    """A picture in kitty's graphics protocol, which takes PNG in pieces."""
    png = io.BytesIO()
    with _opened(jpeg) as image:
        columns, rows = _size(image)
        image.save(png, "PNG")
    data = base64.standard_b64encode(png.getvalue()).decode()
    pieces = [data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK)]
    commands = []
    for number, piece in enumerate(pieces):
        # q=2: the terminal is to say nothing back, which would be read as what the user types.
        head = f"a=T,f=100,q=2,c={columns},r={rows}," if number == 0 else ""
        commands.append(f"\x1b_G{head}m={int(number < len(pieces) - 1)};{piece}\x1b\\")
    return Picture(columns, rows, sequence="".join(commands))


def iterm(jpeg: bytes) -> Picture:
    """A picture in iTerm2's inline protocol."""
    with _opened(jpeg) as image:
        columns, rows = _size(image)
    data = base64.standard_b64encode(jpeg).decode()
    told = f"inline=1;size={len(jpeg)};width={columns};height={rows};preserveAspectRatio=1"
    return Picture(columns, rows, sequence=f"\x1b]1337;File={told}:{data}\x07")


def blocks(jpeg: bytes) -> Picture:
    """A picture in half blocks: two pixels a character, one above the other."""
    with _opened(jpeg) as image:
        columns, rows = _size(image)
        small = image.convert("RGB").resize((columns, 2 * rows))
    lines = []
    for y in range(0, 2 * rows, 2):
        cells = []
        for x in range(columns):
            top, bottom = _pixel(small.getpixel((x, y))), _pixel(small.getpixel((x, y + 1)))
            cells.append(f"\x1b[38;2;{top}m\x1b[48;2;{bottom}m\u2580")
        lines.append("".join(cells) + "\x1b[0m" + " " * (_COLUMNS - columns))
    return Picture(_COLUMNS, rows, tuple(lines))


def _opened(jpeg: bytes) -> Image.Image:
    from PIL import Image

    return Image.open(io.BytesIO(jpeg), formats=["JPEG"])


def _size(image: Image.Image) -> tuple[int, int]:
    """Columns and rows for a picture; a character is about twice as high as it is wide."""
    columns = min(_COLUMNS, max(1, round(2 * _ROWS * image.width / image.height)))
    return columns, min(_ROWS, max(1, round(columns * image.height / image.width / 2)))


def _pixel(value: object) -> str:
    return ";".join(map(str, value)) if isinstance(value, tuple) else f"{value};{value};{value}"
