"""Which column of a table means what: told by the user, else guessed from its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from pinakes.errors import BadTable, nearest
from pinakes.media.metadata.vocabulary import canonical
from pinakes.sources.base import shown

# Roles that are no metadata: a file of the work, the row's own unique id, the work that several rows share, and
# nothing at all.
PATH, ID, WORK, IGNORED = "path", "id", "work", ""
# An address on the web is kept as metadata and never fetched.
ADDRESS = "address"

_PATHS = frozenset(
    """path paths file files filename file_name filepath file_path image images image_path image_file picture
    picture_path photo photo_path img img_path scan plate text_path text_file txt_path audio audio_path audio_file
    sound sound_path recording video video_path video_file film film_path movie document pdf pdf_path media media_path
    文件 文件名 路径 檔案 檔名 路徑 ファイル パス""".split()  # noqa: SIM905 -- a list of words is read best as text
)
_IDS = frozenset(("id", "record_id", "row_id", "item_id", "编号", "編號"))
_WORKS = frozenset(("work", "work_id", "group", "group_id", "pair", "pair_id", "作品"))
_ADDRESSES = frozenset(("url", "urls", "address", "link", "href", "image_url", "web", "uri", "iiif", "网址", "網址"))
_NOT_NAME = re.compile(r"[\s\-.]+")

# Fields of which one cell may hold several values; of others a semicolon is part of the text.
_SEVERAL = frozenset(("creator", "contributor", "publisher", "language", "subjects", "labels", "identifier", ADDRESS))
_SEPARATOR = re.compile(r"\s*[;|；]\s*")


@dataclass(frozen=True, slots=True)
class Columns:
    """Roles of columns: PATH, ID, WORK, IGNORED or the name of a field; those not told are guessed."""

    told: Mapping[str, str] = field(default_factory=dict)

    def role(self, column: str) -> str:
        """What a column means."""
        return self.told[column] if column in self.told else guess(column)

    def check(self, present: Iterable[str], table: str) -> None:
        """Refuse a mapping that names columns which the table does not have."""
        names = list(present)
        for column in self.told:
            if column not in names:
                raise BadTable(f"{table} has no column named {shown(column)}.", nearest(column, map(shown, names)))


@lru_cache(maxsize=4096)
def guess(column: str) -> str:
    """What a column of that name means."""
    plain = _NOT_NAME.sub("_", column.strip().lower())
    for names, role in ((_PATHS, PATH), (_IDS, ID), (_WORKS, WORK), (_ADDRESSES, ADDRESS)):
        if plain in names:
            return role
    return canonical(column) if plain else IGNORED


def mapping(chosen: Mapping[str, str]) -> Columns:
    """Columns from what a user writes, role by role: {"title": "Titel", "path": "scan; text", "ignore": "notes"}."""
    told: dict[str, str] = {}
    for role, names in chosen.items():
        meant = {"ignore": IGNORED, "file": PATH}.get(role, role)
        if meant not in (PATH, ID, WORK, IGNORED, ADDRESS):
            meant = canonical(meant)
        for name in names.split(";"):
            if name.strip():
                told[name.strip()] = meant
    return Columns(told)


def values_of(role: str, text: str) -> list[str]:
    """The values that a cell holds for a field."""
    return [value for value in _SEPARATOR.split(text) if value] if role in _SEVERAL else [text]


def is_address(value: str) -> bool:
    """Whether a value is an address on the web and not a path."""
    return re.match(r"[a-zA-Z][a-zA-Z0-9+.\-]{1,20}://", value) is not None
