"""Whether bytes are text at all, and the word with which a document opens."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE

# UTF-32 before UTF-16, whose mark is the beginning of the other's.
MARKS: tuple[tuple[bytes, str], ...] = (
    (BOM_UTF8, "utf-8"),
    (BOM_UTF32_LE, "utf-32-le"),
    (BOM_UTF32_BE, "utf-32-be"),
    (BOM_UTF16_LE, "utf-16-le"),
    (BOM_UTF16_BE, "utf-16-be"),
)

# Control characters that texts do not have; backspace, tab, line and page breaks and escape (ISO-2022) are allowed.
_CONTROLS = bytes(set(range(32)) - set(b"\b\t\n\v\f\r\x1b")) + b"\x7f"
_NOT_CONTROLS = bytes(set(range(256)) - set(_CONTROLS))
_MOST_CONTROLS = 0.01
# A text at least this long may have one of them, however large a share that is.
_SHORT_BYTES = 20

# Letters, digits and punctuation of the scripts in which UTF-16 without a mark is met.
_PLAUSIBLE = re.compile(
    "[\t\n\r -~\u00a0-\u024f\u0370-\u052f\u0590-\u06ff\u0900-\u0e7f\u1e00-\u206f"
    "\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef]"
)
_BREAKS = re.compile("[\n \u3000\u3001\u3002\uff0c\uff0e]")


def mark_of(head: bytes) -> tuple[str, int]:
    """The encoding that a byte order mark names and the mark's length; nothing and 0 without one."""
    for mark, name in MARKS:
        if head.startswith(mark):
            return name, len(mark)
    return "", 0


def is_text(head: bytes) -> bool:
    """Whether the first bytes of a file can be those of a text."""
    if mark_of(head)[0]:
        return True
    controls = len(head.translate(None, _NOT_CONTROLS))
    allowed = max(_MOST_CONTROLS * len(head), len(head) >= _SHORT_BYTES)
    return controls <= allowed or bool(unmarked_utf16(head))


def unmarked_utf16(head: bytes) -> str:
    """utf-16-le or utf-16-be if the bytes read as such, without a mark, make sense; else nothing.

    Only to be asked where control characters rule out a plain text: many an old Latin text reads as Chinese too.
    """
    if not head.translate(None, _NOT_CONTROLS):
        return ""
    scores = {name: _sense(head, name) for name in ("utf-16-le", "utf-16-be")}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= 0.95 else ""


def _sense(head: bytes, encoding: str) -> float:
    """The share of characters that make sense in this encoding; 0 if it can not be it."""
    sample = head[: len(head) // 2 * 2]
    if not sample:
        return 0.0
    if encoding.endswith("le") and 0xD8 <= sample[-1] <= 0xDB:
        # The sample cuts a pair of surrogates.
        sample = sample[:-2]
    elif encoding.endswith("be") and 0xD8 <= sample[-2] <= 0xDB:
        sample = sample[:-2]
    text = sample.decode(encoding, "replace")
    if not text or (len(text) >= 16 and not _BREAKS.search(text)):
        return 0.0
    return len(_PLAUSIBLE.findall(text)) / len(text)


_BEFORE_ROOT = re.compile(r"\s+|<!--.*?-->|<\?.*?\?>", re.DOTALL)


def opening_words(head: bytes) -> tuple[bool, str]:
    """Whether a document declares itself as XML, and its first words in lower case after declarations and comments."""
    encoding, length = mark_of(head)
    text = head[length:].decode(encoding or unmarked_utf16(head) or "latin-1", "ignore")
    declared = text.lstrip()[:5].lower() == "<?xml"
    at = 0
    while found := _BEFORE_ROOT.match(text, at):
        at = found.end()
    return declared, text[at : at + 40].lower()
