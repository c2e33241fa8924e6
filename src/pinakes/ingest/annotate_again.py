"""Keywords and spelling once more at the end of a run, when the library holds all that they are weighed against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pinakes.catalogue.annotations import field_of, set_cleaning, set_field, touch_all
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.entries import parts_of
from pinakes.catalogue.records import PartEntry
from pinakes.index.spelling import Candidate
from pinakes.ingest.annotate import KEYWORDS, KEYWORDS_FIELD, Annotator
from pinakes.media.clean.spelling import STEP as SPELLING

_AT_A_TIME = 256
Notes = tuple[Mapping[str, Any], ...]


def annotate_again(catalogue: Catalogue, annotator: Annotator, item_ids: Sequence[int]) -> None:
    """Write what is said of these items now where it is not what was said when they were stored.

    The first works of a library are stored while there is nothing yet to weigh their words against.
    """
    near: dict[str, list[Candidate]] = {}
    for start in range(0, len(item_ids), _AT_A_TIME):
        numbers = list(dict.fromkeys(item_ids[start : start + _AT_A_TIME]))
        with catalogue.reading() as connection:
            parts = [part for part in parts_of(connection, numbers) if part.modality == "text" and part.text]
            before = field_of(connection, numbers, KEYWORDS_FIELD)
        notes = _spelling(annotator, parts, near, before) if SPELLING in annotator.cleaning else {}
        words = _keywords(annotator, parts, before) if KEYWORDS in annotator.cleaning else {}
        if not notes and not words:
            continue
        with catalogue.writing() as connection:
            set_cleaning(connection, notes)
            set_field(connection, KEYWORDS_FIELD, words)
            touch_all(connection, {part.item_id for part in parts if part.id in notes} | {item for item, _ in words})


def _spelling(
    annotator: Annotator,
    parts: Sequence[PartEntry],
    near: dict[str, list[Candidate]],
    keywords: Mapping[tuple[int, int], tuple[str, ...]],
) -> dict[int, Notes]:
    """The notes of those parts of whose words something else is suggested now."""
    changed: dict[int, Notes] = {}
    for part in parts:
        said = annotator.spelling(part.text, near, keywords.get((part.item_id, part.file_id or 0), ()))
        new = {"step": said.step, "applied": said.applied, "detail": said.detail}
        others = [note for note in part.cleaning if note["step"] != SPELLING]
        if new not in part.cleaning:
            changed[part.id] = (*others, new)
    return changed


def _keywords(
    annotator: Annotator, parts: Sequence[PartEntry], before: Mapping[tuple[int, int], tuple[str, ...]]
) -> dict[tuple[int, int], tuple[str, ...]]:
    """The keywords of those files that have others now."""
    texts: dict[tuple[int, int], list[str]] = defaultdict(list)
    for part in parts:
        texts[part.item_id, part.file_id or 0].append(part.text)
    found = {file: annotator.keywords(said) for file, said in texts.items()}
    return {file: words for file, words in found.items() if words != before.get(file, ())}
