"""What a library is asked while it is measured: words of its titles, its own items, and both together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import select

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.pieces import pieces
from pinakes.catalogue.schema import items
from pinakes.errors import NoContent
from pinakes.evaluate import generated, texts_made

WORDS, ITEMS, VECTORS, BOTH, GIVEN = "words", "items", "vectors", "both", "given"
_WORD = re.compile(r"[^\W_]{2,}")
_MOST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Question:
    """One search, of a kind."""

    asked: str
    words: str = ""
    item: int | None = None
    vectors: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def terms(self) -> dict[str, Any]:
        """What `Library.search` takes."""
        return {
            "query": self.words,
            "item": self.item,
            "vectors": {name: np.asarray(vector, np.float32) for name, vector in self.vectors.items()},
        }


def of_library(catalogue: Catalogue, count: int, seed: int) -> list[Question]:
    """So many questions of each kind that a library's own material gives, the kinds in turn."""
    rng = np.random.default_rng(seed)
    titles = _titles(catalogue, rng, count)
    words = [found for title in titles.values() if (found := _words(title, rng))]
    questions = []
    for number in range(count):
        chosen = words[number % len(words)] if words else ""
        item = list(titles)[number % len(titles)] if catalogue.searched_spaces() else None
        questions += [Question(WORDS, words=chosen)] if chosen else []
        questions += [Question(ITEMS, item=item)] if item is not None else []
        questions += [Question(BOTH, words=chosen, item=item)] if chosen and item is not None else []
    if not questions:
        raise NoContent("Nothing in this library has a title, and nothing has vectors: there is nothing to ask for.")
    return questions


def _titles(catalogue: Catalogue, rng: np.random.Generator, count: int) -> dict[int, str]:
    """The titles of some items, by their numbers, in an order of chance."""
    with catalogue.reading() as connection:
        numbers = np.array(connection.scalars(select(items.c.id).order_by(items.c.id)).all(), np.int64)
        if not len(numbers):
            raise NoContent(f"There is nothing in the library {catalogue.folder}.", "Fill it: pinakes add FOLDER")
        chosen = rng.choice(numbers, min(count, len(numbers)), replace=False).tolist()
        found: dict[int, str] = {}
        for piece in pieces(chosen):
            found.update(connection.execute(select(items.c.id, items.c.title).where(items.c.id.in_(piece))).all())
    return {number: found[number] for number in chosen if number in found}


def _words(title: str, rng: np.random.Generator) -> str:
    """One to three words of a title, in their order; signs of the query language are none of them."""
    words = _WORD.findall(title)
    if not words:
        return ""
    chosen = rng.choice(len(words), min(len(words), int(rng.integers(1, _MOST_WORDS + 1))), replace=False)
    return " ".join(words[place] for place in sorted(chosen))


def of_generated(count: int, seed: int) -> list[Question]:
    """So many questions of each kind to a generated library, the kinds in turn."""
    asked = zip(texts_made.queries(count, seed + 1), generated.vectors(count, seed).tolist(), strict=True)
    questions = []
    for words, vector in asked:
        found = {generated.SPACE: vector}
        questions += [Question(WORDS, words), Question(VECTORS, vectors=found), Question(BOTH, words, vectors=found)]
    return questions


def given(lines: Sequence[str]) -> list[Question]:
    """The user's own questions, as they would be written after `pinakes search`."""
    questions = [Question(GIVEN, line.strip()) for line in lines if line.strip()]
    if not questions:
        raise NoContent("There is no question in that list.", "Write one on each line, as after `pinakes search`.")
    return questions
