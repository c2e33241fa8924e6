"""Encoders of which words lie nearer to words than to the picture that shows the same, and that do not say how near."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.records import NewPart
from pinakes.catalogue.spaces import create
from pinakes.encoders.base import Description, unit_rows
from pinakes.encoders.hashers import fit
from pinakes.index.local import LocalIndex
from pinakes.limits import Limits
from pinakes.search.query.parse import parse
from pinakes.search.request import Holdings, Options
from pinakes.search.results import Answer
from pinakes.search.search import search
from pinakes.settings import Settings
from pinakes.types import Floats, Place
from tests import makers
from tests.makers import fill, text_part, work

DIM = 64
# More texts than the list of a space brings, none of which says what the pictures show.
TEXTS, PICTURES = 500, 80
RANDOM = np.random.default_rng(5)
MEANINGS = RANDOM.standard_normal((TEXTS + PICTURES, DIM)).astype(np.float32)
# What all texts have in common, and all pictures.
TEXT, PICTURE = 2 * RANDOM.standard_normal((2, DIM)).astype(np.float32)


def meant(word: str) -> Floats:
    """Where a text of one word lies, such as thing7."""
    number = int("".join(filter(str.isdigit, word)) or 0)
    seen: Floats = TEXT + MEANINGS[number % len(MEANINGS)]
    return seen


class Gap:
    """An encoder of such a kind."""

    description: Description = makers.description(dim=DIM)

    def encode(self, modality: str, batch: Sequence[str]) -> Floats:
        """Texts by their last word."""
        return unit_rows(np.stack([meant(text.split()[-1]) for text in batch]))


@pytest.fixture
def library(catalogue: Catalogue) -> Holdings:
    """Texts about one thing each, and pictures of other things without a word."""
    hasher = fit("rotation", unit_rows(MEANINGS), "cosine", 256)
    with catalogue.writing() as connection:
        space = create(connection, Gap.description, hasher, "active")
    works = []
    for number in range(TEXTS):
        (vector,) = Gap().encode("text", [f"thing{number}"])
        works.append(work(f"{number}.txt", text_part(f"about thing{number}", vectors={space.id: vector})))
    for number in range(TEXTS, TEXTS + PICTURES):
        (vector,) = unit_rows((PICTURE + MEANINGS[number])[None])
        works.append(work(f"{number}.jpg", NewPart("image", Place(), "", vectors={space.id: vector})))
    fill(catalogue, works, space)
    return Holdings(
        catalogue=catalogue,
        index=LocalIndex(catalogue),
        settings=Settings(),
        encoder=lambda _: Gap(),  # type: ignore[arg-type,return-value]
        decode=lambda _: [],
        upload=lambda name: Path(name),
    )


def ask(library: Holdings, query: str, mode: str = "precise") -> Answer:
    """The first ten."""
    return search(parse(query, Limits()), Options(mode=mode), library)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [TEXTS + 3, TEXTS + 41])
def test_words_find_the_picture_that_shows_it_among_ever_so_many_texts(library: Holdings, number: int) -> None:
    words = Gap().encode("text", [f"thing{number}"])[0]
    every = Gap().encode("text", [f"thing{other}" for other in range(TEXTS)]) @ words
    # By their cosines all texts come before it.
    assert every.min() > unit_rows((PICTURE + MEANINGS[number])[None])[0] @ words
    hits = ask(library, f"thing{number}").hits
    assert hits[0].path.endswith(f"/{number}.jpg".encode())
    # Nothing else stands out so far.
    sure = [hit.why.spaces[0].score for hit in hits]
    assert sure[0] > 0.9 > 0.7 > max(sure[1:], default=0)


def test_a_quick_search_finds_pictures_among_ever_so_many_texts_too(library: Holdings) -> None:
    found = [ask(library, f"thing{TEXTS + number}", "quick").hits for number in range(0, PICTURES, 8)]
    assert all(any(hit.modality == "image" for hit in hits) for hits in found)
    right = [any(hit.path.endswith(f"/{TEXTS + 8 * n}.jpg".encode()) for hit in hits) for n, hits in enumerate(found)]
    assert sum(right) >= 0.7 * len(right)
