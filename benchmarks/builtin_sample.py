"""How well the built-in encoder finds in the sample library: alone, words alone, and all together.

The library is that of seed 1, whose scenes and sounds it has never seen: what it learned from was drawn with other
seeds. Pairs of a colour and a thing that were kept out of training stand by themselves. nDCG@10 of every judged query;
all together is a search as it is made by default.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.frame import Figures, Options
from pinakes.learn.builtin.scenes import HELD_OUT
from pinakes.library import Library
from pinakes.sources.sample import SampleLibrary, generate
from pinakes.sources.sample.prose import nouns_zh, words_zh

SEED, WORKS, FEW = 1, 400, 80
SPACE, LEAST = "builtin", 0.90
# What is asked of pictures and sounds alone, in words.
_CROSSING = ("cross-modal", "sound")
WAYS = {"all together": "fused", "words alone": "words", f"{SPACE} alone": SPACE}

Row = dict[str, Any]


def run(options: Options) -> Figures:
    """A figure for each kind of query and way of searching."""
    figures = Figures()
    folder = options.folder("builtin-sample")
    with filled(folder, FEW if options.quick else WORKS) as library:
        judgements = folder / "sample" / "judgements"
        kinds = _kinds(judgements)
        for kind, chosen in kinds.items():
            # Beside the collection, where pictures that ask are found by their paths.
            queries = _some(judgements, folder / "sample" / kind.replace(" ", "-"), chosen)
            if not queries:
                figures.note(f"No query is {kind}.")
                continue
            for way, space in WAYS.items():
                for mode in ("precise", "quick"):
                    at_least = LEAST if (kind, way, mode) == ("every query", "all together", "precise") else None
                    value = ndcg(library, queries, space, mode)
                    if value is not None:
                        figures.add(
                            f"{kind}, {way}, {mode}", value, "nDCG@10", at_least=at_least, judged=not options.quick
                        )
    figures.note(f"Pairs kept out of training: {', '.join(sorted(f'{colour} {name}' for colour, name in HELD_OUT))}.")
    return figures


def filled(folder: Path, works: int) -> Library:
    """The sample library, drawn and added anew."""
    for name in ("sample", "library"):
        shutil.rmtree(folder / name, ignore_errors=True)
    sample: SampleLibrary = generate(folder / "sample", SEED, works)
    library = Library.open(folder / "library", create=True)
    library.add(sample.collection / "works.csv", sample.collection)
    return library


def ndcg(library: Library, queries: Path, space: str, mode: str) -> float | None:
    """The mean of some queries in one way of searching; None where the space finds nothing."""
    told = library.evaluate(queries=queries, metrics="ndcg@10", modes=[mode], spaces=[space])
    # All directions together stand first.
    return next((float(one.figures[0].value) for one in told.scopes if one.names["space"] == space), None)


def _kinds(judgements: Path) -> dict[str, Callable[[Row], bool]]:
    words = {f"{colour} {name}" for colour, name in HELD_OUT}
    words |= {f"{words_zh.COLOURS[colour]}的{nouns_zh.NOUNS[name].word}" for colour, name in HELD_OUT}
    return {
        "every query": lambda row: True,
        "of pictures and sounds": lambda row: row["kind"] in _CROSSING,
        "kept out of training": lambda row: row["text"] in words,
        "in Chinese": lambda row: row["language"] == "zh",
    }


def _some(judgements: Path, folder: Path, chosen: Callable[[Row], bool]) -> Path | None:
    """A folder with some of the queries, and with all of the judgements."""
    lines = (judgements / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if chosen(json.loads(line))]
    if not kept:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    names = {json.loads(line)["id"] for line in kept}
    told = (judgements / "qrels.tsv").read_text(encoding="utf-8").splitlines()
    (folder / "qrels.tsv").write_text(
        "\n".join(row for row in told if row.split("\t")[0] in names) + "\n", encoding="utf-8"
    )
    (folder / "queries.jsonl").write_text("\n".join(kept) + "\n", encoding="utf-8")
    return folder
