"""Long texts in the box: they are handed in as media, since every link of a page of results holds the whole search."""

from __future__ import annotations

import io
from dataclasses import replace

from pinakes.errors import BadQuery, PinakesError
from pinakes.library import Library, uploads
from pinakes.search.query.terms import Query, Term, TextTerm, UploadTerm
from pinakes.search.query.write import written
from pinakes.web.logic.asked import Asked, retyped, typed

# Characters that the box may hold; and those from which on a term is a text, and not words to be found.
LONGEST = 300
_TEXT = 100
# What may be left in the box: each link of a page repeats it.
_MOST = 1_500
# Characters of a text by which it is called.
BEGINNING = 40


def is_long(asked: Asked) -> bool:
    """Whether the box holds more than links should carry."""
    return len(asked.words) > LONGEST


def shortened(library: Library, asked: Asked) -> Asked:
    """The same search with the longest texts of a long box as media; as it is where none can be handed in."""
    if not is_long(asked):
        return asked
    box, rest, texts = _read(library, asked)
    try:
        media = tuple(written(Query((_handed_in(library, one),))) for one in texts)
    except PinakesError:
        return asked
    return replace(retyped(asked, rest, box.filters), media=(*asked.media, *media)) if media else asked


def holds_texts(library: Library, asked: Asked) -> bool:
    """Whether a long box has texts that can be taken out of it."""
    return is_long(asked) and bool(_read(library, asked)[2])


def check_length(asked: Asked) -> None:
    """Refuse what is left in a box where it is too long for a page."""
    if len(asked.words) > _MOST:
        raise BadQuery(
            f"The box holds {len(asked.words):,} characters, and may hold {_MOST:,}.",
            "Hand a long text in by the button beside the box, or leave out phrases.",
        )


def _read(library: Library, asked: Asked) -> tuple[Query, list[Term], list[TextTerm]]:
    """What the box says, what of it stays, and the texts that are taken out; what is no query is a text as a whole."""
    limits, whole = library.settings.limits, Query((TextTerm(asked.words),))
    try:
        box = typed(asked, limits) if len(asked.words) <= limits.max_query_chars else whole
    except BadQuery:
        box = whole
    return (box, *_parted(box))


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
