"""From bytes to text: which encoding, and what becomes of characters that no text should have."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pinakes.errors import Unsupported
from pinakes.media.textual import mark_of, unmarked_utf16
from pinakes.media.wordlist import names

# A guess looks at this much, from where plain UTF-8 ends.
SAMPLE_BYTES = 32 * 1024

# What documents are written in; Python knows many more "encodings" that are none of a text.
_GUESSED = names(
    """
    cp1252 cp1250 cp1251 koi8_r koi8_u cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 gb18030 big5 big5hkscs cp932
    shift_jis euc_jp iso2022_jp cp949 euc_kr iso8859_2 iso8859_5 iso8859_15
    """
)
_KNOWN = _GUESSED + names(
    """
    iso8859_3 iso8859_4 iso8859_6 iso8859_7 iso8859_8 iso8859_9 iso8859_10 iso8859_13 iso8859_14 iso8859_16
    mac_roman mac_cyrillic cp437 cp850 cp866 utf_8 utf_16 utf_16_le utf_16_be utf_32
    """
)
# Labels that mean their Windows superset on the web, and everywhere else in practice.
_SUPERSETS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "utf-16": "utf-16-le",
}
_ENOUGH_VALID = 4
# Nobody can tell the encoding of fewer.
_LEAST_BYTES = 4

_NUL_OR_SURROGATE = re.compile("[\x00\ud800-\udfff]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def declared_encoding(label: str) -> str:
    """Python's name of the encoding that a document declares, or nothing if it is none for texts."""
    try:
        name = codecs.lookup(label.strip()).name
    except (LookupError, ValueError):
        return ""
    name = _SUPERSETS.get(name, name)
    return name if any(codecs.lookup(known).name == name for known in _KNOWN) else ""


def detect(sample: bytes, declared: str = "") -> str:
    """The encoding of a text that is not valid UTF-8 throughout, from a sample of it around the first doubt."""
    marked, _ = mark_of(sample)
    if marked:
        return marked
    wide = unmarked_utf16(sample)
    if wide:
        return wide
    if _nearly_utf8(sample):
        return "utf-8"
    return declared or _guess(sample)


def _nearly_utf8(sample: bytes) -> bool:
    """Damaged here and there, but with so many valid sequences that nothing else is likely."""
    text = sample.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    valid = sum(ch > "\x7f" for ch in text) - bad
    return valid >= _ENOUGH_VALID * bad


def _guess(sample: bytes) -> str:
    if len(sample) < _LEAST_BYTES:
        raise Unsupported("So few bytes are in no encoding that can be told.", "Save it as UTF-8, then add it again.")
    # Imported here: one text in a hundred needs it, and it takes longer to load than a thousand texts to read.
    from charset_normalizer import from_bytes

    found = list(from_bytes(sample, cp_isolation=list(_GUESSED), enable_fallback=False))
    if not found:
        if not sample.isascii() and _is_western(sample):
            return "cp1252"
        raise Unsupported("The text is in no encoding that can be told.", "Save it as UTF-8, then add it again.")
    best = found[0]
    # Few accents in much plain Latin fit many encodings: the western one is by far the likeliest.
    for other in found[1:] if _is_western(sample) else ():
        near = other.chaos <= best.chaos + 0.05 and other.coherence >= best.coherence - 0.1
        if near and "cp1252" in other.could_be_from_charset:
            return "cp1252"
    return "cp1252" if "cp1252" in best.could_be_from_charset else str(best.encoding)


def _is_western(sample: bytes) -> bool:
    high = sum(byte > 0x7F for byte in sample)
    letters = sum(chr(byte).isalpha() for byte in sample if byte < 0x80)
    return letters >= 2 * high


@dataclass(slots=True)
class Report:
    """What was found and changed while a text was decoded."""

    encoding: str = "utf-8"
    # Whether bytes may be met that the encoding does not allow.
    doubtful: bool = False
    replaced: int = 0
    nuls: int = 0
    surrogates: int = 0
    bidi: int = 0

    def notes(self) -> tuple[str, ...]:
        """Sentences for the item's record; none for a plain UTF-8 text."""
        said = []
        if self.encoding != "utf-8":
            said.append(f"Read as {self.encoding}.")
        if self.replaced:
            said.append(f"{self.replaced:,} places are no valid {self.encoding} and were replaced by U+FFFD.")
        if self.nuls:
            said.append(f"{self.nuls:,} NUL characters were replaced by U+FFFD.")
        if self.surrogates:
            said.append(f"{self.surrogates:,} lone surrogates were replaced by U+FFFD.")
        if self.bidi:
            said.append(f"{self.bidi:,} characters change the direction of writing.")
        return tuple(said)


def decoded(blocks: Iterable[bytes], report: Report) -> Iterator[str]:
    """The text of the blocks in the report's encoding, lines ended by newlines, fit to be stored anywhere."""
    decoder = codecs.getincrementaldecoder(report.encoding)("replace")
    held_return = False
    first = True
    for block, last in _with_last(blocks):
        text = decoder.decode(block, last)
        if first and text:
            text, first = text.removeprefix("\ufeff"), False
        if report.doubtful and not text.isascii():
            report.replaced += text.count("\ufffd")
        if held_return:
            text = "\r" + text
        held_return = text.endswith("\r") and not last
        if held_return:
            text = text[:-1]
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if text:
            yield storable(text, report)


def storable(text: str, report: Report) -> str:
    """Text without NUL and lone surrogates, which databases and UTF-8 can not hold; both become U+FFFD."""
    if text.isascii() and "\x00" not in text:
        return text
    report.bidi += len(_BIDI.findall(text))
    bad = _NUL_OR_SURROGATE.findall(text)
    if not bad:
        return text
    nuls = bad.count("\x00")
    report.nuls += nuls
    report.surrogates += len(bad) - nuls
    return _NUL_OR_SURROGATE.sub("\ufffd", text)


def _with_last(blocks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each block with whether it is the last; at least one."""
    held: bytes | None = None
    for block in blocks:
        if held is not None:
            yield held, False
        held = block
    yield held or b"", True
