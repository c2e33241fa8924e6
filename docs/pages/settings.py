"""The page about settings and limits, from their one table."""

from __future__ import annotations

from collections.abc import Iterable

from docs.pages.markdown import block, code, page, table
from pinakes.library.paths import KEPT
from pinakes.limits import GIB, KIB, MIB
from pinakes.settings import PREFIX, Row, rows

_KINDS = {str: "text", int: "whole number", float: "number"}
_HOW = """Every setting can be given in four ways; later ones win:

1. in the user's file, `settings.toml` in the configuration folder of the system (on Linux `~/.config/pinakes`), or
   the file that `PINAKES_SETTINGS` names;
2. in the library's own file, `settings.toml` in the library's folder;
3. in the environment, as `PINAKES_` and the name in capitals;
4. for one command, with `--set NAME=VALUE`; in Python, with `Library.open(path, settings={"name": value})`.

A file is a flat table, such as"""
_EXAMPLE = """threads = 4 language = "de" max_megapixels = 250"""
_OTHERS = {
    "PINAKES_SETTINGS": "the file of the user's own settings",
    "HF_TOKEN": "a token for models that the hub gives only to those who are known to it",
    "WORLD_SIZE": "how many processes train together; torch's launcher sets it",
    "RANK": "which of them this one is; set by the same",
    "LOCAL_RANK": "which of those on this machine it is, and so which GPU is its own; set by the same",
    "NO_COLOR": "no colours, no thumbnails",
    "TERM": "`dumb`: no colours, no thumbnails, a progress bar of plain characters; `xterm-kitty`: thumbnails",
    "COLORTERM": "`truecolor` or `24bit`: thumbnails in half blocks",
    "TERM_PROGRAM": "`iTerm.app`, `WezTerm` or `mintty`: thumbnails in their way",
    "KITTY_WINDOW_ID": "thumbnails in kitty's way",
    "GHOSTTY_RESOURCES_DIR": "the same",
    "KONSOLE_VERSION": "the same",
    "COLUMNS": "width of what is printed, where the terminal does not tell",
}


def settings() -> str:
    """The page."""
    plain = [row for row in rows() if not row.is_limit]
    limits = [row for row in rows() if row.is_limit]
    kept = ", ".join(code(name) for name in KEPT)
    return page(
        "Settings and limits",
        _HOW,
        block(_EXAMPLE, "toml"),
        "`pinakes info` prints the values in force. A name that does not exist is refused, with the nearest one that "
        "does.",
        f"Those with which a library is made and which it can not be without ({kept}) are written into its own file "
        "when it is made with them.",
        "## Settings",
        table(("name", "type", "default", "meaning", "environment"), map(_setting, plain)),
        "## Limits",
        "Every number that bounds untrusted input. A limit is a setting like any other.",
        table(("name", "default", "unit", "meaning", "environment"), map(_limit, limits)),
        "## Other variables of the environment",
        table(("name", "meaning"), [(code(name), meaning) for name, meaning in _OTHERS.items()]),
    )


def environment() -> Iterable[str]:
    """The variables that are documented, for the test that no other is read."""
    return [*_OTHERS, *(PREFIX + row.name.upper() for row in rows())]


def _setting(row: Row) -> tuple[str, ...]:
    default = code(str(row.default)) if row.default != "" else "empty"
    return code(row.name), _KINDS[row.kind], default, row.help, code(PREFIX + row.name.upper())


def _limit(row: Row) -> tuple[str, ...]:
    return code(row.name), _number(row), row.unit, row.help, code(PREFIX + row.name.upper())


def _number(row: Row) -> str:
    """The default as it is written in a file, and in words where it is a power of two."""
    for size, unit in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if row.unit == "bytes" and row.default and row.default % size == 0:
            return f"`{row.default}` ({row.default // size} {unit})"
    return code(f"{row.default:g}" if isinstance(row.default, float) else str(row.default))
