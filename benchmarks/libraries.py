"""Libraries of generated parts, stored straight into the catalogue, in bounded pieces."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from pinakes.catalogue.collections import ensure
from pinakes.catalogue.records import NewField, NewPart, NewWork
from pinakes.catalogue.store import store
from pinakes.library import Library
from pinakes.types import Place

PIECE = 4_096
# What share of the items has each label; a filter on the first labels keeps 1, 10, 50 or 90 %.
SHARES = {"a": 0.01, "b": 0.09, "c": 0.4, "d": 0.4, "e": 0.1}
FILTERS = {"1 %": ("a",), "10 %": ("a", "b"), "50 %": ("a", "b", "c"), "90 %": ("a", "b", "c", "d")}


def labels_of(count: int, seed: int = 7) -> np.ndarray:
    """A label for each of that many items, by chance."""
    return np.random.default_rng(seed).choice(list(SHARES), count, p=list(SHARES.values()))


def library_of_texts(folder: Path, texts: Iterable[str]) -> Path:
    """A library with a part for each text and a label for each item; made once and kept."""
    done = folder / "made"
    if done.exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    store_texts(folder, texts)
    done.touch()
    return folder


def store_texts(folder: Path, texts: Iterable[str], labels: Sequence[str] | None = None) -> tuple[float, float]:
    """Store texts in a new library: seconds for the catalogue, and for the index that is derived from it."""
    given = iter(texts)
    start, at = time.perf_counter(), 0
    with Library.open(folder, create=True) as library:
        catalogue = library._catalogue
        with catalogue.writer():
            with catalogue.writing() as connection:
                collection = ensure(connection, "main", (), ()).id
            while piece := list(islice(given, PIECE)):
                chosen = labels[at : at + len(piece)] if labels else labels_of(len(piece), seed=at)
                works = [
                    _work(collection, at + row, text, str(label))
                    for row, (text, label) in enumerate(zip(piece, chosen, strict=True))
                ]
                with catalogue.writing() as connection:
                    store(connection, works, {})
                at += len(piece)
            stored = time.perf_counter()
            library._index.publish(finish=True)
        return stored - start, time.perf_counter() - stored


def title_of(text: str) -> str:
    """The title of a generated text: its first words."""
    return " ".join(text.split(maxsplit=3)[:3])


def _work(collection: int, number: int, text: str, label: str) -> NewWork:
    fields = (NewField("title", title_of(text), "person"), NewField("labels", label, "person"))
    # Told to be Latin, for which there is no stemmer: engines without one find the same words.
    part = NewPart("text", Place(chars=(0, len(text))), text, "la")
    return NewWork(b"text:%d" % number, collection, None, None, fields, (part,))
