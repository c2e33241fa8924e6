"""What a report of a library shows: the best and the worst queries with what was found, and maps of its spaces."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from sqlalchemy import Connection, select

from pinakes.catalogue import previews, vectors
from pinakes.catalogue.pieces import pieces
from pinakes.catalogue.records import ItemEntry, PartEntry
from pinakes.catalogue.schema import codes, parts
from pinakes.catalogue.spaces import Space
from pinakes.errors import NotFound, PinakesError
from pinakes.evaluate import holding
from pinakes.evaluate.cases import Case
from pinakes.evaluate.protocols import sampled
from pinakes.evaluate.report.examples import extremes
from pinakes.evaluate.report.model import Example, Shown
from pinakes.evaluate.report.names import in_words
from pinakes.evaluate.report.projection import MOST_POINTS, UNGROUPED, Map
from pinakes.evaluate.ways import Answers
from pinakes.library.answering import ALL, Found
from pinakes.library.originals import decode_example
from pinakes.media.geometry import thumbnail
from pinakes.media.preview import jpeg
from pinakes.search.explain import Marker, snippet
from pinakes.search.query.terms import FileTerm, ItemTerm, Term, TextTerm
from pinakes.search.shown import entries
from pinakes.types import Modality
from pinakes.words.analyse import analyser

if TYPE_CHECKING:
    from pinakes.library.facade import Library

# Queries at each end, and what is shown of their answers.
_EXAMPLES, _SHOWN = 3, 5
# The longer side of a thumbnail: twice what a page gives it, for screens that have the dots.
_SIDE = 224
# Letters of a text that was asked with.
_TEXT = 300
# Groups of a map with a name of their own.
_GROUPS = 11


def examples(library: Library, answers: Answers, found: Sequence[Found]) -> Iterator[Example]:
    """The best and the worst queries of each direction, in the way of searching that does best in it."""
    directions: dict[tuple[str, str], list[Found]] = {}
    for one in found:
        directions.setdefault((one.scope.names["from"], one.scope.names["to"]), []).append(one)
    whole = directions.get((ALL, ALL))
    for group in [whole] if whole else directions.values():
        best = max(group, key=lambda one: _standing(one.scope.figures[0].value))
        metric = best.scope.figures[0].metric
        for kind, places in zip(("best", "worst"), extremes(best.scope, metric, _EXAMPLES), strict=True):
            for place in places:
                number, value = best.numbers[place], float(best.scope.scores[metric][place])
                asked = _asked(library, answers.task.cases[number])
                yield Example(kind, asked, metric, value, _found(library, answers, number, best), _called(best))


def _standing(value: float) -> float:
    return -math.inf if math.isnan(value) else value


def _called(found: Found) -> str:
    return in_words(found.scope.names)


def _asked(library: Library, case: Case) -> Shown:
    """What was asked with: words, or the titles of works with the labels for which they stand."""
    terms = [_term(library, term) for term in case.query.terms]
    caption = ""
    for term, told in zip(case.query.terms, terms, strict=True):
        sign = "- " if term.weight < 0 else "+ " * bool(caption)
        caption = f"{caption} {sign}{told.caption}".strip()
    # Labels are those of the work that asks and is left out of its own answer.
    labels = [f"Its labels: {', '.join(case.told)}."] if case.told and case.besides else []
    text = " ".join([*labels, *(told.text for told in terms if told.text)])
    return Shown(caption, next((told.picture for told in terms if told.picture), b""), text=text)


def _term(library: Library, term: Term) -> Shown:
    if isinstance(term, TextTerm):
        return Shown(f"{term.field}:{term.text}" if term.field else term.text)
    if isinstance(term, FileTerm):
        return _medium(library, Path(term.path))
    if not isinstance(term, ItemTerm):
        return Shown(type(term).__name__.removesuffix("Term").lower())
    try:
        item, own = library.item(term.item), library.parts(term.item)
    except NotFound:
        return Shown(f"item:{term.item}")
    part = next((one for one in own if term.modality in (None, one.modality)), None)
    return _shown(library, item, part, snippet(item, part, ()), None) if part else Shown(_title(item))


def _medium(library: Library, path: Path) -> Shown:
    """A file from outside the library that was asked with."""
    try:
        first = next(iter(decode_example(path, library.settings, ())), None)
    except PinakesError:
        return Shown(path.name)
    return Shown(path.name, _small(first.preview), text=first.text[:_TEXT]) if first else Shown(path.name)


def _found(library: Library, answers: Answers, number: int, found: Found) -> tuple[Shown, ...]:
    """The first works of an answer, each at its best part."""
    case, seen = answers.task.cases[number], answers.seen(number, found.way, _SHOWN)
    marker = Marker.of(seen.snapshot, analyser(library.settings), seen.clauses)
    relevant = set(case.items[case.grades >= 1].tolist())
    judged = set(case.items.tolist()) if case.judged else None
    shown = []
    for there in entries(library._catalogue, seen.snapshot, seen.rows):
        if there is None:
            continue
        item, part = there
        right = None if judged is not None and item.id not in judged else item.id in relevant
        said = snippet(item, part, marker.matched(item, part, leading=False))
        shown.append(_shown(library, item, part, said, right))
    return tuple(shown)


def _shown(library: Library, item: ItemEntry, part: PartEntry, said: str, right: bool | None) -> Shown:
    """A part as its picture, or as some of its text where it is one."""
    place = str(part.place) if part.modality != "text" else ""
    caption = f"{_title(item)}, {place}" if place else _title(item)
    if part.modality == "text":
        return Shown(caption, relevant=right, text=said)
    return Shown(caption, picture(library.preview(part.id)), right)


def _title(item: ItemEntry) -> str:
    return item.title or f"item:{item.id}"


def picture(path: Path | None) -> bytes:
    """A preview as small as a page shows it; nothing where there is none, or where it is damaged."""
    try:
        data = path.read_bytes() if path else b""
    except OSError:
        return b""
    return _small(data) if previews.is_whole(data) else b""


def _small(data: bytes) -> bytes:
    if not data:
        return b""
    with Image.open(BytesIO(data), formats=["JPEG"]) as image:
        return jpeg(thumbnail(image.convert("RGB"), _SIDE))


def maps(library: Library, label: str, seed: int) -> Iterator[Map]:
    """A map of each space: by modality where it holds several, and by labels where there are any."""
    with library._catalogue.reading() as connection:
        labels = holding.values_of(connection, label)
        for space in library.spaces:
            yield from _maps(connection, space, labels, label, seed)


def _maps(
    connection: Connection, space: Space, labels: Mapping[int, Sequence[str]], label: str, seed: int
) -> Iterator[Map]:
    every = np.array(connection.scalars(select(codes.c.part_id).where(codes.c.space_id == space.id)).all(), np.int64)
    chosen = sampled(np.sort(every), MOST_POINTS, seed).tolist()
    known = _known(connection, chosen)
    drawn = [(part, several[0]) for part, _, several in vectors.of_parts(connection, space, chosen) if part in known]
    if len(drawn) < 3:
        return
    points = np.stack([vector.astype(np.float32) for _, vector in drawn])
    modalities = tuple(known[part][1] for part, _ in drawn)
    values = grouped([labels.get(known[part][0], ()) for part, _ in drawn])
    has_labels = any(value != UNGROUPED for value in values)
    if len(set(modalities)) > 1 or not has_labels:
        yield Map(space.name, points, modalities, "modality", seed, len(every))
    if has_labels:
        yield Map(space.name, points, values, label, seed, len(every))


def _known(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[int, Modality]]:
    """The item and the modality of parts."""
    found: dict[int, tuple[int, Modality]] = {}
    for piece in pieces(numbers):
        asked = select(parts.c.id, parts.c.item_id, parts.c.modality).where(parts.c.id.in_(piece))
        found.update({part: (item, modality) for part, item, modality in connection.execute(asked)})
    return found


def grouped(values: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """One value for each part that has any: of those that are frequent enough to be named, its rarest."""
    counts = Counter(value for each in values for value in each)
    named = {value for value, _ in counts.most_common(_GROUPS)}
    return tuple(
        min(
            (value for value in each if value in named) if named.intersection(each) else each,
            key=lambda value: (counts[value], value),
            default=UNGROUPED,
        )
        for each in values
    )
