"""Sidecar files: metadata that lies beside a medium, as a JSON object of fields or as XMP, and overrides its own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pinakes.errors import BadInput, BadMedia, NoContent, PinakesError, TooLarge, Unreadable
from pinakes.limits import Limits
from pinakes.media.metadata.vocabulary import Value, clean_fields
from pinakes.media.metadata.xmp import of_xmp
from pinakes.media.opening import open_regular
from pinakes.sources.base import shown
from pinakes.types import Fields

SUFFIXES = (".json", ".xmp")
# Objects in objects are told by joined names, so deep and no deeper.
_MAX_NESTING = 4


def find_sidecars(names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """For each medium among the names of a folder its sidecars, the more particular first.

    NAME.EXT.json and NAME.EXT.xmp belong to NAME.EXT; NAME.json and NAME.xmp to the one medium with that stem.
    """
    possible = {name for name in names if name.lower().endswith(SUFFIXES)}
    if not possible:
        return {}
    media = [name for name in names if name not in possible]
    by_stem: dict[str, list[str]] = {}
    for name in media:
        by_stem.setdefault(stem_of(name), []).append(name)
    found: dict[str, list[str]] = {}
    owners = set(media)
    for name in sorted(possible):
        owner = stem_of(name)
        if owner in owners:
            found.setdefault(owner, []).insert(0, name)
        elif len(by_stem.get(owner, ())) == 1:
            found.setdefault(by_stem[owner][0], []).append(name)
    return {medium: tuple(sorted(sidecars, key=_rank)) for medium, sidecars in found.items()}


def stem_of(name: str) -> str:
    """A name without its last suffix; a name that is nothing but a suffix is its own stem."""
    stem, dot, _ = name.rpartition(".")
    return stem if dot and stem else name


def _rank(name: str) -> tuple[int, bool]:
    # NAME.EXT.json before NAME.json, and JSON, which people write by hand, before XMP.
    return -name.count("."), not name.lower().endswith(".json")


def read_sidecar(path: Path, limits: Limits) -> Fields:
    """The fields of a sidecar file; one of our errors if it can not be read."""
    try:
        with open_regular(path, limits) as opened:
            if opened.size > limits.max_metadata_bytes:
                raise TooLarge(
                    f"The sidecar {shown(path.name)} has {opened.size:,} bytes; the limit is "
                    f"{limits.max_metadata_bytes:,}.",
                    "Raise max_metadata_bytes, or shorten it.",
                )
            data = opened.file.read(limits.max_metadata_bytes)
    except NoContent:
        return {}
    except OSError as error:
        raise Unreadable(f"The sidecar {shown(path.name)} can not be read: {error.strerror}.") from error
    if path.suffix.lower() == ".xmp":
        fields, problem = of_xmp(data, limits)
        if problem:
            raise BadMedia(f"The sidecar {shown(path.name)} can not be used: {problem}")
        return fields
    return clean_fields(flat(_json_object(data, path.name)), limits)


def merged_sidecars(paths: Iterable[Path], limits: Limits) -> tuple[Fields, list[tuple[Path, PinakesError]]]:
    """The fields of several sidecars, of which the first to name a field wins, and those that could not be read."""
    fields: Fields = {}
    failures = []
    for path in paths:
        try:
            fields = {**read_sidecar(path, limits), **fields}
        except PinakesError as error:
            failures.append((path, error))
    return fields, failures


def _json_object(data: bytes, name: str) -> dict[str, Any]:
    try:
        found = json.loads(data.decode("utf-8-sig"), parse_constant=lambda constant: None)
    except UnicodeDecodeError:
        raise BadInput(f"The sidecar {shown(name)} is not in UTF-8.", "Save it as UTF-8.") from None
    except json.JSONDecodeError as error:
        raise BadInput(
            f"The sidecar {shown(name)} is no JSON: {error.msg} in line {error.lineno}, column {error.colno}."
        ) from None
    except (RecursionError, ValueError):
        raise BadInput(f"The sidecar {shown(name)} is no JSON that can be read: it is nested too deeply.") from None
    if not isinstance(found, dict):
        raise BadInput(f"The sidecar {shown(name)} holds no JSON object of fields.", 'Write {"title": "..."}.')
    return found


def flat(found: Mapping[str, Any]) -> dict[str, list[Value]]:
    """Values under their names; those of objects in objects under names joined by `_`."""
    values: dict[str, list[Value]] = {}
    for name, value in _leaves("", found, _MAX_NESTING):
        values.setdefault(name, []).append(value)
    return values


def _leaves(prefix: str, value: object, depth: int) -> Iterator[tuple[str, Value]]:
    if isinstance(value, Mapping):
        if depth:
            for name, inner in value.items():
                yield from _leaves(f"{prefix}_{name}" if prefix else str(name), inner, depth - 1)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(prefix, inner, depth)
    elif isinstance(value, bool):
        yield prefix, "true" if value else "false"
    elif isinstance(value, str | int | float):
        yield prefix, value
