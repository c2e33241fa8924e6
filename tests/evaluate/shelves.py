"""Small libraries with labels, captions and vectors, to be measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pinakes.catalogue.records import NewPart, NewWork
from pinakes.encoders.base import unit_rows
from pinakes.library import Library
from pinakes.types import Floats, Place
from tests.makers import DIM, fill, space, text_part, work

KINDS = ("boat", "house", "tree", "bell")


def clustered(count: int, spread: float = 1.0, seed: int = 3) -> Floats:
    """Unit vectors around one centre for each kind, the kinds in turn."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((len(KINDS), DIM))
    noise = random.standard_normal((count, DIM)) * spread
    return unit_rows((centres[np.arange(count) % len(KINDS)] + noise).astype(np.float32))


def pictures(place: Path, vectors: Floats, labels: Sequence[Sequence[str]]) -> Library:
    """A library of pictures in one space, with labels."""
    library = Library.open(place, create=True)
    one = space(library._catalogue, bits=256)
    works: list[NewWork] = []
    for number, (vector, told) in enumerate(zip(vectors, labels, strict=True)):
        part = NewPart("image", Place(), vectors={one.id: vector})
        works.append(work(f"{number:04}.png", part, fields={"labels": told} if told else {}))
    fill(library._catalogue, works, one)
    return library


def captioned(place: Path, images: Floats, texts: Floats, captions: Sequence[str]) -> Library:
    """A library of works that have a picture and a text, both in one space."""
    library = Library.open(place, create=True)
    one = space(library._catalogue, bits=256)
    works = [
        work(
            f"{number:04}.png",
            NewPart("image", Place(), vectors={one.id: image}),
            text_part(caption, vectors={one.id: text}),
            fields={"description": caption},
        )
        for number, (image, text, caption) in enumerate(zip(images, texts, captions, strict=True))
    ]
    fill(library._catalogue, works, one)
    return library
