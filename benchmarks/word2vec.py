"""word2vec: words a second beside gensim called directly, on a made corpus and on texts of the data sets.

Some words of each corpus are split at random into two that are used for the same; how often the twin is a word's
nearest neighbour tells how good the vectors are.
"""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.frame import Figures, Options
from benchmarks.processes import run_module
from pinakes.words.segment import forms

FULL, QUICK, ROUNDS = 3_000_000, 200_000, 3
WORDS, TOPICS, LENGTH = 20_000, 200, 20
# A sentence has so many words of its topic; the others are of the hundred most frequent ones.
OWN, COMMON = 12, 100
MODELS, ENGINES = ("cbow", "skip-gram"), ("pinakes", "gensim")
# How often a word must occur to be split, and which share of these is.
SPLIT_FROM, SPLIT_TO, SPLIT = 40, 3_000, 1 / 3


def run(options: Options) -> Figures:
    """Both models on each corpus, on one core; ours and gensim take turns, each time in a fresh process."""
    figures = Figures()
    corpora = {"Zipf": made(QUICK if options.quick else FULL, options.folder("word2vec"))}
    if options.data:
        corpora["captions, titles and abstracts"] = from_data(options.data, options.folder("word2vec"))
    else:
        figures.note("Only the made corpus: --data names no folder of data sets.")
    for name, path in corpora.items():
        for model in MODELS:
            _compare(figures, name, path, model, judged=not options.quick)
    figures.note(
        "From texts cut into words to vectors, counting included, by processor time: 100 numbers, window 5, "
        "5 negatives, 3 epochs."
    )
    return figures


def _compare(figures: Figures, name: str, path: Path, model: str, *, judged: bool) -> None:
    rates: dict[str, list[float]] = {engine: [] for engine in ENGINES}
    found: dict[str, float] = {}
    for _ in range(ROUNDS):
        for engine in ENGINES:
            told = run_module(
                "benchmarks.word2vec_run", {"corpus": str(path), "model": model, "engine": engine}, cores=1
            )
            rates[engine].append(told["words"] / told["seconds"])
            found[engine] = told["found"]
            figures.compared["gensim"] = told["version"]
    for engine in ENGINES:
        figures.add(f"{name}, {model}: {engine}", median(rates[engine]), "words/s")
        figures.add(f"{name}, {model}: {engine}, twins that are nearest", found[engine], "")
    ratio = median(ours / theirs for ours, theirs in zip(*rates.values(), strict=True))
    figures.add(f"{name}, {model}: pinakes by gensim", ratio, "times", at_least=0.9, judged=judged)


def made(words: int, folder: Path) -> Path:
    """Sentences of a topic each, with words as frequent as Zipf has it."""
    random = np.random.default_rng(5)
    shares = 1 / np.arange(1, WORDS + 1)
    topics = random.integers(TOPICS, size=WORDS)
    rows = words // LENGTH
    chosen = np.empty((rows, LENGTH), np.int64)
    topic = random.integers(TOPICS, size=rows)
    for number in range(TOPICS):
        own, here = np.flatnonzero(topics == number), np.flatnonzero(topic == number)
        chosen[here, :OWN] = random.choice(own, (len(here), OWN), p=shares[own] / shares[own].sum())
    common = shares[:COMMON] / shares[:COMMON].sum()
    chosen[:, OWN:] = random.choice(COMMON, (rows, LENGTH - OWN), p=common)
    texts = [[f"w{number}" for number in row] for row in random.permuted(chosen, axis=1).tolist()]
    return _written(texts, folder / f"zipf-{words}.json")


def from_data(data: Path, folder: Path) -> Path:
    """Captions of Flickr8k, titles of the fashion set, abstracts of CISI and Cranfield."""
    texts = []
    for path in sorted([*data.glob("flickr8k/captions_*.jsonl"), *data.glob("fashion/items_*.jsonl")]):
        for line in path.read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            texts += told.get("captions") or [told["title"]]
    for path in (data / "cisi" / "corpus.jsonl", data / "cranfield" / "corpus.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            texts += f"{told.get('title', '')}. {told['text']}".split(". ")
    return _written([forms(text) for text in texts], folder / "data.json")


def _written(texts: list[list[str]], path: Path) -> Path:
    """The texts with some words split in two, and which these are."""
    random = np.random.default_rng(6)
    names, counts = np.unique([word for text in texts for word in text], return_counts=True)
    often = names[(counts >= SPLIT_FROM) & (counts <= SPLIT_TO)].tolist()
    split = set(random.choice(often, int(len(often) * SPLIT), replace=False).tolist()) if often else set()
    halves = iter(random.integers(2, size=sum(map(len, texts))).tolist())
    cut = [
        [f"{word}_{'ab'[half]}" if word in split else word for word, half in zip(text, halves, strict=False)]
        for text in texts
    ]
    path.write_text(json.dumps({"texts": cut, "split": sorted(split)}), encoding="utf-8")
    return path
