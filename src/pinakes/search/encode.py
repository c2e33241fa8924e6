"""From the terms of a query to what is looked up: clauses of words, and one vector for each space."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pinakes.catalogue.entries import heading, part_entries, texts_of
from pinakes.catalogue.spaces import Space, checked
from pinakes.encoders.base import Encoder, unit_rows
from pinakes.encoders.builtin import files as builtin
from pinakes.encoders.media import is_for, medium
from pinakes.encoders.queries import encode_queries
from pinakes.encoders.readable import ReadingEncoder
from pinakes.errors import NoContent, NotFound, UnknownName, WrongSpace, nearest
from pinakes.index.background import Background, background
from pinakes.index.calibrate import Asking, told_kinds
from pinakes.index.find_vectors import vectors_of
from pinakes.index.snapshot import Snapshot
from pinakes.index.words import TEXT, Clause
from pinakes.search.query.terms import FileTerm, ItemTerm, Query, TextTerm, UploadTerm, VectorTerm
from pinakes.search.request import Holdings
from pinakes.types import MODALITIES, Floats, Modality
from pinakes.words.analyse import Analyser, QueryWord, query_words
from pinakes.words.languages import is_little
from pinakes.words.segment import normal

if TYPE_CHECKING:
    from pinakes.catalogue.records import PartEntry
    from pinakes.media.base import DecodedPart

# In a longer text neighbours say little; on judged collections, phrases of long questions cost precision.
_PAIRED = 6
# Parts of an example that stand for it: the first pages of a book, the first shots of a film.
_EXAMPLE_PARTS = 8
_UNKNOWN_SHOWN = 5
# What asks by a text: how near others, or pictures, lie to it hangs on the library.
_OF_TEXT: frozenset[Asking] = frozenset({"words", "text"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A query vector of one space, and what most of it comes from: words, or a medium of some modality."""

    space: Space
    vector: Floats
    source: Asking
    weight: float
    # What of each modality lies near it by chance, where words or a text ask and the encoder does not tell.
    backgrounds: Mapping[Modality, Background] = field(default_factory=dict)
    # Whether it was made of words that were typed, and of nothing else.
    of_words: bool = False


@dataclass(frozen=True, slots=True)
class Unasked:
    """A space that was not asked for the query's words, and why."""

    space: str
    why: str

    def __str__(self) -> str:
        return f"{self.why} The words were looked up without {self.space}."


@dataclass(slots=True)
class Encoded:
    """What is looked up."""

    clauses: list[Clause] = field(default_factory=list)
    # Words that stand side by side in the query, as phrases: where they do so in a part too, it is likelier meant.
    pairs: list[Clause] = field(default_factory=list)
    without: list[tuple[Clause, ...]] = field(default_factory=list)
    # One vector a space of what draws near, and one of what pushes away.
    near: list[Asked] = field(default_factory=list)
    away: list[Asked] = field(default_factory=list)
    # Whether anything is searched for, and not only filtered and pushed away.
    wanted: bool = False
    # Examples from the library are not their own answer.
    excluded: set[int] = field(default_factory=set)
    # Words that a space was not asked for, and why not.
    unasked: list[Unasked] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Pull:
    """One term's vector in one space."""

    vector: Floats
    weight: float
    source: Asking


def encode(
    query: Query, holdings: Holdings, searched: Sequence[Space], snapshot: Snapshot, analyser: Analyser
) -> Encoded:
    """Encode every term in every space that can take it, and add up what meets in one space."""
    encoded = Encoded(wanted=any(term.weight > 0 for term in query.terms))
    pulls: dict[int, list[_Pull]] = defaultdict(list)
    spaces = {space.id: space for space in searched}
    for number, term in enumerate(query.terms):
        if isinstance(term, TextTerm):
            _add_words(encoded, term, number, analyser, snapshot, holdings.settings.limits.max_query_words)
            if not term.field:
                encoded.unasked += _add_text(pulls, term.text, term.weight, spaces.values(), holdings)
        elif isinstance(term, VectorTerm):
            _add_vector(pulls, term, spaces.values())
        elif isinstance(term, ItemTerm):
            _add_item(encoded, pulls, term, spaces.values(), holdings, snapshot, analyser)
        else:
            _add_medium(encoded, pulls, term, spaces.values(), holdings, snapshot, analyser)
    for space_id, drawn in pulls.items():
        for side, drawing in ((encoded.near, True), (encoded.away, False)):
            if of_side := [pull for pull in drawn if (pull.weight > 0) == drawing]:
                side.append(_combined(snapshot, spaces[space_id], of_side))
    return encoded


def _add_words(
    encoded: Encoded, term: TextTerm, number: int, analyser: Analyser, snapshot: Snapshot, most: int
) -> None:
    languages, main = snapshot.languages(), snapshot.main_languages()
    words = query_words(term.text, analyser, languages, main, phrase=term.phrase)[:most]
    if not words:
        return
    clauses = [Clause(group, term.field, abs(term.weight), number) for group in grouped(words, phrase=term.phrase)]
    if term.weight > 0:
        encoded.clauses += clauses
        if not term.phrase and len(words) <= _PAIRED:
            spoken = snapshot.spoken(term.text)
            pairs = [pair for pair in pairwise(words) if all(_tells(word, spoken) for word in pair)]
            encoded.pairs += [Clause(pair, term.field, term.weight) for pair in pairs]
    else:
        encoded.without.append(tuple(clauses))


def grouped(words: Sequence[QueryWord], *, phrase: bool) -> list[tuple[QueryWord, ...]]:
    """The words that are looked up together: all of a phrase, each other one by itself."""
    if phrase:
        return [tuple(words)] if words else []
    return [(word,) for word in words]


def _tells(word: QueryWord, spoken: Set[str]) -> bool:
    return not word.prefix and not is_little(normal(word.text), spoken)


def _add_text(
    pulls: dict[int, list[_Pull]], text: str, weight: float, spaces: Iterable[Space], holdings: Holdings
) -> Iterator[Unasked]:
    """Ask every space that reads words, but none for words that its encoder can not read: what it finds is noise."""
    for space in spaces:
        if "text" in space.modalities:
            try:
                encoder = _encoder(space, holdings)
            except (UnknownName, WrongSpace) as error:
                if space.name != builtin.NAME:
                    raise
                # Nobody chose it, and another copy of the program has another version of it, or none.
                yield Unasked(space.name, str(error))
                continue
            read = encoder.reading(text) if isinstance(encoder, ReadingEncoder) else None
            if read is not None and not read:
                yield Unasked(space.name, _unread(space.name, text, read.unknown))
                continue
            vector = encode_queries(encoder, [text])[0]
            _add(pulls, space, vector, weight, "words")


def _unread(space: str, text: str, unknown: Sequence[str]) -> str:
    if not unknown:
        return f"{space} finds no word in {text}."
    return (
        f"{space} can not read {', '.join(unknown[:_UNKNOWN_SHOWN])}{' ...' if len(unknown) > _UNKNOWN_SHOWN else '.'}"
    )


def _add_vector(pulls: dict[int, list[_Pull]], term: VectorTerm, spaces: Iterable[Space]) -> None:
    by_name = {space.name: space for space in spaces}
    if term.space not in by_name:
        raise UnknownName(f"This library has no space named {term.space}.", nearest(term.space, by_name))
    (checked_vector,) = checked([term.vector], by_name[term.space])
    _add(pulls, by_name[term.space], checked_vector, term.weight, "image")


def _add_item(
    encoded: Encoded,
    pulls: dict[int, list[_Pull]],
    term: ItemTerm,
    spaces: Iterable[Space],
    holdings: Holdings,
    snapshot: Snapshot,
    analyser: Analyser,
) -> None:
    with holdings.catalogue.reading() as connection:
        title, language = heading(connection, term.item)
        texts = texts_of(connection, term.item, _EXAMPLE_PARTS, term.modality)
        rows = snapshot.rows_of(term.item)
        modalities = snapshot.modalities(rows)
        first = {kind: rows[modalities == number][:_EXAMPLE_PARTS] for number, kind in enumerate(MODALITIES)}
        if term.modality is None and len(first["text"]) and len(first["image"]):
            there = part_entries(connection, snapshot.parts(np.concatenate([first["text"], first["image"]])).tolist())
            if _is_read(there.values()):
                del first["image"]
    if not term.itself:
        encoded.excluded.add(term.item)
    for modality, chosen in first.items():
        if term.modality not in (None, modality):
            continue
        for space in spaces if len(chosen) else ():
            for _, vectors in vectors_of(snapshot, space, chosen):
                if len(vectors):
                    _add(pulls, space, vectors.mean(axis=0), term.weight, modality)
    if term.modality:
        _add_telling_words(encoded, "\n".join(texts), language, term.weight, snapshot, analyser, TEXT)
    else:
        _add_telling_words(encoded, "\n".join([title, *texts]), language, term.weight, snapshot, analyser)


def _add_medium(
    encoded: Encoded,
    pulls: dict[int, list[_Pull]],
    term: FileTerm | UploadTerm,
    spaces: Iterable[Space],
    holdings: Holdings,
    snapshot: Snapshot,
    analyser: Analyser,
) -> None:
    path = _path(term, holdings)
    parts = holdings.decode(path)[:64]
    if not parts:
        raise NoContent(f"{path.name} holds nothing to search with.", "Choose another file.")
    if _is_read(parts):
        parts = [part for part in parts if part.modality != "image"]
    added = []
    for space in spaces:
        for modality in space.modalities:
            if any(part.modality == modality for part in parts):
                encoder = _encoder(space, holdings)
                of_kind = [part for part in parts if part.modality == modality and is_for(part, encoder)]
                if not of_kind:
                    continue
                vectors = encoder.encode(modality, [medium(part, encoder) for part in of_kind[:_EXAMPLE_PARTS]])
                added.append(_add(pulls, space, vectors.mean(axis=0), term.weight, modality))
    text = "\n".join(part.text for part in parts if part.text)
    if text:
        _add_telling_words(encoded, text, "", term.weight, snapshot, analyser)
    if added and not any(added) and not text.strip():
        raise NoContent(f"{path.name} holds nothing to search with: it is silent or empty.", "Choose another file.")


def _is_read(parts: Collection[PartEntry | DecodedPart]) -> bool:
    """Whether a work's pictures are those of its pages, and these have text, which tells more than their looks."""
    pictures = [part for part in parts if part.modality == "image"]
    texts = [part for part in parts if part.modality == "text"]
    return bool(pictures) and all(one.place.page for one in pictures) and any(one.place.page for one in texts)


def _path(term: FileTerm | UploadTerm, holdings: Holdings) -> Path:
    if isinstance(term, UploadTerm):
        return holdings.upload(term.upload)
    path = Path(term.path)
    if not path.exists():
        raise NotFound(f"There is no file {term.path}.", "To search for these words, put them in quotation marks.")
    return path


def _add_telling_words(
    encoded: Encoded,
    text: str,
    language: str,
    weight: float,
    snapshot: Snapshot,
    analyser: Analyser,
    field: str = "",
) -> None:
    """A long text is looked up by the words that tell it from others; none of them alone speaks against a hit."""
    # Imported here: a query of words alone does not pay for it.
    from pinakes.search.keywords import telling_words

    if weight > 0:
        told = telling_words(text, language, weight, snapshot, analyser)
        encoded.clauses += [replace(clause, field=field) for clause in told] if field else told


def _encoder(space: Space, holdings: Holdings) -> Encoder:
    encoder = holdings.encoder(space)
    space.check(encoder.description)
    return encoder


def _add(pulls: dict[int, list[_Pull]], space: Space, vector: Floats, weight: float, source: Asking) -> bool:
    """Whether a vector tells anything, and is added."""
    telling = bool(np.isfinite(vector).all() and vector.any())
    if telling:
        pulls[space.id].append(_Pull(vector.astype(np.float32), weight, source))
    return telling


def _combined(snapshot: Snapshot, space: Space, drawn: Sequence[_Pull]) -> Asked:
    """The weighted sum of the vectors of terms that all draw near, or all push away."""
    vectors = np.stack([pull.vector for pull in drawn])
    if space.metric == "cosine":
        vectors = unit_rows(vectors)
    weights = np.abs(np.array([pull.weight for pull in drawn], np.float32))
    total = weights @ vectors
    if space.metric == "euclidean":
        total = total / max(float(weights.sum()), 1e-6)
    vector = unit_rows(total[None])[0] if space.metric == "cosine" else total
    heaviest = max(drawn, key=lambda pull: abs(pull.weight))
    sources = {pull.source for pull in drawn}
    around = _backgrounds(snapshot, space, vector, heaviest.source) if sources <= _OF_TEXT else {}
    return Asked(space, vector, heaviest.source, sum(pull.weight for pull in drawn), around, sources == {"words"})


def _backgrounds(snapshot: Snapshot, space: Space, vector: Floats, source: Asking) -> dict[Modality, Background]:
    """What lies near by chance: of texts always, of all else where the encoder does not tell how likely a hit is."""
    found = {
        modality: background(snapshot, space, vector, modality)
        for modality in space.modalities
        if modality == "text" or not told_kinds(snapshot, space, source)
    }
    return {modality: around for modality, around in found.items() if around}
