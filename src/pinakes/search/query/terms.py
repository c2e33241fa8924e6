"""A query as data: terms with weights, and filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.index.filters import Filter
from pinakes.types import Modality


@dataclass(frozen=True, slots=True)
class TextTerm:
    """Words; in one field if it is named, side by side if they are a phrase."""

    text: str
    weight: float = 1.0
    phrase: bool = False
    field: str = ""


@dataclass(frozen=True, slots=True)
class ItemTerm:
    """An item of the library, as an example of what is looked for."""

    item: int
    weight: float = 1.0
    # Only its parts of this modality, and none of its metadata: it is compared as a medium that no one described.
    modality: Modality | None = None
    # Whether it may be found itself.
    itself: bool = False


@dataclass(frozen=True, slots=True)
class FileTerm:
    """A medium from outside the library: a path on the command line and in Python, never in the page or the API."""

    path: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class UploadTerm:
    """A medium that was handed in before, by its number."""

    upload: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class VectorTerm:
    """A vector (dim,) of a space, made elsewhere: in Python alone, for it can not be written."""

    space: str
    vector: NDArray[np.float32]
    weight: float = 1.0


Term: TypeAlias = TextTerm | ItemTerm | FileTerm | UploadTerm | VectorTerm


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for."""

    terms: tuple[Term, ...] = ()
    filters: tuple[Filter, ...] = ()

    @property
    def positive(self) -> tuple[Term, ...]:
        """The terms that draw near."""
        return tuple(term for term in self.terms if term.weight > 0)
