"""Repair of texts: garbled encodings, and words that were split at the end of a line."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from pinakes.media.base import CleaningNote
from pinakes.media.clean.steps import cleaning_step

MOJIBAKE, HYPHENATION = "mojibake", "hyphenation"
# One note for all texts in which there was nothing to do.
_NO_MOJIBAKE, _NO_HYPHENS = CleaningNote(MOJIBAKE, False, ""), CleaningNote(HYPHENATION, False, "")

# Encodings in which UTF-8 is most often misread.
_MISREAD_AS = ("cp1252", "latin-1", "cp1250", "cp1254", "cp1257", "mac_roman", "cp437", "cp1253", "cp1251")
# In these a lead and a trail byte are letters that ordinary words hold too, so that two in a row are asked for.
_PLAUSIBLE = {"cp1251", "cp1253", "cp1257", "cp1250"}

# Letters, a hyphen (ASCII or U+2010), the end of a line, an indent, letters.
_SPLIT = re.compile(r"([^\W\d_]+)([-\u2010])[ \t]*\r?\n[ \t]*([^\W\d_]+)")
# A soft hyphen is there only to be removed.
_SOFT = re.compile(r"\u00ad(?:[ \t]*\r?\n[ \t]*)?")
_WORDS = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
# What comes after a suspended hyphen: "Vor- und Nachteile", "pre- or post-war".
_CONJUNCTIONS = frozenset({"and", "or", "und", "oder", "bis", "et", "ou", "och", "eller", "en", "of"})
# Characters by which a string is an address or a name in code, in which a hyphen means itself.
_ADDRESS = frozenset("/@_\\=:#&")


@cleaning_step(MOJIBAKE, "text", "text whose encoding was misread (FranÃ§ois) is put right (François)")
def repair_mojibake(text: str) -> tuple[str, CleaningNote]:
    """Undo misread encodings where the text looks garbled; nothing else is changed."""
    if text.isascii() or not _suspicious(text):
        return text, _NO_MOJIBAKE
    # Imported here: it takes a tenth of a second, and few texts need it.
    from ftfy import fix_encoding_and_explain

    fixed, plan = fix_encoding_and_explain(text)
    if fixed == text:
        return text, _NO_MOJIBAKE
    misread = [action.parameter.removeprefix("sloppy-") for action in plan or () if action.action == "encode"]
    detail = f"UTF-8 had been read as {' and as '.join(misread)}" if misread else "passages had been misread"
    return fixed, CleaningNote(MOJIBAKE, True, detail)


@cleaning_step(HYPHENATION, "text", "words split at line ends are joined; hyphenated compounds keep their hyphen")
def join_hyphens(text: str) -> tuple[str, CleaningNote]:
    """Join the two halves on one line; what a rule knows as a compound keeps its hyphen, what is unclear does not."""
    soft = "\u00ad" in text
    if not (soft or "-" in text or "\u2010" in text) or not (soft or _SPLIT.search(text)):
        return text, _NO_HYPHENS
    joined = kept = 0
    if soft:
        text, joined = _SOFT.subn("", text)
    seen = Counter(word.casefold() for word in _WORDS.findall(text))

    def decide(match: re.Match[str]) -> str:
        nonlocal joined, kept
        if _untouchable(text, match):
            return match[0]
        if _is_compound(text, match, seen):
            kept += 1
            return f"{match[1]}{match[2]}{match[3]}"
        joined += 1
        return match[1] + match[3]

    mended = _SPLIT.sub(decide, text)
    if not joined + kept:
        return text, _NO_HYPHENS
    detail = f"{joined} joined" + (f", {kept} kept as compounds" if kept else "")
    return mended, CleaningNote(HYPHENATION, True, detail)


def _untouchable(text: str, match: re.Match[str]) -> bool:
    """A suspended hyphen, or a piece of an address."""
    if match[3].casefold() in _CONJUNCTIONS and match[3].islower():
        return True
    start = match.start()
    while start and not text[start - 1].isspace():
        start -= 1
    stop = match.end()
    while stop < len(text) and not text[stop].isspace():
        stop += 1
    around = text[start : match.start()] + text[match.end() : stop]
    # A full stop inside, not at the end, is that of an address too.
    return bool(_ADDRESS.intersection(around.rstrip(":"))) or "." in around.rstrip(".,;:!?)\"'»”’")


def _is_compound(text: str, match: re.Match[str], seen: Counter[str]) -> bool:
    """Whether the hyphen belongs to the word: by its own shape, else by what the same text writes elsewhere."""
    first, second = match[1], match[3]
    if _part_of_longer_compound(text, match):
        return True
    if second[0].isupper() and not first.isupper():
        return True
    one, other = first.casefold(), second.casefold()
    whole, split = seen[one + other], seen[f"{one}-{other}"] + seen[f"{one}\u2010{other}"]
    if whole or split:
        return split > whole
    # Both halves stand alone elsewhere ("well", "known"), and their sum nowhere. Each split leaves one of each behind.
    halves = len(first) > 2 and len(second) > 2
    return halves and seen[one] > 1 and seen[other] > 1


def _part_of_longer_compound(text: str, match: re.Match[str]) -> bool:
    """mother-in-/law: there is a hyphen on the far side of one of the halves already."""
    before = text[match.start() - 2 : match.start()] if match.start() >= 2 else ""
    after = text[match.end() : match.end() + 2]
    return (len(before) == 2 and before[1] in "-\u2010" and before[0].isalnum()) or (
        len(after) == 2 and after[0] in "-\u2010" and after[1].isalpha()
    )


def _suspicious(text: str) -> bool:
    """Whether there is a UTF-8 sequence read in another encoding: true of garbled texts and of few others."""
    first, each = _patterns()
    # Most texts end here, after one scan for two neighbouring characters.
    return bool(first.search(text)) and any(pattern.search(text) for pattern in each)


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], list[re.Pattern[str]]]:
    leads = "".join(_class(name, 0xC2, 0xF5) for name in _MISREAD_AS)
    trails = "".join(_class(name, 0x80, 0xC0) for name in _MISREAD_AS)
    first = re.compile(f"[{leads}\x80-\x9f](?:[{trails}]|(?<=[\x80-\x9f]))")
    return first, [re.compile("[\x80-\x9f]"), *(re.compile(_misread_sequence(name)) for name in _MISREAD_AS)]


def _misread_sequence(encoding: str) -> str:
    """A lead and its trails; it starts with one class of characters, for which the engine scans fast."""
    two, three, four = (_class(encoding, *span) for span in ((0xC2, 0xE0), (0xE0, 0xF0), (0xF0, 0xF5)))
    trail, symbol = _class(encoding, 0x80, 0xC0), _class(encoding, 0x80, 0xC0, letters=False)
    pair = f"[{symbol}]|[{trail}][{two}][{trail}]" if encoding in _PLAUSIBLE else f"[{trail}]"
    return f"[{two}{three}{four}](?:(?<=[{two}])(?:{pair})|(?<=[{three}])[{trail}]{{2}}|(?<=[{four}])[{trail}]{{3}})"


def _class(encoding: str, start: int, stop: int, *, letters: bool = True) -> str:
    """The characters that these bytes stand for, escaped; bytes that stand for none are taken as Latin-1."""
    characters = []
    for byte in range(start, stop):
        try:
            character = bytes([byte]).decode(encoding)
        except UnicodeDecodeError:
            character = chr(byte)
        if letters or not character.isalpha():
            characters.append(re.escape(character))
    return "".join(characters)
