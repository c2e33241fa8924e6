"""EXIF and IPTC: what cameras and picture desks write into pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PIL import ExifTags, Image

from pinakes.errors import PinakesError
from pinakes.limits import Limits
from pinakes.media.foreign import foreign
from pinakes.media.metadata.vocabulary import RawFields, Value, clean_fields
from pinakes.types import Fields

_BASE = {
    ExifTags.Base.ImageDescription: "description",
    ExifTags.Base.Artist: "creator",
    ExifTags.Base.Copyright: "rights",
    ExifTags.Base.Software: "software",
    ExifTags.Base.DocumentName: "title",
}
_DETAIL = {
    ExifTags.Base.LensModel: "lens",
    ExifTags.Base.BodySerialNumber: "camera_serial",
    ExifTags.Base.FocalLength: "focal_length",
    ExifTags.Base.ISOSpeedRatings: "iso",
}
# Windows writes its own, in UTF-16.
_WINDOWS = {
    ExifTags.Base.XPTitle: "title",
    ExifTags.Base.XPComment: "description",
    ExifTags.Base.XPAuthor: "creator",
    ExifTags.Base.XPKeywords: "XPKeywords",
    ExifTags.Base.XPSubject: "XPSubject",
}
_DATES = (ExifTags.Base.DateTimeOriginal, ExifTags.Base.DateTimeDigitized)
_COMMENT_CODES = {b"ASCII\0\0\0": "ascii", b"UNICODE\0": "utf-16", b"JIS\0\0\0\0\0": "iso2022_jp", b"\0" * 8: "utf-8"}

_IPTC = {
    (2, 5): "title",
    (2, 80): "creator",
    (2, 25): "subjects",
    (2, 55): "date",
    (2, 90): "city",
    (2, 95): "state",
    (2, 101): "country",
    (2, 105): "headline",
    (2, 110): "credit",
    (2, 115): "source",
    (2, 116): "rights",
    (2, 120): "description",
    (2, 122): "contributor",
    (2, 135): "language",
}


def of_exif(exif: Image.Exif, name: str, limits: Limits) -> Fields:
    """Fields of an EXIF block; one that is damaged gives none."""
    try:
        with foreign(name):
            return clean_fields(_exif_raw(exif), limits)
    except PinakesError:
        return {}


def _exif_raw(exif: Image.Exif) -> RawFields:
    detail = exif.get_ifd(ExifTags.IFD.Exif)
    raw: dict[str, list[Value]] = {}
    for tags, table in ((_BASE, exif), (_DETAIL, detail)):
        for tag, field in tags.items():
            raw.setdefault(field, []).append(_value(table.get(tag)))
    for tag, field in _WINDOWS.items():
        value = exif.get(tag)
        if isinstance(value, bytes):
            raw.setdefault(field, []).append(value.decode("utf-16-le", "replace").rstrip("\0"))
    maker, model = str(_value(exif.get(ExifTags.Base.Make)) or ""), str(_value(exif.get(ExifTags.Base.Model)) or "")
    raw["camera"] = [model if model.lower().startswith(maker.lower()) else f"{maker} {model}".strip()]
    taken = next((detail[tag] for tag in _DATES if detail.get(tag)), None)
    raw["date"] = [_value(taken)]
    raw["modified"] = [_value(exif.get(ExifTags.Base.DateTime))]
    raw["description"].append(_comment(detail.get(ExifTags.Base.UserComment)))
    raw["gps"] = [_position(exif.get_ifd(ExifTags.IFD.GPSInfo))]
    return raw


def _value(value: Any) -> Value:
    if isinstance(value, bytes):
        return value.rstrip(b"\0").decode("utf-8", "replace")
    if isinstance(value, tuple):
        return " ".join(str(_value(one)) for one in value[:16])
    if value is None or isinstance(value, str | int):
        # Pillow gives the bytes of a text as Latin-1, but programs write UTF-8.
        return _as_utf8(value.rstrip("\0")) if isinstance(value, str) else value
    return f"{float(value):g}"


def _as_utf8(text: str) -> str:
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _comment(value: Any) -> Value:
    """A user's comment, after eight bytes that name its code."""
    if not isinstance(value, bytes):
        return _value(value)
    code = _COMMENT_CODES.get(value[:8], "")
    return value[8:].decode(code, "replace").rstrip("\0 ") if code else ""


def _position(gps: Mapping[int, Any]) -> str:
    """Latitude and longitude in degrees, north and east positive: 48.858400, 2.294500."""
    try:
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], str(gps.get(ExifTags.GPS.GPSLatitudeRef, "N")) == "S")
        longitude = _degrees(gps[ExifTags.GPS.GPSLongitude], str(gps.get(ExifTags.GPS.GPSLongitudeRef, "E")) == "W")
    except (KeyError, TypeError, ValueError, IndexError, ArithmeticError):
        return ""
    good = abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != (0, 0)
    return f"{latitude:.6f}, {longitude:.6f}" if good else ""


def _degrees(parts: Any, negative: bool) -> float:
    value = float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
    return -value if negative else value


def of_iptc(image: Image.Image, name: str, limits: Limits) -> Fields:
    """Fields of the IPTC block of a JPEG or TIFF; one that is damaged gives none."""
    from PIL import IptcImagePlugin

    try:
        with foreign(name):
            found = IptcImagePlugin.getiptcinfo(image) or {}  # type: ignore[arg-type]
    except PinakesError:
        return {}
    raw: dict[str, list[Value]] = {}
    for tag, field in _IPTC.items():
        value = found.get(tag, [])
        for one in value if isinstance(value, list) else [value]:
            raw.setdefault(field, []).append(_iptc_text(one, limits))
    return clean_fields(raw, limits)


def _iptc_text(value: Any, limits: Limits) -> str:
    """UTF-8, as programs write it whether or not they say so, else the western code that was usual before."""
    data = value[: limits.max_field_chars * 4] if isinstance(value, bytes) else b""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
