"""Long texts in the box: they are handed in as media, since every link of a page of results holds the whole search."""

from __future__ import annotations

import io
from dataclasses import replace

from pinakes.errors import PinakesError
from pinakes.library import Library, uploads
from pinakes.search.query.terms import Query, Term, TextTerm, UploadTerm
from pinakes.search.query.write import written
from pinakes.web.logic.asked import Asked, retyped, typed

# Characters that the box may hold; and those from which on a term is a text, and not words to be found.
LONGEST = 300
_TEXT = 100
# Characters of a text by which it is called.
BEGINNING = 40


def is_long(asked: Asked) -> bool:
    """Whether the box holds more than links should carry."""
    return len(asked.words) > LONGEST


def shortened(library: Library, asked: Asked) -> Asked:
    """The same search with the longest texts of a long box as media; as it is where none can be handed in."""
    if not is_long(asked):
        return asked
    limits = library.settings.limits
    try:
        # What is longer than any query is a text, whatever stands in it.
        box = typed(asked, limits) if len(asked.words) <= limits.max_query_chars else Query((TextTerm(asked.words),))
        rest, texts = _parted(box)
        media = tuple(written(Query((_handed_in(library, one),))) for one in texts)
    except PinakesError:
        return asked
    return replace(retyped(asked, rest, box.filters), media=(*asked.media, *media)) if media else asked


def _parted(box: Query) -> tuple[list[Term], list[TextTerm]]:
    """The terms that stay in the box, and the texts that are taken out of it, the longest first."""
    rest, texts = list(box.terms), []
    plain = [one for one in box.terms if isinstance(one, TextTerm) and not (one.phrase or one.field)]
    for one in sorted((one for one in plain if len(one.text) > _TEXT), key=lambda one: -len(one.text)):
        if len(written(Query(tuple(rest), box.filters))) <= LONGEST:
            break
        rest.remove(one)
        texts.append(one)
    return rest, texts


def _handed_in(library: Library, term: TextTerm) -> UploadTerm:
    file = io.BytesIO(term.text.encode("utf-8", "replace"))
    return UploadTerm(uploads.keep(library, file, term.text[:BEGINNING]).name, term.weight)
