"""Libraries that are made to be measured: generated ones of any size, and the sample beside published figures."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pinakes.errors import DiskFull, UsageError
from pinakes.evaluate import generated, published
from pinakes.evaluate.cost import Cost, Growth, joined
from pinakes.evaluate.questions import of_generated
from pinakes.evaluate.timing import seconds
from pinakes.library.benchmarking import Plan, measured
from pinakes.library.facade import Library
from pinakes.sources.sample import generate
from pinakes.storage import explained

_GENERATED = (
    "Generated libraries: each part is a work of its own, about 80 invented words by Zipf's law, with a vector of "
    f"{generated.DIM} numbers out of overlapping clusters. Nothing is decoded or encoded while they are made, so that "
    "their rate is that of storing and indexing alone."
)
_SAMPLE = (
    "The sample library: plates, texts, sounds, films and books that a program draws, writes and composes. Drawing "
    "them is not counted; reading, decoding, encoding, storing and indexing them is."
)


def by_size(sizes: Sequence[int], plan: Plan, folder: Path | None = None) -> Cost:
    """The cost of generated libraries of so many parts each, made one after the other and thrown away."""
    plan.check()
    if not sizes or min(sizes) < 1:
        raise UsageError("A library to be measured must have one part at least.", "Write --sizes 100,1000,10000.")
    costs = []
    for size in sizes:
        with _place(folder) as place:
            costs.append(_generated(size, plan, place))
    return joined(f"Generated libraries of {', '.join(f'{size:,}' for size in sizes)} parts", costs)


def _generated(size: int, plan: Plan, place: Path) -> Cost:
    free, wanted = shutil.disk_usage(place).free, size * generated.BYTES_A_PART
    if free < wanted:
        raise DiskFull(
            f"A library of {size:,} parts takes about {wanted / 1e9:.1f} GB; {place} has {free / 1e9:.1f} GB free.",
            "Name another folder with --folder, or measure smaller sizes.",
        )
    with Library.open(place / "library", create=True) as library:
        catalogue, index = library._catalogue, library._index
        taken = generated.fill(catalogue, index, size, plan.seed, lambda done: plan.tell("making", done, size))
        growth = _growth("generated texts and vectors", library, taken)
        cost = measured(library, plan, of_generated(plan.searches, plan.seed) if not plan.questions else ())
    return replace(cost, growths=(growth,), notes=(_GENERATED, *cost.notes))


def beside_published(
    plan: Plan,
    folder: Path | None = None,
    items: int = published.ITEMS,
    few: int = published.FEW_ITEMS,
) -> Cost:
    """The sample library under the fixed load, beside the published table."""
    load = plan.load or published.LOAD
    plan = replace(plan, load=load, at_once=True, questions=())
    plan.check()
    with _place(folder) as place:
        first, from_files = _few(few, plan, place)
        with Library.open(place / "library", create=True) as library:
            paths = _sample(items, plan, place / "sample")
            growth = _growth("sample works", library, seconds(lambda: library.add(*paths)))
            cost = measured(library, plan)
    fixed = next(one for one in cost.loads if one.what == "fixed")
    at_once = next(one for one in cost.loads if one.what == "at once")
    return replace(
        cost,
        title=f"The sample library of {items:,} works",
        timings=first.timings + cost.timings,
        growths=(*first.growths, growth),
        stored=first.stored + cost.stored,
        compared=published.compared(fixed, at_once, first.timings, from_files),
        notes=(_SAMPLE, *published.limits(load, items, few), *cost.notes),
    )


def _few(count: int, plan: Plan, place: Path) -> tuple[Cost, float]:
    """The cost of a library of few works, and the seconds from their files to a first answer."""
    paths = _sample(count, plan, place / "few-sample")
    with Library.open(place / "few", create=True) as library:
        adding = seconds(lambda: library.add(*paths))
        answering = seconds(lambda: library.search("red boat"))
        cost = measured(library, replace(plan, load=None, at_once=False, fastest_ms=0.0))
        return replace(cost, growths=(_growth("sample works", library, adding),)), adding + answering


def _sample(count: int, plan: Plan, folder: Path) -> tuple[Path, Path]:
    sample = generate(folder, plan.seed, count, lambda done, total: plan.tell("drawing", done, total))
    plan.tell(f"adding {count:,} works", 0, 0)
    return sample.collection / "works.csv", sample.collection


def _growth(what: str, library: Library, taken: float) -> Growth:
    status = library.status()
    return Growth(what, status["items"], status["parts"], taken, status["parts"] / taken)


@contextmanager
def _place(folder: Path | None) -> Iterator[Path]:
    """A new folder, in the given one or where the system keeps what is temporary; gone when the block is left."""
    if folder is not None:
        with explained(folder):
            folder.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="pinakes-benchmark-", dir=folder))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
