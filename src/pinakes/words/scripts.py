"""Which characters belong to scripts that are written without spaces between words."""

from __future__ import annotations

import re
from functools import cache

import numpy as np

# What chooses between shapes of the character before it, such as of a Japanese name, and makes no other of it.
VARIANTS = "\U000e0100-\U000e01ef"
# Han, kana, Hangul, Thai, Lao, Myanmar, Khmer, and the iteration and long-vowel marks among them.
_SPACELESS = (
    "\u1100-\u11ff"
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f"
    "\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\U00020000-\U0003ffff"
)
# Vowel signs, tones and other marks of these scripts: what stands before one belongs to the same character.
SPACELESS_MARKS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1059\u105e-\u1060"
    "\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\u1160-\u11ff\u17b4-\u17d3\u17dd"
    f"\u3099\u309a\uff9e\uff9f{VARIANTS}"
)

# The script of several languages.
CYRILLIC = "cyrillic"
_RANGES = (
    (0x3040, 0x30FF, "ja"),
    (0x31F0, 0x31FF, "ja"),
    (0xAC00, 0xD7A3, "ko"),
    (0x4E00, 0x9FFF, "zh"),
    (0x3400, 0x4DBF, "zh"),
    (0x20000, 0x3FFFF, "zh"),
    (0x0E00, 0x0E7F, "th"),
    (0x0E80, 0x0EFF, "lo"),
    (0x1000, 0x109F, "my"),
    (0x1780, 0x17FF, "km"),
    (0x0600, 0x06FF, "ar"),
    (0x0590, 0x05FF, "he"),
    (0x0370, 0x03FF, "el"),
    (0x0530, 0x058F, "hy"),
    (0x0400, 0x04FF, CYRILLIC),
    (0x0900, 0x097F, "hi"),
    (0x0B80, 0x0BFF, "ta"),
)


_BOUNDS = sorted((low, high + 1, name) for low, high, name in _RANGES)
# Where each range begins and ends; whatever lies between two ranges tells nothing.
_EDGES = np.array([edge for low, end, _ in _BOUNDS for edge in (low, end)], np.uint32)


# Compiled when they are first needed: it takes longer than to import this whole module, and many texts are ASCII.
@cache
def spaceless_run() -> re.Pattern[str]:
    """Characters that are written without spaces, in a row."""
    return re.compile(f"[{_SPACELESS}][{_SPACELESS}{VARIANTS}]*")


@cache
def spaceless_or_other() -> re.Pattern[str]:
    """A row of such characters, as group 1, or of any others."""
    return re.compile(f"([{_SPACELESS}][{_SPACELESS}{VARIANTS}]*)|[^{_SPACELESS}]+")


@cache
def telling() -> re.Pattern[str]:
    """A character that tells a language by itself."""
    return re.compile("[" + "".join(f"{chr(low)}-{chr(high)}" for low, high, name in _RANGES if name != CYRILLIC) + "]")


def scripts_in(text: str) -> dict[str, int]:
    """How many characters of a text tell each language or script by themselves."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    counts = np.bincount(np.searchsorted(_EDGES, points, "right"), minlength=len(_EDGES) + 1)
    found: dict[str, int] = {}
    for number, (_, _, name) in enumerate(_BOUNDS):
        if count := int(counts[2 * number + 1]):
            found[name] = found.get(name, 0) + count
    return found
