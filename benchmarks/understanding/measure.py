"""How well words are understood over the stated queries, and what it costs beside the search at 100,000 items."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median, quantiles

import numpy as np

from benchmarks.frame import Figures, Options
from benchmarks.understanding import large, quality
from benchmarks.understanding.effect import effects
from benchmarks.understanding.queries import DEVELOPED, HARD, HELD_OUT
from pinakes.evaluate.timing import seconds
from pinakes.library import Library

FULL, QUICK, QUERIES = 100_000, 10_000, 300
MOST_MS = 2.0


def run(options: Options) -> Figures:
    """Quality in the sample library, then cost in a large one."""
    figures = Figures()
    _quality(figures, options)
    _cost(figures, options)
    return figures


def _quality(figures: Figures, options: Options) -> None:
    folder = options.folder("understanding-sample")
    with quality.made(folder) as library:
        for name, stated in (("first half", DEVELOPED), ("held out", HELD_OUT), ("hard", HARD)):
            score, _ = quality.scored(library, stated)
            figures.add(f"{name}: queries", score.queries, "queries")
            figures.add(f"{name}: precision", score.precision, "share")
            figures.add(f"{name}: recall", score.recall, "share")
            figures.add(f"{name}: queries all right", score.whole / score.queries, "share")
        for kind, effect in effects(library, folder / "sample").items():
            if effect.understood:
                figures.add(f"{kind}: understood", effect.understood, f"of {len(effect.as_written)} queries")
                figures.add(f"{kind}: nDCG@10 as written", float(np.mean(effect.as_written)), "")
                figures.add(f"{kind}: nDCG@10 understood", float(np.mean(effect.as_meant)), "")


def _cost(figures: Figures, options: Options) -> None:
    count = QUICK if options.quick else FULL
    folder = large.made(options.folder(f"understanding-{count}"), count)
    asked = large.queries(large.Names(count), QUERIES)
    with Library.open(folder) as library:
        library.search(asked[0])
        figures.add("items", count, "items")
        figures.add("reading the lists, once, processor", processor(library.understanding.authorities), "s")
        lists = library.understanding.authorities()
        figures.add("names", len(lists), "names")
        figures.add("memory of the lists", lists.bytes / 1e6, "MB")
        alone, used, plain = [], [], []
        found = 0
        for words in asked:
            found += bool(library.understood(words).findings)
            alone.append(1000 * seconds(lambda words=words: library.understood(words)))  # type: ignore[misc]
            used.append(1000 * processor(lambda words=words: library.understood(words)))  # type: ignore[misc]
            library.search(words)
            plain.append(1000 * seconds(lambda words=words: library.search(words)))  # type: ignore[misc]
        figures.add("queries in which anything was understood", found / len(asked), "share")
        figures.add("understanding, median", median(alone), "ms", at_most=MOST_MS, judged=not options.quick)
        figures.add("understanding, 95th percentile", quantiles(alone, n=20)[-1], "ms")
        figures.add("understanding, processor, mean", float(np.mean(used)), "ms")
        figures.add("search of the same words, median", median(plain), "ms")
        figures.add("understanding beside the search", median(alone) / median(plain), "ratio")


def processor(run: Callable[[], object]) -> float:
    """Seconds of this thread's processor: what the machine does besides is not counted."""
    began = time.thread_time()
    run()
    return time.thread_time() - began
