"""Recommendations: how often they bring back what was taken off a shelf, and what they cost.

Quality: shelves of the sample library, one for each label or subject that 4 to 40 works have, of at most 12 works. Of
each, up to five works are taken off in turn, and it counts how often the one taken off is among the ten recommended for
the rest. Beside it stand the works that lie on most of these shelves, and chance. Labels and subjects are what the
shelves were made of: without both, by words and vectors, it is a harder question, and by vectors alone a harder one.

Cost: a library of 100,000 made parts with subjects, creators, titles, and vectors in three spaces; processor time of a
recommendation for shelves of twelve works drawn at random, which have little in common.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.builtin_sample import FEW, WORKS, filled
from benchmarks.frame import Figures, Options
from pinakes.catalogue.collections import ensure
from pinakes.catalogue.records import ItemEntry, NewField, NewPart, NewWork
from pinakes.catalogue.spaces import Space, create
from pinakes.catalogue.store import store
from pinakes.encoders.base import Description
from pinakes.encoders.hashers import fit
from pinakes.evaluate.vectors_made import Mixture
from pinakes.library import Library
from pinakes.library.reading import items
from pinakes.library.recommending import recommended
from pinakes.search import recommend, signals
from pinakes.search.recommend import Group
from pinakes.types import Place

TOLD = ("labels", "subjects")
SMALLEST, LARGEST, ON_A_SHELF, TAKEN_OFF, SHOWN = 4, 40, 12, 5, 10
PARTS, FEW_PARTS, PIECE, DIM, SPACES = 100_000, 8_000, 4_000, 256, 3
_PATIENCE = 0.05

Shelf = tuple[int, ...]


def run(options: Options) -> Figures:
    """Both, one after the other."""
    figures = Figures()
    with filled(options.folder("recommending-sample"), FEW if options.quick else WORKS) as library:
        _quality(library, figures)
    _cost(options, figures)
    return figures


def _quality(library: Library, figures: Figures) -> None:
    everything = items(library, [hit.item for hit in library.search(where={"state": "ready"}, limit=1_000)])
    shelves = made_of(everything)
    rng = np.random.default_rng(2)
    asked = [
        (int(gone), tuple(one for one in shelf if one != gone))
        for shelf in shelves
        for gone in (shelf if len(shelf) <= TAKEN_OFF else rng.choice(shelf, TAKEN_OFF, replace=False))
    ]

    def ours(rest: Shelf) -> Sequence[int]:
        return [one.item for one in recommended(library, [Group(rest)], rest, SHOWN, anew=True)]

    often = sorted(everything, key=lambda one: (-sum(one in shelf for shelf in shelves), one))

    def popular(rest: Shelf) -> Sequence[int]:
        return [one for one in often if one not in rest][:SHOWN]

    def chance(rest: Shelf) -> Sequence[int]:
        return rng.permutation([one for one in everything if one not in rest])[:SHOWN].tolist()

    figures.add("all that is told", _found(asked, ours), "found again", at_least=0.8)
    with _without(TOLD):
        figures.add("without labels and subjects", _found(asked, ours), "found again", at_least=0.6)
    with _vectors_alone():
        figures.add("vectors alone", _found(asked, ours), "found again", at_least=0.2)
    figures.add("works on most shelves", _found(asked, popular), "found again")
    figures.add("chance", _found(asked, chance), "found again")
    figures.note(f"{len(asked)} works taken off {len(shelves)} shelves of {len(everything)} works.")


def made_of(everything: dict[int, ItemEntry]) -> list[Shelf]:
    """A shelf for each label or subject that some works have, whatever its letters' case."""
    having: dict[str, set[int]] = {}
    for number, item in everything.items():
        for name in TOLD:
            for value in item.fields.get(name, ()):
                having.setdefault(value.casefold(), set()).add(number)
    rng = np.random.default_rng(1)
    shelves = []
    for _, there in sorted(having.items()):
        if SMALLEST <= len(there) <= LARGEST:
            chosen = sorted(there)
            if len(chosen) > ON_A_SHELF:
                chosen = sorted(rng.choice(chosen, ON_A_SHELF, replace=False).tolist())
            shelves.append(tuple(chosen))
    return shelves


def _found(asked: Sequence[tuple[int, Shelf]], way: Callable[[Shelf], Sequence[int]]) -> float:
    return sum(gone in way(rest) for gone, rest in asked) / len(asked)


@contextmanager
def _without(fields: Sequence[str]) -> Iterator[None]:
    """As if these fields were not told."""
    known = signals.FIELDS
    signals.FIELDS = tuple(name for name in known if name not in fields)
    try:
        yield
    finally:
        signals.FIELDS = known


@contextmanager
def _vectors_alone() -> Iterator[None]:
    """As if nothing were told but vectors."""
    known = recommend.COUNTS
    recommend.COUNTS = replace(known, values=0.0, words=0.0)
    try:
        yield
    finally:
        recommend.COUNTS = known


def _cost(options: Options, figures: Figures) -> None:
    parts = FEW_PARTS if options.quick else PARTS
    folder = options.folder(f"recommending-{parts}")
    if not (folder / "made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        _make(folder, parts)
        (folder / "made").touch()
    with Library.open(folder) as library:
        cost(library, figures, f"{parts:,} parts", judged=not options.quick)


def cost(library: Library, figures: Figures, name: str, *, judged: bool) -> None:
    """Processor time of recommendations for shelves of works drawn at random."""
    numbers = np.concatenate([segment.items for segment in library._index.snapshot().segments])
    rng = np.random.default_rng(0)
    for shelves in (1, recommend.GROUPS):
        times = []
        for _ in range(22):
            groups = [Group(tuple(rng.choice(numbers, ON_A_SHELF, replace=False).tolist())) for _ in range(shelves)]
            begun = time.process_time()
            recommended(library, groups, [item for group in groups for item in group.items], SHOWN, anew=True)
            times.append(time.process_time() - begun)
        told = f"{name}, {shelves} group{'s' if shelves > 1 else ''}, processor time"
        figures.add(told, 1_000 * median(times[2:]), "ms", at_most=1_000 * _PATIENCE, judged=judged)


def _make(folder: Path, parts: int) -> None:
    """A library of works of one to three parts, as many of all together as asked for."""
    rng = np.random.default_rng(3)
    words = ["".join(rng.choice(list("abcdefghilmnoprstu"), rng.integers(4, 9))) for _ in range(20_000)]
    mixtures = [Mixture.clustered(DIM, seed) for seed in range(SPACES)]
    with Library.open(folder, create=True) as library:
        catalogue = library.catalogue
        with catalogue.writer():
            with catalogue.writing() as connection:
                collection = ensure(connection, "main", (), ()).id
                spaces = []
                for number, mixture in enumerate(mixtures):
                    told = Description(f"made{number}", ("text", "image"), DIM, "cosine", "none", 0, f"{number}")
                    hasher = fit("rotation", mixture.chunk(0)[0].astype(np.float32), "cosine", 512)
                    spaces.append(create(connection, told, hasher, "active"))
            for piece in range(parts // PIECE):
                works = _works(rng, words, mixtures, spaces, piece, collection)
                with catalogue.writing() as connection:
                    store(connection, works, {space.id: space for space in spaces})
            library._index.publish(finish=True)


def _works(
    rng: np.random.Generator,
    words: Sequence[str],
    mixtures: Sequence[Mixture],
    spaces: Sequence[Space],
    piece: int,
    collection: int,
) -> list[NewWork]:
    def said(count: int) -> str:
        return " ".join(words[number] for number in (rng.zipf(1.3, count) - 1) % len(words))

    chunks = [mixture.chunk(piece + 1, PIECE) for mixture in mixtures]
    found, row = [], 0
    while row < PIECE:
        more = min(int(rng.choice([1, 1, 2, 3])), PIECE - row)
        is_text = bool(rng.integers(3))
        parts = tuple(
            NewPart(
                "text" if is_text else "image",
                Place(),
                said(60) if is_text else "",
                "la",
                vectors={
                    space.id: chunk[0][row + step].astype(np.float32)
                    for space, chunk in zip(spaces, chunks, strict=True)
                },
            )
            for step in range(more)
        )
        told = {"title": [said(4)], "description": [said(20)], "creator": [f"Creator {rng.zipf(1.4) % 5_000}"]}
        told["subjects"] = [f"Subject {chunks[0][1][row]}", f"Subject {rng.zipf(1.5) % 3_000}"]
        fields = tuple(NewField(name, value, "person") for name, values in told.items() for value in values)
        found.append(NewWork(b"made:%d:%d" % (piece, row), collection, None, None, fields, parts))
        row += more
    return found
