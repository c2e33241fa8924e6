"""From what a user writes to a query: strings, lists of arguments, files and filters in one."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.choices import weighing
from pinakes.catalogue.items import no_item
from pinakes.errors import UnknownName, UsageError, nearest
from pinakes.index.filters import Filter
from pinakes.limits import Limits
from pinakes.search.query.parse import parse, parse_arguments
from pinakes.search.query.terms import FileTerm, ItemTerm, Query, Term, VectorTerm
from pinakes.search.request import PHRASES, WORDS, Options
from pinakes.types import Floats

PathLike: TypeAlias = str | os.PathLike[str]
# A query as one string, or as the arguments of a command: signs and whole terms.
Words: TypeAlias = str | Sequence[str]
# Filters in the term language, or as a mapping from a field and its operator to a value or several.
Where: TypeAlias = str | Mapping[str, str | int | float | Sequence[str | int | float]]

# A sign, a weight, a field, a comparison or the kind of an address before what they belong to; one letter is a drive.
_MARKED = re.compile(r"[-+\u2212]|[\d.]+:|[A-Za-z_]\w+(?::|[<>]|!?=)")

# A bare word with such an ending names a file even where none is there: a misspelt name is an error, not a search.
_ENDINGS = frozenset(
    [
        ".jpg",
        ".jpeg",
        ".png",
        ".webp",
        ".gif",
        ".tif",
        ".tiff",
        ".bmp",
        ".wav",
        ".flac",
        ".ogg",
        ".mp3",
        ".m4a",
        ".mp4",
        ".mkv",
        ".webm",
        ".mov",
        ".avi",
        ".pdf",
        ".epub",
        ".txt",
        ".md",
        ".html",
    ]
)

_ONE_PAGE = "It is how many hits stand on one page; further pages follow. Raise max_results for longer ones."


def is_file(text: str) -> bool:
    """Whether a bare word names a file; what begins with a sign, a weight or a field does only where one is there."""
    word = text.strip()
    if not word or len(word) > 4096 or "\0" in word:
        return False
    try:
        there = Path(word).is_file()
    except OSError:
        return False
    return there or (
        Path(word).suffix.lower() in _ENDINGS
        and not any(letter.isspace() for letter in word)
        and not _MARKED.match(word)
    )


def query_of(
    words: Words,
    limits: Limits,
    *,
    files: Sequence[PathLike | None] = (),
    items: Sequence[int | None] = (),
    vectors: Mapping[str, Floats] | None = None,
    where: Where = "",
) -> Query:
    """One query of all that a search was given; None among files and items stands for none."""
    asked = Query()
    if isinstance(words, str):
        asked = parse(words, limits, is_file) if words.strip() else Query()
    elif words:
        asked = parse_arguments(list(words), limits, is_file)
    terms: tuple[Term, ...] = tuple(FileTerm(os.fspath(path)) for path in files if path is not None)
    terms += tuple(ItemTerm(item_number(number)) for number in items if number is not None)
    terms += tuple(VectorTerm(space, vector) for space, vector in (vectors or {}).items())
    return replace(asked, terms=asked.terms + terms, filters=asked.filters + filters_of(where, limits))


def filters_of(where: Where, limits: Limits) -> tuple[Filter, ...]:
    """Filters of a string or a mapping."""
    if isinstance(where, str):
        found = parse(where, limits) if where.strip() else Query()
        if found.terms:
            raise UsageError(f"{where!r} holds more than filters.", "Write FIELD=VALUE, FIELD>=VALUE and so on.")
        return found.filters
    written = []
    for name, value in where.items():
        values = [value] if isinstance(value, str | int | float) else list(value)
        key = name if name[-1:] in "=<>" else f"{name}="
        written.append(key + ",".join('"' + str(one).replace("\\", "\\\\").replace('"', '\\"') + '"' for one in values))
    return filters_of(" ".join(written), limits)


def refuse_wrong(options: Options, limits: Limits, spaces: Callable[[], Iterable[str]]) -> None:
    """Refuse numbers that are out of their range, and weights of spaces that the library does not have."""
    if not 1 <= options.limit <= limits.max_results:
        raise UsageError(f"The limit must be from 1 to {limits.max_results:,}, not {options.limit:,}.", _ONE_PAGE)
    for name, number in (("diversity", options.diversity), ("min_score", options.min_score)):
        if not 0 <= number <= 1:
            raise UsageError(f"The number for {name} must be from 0 to 1, not {number}.")
    known = {WORDS, PHRASES}
    # The lists of words are always there: for their sake alone the catalogue need not be asked.
    if options.weights.keys() - known:
        known |= {*spaces()}
    for name, weight in options.weights.items():
        if name not in known:
            raise UnknownName(f"This library has no space named {name}.", nearest(name, known))
        if not 0 <= weight <= 1000:
            raise UsageError(f"The weight of {name} must be from 0 to 1000, not {weight}.")


def usual(catalogue: Catalogue, options: Options, fusion: str | None) -> Options:
    """The options with what the library's spaces weigh by its own choice, where the search does not say."""
    # Spaces that are weighed for one search alone are its own choice, and so is a fusion that is named.
    if options.weights:
        return options
    with catalogue.reading() as connection:
        chosen = weighing(connection)
    if not chosen.weights:
        return options
    return replace(options, weights=chosen.weights, fusion=options.fusion if fusion else chosen.fusion)


def item_number(number: int) -> int:
    """The number of an item or part, which fits where the catalogue keeps it."""
    if not 0 < number < 2**63:
        raise no_item(number)
    return number


def weights_of(pairs: Sequence[str]) -> dict[str, float]:
    """Weights of spaces from SPACE=N."""
    weights = {}
    for pair in pairs:
        space, _, number = pair.partition("=")
        try:
            weights[space] = float(number)
        except ValueError:
            raise UsageError(f"--weight {pair} gives no number.", "Write --weight words=2.") from None
    return weights
