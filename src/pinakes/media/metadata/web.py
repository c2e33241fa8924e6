"""What HTML and Markdown documents say of themselves."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable

from pinakes.limits import Limits
from pinakes.media.html import Head
from pinakes.media.metadata.vocabulary import Value, clean_fields
from pinakes.media.wordlist import names
from pinakes.types import Fields

# Said to browsers and robots, not to readers.
_FOR_MACHINES = frozenset(
    names(
        """
        viewport robots googlebot theme-color referrer generator format-detection color-scheme charset csrf-token
        csrf-param msapplication-tilecolor google-site-verification og:image og:url og:type og:site_name twitter:card
        twitter:site twitter:image apple-mobile-web-app-capable mobile-web-app-capable
        """
    )
)


def of_head(head: Head, limits: Limits) -> Fields:
    """Fields from the title, the language and the meta elements."""
    raw: dict[str, list[Value]] = {"title": [" ".join(head.title.split())], "language": [head.language]}
    for name, content in head.metas:
        if name.lower() not in _FOR_MACHINES:
            raw.setdefault(name, []).append(content)
    return clean_fields(raw, limits)


_KEY = re.compile(r"([A-Za-z_][\w .:-]{0,63}?)\s*:(?:\s+(.*))?$")
_ITEM = re.compile(r"\s*-\s+(.*)$")


def of_front_matter(lines: Iterable[str], mark: str, limits: Limits) -> Fields:
    """Fields from the block at the head of a Markdown text: simple YAML between `---`, TOML between `+++`."""
    if mark == "+++":
        try:
            table = tomllib.loads("\n".join(lines))
        except tomllib.TOMLDecodeError:
            return {}
        return clean_fields({name: _plain(value) for name, value in table.items()}, limits)
    raw: dict[str, list[Value]] = {}
    name = ""
    for line in lines:
        key, item = _KEY.match(line), _ITEM.match(line)
        if key:
            name = key[1]
            raw.setdefault(name, []).extend(_values(key[2] or ""))
        elif item and name:
            raw[name].append(_unquoted(item[1]))
        elif name and line[:1].isspace() and line.strip():
            _continue(raw[name], line.strip())
    return clean_fields(raw, limits)


def _values(text: str) -> list[Value]:
    """A scalar, or the items of a list in brackets; the marks of folded texts are no values."""
    text = text.strip()
    if text in ("", "|", ">", "|-", ">-", "~", "null"):
        return []
    if text.startswith("[") and text.endswith("]"):
        return [_unquoted(part) for part in text[1:-1].split(",") if part.strip()]
    return [_unquoted(text)]


def _continue(values: list[Value], line: str) -> None:
    """A line that is indented goes on with the value above it."""
    if values and isinstance(values[-1], str):
        values[-1] += f" {line}"
    else:
        values.append(line)


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"" else text


def _plain(value: object) -> list[Value]:
    """What TOML gives, flat and as text; tables in it are left out."""
    if isinstance(value, list):
        return [text for one in value for text in _plain(one)]
    return [] if isinstance(value, dict) else [str(value)]
