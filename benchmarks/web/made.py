"""A library of 100,000 parts in the spaces that every library has, made straight into its catalogue in a minute.

It begins with the sample library, read and encoded as any other. Each further part has a vector in every space that its
modality has: that of a part of the sample, moved at random by a third of its length. Texts, names, dates and subjects
are invented; queries name them, or are those of the sample.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, select

from benchmarks.understanding.large import Names, queries, works
from pinakes.catalogue.collections import ensure
from pinakes.catalogue.records import NewPart, NewWork
from pinakes.catalogue.schema import parts, vector_blocks
from pinakes.catalogue.spaces import Space, all_spaces
from pinakes.catalogue.store import store
from pinakes.catalogue.vectors import read_block
from pinakes.encoders.find import find
from pinakes.library import Library
from pinakes.settings import Settings
from pinakes.sources.sample import generate
from pinakes.types import MODALITIES, Floats, Modality, Place

_SAMPLED, _FEW_SAMPLED, _PIECE, _MOVED = 400, 80, 4_096, 0.33
# Of ten works made, so many are of each modality; what the sample has none of falls to texts.
_OF_TEN: tuple[Modality, ...] = ("text",) * 6 + ("image",) * 3 + ("audio",)

# Vectors (n, dim) by the number of their space, for one modality.
Vectors = Mapping[int, Floats]


def made(folder: Path, count: int, *, quick: bool) -> Path:
    """The library, made once for each built-in encoder and kept; returns the folder that holds it beside the sample."""
    done = folder / "made"
    told = find("builtin", Settings(), folder).description.fingerprint
    if done.exists() and done.read_text(encoding="ascii") == told:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    sample = generate(folder / "sample", 1, _FEW_SAMPLED if quick else _SAMPLED)
    with Library.open(folder / "library", create=True) as library:
        library.add(sample.collection / "works.csv", sample.collection)
        with library.catalogue.writer():
            _fill(library, count)
    done.write_text(told, encoding="ascii")
    return folder


def asked(folder: Path, count: int, many: int) -> list[str]:
    """So many queries, no two the same: of six three ask as the sample does, one names what few works have."""
    lines = (folder / "sample" / "judgements" / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    sample = [told["text"] for told in map(json.loads, lines) if told["text"]]
    names = Names(count)
    rng = np.random.default_rng(4)
    found = []
    for number, narrow in enumerate(queries(names, many)):
        one, two = (names.words[at] for at in rng.integers(100, 3_000, 2).tolist())
        ours, more = (sample[at] for at in rng.integers(len(sample), size=2).tolist())
        year = int(rng.integers(1870, 1960))
        seen = (f"{ours} {one}", f"{ours} before {year}", f"{ours} {more}")
        found.append(
            (*seen, f"{one} {two} since {year - 20}", f"texts in German about {one} {two}", narrow)[number % 6]
        )
    return list(dict.fromkeys(found))


def _fill(library: Library, count: int) -> None:
    rng = np.random.default_rng(5)
    with library.catalogue.writing() as connection:
        collection = ensure(connection, "made", (), ()).id
        spaces = {space.id: space for space in all_spaces(connection)}
        drawn = _drawn(connection, tuple(spaces.values()))
    given = works(Names(count), count, collection)
    while piece := list(islice(given, _PIECE)):
        with library.catalogue.writing() as connection:
            store(connection, _with_vectors(rng, piece, drawn), spaces)
    library._index.publish(finish=True)


def _drawn(connection: Connection, spaces: Sequence[Space]) -> dict[Modality, Vectors]:
    """The vectors of the sample's parts by modality and space."""
    modality_of = dict(connection.execute(select(parts.c.id, parts.c.modality)).all())
    found: dict[Modality, Vectors] = {}
    for modality in MODALITIES:
        of_spaces: dict[int, Floats] = {}
        for space in spaces:
            rows: list[Floats] = []
            for block in connection.scalars(select(vector_blocks.c.id).where(vector_blocks.c.space_id == space.id)):
                numbers, vectors = read_block(connection, block, space.dim)
                chosen = [modality_of.get(number) == modality for number in numbers.tolist()]
                rows.append(vectors[np.array(chosen, bool)].astype(np.float32))
            if sum(map(len, rows)):
                of_spaces[space.id] = np.concatenate(rows)
        found[modality] = of_spaces
    return found


def _with_vectors(
    rng: np.random.Generator, piece: Sequence[NewWork], drawn: Mapping[Modality, Vectors]
) -> list[NewWork]:
    """The works of a piece, in several modalities, with the vectors that a part of each has."""
    chosen = (_OF_TEN[at] for at in rng.integers(len(_OF_TEN), size=len(piece)))
    modalities: list[Modality] = [one if drawn[one] else "text" for one in chosen]
    vectors: list[dict[int, Floats]] = [{} for _ in piece]
    for modality in set(modalities):
        places = [place for place, one in enumerate(modalities) if one == modality]
        for space, rows in drawn[modality].items():
            for place, vector in zip(places, _moved(rng, rows, len(places)), strict=True):
                vectors[place][space] = vector
    return [_changed(*told) for told in zip(piece, modalities, vectors, strict=True)]


def _moved(rng: np.random.Generator, rows: Floats, count: int) -> Floats:
    """So many of the rows (n, dim), each moved at random and as long as it was."""
    chosen = rows[rng.integers(len(rows), size=count)]
    lengths = np.linalg.norm(chosen, axis=1, keepdims=True)
    shaken = chosen + rng.standard_normal(chosen.shape, np.float32) * (_MOVED * lengths / np.sqrt(chosen.shape[1]))
    moved: Floats = shaken * (lengths / np.maximum(np.linalg.norm(shaken, axis=1, keepdims=True), 1e-9))
    return moved


def _changed(work: NewWork, modality: Modality, vectors: Vectors) -> NewWork:
    text = work.parts[0].text
    if modality == "text":
        part = NewPart("text", Place(chars=(0, len(text))), text, "en", vectors=vectors)
    else:
        part = NewPart(modality, Place(seconds=(0.0, 5.0)) if modality == "audio" else Place(), vectors=vectors)
    return NewWork(work.key, work.collection_id, None, None, work.fields, (part,))
