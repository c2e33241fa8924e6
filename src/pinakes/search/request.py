"""How a search is to be made, and what it needs from the library to be made at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.spaces import Space
from pinakes.encoders.base import Encoder
from pinakes.errors import BadInput, UnknownName, nearest
from pinakes.index.find_words import Ranking
from pinakes.index.local import Index
from pinakes.limits import Limits
from pinakes.search.fuse import FUSIONS
from pinakes.settings import Settings

if TYPE_CHECKING:
    from pinakes.media.base import DecodedPart

Mode: TypeAlias = Literal["quick", "precise"]
MODES: tuple[Mode, ...] = ("quick", "precise")
RANKINGS: tuple[Ranking, ...] = ("bm25", "tfidf")
# The lists that words bring: of the words themselves, and of words side by side.
WORDS, PHRASES = "words", "phrases"
FACETS = ("type", "collection", "language", "creator", "date", "subjects", "labels", "rights")


@dataclass(frozen=True, slots=True)
class Options:
    """How a search is made."""

    mode: Mode = "precise"
    limit: int = 10
    page: str = ""
    fusion: str = "evidence"
    ranking: Ranking = "bm25"
    # How much a space's list counts; 1 where nothing is said (`near.usual_weights`), 0 leaves it out.
    weights: Mapping[str, float] = field(default_factory=dict)
    min_score: float = 0.1
    # 0: the best first; up to 1: hits that differ from those before them.
    diversity: float = 0.0
    facets: Sequence[str] = FACETS
    # Show hits that look or read almost the same one by one.
    unfold: bool = False


def check(options: Options, limits: Limits) -> None:
    """Refuse what no search can be made with, before anything is looked up."""
    for what, name, known in (("mode", options.mode, MODES), ("ranking", options.ranking, RANKINGS)):
        if name not in known:
            raise UnknownName(f"There is no {what} named {name}.", nearest(name, known))
    FUSIONS.get(options.fusion)
    if not 1 <= options.limit <= limits.max_results:
        raise BadInput(f"The limit must be from 1 to {limits.max_results}, not {options.limit}.")


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a search uses of a library."""

    catalogue: Catalogue
    index: Index
    settings: Settings
    # The encoder whose vectors a space holds, loaded when it is first needed.
    encoder: Callable[[Space], Encoder]
    # The parts of a medium that is a term of the query.
    decode: Callable[[Path], Sequence[DecodedPart]]
    # Where a medium that was handed in before lies.
    upload: Callable[[str], Path]
