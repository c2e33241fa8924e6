"""Metrics: mAP of 5,000 queries over 120,000 codes of 64 bits, and ranked lists beside trec_eval and ranx."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.engine import Engine, Failed
from benchmarks.environment import peers_python
from benchmarks.frame import Figures, Options
from benchmarks.processes import run_module

# Queries and codes of COCO's protocol; queries and documents of the lists; rounds in which all take turns.
FULL, QUICK = (5_000, 120_000), (500, 12_000)
FULL_LISTS, QUICK_LISTS, ROUNDS = (1_000, 1_000), (100, 200), 5
NAMES = {"metrics_ours": "pinakes", "metrics_trec": "trec_eval (pytrec_eval)", "metrics_ranx": "ranx"}
REQUIREMENTS = Path(__file__).with_name("requirements-metrics.txt")


def run(options: Options) -> Figures:
    """Codes in a process of ours on two cores; lists in a process for each, on one core, in turn."""
    figures = Figures()
    queries, codes = QUICK if options.quick else FULL
    for ties in ("rows", "expected"):
        told = run_module("benchmarks.metrics_codes", {"queries": queries, "codes": codes, "ties": ties}, cores=2)
        name = f"mAP@all, {queries} queries over {codes} codes of 64 bits, ties {ties}"
        figures.add(name, told["seconds"], "s", at_most=60, judged=not options.quick)
        figures.add(f"{name}, peak memory", told["peak_mb"], "MB", at_most=2_000, judged=not options.quick)
    _lists(figures, options)
    return figures


def _lists(figures: Figures, options: Options) -> None:
    queries, documents = QUICK_LISTS if options.quick else FULL_LISTS
    path = options.folder("metrics") / f"lists-{queries}-{documents}.json"
    if not path.exists():
        path.write_text(json.dumps(_made(queries, documents)), encoding="utf-8")
    python = peers_python(options, "peers-metrics", REQUIREMENTS)
    with ExitStack() as stack:
        engines: dict[str, Engine] = {}
        for name in NAMES:
            try:
                engine = stack.enter_context(Engine(name, *([] if name == "metrics_ours" else [python])))
                # The first time, some compile what they need.
                engine.ask(do="measure", lists=str(path))
                engines[name] = engine
                figures.compared[NAMES[name]] = engine.version
            except Failed as error:
                figures.note(f"{NAMES[name]}: left out ({error}).")
        told = [
            {name: engine.ask(do="measure", lists=str(path)) for name, engine in engines.items()} for _ in range(ROUNDS)
        ]
    for name in engines:
        seconds = median(turn[name]["seconds"] for turn in told)
        figures.add(f"{NAMES[name]}, map, ndcg@10, p@10, r@100 and mrr of {queries} lists of {documents}", seconds, "s")
    figures.note(
        "Lists: from dictionaries in memory to the figures of each query, on one core; a third of the scores are tied."
    )
    for name in engines:
        if name != "metrics_ours":
            _agree(figures, name, told[0])


def _agree(figures: Figures, name: str, told: dict[str, dict[str, dict[str, list[float]]]]) -> None:
    """How far the figures of any query lie apart; ranx orders ties otherwise, so that only trec_eval is a judge."""
    ours, theirs = told["metrics_ours"]["values"], told[name]["values"]
    apart = max(float(np.abs(np.array(ours[metric]) - np.array(theirs[metric])).max()) for metric in ours)
    bound = 1.0 if name == "metrics_trec" else None
    figures.add(f"largest difference from {NAMES[name]}, any query and metric", 1e9 * apart, "1e-9", at_most=bound)


def _made(queries: int, documents: int) -> dict[str, dict[str, dict[str, float]]]:
    """Runs in which a third of the scores are shared, and graded judgements of a twentieth of the documents."""
    random = np.random.default_rng(3)
    run: dict[str, dict[str, float]] = {}
    qrels: dict[str, dict[str, float]] = {}
    for query in range(queries):
        scores = random.random(documents)
        scores[random.random(documents) < 1 / 3] = 0.5
        names = [f"d{number}" for number in random.permutation(10 * documents)[:documents]]
        run[f"q{query}"] = dict(zip(names, scores.tolist(), strict=True))
        judged = random.choice(names, max(2, documents // 20), replace=False)
        grades = random.integers(0, 3, len(judged)).tolist()
        qrels[f"q{query}"] = dict(zip(map(str, judged), grades, strict=True))
        qrels[f"q{query}"][str(judged[0])] = 1
    return {"run": run, "qrels": qrels}
