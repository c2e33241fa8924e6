"""Libraries of any size, made on the spot: generated texts with generated vectors, stored straight into the catalogue.

Nothing is decoded or encoded, so that a million parts are made in minutes: what is measured on them is searching,
storing and indexing. A text is about 80 invented words by Zipf's law; its vector of 256 numbers is drawn from a mixture
of overlapping clusters and has nothing to do with the words.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.collections import ensure
from pinakes.catalogue.records import NewField, NewPart, NewWork
from pinakes.catalogue.spaces import Space, create
from pinakes.catalogue.store import store
from pinakes.encoders.base import Description
from pinakes.encoders.hashers import default_bits, fit
from pinakes.evaluate import texts_made
from pinakes.evaluate.timing import seconds
from pinakes.evaluate.vectors_made import CHUNK, Mixture
from pinakes.index.documents import SEGMENT_ROWS
from pinakes.index.local import LocalIndex
from pinakes.types import Floats, Place

SPACE, DIM = "generated", 256
# What a part takes on disk, about: the catalogue and the index of it.
BYTES_A_PART = 4_000
_PIECE = 4_096
_SAMPLE = 10_000


def fill(catalogue: Catalogue, index: LocalIndex, count: int, seed: int, tell: Callable[[int], None]) -> float:
    """Store that many works of one part each, in bounded transactions; `tell` hears how many it are so far.

    Returns the seconds that storing and indexing took, without those in which they were generated.
    """
    mixture = Mixture.clustered(DIM, seed)
    texts, rows = texts_made.documents(count, seed=seed), _rows(mixture, count)
    taken = 0.0
    with catalogue.writer():
        space, collection = _prepared(catalogue, mixture, count)
        for start in range(0, count, _PIECE):
            works = [
                _work(space, collection, start + number, text, vector)
                for number, (text, vector) in enumerate(islice(zip(texts, rows, strict=True), _PIECE))
            ]
            began = time.perf_counter()
            with catalogue.writing() as connection:
                store(connection, works, {space.id: space})
            if (start + _PIECE) % (2 * SEGMENT_ROWS) < _PIECE:
                index.publish()
            taken += time.perf_counter() - began
            tell(start + len(works))
        return taken + seconds(lambda: index.publish(finish=True))


def _prepared(catalogue: Catalogue, mixture: Mixture, count: int) -> tuple[Space, int]:
    """A space for the vectors, and the number of a collection for the works."""
    sample = mixture.chunk(0, min(_SAMPLE, count))[0].astype(np.float32)
    described = Description(SPACE, (), DIM, "cosine", "", 0, SPACE)
    with catalogue.writing() as connection:
        collection = ensure(connection, SPACE, None, ()).id
        return create(connection, described, fit("rotation", sample, "cosine", default_bits(DIM)), "active"), collection


def vectors(count: int, seed: int) -> Floats:
    """Vectors (count, dim) of the same kind, to ask for, that are not in the library."""
    return Mixture.clustered(DIM, seed).queries(count)[0]


def _rows(mixture: Mixture, count: int) -> Iterator[Floats]:
    for number, start in enumerate(range(0, count, CHUNK)):
        yield from mixture.chunk(number, min(CHUNK, count - start))[0].astype(np.float32)


def _work(space: Space, collection: int, number: int, text: str, vector: Floats) -> NewWork:
    title = NewField("title", " ".join(text.split(maxsplit=3)[:3]), "person")
    # Told to be Latin, for which there is no stemmer: invented words are left as they are.
    part = NewPart("text", Place(chars=(0, len(text))), text, "la", vectors={space.id: vector})
    return NewWork(b"generated:%d" % number, collection, None, None, (title,), (part,))
