"""What an interface needs of a library beside the facade: queries that are data, marked words, words to complete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pinakes.catalogue.entries import item_entries, totals
from pinakes.catalogue.records import ItemEntry, PartEntry
from pinakes.index.keys import Keys
from pinakes.index.segment import Segment
from pinakes.index.words import TEXT, Clause
from pinakes.index.words_build import SEPARATOR
from pinakes.library.asking import refuse_wrong, usual
from pinakes.library.lately import Lately
from pinakes.limits import KIB
from pinakes.search.encode import grouped
from pinakes.search.explain import Marker
from pinakes.search.query.terms import Query, TextTerm
from pinakes.search.request import Options
from pinakes.words.analyse import analyser, query_words
from pinakes.words.segment import normal

if TYPE_CHECKING:
    from pinakes.library.facade import Library
    from pinakes.library.hits import Results

# Words of one beginning that are looked at in each segment.
_LOOKED_AT = 4_096
_SHORTEST = 2


def ask(library: Library, query: Query, options: Options) -> Results:
    """Find parts with a query that is data already: what is written in it never names a file of this machine."""
    refuse_wrong(options, library.settings.limits, lambda: (space.name for space in library.spaces))
    return library._answer(query, usual(library._catalogue, options, None))


# Counting a large library takes longer than all the rest of its first page.
_COUNTED: Lately[dict[str, int]] = Lately(64 * KIB, lambda counts: 1_024)


def counted(library: Library) -> dict[str, int]:
    """How many items, files and parts of each modality there are; counted once for each change."""
    generation = library._catalogue.generation()
    return _COUNTED.get((library.folder, generation), lambda: _counted(library))


def _counted(library: Library) -> dict[str, int]:
    with library._catalogue.reading() as connection:
        return totals(connection)


def prepare(library: Library) -> None:
    """Have ready what the first search of a process would wait for: encoders, scanners, and names of the library."""
    if not is_empty(library):
        library.understanding.authorities()
        ask(library, Query((TextTerm("a"),)), Options(mode="quick", limit=1, facets=()))


def is_empty(library: Library) -> bool:
    """Whether there is nothing to find; asked of the index, which knows at once."""
    return not library._index.snapshot().alive_rows


def marks(library: Library, query: Query, item: ItemEntry, parts: Sequence[PartEntry]) -> dict[int, list[range]]:
    """For each part in whose text words of a query stand, the characters that they take, in order."""
    words = [term for term in query.positive if isinstance(term, TextTerm)]
    if not words:
        return {}
    snapshot, cut = library._index.snapshot(), analyser(library.settings)
    most, languages, main = library.settings.limits.max_query_words, snapshot.languages(), snapshot.main_languages()
    clauses = [
        Clause(group, term.field)
        for term in words
        for group in grouped(
            query_words(term.text, cut, languages, main, phrase=term.phrase)[:most], phrase=term.phrase
        )
        if term.field in ("", TEXT)
    ]
    marker = Marker.of(snapshot, cut, clauses)
    found = {}
    for part in parts:
        places = [range(word.start, word.end) for word in marker.matched(item, part, leading=False)]
        if places:
            found[part.id] = places
    return found


def completions(library: Library, beginning: str, most: int) -> list[str]:
    """The library's own words that begin so, the most frequent first."""
    form = normal(beginning)
    if len(form) < _SHORTEST and form.isascii():
        return []
    counts: dict[str, int] = {}
    for _, found in library._index.snapshot().each(lambda segment: list(_begun(segment, form))):
        for word, count in found:
            counts[word] = counts.get(word, 0) + count
    counts.pop(form, None)
    return sorted(counts, key=lambda word: (-counts[word], word))[:most]


def _begun(segment: Segment, form: str) -> Iterator[tuple[str, int]]:
    """The forms of one segment with a beginning, and how often each stands there."""
    pack = segment.packs["words"]
    keys = Keys(pack, "forms")
    first, last = keys.range_of(form.encode())
    last = min(last, first + _LOOKED_AT)
    counts: Mapping[int, int] = dict(enumerate(pack.slice("forms.count", first, last).tolist()))
    for number, key in enumerate(keys.some(first, last)):
        yield key.partition(SEPARATOR)[0].decode(), counts[number]


def items(library: Library, numbers: Sequence[int]) -> dict[int, ItemEntry]:
    """Those of some items that are there."""
    with library._catalogue.reading() as connection:
        return item_entries(connection, list(numbers))
