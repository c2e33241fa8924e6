"""A table of files as a training set: CSV, JSON Lines or Parquet, read as a library reads it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pinakes.errors import BadInput, PinakesError
from pinakes.learn.data.files import Lying
from pinakes.learn.data.layouts.base import Loaded
from pinakes.learn.data.works import LABELS, TEXTS, Work, check_fields, set_of
from pinakes.limits import Limits
from pinakes.media.base import DecodedPart, DecodeSpec
from pinakes.media.decode import decode
from pinakes.media.opening import open_regular
from pinakes.media.sniff import Medium, sniff_file
from pinakes.sources.base import Candidate, Refused
from pinakes.sources.table import read_table
from pinakes.types import Modality

_MODALITIES: dict[Medium, Modality] = {"image": "image", "audio": "audio"}
# How many of the problems of a table are told.
_TOLD = 5


def from_table(
    path: Path,
    columns: Mapping[str, str] | None = None,
    modalities: Sequence[Modality] = (),
    *,
    labels: Sequence[str] = LABELS,
    texts: Sequence[str] = TEXTS,
    least: int = 2,
    limits: Limits | None = None,
) -> Loaded:
    """Each work that a table tells as a row: its files by what they are, its fields as texts and labels.

    `columns` maps roles to columns, as `pinakes add --map` does: {"path": "scan", "labels": "type"}. Files that can not
    be read are left out and told.
    """
    limits = limits or Limits()
    offers: dict[str, list[Candidate]] = {}
    problems = []
    for offer in read_table(path, columns, limits):
        if isinstance(offer, Refused):
            problems.append(str(offer.error))
        else:
            key = offer.work or os.fsdecode(offer.key)
            offers.setdefault(key, []).append(offer)
    parent = os.path.join(os.path.realpath(path.parent), "")  # noqa: PTH118
    works = [
        _work(key.removeprefix(parent), several, labels, texts, limits, problems) for key, several in offers.items()
    ]
    check_fields(path.stem, works, labels, texts, least)
    if works and not any(work.texts or work.media for work in works) and not problems:
        there = sorted({each for work in works for each in work.fields})
        raise BadInput(
            f"No row of {path.name} names a file or a text of a work; what it tells are {', '.join(there)}.",
            'Say which column is which, as options = { columns = { path = "SCAN", title = "NAME" } }.',
        )
    notes = problems[:_TOLD]
    if len(problems) > _TOLD:
        notes.append(f"{len(problems) - _TOLD:,} more rows or files could not be read.")
    return set_of(path.stem, works, modalities, least=least, limits=limits, notes=notes)


def _work(
    key: str,
    several: Iterable[Candidate],
    labels: Sequence[str],
    texts: Sequence[str],
    limits: Limits,
    problems: list[str],
) -> Work:
    media: dict[Modality, Lying] = {}
    told: list[str] = []
    written: list[str] = []
    named: list[str] = []
    fields: set[str] = set()
    for candidate in several:
        fields |= candidate.fields.keys()
        told += [value for name in texts for value in candidate.fields.get(name, ())]
        named += [value for name in labels for value in candidate.fields.get(name, ())]
        if candidate.metadata_only:
            continue
        try:
            medium = _medium(candidate.path, limits)
            if medium == "text":
                written += _passages(candidate.path, limits)
            elif medium in _MODALITIES:
                media.setdefault(_MODALITIES[medium], Lying(candidate.path))
            else:
                problems.append(f"{candidate.path.name} is of a type that is not learned from ({medium}).")
        except PinakesError as error:
            problems.append(str(error))
    return Work(key, tuple(dict.fromkeys([*told, *written])), tuple(dict.fromkeys(named)), media, frozenset(fields))


def _medium(path: Path, limits: Limits) -> Medium:
    with open_regular(path, limits) as opened:
        return sniff_file(opened.file).medium


def _passages(path: Path, limits: Limits, most: int = 3) -> list[str]:
    """The first passages of a text."""
    spec = DecodeSpec(previews=False, limits=limits)
    found: list[str] = []
    for part in decode(path, spec):
        if isinstance(part, DecodedPart) and part.text and len(found) < most:
            found.append(part.text)
    return found
