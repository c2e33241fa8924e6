"""A library as a Python user holds it: open it, add to it, search it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from pinakes.catalogue import backup, choices, collections, items, jobs, previews
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.check import Problem
from pinakes.catalogue.entries import item_entry, part_entries, parts_of
from pinakes.catalogue.records import ItemEntry, PartEntry
from pinakes.catalogue.spaces import Space, all_spaces
from pinakes.encoders.base import Encoder
from pinakes.encoders.find import find
from pinakes.errors import NotFound
from pinakes.index.local import LocalIndex
from pinakes.ingest import run as ingest
from pinakes.ingest.events import Report, Told
from pinakes.ingest.reencode import reencode
from pinakes.library import fitting, originals, upkeep
from pinakes.library.adding import AddRun
from pinakes.library.asking import PathLike, Where, Words, query_of
from pinakes.library.hits import Results
from pinakes.library.paths import library_folder
from pinakes.library.sources import Reading, source_of
from pinakes.search.request import FACETS, Holdings, Options
from pinakes.search.search import search
from pinakes.settings import Settings, load, with_values
from pinakes.types import Floats, Metric

MODELS = "models"


class Library:
    """One library.

    >>> library = Library.open("my-library", create=True)
    >>> library.add("holiday-photos").added
    3
    >>> [hit.title for hit in library.search("red boat")]
    ['A red boat']
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._index = LocalIndex(catalogue)
        self._encoders: dict[str, Encoder] = {}

    @classmethod
    def open(
        cls, path: PathLike | None = None, *, create: bool = False, settings: Mapping[str, Any] | None = None
    ) -> Library:
        """Open the library in a folder, or the default one; `create` makes it where there is none."""
        folder = library_folder(path)
        return cls(Catalogue.open(folder, with_values(load(folder), settings or {}), create=create))

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Library {self.folder}>"

    def close(self) -> None:
        """Give back all that is open."""
        self._index.close()
        self._catalogue.close()

    @property
    def folder(self) -> Path:
        """The folder in which the library lies."""
        return self._catalogue.folder

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self._catalogue.settings

    # Adding and removing

    def add(self, *paths: PathLike, **how: Any) -> Report:
        """Add files, folders, archives and tables of works, and report; takes what `adding` takes.

        >>> library.add("holiday-photos", collection="photos").unchanged
        3
        """
        return self.adding(*paths, **how).finish()

    def adding(
        self,
        *paths: PathLike,
        collection: str = "main",
        cleaning: Sequence[str] | None = None,
        columns: Mapping[str, str] | None = None,
        pair: bool = False,
        retry: bool = False,
    ) -> AddRun:
        """The same as an iterator: what became of each file, as soon as that is durable.

        >>> with library.adding("holiday-photos") as run:
        ...     outcomes = [told.outcome for told in run]
        >>> outcomes
        ['unchanged', 'unchanged', 'unchanged']
        """
        reading = Reading(columns or {}, pair)
        how = ingest.Adding(collection, None if cleaning is None else tuple(cleaning), retry)
        sources = [source_of(path, self._catalogue, reading) for path in paths]

        def start(report: Report) -> Iterator[Told]:
            with self._catalogue.writer():
                encoders = self._chosen_encoders()
                for found in sources:
                    with closing(ingest.add(self._catalogue, self._index, encoders, found, how, report)) as told:
                        yield from told

        return AddRun(start)

    def add_vectors(
        self, name: str, vectors: Floats, *, titles: Sequence[str] = (), metric: Metric = "cosine", bits: int = 0
    ) -> list[int]:
        """Add works of nothing but vectors (n, dim) made elsewhere, in a space of that name; returns their items.

        >>> library.add_vectors("mine", numpy.eye(4, dtype="float32"), titles=["a", "b", "c", "d"])
        [4, 5, 6, 7]
        """
        with self._catalogue.writer():
            return upkeep.add_vectors(self._catalogue, self._index, name, vectors, titles, metric, bits)

    def remove(self, *numbers: int, missing: bool = False, collection: str | None = None) -> int:
        """Remove items; with `missing`, those whose files have vanished; the originals stay.

        >>> library.remove(4, 5, 6, 7)
        4
        """
        with self._catalogue.writer():
            with self._catalogue.reading() as connection:
                chosen = list(numbers)
                chosen += collections.missing(connection) if missing else []
                chosen += collections.items_of(connection, collection) if collection else []
                parts = list(parts_of(connection, chosen))
            with self._catalogue.writing() as connection:
                count = items.remove(connection, chosen)
            previews.forget(self.folder, [part.id for part in parts], [part.file_id or 0 for part in parts])
            self._index.publish(finish=True)
        return count

    # Searching

    def search(
        self,
        query: Words = "",
        *,
        image: PathLike | None = None,
        audio: PathLike | None = None,
        file: PathLike | None = None,
        item: int | None = None,
        where: Where = "",
        mode: str = "precise",
        limit: int = 10,
        page: str = "",
        fusion: str | None = None,
        ranking: str = "bm25",
        weights: Mapping[str, float] | None = None,
        min_score: float | None = None,
        diversity: float = 0.0,
        facets: Sequence[str] = FACETS,
        unfold: bool = False,
    ) -> Results:
        """Find parts with words, media and items together; the term language is in docs/reference/query.md.

        >>> library.search("boat", where={"modality": "image"})[0].title
        'A red boat'
        >>> library.search(image="holiday-photos/red.png")[0].score
        1.0
        """
        files = [path for path in (image, audio, file) if path is not None]
        asked = query_of(query, self.settings.limits, files=files, items=() if item is None else (item,), where=where)
        options = Options(
            mode=mode,  # type: ignore[arg-type]
            limit=limit,
            page=page,
            fusion=fusion or self.settings.fusion,
            ranking=ranking,  # type: ignore[arg-type]
            weights=weights or {},
            min_score=self.settings.min_score if min_score is None else min_score,
            diversity=diversity,
            facets=facets,
            unfold=unfold,
        )
        return self._answer(asked, options)

    def _answer(self, asked: Any, options: Options) -> Results:
        from dataclasses import replace

        answer = search(asked, options, self._holdings())
        return Results(self, answer, lambda token: self._answer(asked, replace(options, page=token)))

    def _holdings(self) -> Holdings:
        return Holdings(
            catalogue=self._catalogue,
            index=self._index,
            settings=self.settings,
            encoder=self._encoder_of,
            decode=lambda path: originals.decode_example(path, self.settings, list(self._encoders_of_spaces())),
            upload=lambda name: originals.upload(self.folder, name),
        )

    # Looking at what there is

    def item(self, number: int) -> ItemEntry:
        """One item with its metadata and files.

        >>> library.item(1).title
        'A red boat'
        """
        with self._catalogue.reading() as connection:
            return item_entry(connection, number)

    def parts(self, number: int) -> list[PartEntry]:
        """The parts of an item, the leading one first.

        >>> [part.modality for part in library.parts(1)]
        ['image']
        """
        with self._catalogue.reading() as connection:
            item_entry(connection, number)
            return list(parts_of(connection, [number]))

    def preview(self, part: int) -> Path | None:
        """The small picture of a part, or of its file where the part has none."""
        return originals.preview(self._catalogue, part)

    def open_original(self, part: int) -> IO[bytes]:
        """The original of a part, opened for reading.

        >>> with library.open_original(library.parts(1)[0].id) as original:
        ...     original.read(4)[1:]
        b'PNG'
        """
        with self._catalogue.reading() as connection:
            found = part_entries(connection, [part])
            if part not in found:
                raise NotFound(f"There is no part {part} in this library.")
            item = item_entry(connection, found[part].item_id)
        return originals.open_original(item, found[part], self.settings)

    def status(self) -> dict[str, Any]:
        """Counts, spaces, collections and the last run.

        >>> library.status()["items"]
        3
        """
        return upkeep.status(self._catalogue, self._index)

    def failures(self) -> list[jobs.Failure]:
        """The files that could not be read, with the error and the way out."""
        with self._catalogue.reading() as connection:
            return list(jobs.all_failures(connection))

    def duplicates(self, within_bits: int = 3) -> list[list[PartEntry]]:
        """Groups of parts that look or read almost the same.

        >>> library.duplicates()
        []
        """
        return upkeep.duplicates(self._catalogue, within_bits)

    # Upkeep

    def check(self) -> list[Problem]:
        """Everything stored that does not match its checksum or its counterpart.

        >>> library.check()
        []
        """
        return upkeep.check(self._catalogue, self._index)

    def repair(self) -> int:
        """Make the index anew and give up damaged vectors; returns how many files the next `add` reads again."""
        with self._catalogue.writer():
            return upkeep.repair(self._catalogue, self._index)

    def backup(self, target: PathLike) -> None:
        """Write a backup to a file, also while the library is in use."""
        backup.backup(self._catalogue, Path(target))

    @classmethod
    def restore(
        cls, source: PathLike, path: PathLike | None = None, *, settings: Mapping[str, Any] | None = None
    ) -> Library:
        """Make a library of a backup, and open it."""
        folder = library_folder(path)
        given = with_values(load(folder), settings or {})
        backup.restore(Path(source), folder, given.catalogue)
        return cls.open(folder, settings=settings)

    # Encoders

    @property
    def spaces(self) -> list[Space]:
        """The vector spaces that are searched."""
        with self._catalogue.reading() as connection:
            return all_spaces(connection)

    def using(self, name: str, *, beside: bool = False) -> AddRun:
        """Encode the library anew with an encoder, while the old space still answers; resumes where it was stopped.

        `beside` keeps the encoders that were fetched or trained and that it would replace.
        """

        def start(report: Report) -> Iterator[Told]:
            if name == "lsa":
                fitting.fit_lsa(self._catalogue, self.folder / MODELS)
            encoder = find(name, self.settings, self.folder / MODELS, measure=True)
            yield from reencode(self._catalogue, self._index, encoder, report, beside=beside)
            self._encoders.clear()

        return AddRun(start)

    def use(self, name: str, *, beside: bool = False) -> Report:
        """The same, run to its end."""
        return self.using(name, beside=beside).finish()

    def recode(self, name: str, *, bits: int = 0, hasher: str = "rotation") -> None:
        """Make the codes of a space anew: other bits, or learned ones (`itq`), better where bits are few.

        >>> library.recode("colour", bits=128)
        """
        with self._catalogue.writer():
            fitting.recode(self._catalogue, name, bits, hasher)
            self._index.publish(finish=True)

    def _chosen_encoders(self) -> list[Encoder]:
        """The encoders of the library, each as its space needs it."""
        with self._catalogue.reading() as connection:
            names = choices.encoders(connection)
        spaces = {space.name: space for space in self.spaces}
        return [self._encoder(name, spaces.get(name), measure=name not in spaces) for name in names]

    def _encoder(self, name: str, space: Space | None, *, measure: bool = False) -> Encoder:
        if name not in self._encoders:
            fingerprint = space.fingerprint if space else ""
            models = self.folder / MODELS
            self._encoders[name] = find(name, self.settings, models, fingerprint=fingerprint, measure=measure)
        return self._encoders[name]

    def _encoder_of(self, space: Space) -> Encoder:
        return self._encoder(space.name, space)

    def _encoders_of_spaces(self) -> Iterator[Encoder]:
        for space in self.spaces:
            if space.fingerprint != upkeep.ELSEWHERE:
                yield self._encoder_of(space)
