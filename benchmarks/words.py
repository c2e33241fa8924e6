"""BM25 over 100,000 documents: ours beside bm25s (whose scores it must equal), tantivy and SQLite FTS5."""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.engine import Engine, Failed
from benchmarks.environment import peers_python
from benchmarks.frame import Figures, Options
from benchmarks.libraries import FILTERS, labels_of, title_of
from pinakes.evaluate.texts_made import documents, queries
from pinakes.evaluate.timing import percentile

FULL, QUICK, QUERIES, BEST, ROUNDS = 100_000, 5_000, 300, 10, 3
NAMES = {
    "words_ours": "pinakes",
    "words_bm25s": "bm25s",
    "words_tantivy": "tantivy",
    "words_fts5": "SQLite FTS5",
}
KINDS: dict[str, tuple[str, ...]] = {"": (), ", filter 10 %": FILTERS["10 %"]}


def run(options: Options) -> Figures:
    """The same documents and queries to all, each in a process of its own on one core, in turn."""
    count = QUICK if options.quick else FULL
    folder = options.folder(f"words-{count}")
    texts = folder / "texts.jsonl"
    if not texts.exists():
        lines = zip(documents(count), labels_of(count).tolist(), strict=True)
        made = ({"text": text, "label": label, "words": f"{text} {title_of(text)} {label}"} for text, label in lines)
        texts.write_text("".join(json.dumps(one) + "\n" for one in made), encoding="utf-8")
    figures = Figures()
    python = peers_python(options)
    with ExitStack() as stack:
        engines: dict[str, Engine] = {}
        for name in NAMES:
            try:
                engines[name] = stack.enter_context(_built(figures, folder, texts, name, python))
            except Failed as error:
                figures.note(f"{NAMES[name]}: left out ({error}).")
        for kind, allowed in KINDS.items():
            found = _race(figures, folder, engines, kind, allowed)
            _agree(figures, found, kind)
    figures.note("Ours is built as a library: its catalogue holds the texts; the index is what is derived from it.")
    return figures


def _built(figures: Figures, folder: Path, texts: Path, name: str, python: Path) -> Engine:
    """Build in one process, open in another."""
    interpreter = [] if name == "words_ours" else [python]
    place = folder / name
    shutil.rmtree(place, ignore_errors=True)
    with Engine(name, *interpreter) as engine:
        spent = engine.ask(do="build", texts=str(texts), folder=str(place))["seconds"]
    figures.compared[NAMES[name]] = engine.version
    index = place
    if name == "words_ours":
        spent = float((place / "seconds").read_text(encoding="ascii").split()[1])
        index = place / "index"
    size = sum(file.stat().st_size for file in index.rglob("*") if file.is_file())
    figures.add(f"{NAMES[name]}, build of the index", spent, "s")
    figures.add(f"{NAMES[name]}, index on disk", size / 1e6, "MB")
    engine = Engine(name, *interpreter)
    opened = engine.ask(do="open", folder=str(place))["seconds"]
    figures.add(f"{NAMES[name]}, open", opened, "s")
    return engine


def _race(
    figures: Figures, folder: Path, engines: dict[str, Engine], kind: str, allowed: tuple[str, ...]
) -> dict[str, list[Any]]:
    asked = queries(QUERIES)
    found: dict[str, list[Any]] = {}
    times: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(ROUNDS):
        for name, engine in engines.items():
            told = engine.ask(do="search", folder=str(folder / name), queries=asked, count=BEST, allowed=allowed)
            found[name] = told["found"]
            times[name] += told["ms"]
    for name, spent in times.items():
        figures.add(f"{NAMES[name]}{kind}, p50", median(spent), "ms")
        figures.add(f"{NAMES[name]}{kind}, p95", percentile(spent, 0.95), "ms")
    return found


def _agree(figures: Figures, found: dict[str, list[Any]], kind: str) -> None:
    """Scores against bm25s to the second decimal; of the others, the share of its ten best."""
    if "words_bm25s" not in found:
        return
    reference = [[(row, score) for row, score in hits if score > 0] for hits in found["words_bm25s"]]
    for name, answers in found.items():
        if name == "words_bm25s":
            continue
        shares = [_share(ours, theirs) for ours, theirs in zip(answers, reference, strict=True) if theirs]
        figures.add(f"{NAMES[name]}{kind}, best ten as good as bm25s's", float(np.mean(shares)), "share")
    if "words_ours" in found:
        apart = [
            abs(a[1] - b[1])
            for ours, theirs in zip(found["words_ours"], reference, strict=True)
            for a, b in zip(ours, theirs, strict=False)
        ]
        figures.add(f"pinakes{kind}, largest difference of scores from bm25s", max(apart), "", at_most=0.005)


def _share(ours: list[Any], theirs: list[Any]) -> float:
    """The share of the best ten that are among the others' best, or tie with the last of them (to two decimals)."""
    known = dict(theirs)
    return sum(row in known for row, _ in ours) / len(theirs)
