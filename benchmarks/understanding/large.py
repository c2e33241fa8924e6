"""A library of 100,000 items with many names, made straight into its catalogue, and queries that name what is in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pinakes.catalogue.collections import ensure
from pinakes.catalogue.records import NewField, NewPart, NewWork
from pinakes.catalogue.store import store
from pinakes.library import Library
from pinakes.types import Place

_PIECE = 4_096
_SYLLABLES = tuple(
    a + b
    for a in ("b", "d", "f", "g", "k", "l", "m", "n", "r", "s", "t", "v")
    for b in ("a", "e", "i", "o", "u", "an", "el")
)
_HAN = "安白曹陈邓方顾韩江孔李林马宁潘钱任沈唐王夏叶周春秋远山水月花石竹云松泉"
_LANGUAGES = ("en", "zh", "de", "fr")
_WORDS_OF_A_TEXT = 60


class Names:
    """Names made of syllables: so many people, places, subjects and words."""

    def __init__(self, items: int, seed: int = 1) -> None:
        self._rng = np.random.default_rng(seed)
        self.people = [self._person(number) for number in range(max(10, items // 4))]
        self.places = [self._word(3).capitalize() for _ in range(max(10, items // 50))]
        self.subjects = [f"{self._word(2)} {self._word(2)}" for _ in range(max(10, items // 50))]
        self.words = [self._word(2 + number % 2) for number in range(5_000)]

    def _word(self, syllables: int) -> str:
        return "".join(self._rng.choice(_SYLLABLES, syllables))

    def _person(self, number: int) -> str:
        if number % 5 == 0:
            return "".join(self._rng.choice(list(_HAN), 3))
        return f"{self._word(3).capitalize()}, {self._word(2).capitalize()}"


def works(names: Names, count: int, collection: int, seed: int = 2) -> Iterator[NewWork]:
    """Texts with a maker, a date, a language, a place and two subjects each."""
    rng = np.random.default_rng(seed)
    chances = 1 / np.arange(1, len(names.words) + 1)
    drawn = rng.choice(len(names.words), (count, _WORDS_OF_A_TEXT), p=chances / chances.sum())
    for number in range(count):
        text = " ".join(names.words[word] for word in drawn[number].tolist())
        told = {
            "title": " ".join(text.split(maxsplit=5)[:5]),
            "creator": names.people[int(rng.integers(len(names.people)))],
            "date": f"{int(rng.integers(1850, 1960))}-{int(rng.integers(1, 13)):02}",
            "language": _LANGUAGES[int(rng.integers(4))],
            "coverage": names.places[int(rng.integers(len(names.places)))],
            "subjects": names.subjects[int(rng.integers(len(names.subjects)))],
        }
        fields = tuple(NewField(name, value, "person") for name, value in told.items())
        part = NewPart("text", Place(chars=(0, len(text))), text, "en")
        yield NewWork(b"text:%d" % number, collection, None, None, fields, (part,))


def made(folder: Path, count: int) -> Path:
    """The library, made once and kept."""
    done = folder / "made"
    if done.exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    names = Names(count)
    with Library.open(folder, create=True) as library, library.catalogue.writer():
        with library.catalogue.writing() as connection:
            collection = ensure(connection, "main", (), ()).id
        piece: list[NewWork] = []
        for work in works(names, count, collection):
            piece.append(work)
            if len(piece) == _PIECE:
                _stored(library, piece)
        _stored(library, piece)
        library._index.publish(finish=True)
    done.touch()
    return folder


def _stored(library: Library, piece: list[NewWork]) -> None:
    with library.catalogue.writing() as connection:
        store(connection, piece, {})
    piece.clear()


def queries(names: Names, count: int, seed: int = 3) -> list[str]:
    """Queries of some words, each with what is to be understood in it, in both languages."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(count):
        one, two = (names.words[int(rng.integers(200, 2_000))] for _ in range(2))
        person = names.people[int(rng.integers(len(names.people)))]
        place = names.places[int(rng.integers(len(names.places)))]
        year = int(rng.integers(1850, 1960))
        found.append(
            (
                f"{one} {two} by {person.partition(',')[0]} before {year}",
                f"texts in German about {one} from {place}, not {two}",
                f"{' '.join(reversed(person.split(', ')))} {one} {two} {year}",
                f"show me {one} {two} in the 1890s without {names.subjects[number % len(names.subjects)]}",
                f"{person}的{one}，{year}年以前，不要{two}",
                f"{one} {two}",
            )[number % 6]
        )
    return found
