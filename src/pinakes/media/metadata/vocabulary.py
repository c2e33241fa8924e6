"""One vocabulary of field names, after Dublin Core, and values fit to be stored; tables and sidecars share it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from pinakes.limits import Limits
from pinakes.media.metadata.dates import iso_date
from pinakes.media.wordlist import names
from pinakes.types import Fields

# One value or several, as sources give them; None and empty ones are left out.
Value: TypeAlias = str | int | float | bytes | None
RawFields: TypeAlias = Mapping[str, Value | Sequence[Value]]

FIELDS: tuple[str, ...] = (
    "title",
    "creator",
    "contributor",
    "publisher",
    "date",
    "language",
    "subjects",
    "labels",
    "rights",
    "description",
    "type",
    "format",
    "identifier",
    "source",
    "relation",
    "coverage",
)

_SAME = {
    "title": """
        titles name headline booktitle object_name objectname xptitle doc_title tit2 题名 标题 標題 书名 タイトル
        """,
    "creator": """
        creators author authors artist artists byline by_line writer photographer painter performer xpauthor tpe1
        作者 著者 创作者
        """,
    "contributor": "contributors editor translator illustrator composer conductor album_artist albumartist",
    "publisher": "publishers label_name organization 出版社 出版者",
    "date": """
        dates year issued created creation_date creationdate date_created datecreated publication_date pubdate published
        published_time date_published release_date originaldate tdrc tyer datetimeoriginal datetime_original
        日期 年代 出版日期
        """,
    "language": "languages lang inlanguage content_language 语言 語言 言語",
    "subjects": """
        subject keyword keywords genre genres topic topics categories xpkeywords xpsubject 主题 主題 关键词 關鍵詞
        """,
    "labels": "label tag tags class classes 标签 標籤",
    "rights": "copyright license licence usage_terms usageterms copyright_notice tcop 版权 版權",
    "description": """
        descriptions abstract caption summary synopsis image_description imagedescription caption_abstract comment
        comments xpcomment user_comment 描述 说明 摘要
        """,
    "type": "types",
    "format": "formats",
    "identifier": "identifiers isbn issn doi uri id_number",
    "source": "sources",
    "relation": "relations",
    "coverage": "coverages location place spatial temporal 地点",
}
_ALIASES = {alias: field for field, aliases in _SAME.items() for alias in names(aliases)}

# Prefixes of the vocabularies that are the same as ours, and of those whose names mean the same.
_PREFIX = re.compile(
    r"^(?:(?:dc|dcterms|dcmitype|og|article|book|citation|prism|twitter|xmp|xmprights|photoshop|iptc)[._:]+)+"
)
_NOT_NAME = re.compile("[^a-z0-9]+")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]+")
_SPLIT_LIST = re.compile(r"\s*[;|\n；]\s*")
_SPLIT_WORDS = re.compile(r"\s*[;|\n；,，、]\s*")
_SPLIT_LINES = re.compile(r"\s*\n\s*")
_LISTS = ("subjects", "labels")
# Fields that, by their own standard, hold several words between commas.
_COMMA_LISTS = frozenset(("keywords", "keyword", "tags", "xpkeywords"))

# Three letters, as libraries write languages, to the two that web pages and this library use.
_LANGUAGES = dict(
    pair.split(":")
    for pair in names(
        """
        eng:en fre:fr fra:fr ger:de deu:de spa:es ita:it por:pt rus:ru chi:zh zho:zh jpn:ja kor:ko lat:la gre:el ell:el
        dut:nl nld:nl swe:sv dan:da nor:no fin:fi pol:pl cze:cs ces:cs hun:hu tur:tr ara:ar heb:he hin:hi ukr:uk rum:ro
        ron:ro bul:bg hrv:hr srp:sr slv:sl slo:sk slk:sk cat:ca baq:eu eus:eu per:fa fas:fa vie:vi tha:th ind:id
        """
    )
)


@lru_cache(maxsize=1024)
def canonical(name: str) -> str:
    """The field that a name means: one of FIELDS, or the name itself in [a-z0-9_]."""
    plain = unicodedata.normalize("NFKC", name).strip().lower()
    plain = _PREFIX.sub("", plain)
    if plain in _ALIASES:
        return _ALIASES[plain]
    key = _NOT_NAME.sub("_", "".join(_ascii(ch) for ch in plain)).strip("_")[:64]
    # A prefix may show only now that its letters have lost their accents.
    key = _PREFIX.sub("", key)
    return _ALIASES.get(key, key) or "unnamed"


def clean_fields(raw: RawFields, limits: Limits | None = None, *, by_lines: bool = False) -> Fields:
    """Fields under canonical names, without control characters and doubles, dates in ISO form, within the limits.

    Lists within a value are taken apart; where a person writes them `by_lines`, each line is one value.
    """
    limits = limits or Limits()
    fields: dict[str, list[str]] = {}
    left = limits.max_fields
    for given, value in raw.items():
        name = canonical(given)
        known = fields.setdefault(name, [])
        for text in _texts(given, name, value, limits.max_field_chars, by_lines=by_lines):
            if text not in known and left > 0:
                known.append(text)
                left -= 1
    return {name: tuple(values) for name, values in fields.items() if values}


def merged(parts: Iterable[Fields], limits: Limits | None = None) -> Fields:
    """The fields of several sources together; what the earlier say comes first."""
    gathered: dict[str, tuple[str, ...]] = {}
    for fields in parts:
        for name, values in fields.items():
            gathered[name] = tuple(dict.fromkeys(gathered.get(name, ()) + values))
    left = (limits or Limits()).max_fields
    kept: Fields = {}
    for name, values in gathered.items():
        if left > 0:
            kept[name] = values[:left]
            left -= len(kept[name])
    return kept


def _texts(given: str, name: str, value: Value | Sequence[Value], most: int, *, by_lines: bool) -> Iterable[str]:
    values = [value] if isinstance(value, str | bytes | int | float) or value is None else value
    for one in values:
        text = _text(one, most)
        if name in _LISTS:
            by_words = _SPLIT_WORDS if _own_name(given) in _COMMA_LISTS else _SPLIT_LIST
            yield from filter(None, (_SPLIT_LINES if by_lines else by_words).split(text))
        elif name == "date":
            yield from filter(None, [iso_date(text)])
        elif name == "language":
            yield from filter(None, [language_tag(text)])
        elif text:
            yield text


def _own_name(given: str) -> str:
    return _PREFIX.sub("", given.strip().lower())


def _text(value: Value, most: int) -> str:
    """A value as stored: no control characters, one form of each letter, no longer than the limit."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        value = value[: 4 * most].decode("utf-8", "replace")
    text = str(value)[: 2 * most].replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _CONTROL.sub(" ", text)).strip()[:most].rstrip()


def language_tag(text: str) -> str:
    """A language as a short tag: eng and en_US become en and en-us; what is undetermined becomes nothing."""
    tag = text.strip().lower().replace("_", "-")
    first, dash, rest = tag.partition("-")
    return "" if first in ("", "und", "mul", "zxx", "xxx") else _LANGUAGES.get(first, first) + dash + rest


def _ascii(ch: str) -> str:
    """A letter without its accents; one of another script by its number, so that such names stay apart."""
    if ch.isascii():
        return ch
    base = "".join(c for c in unicodedata.normalize("NFKD", ch) if c.isascii())
    if base:
        return base
    return f"_u{ord(ch):x}" if ch.isalnum() else "_"
