"""A library as a Python user holds it: open it, add to it, search it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.entries import item_entry, parts_of
from pinakes.catalogue.records import ItemEntry, PartEntry
from pinakes.catalogue.spaces import Space
from pinakes.index.local import LocalIndex
from pinakes.library.asking import PathLike, Where, Words, item_number, query_of, refuse_wrong, usual
from pinakes.library.encoders import Encoders
from pinakes.library.hits import Results
from pinakes.library.holding import holdings
from pinakes.library.paths import SETTINGS, keep_settings, library_folder, models_of, refuse_file, settings_mark
from pinakes.library.wanted import checked
from pinakes.search.query.terms import Query
from pinakes.search.request import FACETS, Options
from pinakes.search.search import search
from pinakes.settings import Settings, load, named_at_start, with_values
from pinakes.types import Floats, Metric

# The rooms that only some methods need are imported by those: a search from the shell does not pay for them.
if TYPE_CHECKING:
    from pinakes.catalogue.check import Problem
    from pinakes.catalogue.jobs import Failure
    from pinakes.evaluate.cost import Cost
    from pinakes.evaluate.result import Evaluation
    from pinakes.ingest.events import Report
    from pinakes.learn.experiment.run import Trained
    from pinakes.library.adding import AddRun
    from pinakes.library.desk import Desk
    from pinakes.library.understanding import Understanding
    from pinakes.search.understanding.finding import Understood


@checked
class Library:
    """One library.

    >>> library = Library.open("my-library", create=True)
    >>> library.add("holiday-photos").added
    3
    >>> boat = library.search("red boat")[0]
    >>> boat.title
    'A red boat'
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        # The settings that were named when it was opened, which no file changes; and how old the library's file was.
        self.given = named_at_start(catalogue.settings, catalogue.folder)
        self.settings_mark = settings_mark(catalogue.folder)
        self._index = LocalIndex(catalogue)
        self._encoders = Encoders(catalogue.settings, models_of(catalogue.folder))

    @classmethod
    def open(
        cls, path: PathLike | None = None, *, create: bool = False, settings: Mapping[str, Any] | None = None
    ) -> Library:
        """Open the library in a folder, or the default one; `create` makes it where there is none.

        >>> Library.open("my-library", create=True, settings={"threads": 2}).settings.threads
        2
        """
        folder = library_folder(path)
        refuse_file(folder)
        is_new = create and not (folder / SETTINGS).exists()
        library = cls(Catalogue.open(folder, with_values(load(folder), settings or {}), create=create))
        if is_new and settings:
            keep_settings(folder, settings)
        return library

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Library {self.folder}>"

    def close(self) -> None:
        """Give back all that is open; `with Library.open(...) as library:` does it by itself.

        >>> library.close()
        >>> library = Library.open("my-library")
        """
        # The lists of names hold what they were read from.
        self.__dict__.pop("understanding", None)
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

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue beneath, for rooms above that keep people and tasks in it."""
        return self._catalogue

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
        anywhere: bool = False,
        retry: bool = False,
    ) -> AddRun:
        """The same as an iterator: what became of each file, as soon as that is durable.

        `columns` maps fields to the columns of tables, `pair` makes files of one stem one work, and `anywhere` lets
        tables name files outside their folder; each is remembered for the next time that the same path is added.

        >>> with library.adding("holiday-photos") as run:
        ...     outcomes = [told.outcome for told in run]
        >>> outcomes
        ['unchanged', 'unchanged', 'unchanged']
        """
        from pinakes.library import growing
        from pinakes.library.adding import AddRun

        how = growing.how_to_add(collection, cleaning, retry=retry)

        into = self._catalogue, self._index, self._encoders
        named = columns or {}
        return AddRun(lambda told: growing.adding(*into, paths, how, named, told, pair=pair, anywhere=anywhere))

    def add_vectors(
        self, name: str, vectors: Floats, *, titles: Sequence[str] = (), metric: Metric = "cosine", bits: int = 0
    ) -> list[int]:
        """Add works of nothing but vectors (n, dim) made elsewhere, in a space of that name; returns their items.

        >>> library.add_vectors("mine", numpy.eye(4, dtype="float32"), titles=["a", "b", "c", "d"])
        [4, 5, 6, 7]
        """
        from pinakes.library import upkeep

        return upkeep.add_vectors(self._catalogue, self._index, name, vectors, titles, metric, bits)

    def remove(self, *numbers: int, missing: bool = False, collection: str | None = None) -> int:
        """Remove items; with `missing`, those whose files have vanished; the originals stay.

        >>> library.remove(4, 5, 6, 7)
        4
        """
        from pinakes.library import growing

        return growing.remove(self._catalogue, self._index, numbers, missing=missing, collection=collection)

    # Searching

    def search(
        self,
        query: Words = "",
        *,
        image: PathLike | None = None,
        audio: PathLike | None = None,
        file: PathLike | None = None,
        item: int | None = None,
        vectors: Mapping[str, Floats] | None = None,
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
        understand: bool = False,
        plain: Sequence[str] = (),
    ) -> Results:
        """Find parts with words, media and items together; the term language is in docs/reference/query.md.

        >>> library.search("boat - red", where={"modality": "image"})[0].title
        'A blue boat'
        >>> library.search(image="holiday-photos/red.png")[0].score
        1.0

        `vectors` holds query vectors (dim,) by the name of their space, for vectors that were made elsewhere. With
        `understand` plain words are searched for as what they mean (`understood`), but for those named in `plain`.
        """
        limits = self.settings.limits
        asked = query_of(query, limits, files=(image, audio, file), items=(item,), vectors=vectors, where=where)
        if understand:
            asked = self.understanding.of(asked, plain).query
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
        refuse_wrong(options, limits, lambda: (space.name for space in self.spaces))
        return self._answer(asked, usual(self._catalogue, options, fusion))

    def understood(self, query: Words, *, where: Where = "", plain: Sequence[str] = ()) -> Understood:
        """What the plain words of a query mean: names that the library knows, dates, media, languages, negation.

        >>> [found.label for found in library.understood("pictures of boats before 1930, not red").findings]
        ['image', 'before 1930', 'red']
        """
        return self.understanding.of(query_of(query, self.settings.limits, where=where), plain)

    @cached_property
    def understanding(self) -> Understanding:
        """What understands words for the library: it knows the names in it."""
        from pinakes.library.understanding import Understanding

        return Understanding(self._index, self.settings)

    def _answer(self, asked: Query, options: Options) -> Results:
        answer = search(asked, options, holdings(self._catalogue, self._index, self._encoders))
        return Results(self, answer, lambda token: self._answer(asked, replace(options, page=token)))

    # Looking at what there is

    def item(self, number: int) -> ItemEntry:
        """One item with its metadata and files.

        >>> library.item(boat.item).title
        'A red boat'
        """
        with self._catalogue.reading() as connection:
            return item_entry(connection, item_number(number))

    def parts(self, number: int) -> list[PartEntry]:
        """The parts of an item, the leading one first.

        >>> [part.modality for part in library.parts(boat.item)]
        ['image']
        """
        with self._catalogue.reading() as connection:
            item_entry(connection, item_number(number))
            return list(parts_of(connection, [number]))

    def preview(self, part: int) -> Path | None:
        """The small picture of a part, or of its file where the part has none.

        >>> library.preview(boat.part).suffix
        '.jpg'
        """
        from pinakes.library import originals

        return originals.preview(self._catalogue, part)

    def open_original(self, part: int) -> IO[bytes]:
        """The original of a part, opened for reading.

        >>> with library.open_original(boat.part) as original:
        ...     original.read(4)[1:]
        b'PNG'
        """
        from pinakes.library import originals

        return originals.open_part(self._catalogue, item_number(part))

    def status(self) -> dict[str, Any]:
        """Counts, spaces, collections and the last run.

        >>> library.status()["items"]
        3
        """
        from pinakes.library import upkeep

        return upkeep.status(self._catalogue, self._index)

    def failures(self) -> list[Failure]:
        """The files that could not be read, with the error and the way out.

        >>> library.failures()
        []
        """
        from pinakes.library import upkeep

        return upkeep.failures(self._catalogue)

    def duplicates(self, within_bits: int | None = None) -> list[list[PartEntry]]:
        """Groups of parts that look or read almost the same.

        >>> library.duplicates()
        []
        """
        from pinakes.library import upkeep

        return upkeep.duplicates(self._catalogue, within_bits)

    # Upkeep and measuring

    def check(self) -> list[Problem]:
        """Everything stored that does not match its checksum or its counterpart.

        >>> library.check()
        []
        """
        from pinakes.library import upkeep

        return upkeep.check(self._catalogue, self._index, self._encoders)

    def repair(self) -> int:
        """Make the index anew and give up damaged vectors; returns how many files the next `add` reads again.

        >>> library.repair()
        0
        """
        from pinakes.library import upkeep

        return upkeep.repair(self._catalogue, self._index)

    def backup(self, target: PathLike, *, originals: bool = True) -> None:
        """Write a backup to a file, also while the library is in use; `originals`: with what was handed in.

        >>> library.backup("my-library.backup")
        """
        from pinakes.library import keeping

        keeping.backup(self._catalogue, Path(target), originals=originals)

    @classmethod
    def restore(
        cls, source: PathLike, path: PathLike | None = None, *, settings: Mapping[str, Any] | None = None
    ) -> Library:
        """Make a library of a backup, and open it.

        >>> with Library.restore("my-library.backup", "again") as again:
        ...     again.status()["items"]
        3
        """
        from pinakes.library import keeping

        folder = library_folder(path)
        keeping.restore(Path(source), folder, with_values(load(folder), settings or {}))
        return cls.open(folder, settings=settings)

    def benchmark(self, **how: Any) -> Cost:
        """What searching this library costs: response times, load, sizes on disk; takes what `Plan` takes.

        >>> sorted({timing.mode for timing in library.benchmark(searches=5, load=None).timings})
        ['precise', 'quick']
        """
        from pinakes.library import benchmarking

        return benchmarking.measured(self, benchmarking.Plan(**how))

    def evaluate(self, **how: Any) -> Evaluation:
        """How good its search is, by labels, captions, clicks or judgements; takes what `Measuring` takes.

        >>> library.desk.judge("ann", "red boat", boat.item, 1)
        >>> library.desk.export("judged")
        >>> library.evaluate(queries="judged", metrics="mrr", modes=["precise"]).scopes[0].figure("mrr").value
        1.0
        """
        from pinakes.library import evaluating

        return evaluating.evaluated(self, evaluating.Measuring(**how))

    def train(self, run: PathLike, **told: Any) -> Trained:
        """Train a model on its works, in a run's folder; takes the tables of a configuration (extra `train`).

        >>> codes = {"method": {"name": "cca-itq", "bits": 16}, "image": {"network": "mobilenet_v1", "side": 32}}
        >>> library.train("codes", **codes).summary["method"]  # doctest: +SKIP
        'cca-itq'
        """
        from pinakes.library import training

        return training.trained(self.folder, Path(run), told)

    @property
    def desk(self) -> Desk:
        """Where what its searches find is judged."""
        from pinakes.library import desk

        return desk.Desk(self)

    @property
    def spaces(self) -> list[Space]:
        """The vector spaces that are searched.

        >>> [space.name for space in library.spaces]
        ['colour', 'gradient', 'texture', 'mine']
        """
        return self._catalogue.searched_spaces()

    def using(self, name: str, *, beside: bool = False) -> AddRun:
        """Encode the library anew with an encoder, while the old space still answers; resumes where it was stopped.

        `beside` keeps the encoders that were fetched or trained and that it would replace.

        >>> with library.using("colour") as run:
        ...     encoded = [told.path for told in run]
        """
        from pinakes.library import growing
        from pinakes.library.adding import AddRun

        of = self._catalogue, self._index, self._encoders, models_of(self.folder)
        return AddRun(lambda told: growing.using(*of, name, told, beside=beside))

    def use(self, name: str, *, beside: bool = False) -> Report:
        """The same, run to its end.

        >>> library.use("texture").failed
        0
        """
        return self.using(name, beside=beside).finish()

    def recode(self, name: str, *, bits: int = 0, hasher: str = "") -> None:
        """Make the codes of a space anew: other bits, or learned ones (`itq`), better where bits are few.

        Without a hasher it has rotations, or where its encoder brings codes of its own (`learned`) those.

        >>> library.recode("colour", bits=128)
        """
        from pinakes.library import fitting

        fitting.recode(self._catalogue, self._index, name, bits, hasher, self._encoders.of_space)
