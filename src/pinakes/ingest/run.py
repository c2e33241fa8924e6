"""One run of adding: source, plan, decode, encode, store; each stage ahead of the next, all of them bounded."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from pinakes.catalogue import jobs, known, previews
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.collections import ensure, source
from pinakes.catalogue.compaction import compact
from pinakes.catalogue.spaces import Space, all_spaces
from pinakes.encoders.base import Encoder
from pinakes.index.local import LocalIndex
from pinakes.ingest.ahead import Ahead
from pinakes.ingest.annotate import Annotator, check_steps
from pinakes.ingest.annotate_again import annotate_again
from pinakes.ingest.decoding import decoded
from pinakes.ingest.encoding import encoded
from pinakes.ingest.events import Encoding, Report, Told
from pinakes.ingest.ocr import STEP as OCR
from pinakes.ingest.ocr import WANT as OCR_WANT
from pinakes.ingest.ocr import TextReader
from pinakes.ingest.planning import plan
from pinakes.ingest.presence import Met
from pinakes.ingest.storing import Target, stored
from pinakes.media.base import DecodeSpec
from pinakes.media.clean import DEFAULT_STEPS, STEPS
from pinakes.settings import Settings
from pinakes.sources.base import Candidate, Refused
from pinakes.threads import cores, spare_address_space
from pinakes.words.analyse import analyser

# Parts between two stages.
_AHEAD = 16


@dataclass(frozen=True, slots=True)
class Source:
    """Something that offers files: its kind, its address, and a prefix below which what is missing has vanished."""

    kind: str
    address: bytes
    candidates: Iterable[Candidate | Refused]
    prefix: bytes = b""
    # How it is read, remembered for the next time.
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Adding:
    """How sources are added to a library."""

    collection: str = "main"
    cleaning: tuple[str, ...] | None = None
    retry: bool = False


def add(
    catalogue: Catalogue,
    index: LocalIndex,
    encoders: Sequence[Encoder],
    found: Source,
    adding: Adding,
    report: Report,
) -> Generator[Told, None, None]:
    """Add what a source offers; the caller holds the right to write. Closed early, it ends in good order."""
    check_steps(adding.cleaning or ())
    catalogue.check_space()
    spare_address_space()
    index.load_scanner()
    spaces = _spaces(catalogue, encoders)
    target, cleaning = _begin(catalogue, index, encoders, found, adding)
    stop = threading.Event()
    state = "interrupted"
    met = Met(found.address if found.kind == "table" else b"")
    offers = met.watching(found.candidates)
    stream: Ahead[Encoding] = Ahead(
        _encoded(offers, catalogue, encoders, cleaning, adding, stop), size=_AHEAD, stop=stop
    )
    storing = stored(stream, target, spaces, report)
    new = array("q")
    try:
        for told in storing:
            report.count(told)
            if told.item is not None and told.outcome in ("added", "changed"):
                new.append(told.item)
            yield told
        state = "done"
        if target.annotator.asks_the_library:
            index.publish()
            annotate_again(catalogue, target.annotator, new)
        places = [known.below(found.prefix)] if found.prefix else []
        places += [known.of_source(target.source_id)] if found.kind == "table" else []
        with catalogue.writing() as connection:
            report.vanished += sum(known.mark_vanished(connection, place, met.still_there) for place in places)
        compact(catalogue)
        if report.changed:
            with catalogue.reading() as connection:
                previews.sweep(catalogue.folder, connection)
    except Exception:
        state = "failed"
        raise
    finally:
        stream.close()
        storing.close()
        try:
            if state != "failed":
                with catalogue.writing() as connection:
                    jobs.end(connection, target.job_id, state, report.as_dict())
                index.publish(finish=state == "done")
        finally:
            index.rest()


def _spaces(catalogue: Catalogue, encoders: Sequence[Encoder]) -> dict[str, Space]:
    """The library's spaces, each checked against the encoder of its name."""
    with catalogue.reading() as connection:
        spaces = {space.name: space for space in all_spaces(connection)}
    for encoder in encoders:
        if encoder.description.name in spaces:
            spaces[encoder.description.name].check(encoder.description)
    return spaces


def _begin(
    catalogue: Catalogue, index: LocalIndex, encoders: Sequence[Encoder], found: Source, adding: Adding
) -> tuple[Target, tuple[str, ...]]:
    with catalogue.writing() as connection:
        collection = ensure(connection, adding.collection, adding.cleaning, DEFAULT_STEPS)
        source_id = source(connection, collection.id, found.kind, found.address, dict(found.options))
        job_id = jobs.start(connection, "add", {"collection": adding.collection})
    by_name = {encoder.description.name: encoder for encoder in encoders}
    annotator = Annotator(collection.cleaning, index.snapshot, analyser(catalogue.settings))
    return Target(catalogue, index, by_name, collection.id, source_id, job_id, annotator), collection.cleaning


def _encoded(
    offers: Iterable[Candidate | Refused],
    catalogue: Catalogue,
    encoders: Sequence[Encoder],
    cleaning: tuple[str, ...],
    adding: Adding,
    stop: threading.Event,
) -> Iterator[Encoding]:
    settings = catalogue.settings
    reader = TextReader.load() if OCR in cleaning else None
    spec = spec_for(settings, encoders, cleaning)
    planned = plan(offers, catalogue, retry=adding.retry)
    with closing(decoded(planned, spec, settings.decoders or cores(), stop)) as decoding:
        yield from encoded(decoding, encoders, settings, stop, reader)


def spec_for(settings: Settings, encoders: Sequence[Encoder], cleaning: tuple[str, ...]) -> DecodeSpec:
    """How files are decoded for these encoders."""
    images = [encoder.description.image for encoder in encoders] + ([OCR_WANT] if OCR in cleaning else [])
    sounds = [encoder.description.audio for encoder in encoders]
    return DecodeSpec(
        images=tuple(dict.fromkeys(want for want in images if want)),
        sounds=tuple(dict.fromkeys(want for want in sounds if want)),
        preview_pixels=settings.preview_pixels,
        passage_chars=settings.passage_chars,
        span_seconds=settings.span_seconds,
        span_overlap=settings.span_overlap,
        # Steps that need more than the medium itself come later, with the library at hand.
        cleaning=tuple(step for step in cleaning if step in STEPS),
        limits=settings.limits,
    )
