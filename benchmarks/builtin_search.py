"""What a search finds that is made as it is by default, in libraries of texts: by words, by the encoder, by both.

Abstracts that are asked for at length (CISI, Cranfield), and captions of pictures that are asked for by another caption
of the same picture (Flickr8k's dev part). Files are added and searched as by anyone, and the first ten hits are judged.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.builtin_texts import DEPTH, SEED, SETS, Judged, ndcg
from benchmarks.frame import Figures, Options
from pinakes.evaluate.significance import holm, randomisation
from pinakes.library import Library

ENCODER = "builtin"
# Of the captions each fourth picture's first one asks, and the others of all pictures are found.
CAPTIONS, ASKING, FEW = "flickr8k", 4, 40
TOGETHER, WORDS = "all together", "words alone"
WAYS: dict[str, dict[str, Any]] = {
    TOGETHER: {},
    WORDS: {"weights": {ENCODER: 0.0}},
    f"{ENCODER} alone": {"weights": {"words": 0.0, "phrases": 0.0}, "min_score": 0.0},
    "all together, by ranks": {"fusion": "reciprocal"},
}


@dataclass(frozen=True)
class Asking:
    """Texts, queries, and the gains of texts by their places for each query."""

    texts: Sequence[str]
    queries: Sequence[str]
    gains: Sequence[Mapping[int, float]]


def run(options: Options) -> Figures:
    """nDCG@10 of each set and way, and how likely the difference to words alone is by chance."""
    figures = Figures()
    differences: dict[str, NDArray[np.float64]] = {}
    for name, asking in _sets(options.data, quick=options.quick):
        scores = _scores(asking, options.folder("builtin-search") / name)
        for way, values in scores.items():
            least = round(float(scores[WORDS].mean()), 6) if way == TOGETHER else None
            figures.add(f"{name}, {way}", values.mean(), "nDCG@10", at_least=least, judged=not options.quick)
        differences[name] = scores[TOGETHER] - scores[WORDS]
    if not differences:
        figures.note(f"Name a folder that holds {', '.join((*SETS, CAPTIONS))} with --data.")
        return figures
    for name, chance in zip(
        differences, holm([randomisation(each, seed=SEED) for each in differences.values()]), strict=True
    ):
        figures.add(f"{name}, all together less words", differences[name].mean(), "")
        figures.add(f"{name}, all together less words, p", chance, "")
    figures.note("p by the paired randomisation test, two-sided, corrected after Holm.")
    return figures


def _sets(data: Path | None, *, quick: bool) -> Iterator[tuple[str, Asking]]:
    for name in SETS:
        if data is not None and (data / name).is_dir():
            judged = Judged.read(data / name)
            most = FEW if quick else len(judged.queries)
            yield name, Asking(judged.texts, judged.queries[:most], judged.gains[:most])
    if data is not None and (data / CAPTIONS).is_dir():
        yield CAPTIONS, captions(data / CAPTIONS / "captions_dev.jsonl", FEW * ASKING if quick else None)


def captions(path: Path, most: int | None = None) -> Asking:
    """The first captions of some pictures ask for their other ones."""
    told = [json.loads(line)["captions"] for line in path.read_text(encoding="utf-8").splitlines()[:most]]
    texts = [caption for each in told for caption in each[1:]]
    starts = np.cumsum([0, *(len(each) - 1 for each in told)]).tolist()
    asking = range(0, len(told), ASKING)
    gains = [dict.fromkeys(range(starts[number], starts[number + 1]), 1.0) for number in asking]
    return Asking(texts, [told[number][0] for number in asking], gains)


def _scores(asking: Asking, folder: Path) -> dict[str, NDArray[np.float64]]:
    """nDCG@10 (queries,) by every way."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "texts").mkdir(parents=True)
    for place, text in enumerate(asking.texts):
        # A file without a word has no part, and nothing is lost by one that says nothing.
        (folder / "texts" / f"{place:06}.txt").write_text(text if text.strip() else ".", encoding="utf-8")
    with Library.open(folder / "library", create=True) as library:
        library.add(folder / "texts")
        return {
            way: np.array(
                [_score(library, query, gain, how) for query, gain in zip(asking.queries, asking.gains, strict=True)]
            )
            for way, how in WAYS.items()
        }


def _score(library: Library, query: str, gain: Mapping[int, float], how: dict[str, Any]) -> float:
    # Its words alone: a question may hold signs that mean something in the term language.
    hits = library.search(" ".join(re.findall(r"\w+", query)), limit=DEPTH, unfold=True, **how)
    return ndcg([int(Path(hit.path).stem) for hit in hits], gain)
