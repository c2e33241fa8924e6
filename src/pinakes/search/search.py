"""The search: six steps, each a function of values."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pinakes.catalogue.spaces import Space
from pinakes.encoders.readable import KnowingEncoder
from pinakes.errors import BadQuery, StalePage, nearest
from pinakes.index.best import distinct
from pinakes.index.documents import PATH
from pinakes.index.segment import space_pack
from pinakes.index.snapshot import Deadline, Snapshot
from pinakes.media.metadata.vocabulary import FIELDS
from pinakes.search.candidates import Candidates, counting
from pinakes.search.encode import Encoded
from pinakes.search.explain import Marker, nearest_sentences, reasons, snippet, unlikely, unmet
from pinakes.search.facets import facets
from pinakes.search.fuse import Fused
from pinakes.search.order import LookedUp, looked_up, ordered
from pinakes.search.paging import SEEN, Page, page_of, token
from pinakes.search.query.terms import Query, TextTerm
from pinakes.search.query.write import written
from pinakes.search.request import Holdings, Options, check
from pinakes.search.rerank import Ranking
from pinakes.search.results import Answer, Found, Why
from pinakes.search.shown import entries
from pinakes.search.suggest import corrected, corrections
from pinakes.words.analyse import analyser

# Fields that may be asked for whether or not any item fills them.
_ALWAYS = frozenset({*FIELDS, "collection", "modality", "state", "text"})
# How often the spaces and the index are looked at until they agree.
_LOOKS = 3


def search(query: Query, options: Options, holdings: Holdings) -> Answer:
    """One page of the answer to a query."""
    began = time.perf_counter()
    spaces, snapshot, page = _prepare(query, options, holdings)
    cut = analyser(holdings.settings)
    asked = looked_up(query, holdings, spaces, snapshot, cut)
    # Only now: the first query of a process opens encoders, which can not be given up half-way.
    deadline = Deadline.after(holdings.settings.limits.query_seconds)
    answer = ordered(asked, options, holdings.settings.limits.max_depth, deadline)
    found, fused, ranking = answer.found, answer.fused, answer.ranking
    page = replace(page, offset=page.among(answer.items))
    marker = Marker.of(snapshot, cut, found.clauses)
    hits = _explained(holdings, snapshot, found, fused, ranking, page, options, marker, asked.encoded)
    counted = np.concatenate([found.rows[ranking.order], found.beyond])
    meant = corrections(snapshot, cut, query, _misspelt(found.unknown, hits, asked.encoded, holdings))
    return Answer(
        hits=hits,
        total=len(ranking) + _deeper(snapshot, found, ranking),
        facets=facets(snapshot, counted, found.rows[ranking.folded], options.facets),
        corrections=meant,
        suggestion=corrected(written(query), meant) if meant else "",
        next_page=_next(query, options, snapshot, page, answer.items),
        notes=(
            *(f"Left out: {error}" for error in snapshot.damage.values()),
            *dict.fromkeys(map(str, asked.encoded.unasked)),
            *unmet(snapshot, query.filters, ranking),
            *unlikely(found, ranking, options),
        ),
        seconds=time.perf_counter() - began,
    )


def look_up(query: Query, options: Options, holdings: Holdings) -> LookedUp:
    """A query as a search of the same options begins with it, for whoever asks only for the order of the answer."""
    spaces, snapshot, _ = _prepare(query, options, holdings)
    return looked_up(query, holdings, spaces, snapshot, analyser(holdings.settings))


def _prepare(query: Query, options: Options, holdings: Holdings) -> tuple[list[Space], Snapshot, Page]:
    limits = holdings.settings.limits
    check(options, limits)
    if not query.terms and not query.filters:
        raise BadQuery("The query is empty.", "Write words, a file, an item or a filter such as date>=1900.")
    spaces, snapshot = _settled(holdings)
    _check_fields(query, snapshot)
    if not options.page:
        return spaces, snapshot, Page(snapshot.generation, 0)
    page = page_of(options.page, question(query, options), limits)
    if page.generation != snapshot.generation:
        anew = token(replace(page, generation=snapshot.generation), question(query, options))
        raise StalePage("The library has changed since that page token was made.", anew=anew)
    return spaces, snapshot, page


def _settled(holdings: Holdings) -> tuple[list[Space], Snapshot]:
    """The spaces that are searched, and a snapshot that has them: another process may change both between the looks."""
    for _ in range(_LOOKS):
        spaces, snapshot = holdings.catalogue.searched_spaces(), holdings.index.snapshot()
        if all(snapshot.has(space_pack(space.id, space.code_version)) for space in spaces):
            break
    return spaces, snapshot


def _check_fields(query: Query, snapshot: Snapshot) -> None:
    named = {condition.field for condition in query.filters}
    named |= {term.field for term in query.terms if isinstance(term, TextTerm) and term.field} - {PATH}
    if not named - _ALWAYS:
        return
    known = _ALWAYS | set(snapshot.fields())
    for name in sorted(named - known):
        raise BadQuery(
            f"No item of this library has a field named {name}.",
            f"{nearest(name, known)} To search for the words themselves, put them in quotation marks.",
        )


def question(query: Query, options: Options) -> str:
    """What a page token belongs to: the query and everything that changes the order of its answer."""
    plain = replace(options, page="", facets=(), weights={})
    return f"{written(query)}\n{plain}\n{sorted(options.weights.items())}"


def _deeper(snapshot: Snapshot, found: Candidates, ranking: Ranking) -> int:
    """How many items are found that lie deeper than one can page."""
    if not len(found.beyond):
        return 0
    return len(np.setdiff1d(distinct(snapshot.items(found.beyond)), ranking.items, assume_unique=True))


def _misspelt(unknown: Sequence[str], hits: Sequence[Found], encoded: Encoded, holdings: Holdings) -> list[str]:
    """Words that stand nowhere, without those that an encoder knows as they are and has found something for."""
    finding = {reason.space for hit in hits for reason in hit.why.spaces} if unknown else ()
    asked = [holdings.encoder(one.space) for one in encoded.near if one.of_words and one.space.name in finding]
    knowing = [encoder for encoder in asked if isinstance(encoder, KnowingEncoder)]
    return [word for word in unknown if not any(encoder.knows(word) for encoder in knowing)]


def _next(query: Query, options: Options, snapshot: Snapshot, page: Page, items: NDArray[np.int64]) -> str:
    following = page.offset + options.limit
    if following >= len(items):
        return ""
    seen = items[max(0, following - SEEN) : following].tolist()
    return token(Page(snapshot.generation, following, tuple(seen)), question(query, options))


def _explained(
    holdings: Holdings,
    snapshot: Snapshot,
    found: Candidates,
    fused: Fused,
    ranking: Ranking,
    page: Page,
    options: Options,
    marker: Marker,
    encoded: Encoded,
) -> tuple[Found, ...]:
    shown = ranking.groups(page.offset, page.offset + options.limit)
    numbers = snapshot.parts(found.rows)
    items = snapshot.items(found.rows)
    leading = snapshot.leading(found.rows)
    places = np.array([group.place for group in shown], np.int64)
    given = reasons(found, fused, places)
    unasked = tuple(dict.fromkeys(one.space for one in encoded.unasked))
    sentences = nearest_sentences(snapshot, counting(encoded.near, options), found.rows[places])
    hits = []
    told_of = entries(holdings.catalogue, snapshot, found.rows[places])
    for number, (group, told, spaces) in enumerate(zip(shown, told_of, given, strict=True), 1):
        if told is None:
            continue
        item, part = told
        matched = marker.matched(item, part, leading=bool(leading[group.place]))
        path = next((file.path for file in item.files if file.id == part.file_id), b"")
        hits.append(
            Found(
                rank=page.offset + number,
                score=group.score,
                item=item.id,
                part=part.id,
                title=item.title,
                modality=part.modality,
                place=part.place,
                path=path,
                why=Why(spaces, matched, bool(found.exact[group.place]), unasked),
                entry=item,
                file=part.file_id or 0,
                snippet=snippet(item, part, matched, sentences.get(int(found.rows[group.place]), 0)),
                also=tuple(int(numbers[place]) for place in group.also),
                alike=tuple(int(items[place]) for place in group.alike),
            )
        )
    return tuple(hits)
