"""Dates as media write them, brought to ISO form where they are clear."""

from __future__ import annotations

import re
from datetime import date, time

# A date in a text, to the precision in which it is written; and one with nothing beside it but the time of day.
DATE = re.compile(r"(?<!\d)\d{4}(?:-\d{2}(?:-\d{2})?)?(?!\d)")
_PLAIN = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2}(?:[T ].*)?)?)?")

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier enero gennaio",
            "february feb februar février fevrier febrero febbraio",
            "march mar märz mars marzo",
            "april apr avril abril aprile",
            "may mai mayo maggio",
            "june jun juni juin junio giugno",
            "july jul juli juillet julio luglio",
            "august aug août aout agosto",
            "september sep sept septembre septiembre settembre",
            "october oct oktober octobre octubre ottobre",
            "november nov novembre noviembre",
            "december dec dezember décembre decembre diciembre dicembre",
        ),
        1,
    )
    for name in names.split()
}

_TIME = r"(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d+)?)?\s*(?P<zone>Z|[+-]\d\d(?:[':]?\d\d'?)?)?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # ISO, EXIF (colons in the date), PDF (nothing between).
        rf"(?:D:)?(?P<year>\d{{4}})[-:/.](?P<month>\d\d?)[-:/.](?P<day>\d\d?)(?:[T\s]+{_TIME})?",
        rf"(?:D:)?(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d)(?:[T\s]?{_TIME})?",
        r"(?:D:)?(?P<year>\d{4})[-:/.](?P<month>\d\d?)",
        r"(?:D:)?(?P<year>\d{4})",
        r"(?P<year>\d{4})\s*年(?:\s*(?P<month>\d\d?)\s*月)?(?:\s*(?P<day>\d\d?)\s*日)?",
        r"(?P<day>\d\d?)(?:\.|st|nd|rd|th)?\s+(?:de\s+)?(?P<word>[^\W\d]+)\.?,?\s+(?:de\s+)?(?P<year>\d{4})",
        r"(?P<word>[^\W\d]+)\.?\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
        r"(?P<word>[^\W\d]+)\.?,?\s+(?P<year>\d{4})",
        # Mail and web: Tue, 15 Nov 1994 08:12:31 GMT.
        rf"[a-z]{{3}},?\s+(?P<day>\d\d?)\s+(?P<word>[a-z]{{3}})\s+(?P<year>\d{{4}})\s+{_TIME}(?:\s*(?:GMT|UTC))?",
        # Continental: the dots tell that the day comes first; with strokes it can not be known.
        r"(?P<day>\d\d?)\.\s*(?P<month>\d\d?)\.\s*(?P<year>\d{4})",
    )
)


def iso_date(text: str) -> str:
    """The date as 1999, 1999-03, 1999-03-12 or with its time; a text that is no clear date stays as it is.

    A date that can not be, such as the empty one of many cameras, becomes nothing.
    """
    plain = text.strip().rstrip("\x00").strip()
    for form in _FORMS:
        found = form.fullmatch(plain)
        if found:
            iso = _iso(found.groupdict())
            if iso is not None:
                return iso
    return plain


def first_date(text: str) -> str:
    """The first date that stands in a text, as in `about 1921`; empty where there is none."""
    found = DATE.search(text)
    return found.group() if found else ""


def cut_date(text: str, length: int) -> str:
    """A date without what is more precise than a length, such as 4 for the year; whole where it is no plain date."""
    return text[:length] if _PLAIN.fullmatch(text) else text


def _iso(parts: dict[str, str | None]) -> str | None:
    word = parts.get("word")
    month = _MONTHS.get(word.lower()) if word else int(parts.get("month") or 0)
    if month is None:
        return None
    year, day = int(parts["year"] or 0), int(parts.get("day") or 0)
    if year == 0:
        return ""
    if not month:
        return f"{year:04}"
    try:
        whole = date(year, month, day or 1)
    except ValueError:
        return "" if (month, day) == (0, 0) else f"{year:04}"
    if not day:
        return f"{year:04}-{month:02}"
    return whole.isoformat() + _clock(parts)


def _clock(parts: dict[str, str | None]) -> str:
    if not parts.get("hour"):
        return ""
    try:
        at = time(int(parts["hour"] or 0), int(parts["minute"] or 0), min(int(parts.get("second") or 0), 59))
    except ValueError:
        return ""
    zone = (parts.get("zone") or "").upper().replace("'", "").replace(":", "")
    if zone and zone != "Z":
        zone = f"{zone[:3]}:{zone[3:5] or '00'}"
    return f"T{at.isoformat()}{zone}"
