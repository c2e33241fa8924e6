"""Tags of sound and film: ID3, Vorbis comments, MP4 and Matroska, as the container's reader gives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pinakes.limits import Limits
from pinakes.media.metadata.vocabulary import Value, clean_fields
from pinakes.media.wordlist import names
from pinakes.types import Fields

# Of the container's making, not of the work.
_LEFT_OUT = frozenset(
    names(
        """
        major_brand minor_version compatible_brands encoder handler_name vendor_id duration number_of_frames
        number_of_bytes bps timecode itunsmpb itunnorm itunes_cddb_1 metadata_block_picture
        """
    )
)
_OWN_NAMES = {"tsrc": "isrc", "tit3": "subtitle", "tbpm": "bpm", "tpe2": "album_artist", "icmt": "comment"}
# Languages of streams that say nothing.
_NO_LANGUAGE = frozenset(("und", "", "mis"))


def of_tags(whole: Mapping[str, str], streams: Iterable[Mapping[str, str]], limits: Limits) -> Fields:
    """Fields from the tags of a container and its streams."""
    raw: dict[str, list[Value]] = {}
    for number, tags in enumerate((whole, *streams)):
        for name, value in tags.items():
            key = name.lower()
            if key in _LEFT_OUT or key.startswith(("_statistics", "id3v2_priv")):
                continue
            if number and key == "creation_time":
                continue
            if key == "language" and value.lower() in _NO_LANGUAGE:
                continue
            raw.setdefault("date" if key == "creation_time" else _OWN_NAMES.get(key, key), []).append(value)
    fields = clean_fields(raw, limits)
    dates = fields.get("date", ())
    # A tagged date is the work's; the moment at which the file was made counts only without one.
    return {**fields, "date": dates[:1]} if len(dates) > 1 and "creation_time" in whole else fields
