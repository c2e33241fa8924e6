"""What all benchmarks share: their options, their figures with targets, and the list of them."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass, field
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from pinakes.evaluate.machine import described


@dataclass(frozen=True, slots=True)
class Options:
    """How a benchmark is run."""

    quick: bool = False
    # Data sets that some benchmarks read.
    data: Path | None = None
    # Generated data and the peers' environment, kept from run to run.
    cache: Path = field(default_factory=lambda: Path(tempfile.gettempdir()) / "pinakes-benchmarks")

    def folder(self, name: str) -> Path:
        """A folder below the cache."""
        path = self.cache / name
        path.mkdir(parents=True, exist_ok=True)
        return path


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number; `holds` is None where no target belongs to what was run."""

    value: float
    unit: str
    target: str = ""
    holds: bool | None = None


@dataclass(slots=True)
class Figures:
    """What a benchmark found."""

    figures: dict[str, Figure] = field(default_factory=dict)
    compared: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
        judged: bool = True,
    ) -> None:
        """File a number; with a bound it is judged, unless the bound belongs to another size than the one run."""
        target, holds = "", None
        if at_most is not None:
            target, holds = f"<= {at_most:g}", value <= at_most
        if at_least is not None:
            target, holds = f">= {at_least:g}", value >= at_least
        self.figures[name] = Figure(round(float(value), 6), unit, target, bool(holds) if judged and target else None)

    def note(self, sentence: str) -> None:
        """Say something that no number says, such as what was left out."""
        self.notes.append(sentence)

    @property
    def holds(self) -> bool:
        """Whether every target that was judged is met."""
        return all(figure.holds is not False for figure in self.figures.values())

    def as_dict(self, name: str, options: Options) -> dict[str, Any]:
        """The figures as JSON, with machine and date."""
        return {
            "benchmark": name,
            "size": "quick" if options.quick else "full",
            "date": date.today().isoformat(),
            "machine": described(self.compared),
            "figures": {key: asdict(figure) for key, figure in self.figures.items()},
            "notes": self.notes,
        }


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A module with a function `(options) -> Figures`, what it measures, and about how many minutes it takes."""

    module: str
    about: str
    minutes: float
    quick_minutes: float
    function: str = "run"

    def run(self, options: Options) -> Figures:
        """Run it."""
        figures: Figures = getattr(import_module(self.module), self.function)(options)
        return figures


BENCHMARKS: dict[str, Benchmark] = {
    "shell": Benchmark("benchmarks.shell", "whole processes: import, --version, a search for words", 3, 0.7),
    "ingest": Benchmark("benchmarks.ingest", "photographs a second beside a PyTorch-and-Pillow loop", 8, 1.5),
    "texts": Benchmark("benchmarks.texts", "small text files a second", 4, 0.5),
    "words": Benchmark("benchmarks.words", "BM25 beside bm25s, tantivy and SQLite FTS5", 4, 0.7),
    "search": Benchmark("benchmarks.search", "nearest vectors among 1,000,000, with and without filters", 12, 1.5),
    "memory": Benchmark("benchmarks.growth", "memory while adding 10,000 and 100,000 files", 8, 0.7),
    "runtimes": Benchmark("benchmarks.runtimes", "inference engines beside PyTorch", 4, 1),
    "metrics": Benchmark("benchmarks.metrics", "metrics of codes, and of lists beside trec_eval and ranx", 4, 2),
    "classical": Benchmark("benchmarks.classical", "how well the classical encoders find (needs --data)", 4, 4),
    "hashing": Benchmark("benchmarks.hashing", "cross-modal hashing, all methods on the same features", 240, 6),
    "hashing-pixels": Benchmark("benchmarks.hashing_pixels", "cross-modal hashing from pixels, three methods", 40, 6),
    "peers": Benchmark("benchmarks.rivals", "nearest vectors beside other engines, 100,000", 40, 6),
    "peers-large": Benchmark(
        "benchmarks.rivals", "nearest vectors beside other engines, 1,000,000", 50, 3, "run_large"
    ),
    "word2vec": Benchmark("benchmarks.word2vec", "vectors of words beside gensim (more with --data)", 6, 1),
    "learn-loader": Benchmark("benchmarks.learn_loader", "training from files beside tensors in memory", 6, 1),
    "augmentation": Benchmark("benchmarks.augmentation", "what each step of augmentation is worth", 40, 4),
    "builtin-sample": Benchmark("benchmarks.builtin_sample", "the built-in encoder in the sample library", 4, 1),
    "builtin-sounds": Benchmark("benchmarks.builtin_sounds", "the built-in encoder's ear, trained and judged", 45, 4),
    "builtin-pictures": Benchmark("benchmarks.builtin_pictures", "the built-in encoder on pictures of others", 6, 1),
    "builtin-robust": Benchmark("benchmarks.builtin_robust", "pictures turned, scaled, grainy and compressed", 4, 1),
    "builtin-teacher": Benchmark("benchmarks.builtin_teacher", "what the built-in encoder keeps of its teacher", 1, 1),
    "builtin-speed": Benchmark("benchmarks.builtin_speed", "the built-in encoder beside CLIP ViT-B/32", 2, 1),
    "builtin-texts": Benchmark("benchmarks.builtin_texts", "texts by texts: BM25, the built-in encoder, both", 3, 3),
    "builtin-search": Benchmark("benchmarks.builtin_search", "a search by default beside words alone, on texts", 4, 2),
    "understanding": Benchmark(
        "benchmarks.understanding.measure", "how well words of queries are understood, and what it costs", 8, 3
    ),
    "recommending": Benchmark("benchmarks.recommending", "what is brought back to a shelf, and what it costs", 12, 2),
    "web": Benchmark("benchmarks.web.measure", "`pinakes serve` on 100,000 parts, asked over HTTP", 12, 2),
    "scale": Benchmark("benchmarks.scale", "nearest vectors among 10,000,000", 12, 2),
}


# These need a folder of data sets.
OF_DATA = (
    "builtin-texts",
    "builtin-search",
    "builtin-sounds",
    "builtin-pictures",
    "builtin-robust",
    "builtin-teacher",
    "classical",
    "hashing",
    "hashing-pixels",
    "augmentation",
)


def that_fit(minutes: float) -> dict[str, bool]:
    """Benchmarks that fit in so many minutes, in order, and whether each runs at its quick size."""
    chosen: dict[str, bool] = {}
    left = minutes
    for name, benchmark in BENCHMARKS.items():
        if name not in OF_DATA and benchmark.quick_minutes <= left:
            chosen[name] = True
            left -= benchmark.quick_minutes
    for name in chosen:
        more = BENCHMARKS[name].minutes - BENCHMARKS[name].quick_minutes
        if more <= left:
            chosen[name] = False
            left -= more
    return chosen
