"""Texts found by texts, on CISI and Cranfield: BM25 of Pinakes and of bm25s, the built-in encoder, and both together.

What decides how the two are fused is chosen on one of the sets and used on the other. The encoder has learned from the
documents of these sets, never from their queries.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.classical import read_judged
from benchmarks.engine import Engine, Failed
from benchmarks.environment import peers_python
from benchmarks.frame import Figures, Options
from benchmarks.peers.words_ours import OurWords
from pinakes.catalogue.collections import ensure
from pinakes.catalogue.records import NewPart, NewWork
from pinakes.catalogue.store import store
from pinakes.encoders.base import Encoder
from pinakes.encoders.find import find
from pinakes.encoders.media import vectors_of
from pinakes.evaluate.significance import holm, randomisation
from pinakes.learn.builtin.texts import lines, passages_of, sentences_of
from pinakes.library import Library
from pinakes.media.passages import passages
from pinakes.settings import Settings
from pinakes.types import Floats, Place
from pinakes.words.analyse import analyser

SETS = ("cisi", "cranfield")
DEPTH, SEED = 10, 1
# What may be chosen: how much a document's passages count together, and the share of the encoder.
POOLED = ("max", "mean", "best three")
SHARES = tuple(round(0.05 * step, 2) for step in range(21))

Encode = Callable[[Sequence[str]], Floats]


@dataclass(frozen=True)
class Judged:
    """One set: texts, each whole and as its title and passages; queries, and of each the gains of texts by place."""

    texts: list[str]
    pieces: list[list[str]]
    queries: list[str]
    gains: list[dict[int, float]]

    @classmethod
    def read(cls, folder: Path) -> Judged:
        """A set without the queries that have no judgements."""
        texts, queries, gains = read_judged(folder)
        told = [(each["title"], each["text"] or "") for each in lines(folder / "corpus.jsonl")]
        pieces = [[title, *passages_of(sentences_of(text))] for title, text in told]
        kept = [place for place, each in enumerate(gains) if each]
        return cls(texts, pieces, [queries[place] for place in kept], [gains[place] for place in kept])


def run(options: Options) -> Figures:
    """All figures of both sets."""
    figures = Figures()
    if options.data is None or not all((options.data / name).is_dir() for name in SETS):
        figures.note("Name a folder that holds cisi and cranfield with --data.")
        return figures
    encoder = find("builtin", Settings())

    def encode(texts: Sequence[str]) -> Floats:
        return encoder.encode("text", texts)

    sets = {name: Judged.read(options.data / name) for name in SETS}
    words = {name: ours(judged, options.folder("builtin-texts") / name) for name, judged in sets.items()}
    for name, judged in sets.items():
        _beside_bm25s(figures, name, judged, words[name], options)
    compare(figures, sets, words, encode)
    held(figures, sets, words, {name: nearest(judged, encoder) for name, judged in sets.items()})
    return figures


def compare(figures: Figures, sets: dict[str, Judged], words: dict[str, Floats], encode: Encode) -> None:
    """The encoder alone, and hybrids whose settings were chosen on the other set."""
    scores = {name: meanings(judged, encode) for name, judged in sets.items()}
    alone, fused = {}, {}
    for name, other in zip(SETS, reversed(SETS), strict=True):
        pooled, share = chosen(sets[other], words[other], scores[other])
        alone[name] = ndcgs(words[name], sets[name].gains)
        fused[name] = ndcgs(hybrid(words[name], scores[name][pooled], share), sets[name].gains)
        figures.add(f"{name}, BM25, nDCG@10", alone[name].mean(), "")
        for each, found in scores[name].items():
            figures.add(
                f"{name}, encoder alone, {each} of passages, nDCG@10", ndcgs(found, sets[name].gains).mean(), ""
            )
        figures.add(f"{name}, hybrid, nDCG@10", fused[name].mean(), "", at_least=round(alone[name].mean(), 6))
        figures.add(f"{name}, share of the encoder, chosen on {other} ({pooled})", share, "")
    differences = {name: fused[name] - alone[name] for name in SETS}
    chances = holm([randomisation(each, seed=SEED) for each in differences.values()])
    for (name, each), chance in zip(differences.items(), chances, strict=True):
        figures.add(f"{name}, hybrid less BM25", each.mean(), "")
        figures.add(f"{name}, hybrid less BM25, p", chance, "")
    pooled_differences = np.concatenate(list(differences.values()))
    figures.add("both, hybrid less BM25", pooled_differences.mean(), "", at_least=0)
    figures.add("both, hybrid less BM25, p", randomisation(pooled_differences, seed=SEED), "", at_most=0.05)
    figures.note("p by the paired randomisation test, two-sided; of the two sets alone corrected after Holm.")


def held(figures: Figures, sets: dict[str, Judged], words: dict[str, Floats], scores: dict[str, Floats]) -> None:
    """The same by the vectors that a library holds: those of sentences and wholes, of which the nearest counts."""
    differences = []
    for name, other in zip(SETS, reversed(SETS), strict=True):
        _, share = chosen(sets[other], words[other], {"nearest": scores[other]})
        alone = ndcgs(scores[name], sets[name].gains).mean()
        fused = ndcgs(hybrid(words[name], scores[name], share), sets[name].gains)
        plain = ndcgs(words[name], sets[name].gains)
        differences.append(fused - plain)
        figures.add(f"{name}, encoder alone, as a library holds it, nDCG@10", alone, "")
        figures.add(
            f"{name}, hybrid, as a library holds it, nDCG@10", fused.mean(), "", at_least=round(plain.mean(), 6)
        )
    both = np.concatenate(differences)
    figures.add("both, hybrid as a library holds it less BM25", both.mean(), "", at_least=0)
    figures.add("both, hybrid as a library holds it less BM25, p", randomisation(both, seed=SEED), "", at_most=0.05)


def nearest(judged: Judged, encoder: Encoder) -> Floats:
    """Cosines (queries, texts) of the nearest vector of each text, cut and encoded as `pinakes add` does."""
    parts = [[each.text for each in passages([text], Settings().passage_chars)] for text in judged.texts]
    found = vectors_of(encoder, "text", [part for each in parts for part in each])
    owners = np.repeat(np.arange(len(parts)), [len(each) for each in parts])
    several = np.bincount(owners, [len(each) for each in found], len(parts)).astype(np.int64)
    cosines = encoder.encode("text", judged.queries) @ np.concatenate(found).T
    # A text without a word has no vector, and is as far as the farthest.
    scores = np.repeat(cosines.min(axis=1, keepdims=True), len(parts), axis=1)
    having = np.flatnonzero(several)
    starts = np.cumsum([0, *several])[having]
    scores[:, having] = np.maximum.reduceat(cosines, starts, axis=1)
    return scores


def chosen(judged: Judged, words: Floats, scores: dict[str, Floats]) -> tuple[str, float]:
    """How passages are pooled and the share of the encoder that do best on a set."""
    found = {
        (pooled, share): float(ndcgs(hybrid(words, scores[pooled], share), judged.gains).mean())
        for pooled, share in product(scores, SHARES)
    }
    return max(found, key=lambda each: found[each])


def hybrid(words: Floats, meanings: Floats, share: float) -> Floats:
    """The weighted mean of both scores, each stretched to 0 to 1 for each query."""
    return (1 - share) * stretched(words) + share * stretched(meanings)


def stretched(scores: Floats) -> Floats:
    """Each row from its least, 0, to its largest, 1."""
    low, high = scores.min(axis=1, keepdims=True), scores.max(axis=1, keepdims=True)
    return (scores - low) / np.maximum(high - low, 1e-9)


def meanings(judged: Judged, encode: Encode) -> dict[str, Floats]:
    """Cosines (queries, texts), by how those of a text's passages are pooled."""
    starts = np.cumsum([0, *map(len, judged.pieces[:-1])])
    vectors, asked = encode([piece for each in judged.pieces for piece in each]), encode(judged.queries)
    cosines = asked @ vectors.T
    mean = np.add.reduceat(vectors, starts, axis=0)
    mean /= np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9)
    three = [np.sort(each, axis=1)[:, -3:].mean(1) for each in np.split(cosines, starts[1:], axis=1)]
    pooled = (np.maximum.reduceat(cosines, starts, axis=1), asked @ mean.T, np.stack(three, axis=1))
    return dict(zip(POOLED, pooled, strict=True))


def ndcgs(scores: Floats, gains: Sequence[dict[int, float]]) -> Floats:
    """nDCG@10 of each query (queries,), by the grades as gains."""
    firsts = (np.argsort(-row, kind="stable")[:DEPTH].tolist() for row in scores)
    return np.array([ndcg(first, gain) for first, gain in zip(firsts, gains, strict=True)])


def ndcg(first: Sequence[int], gain: Mapping[int, float]) -> float:
    """nDCG@10 of the texts that stand first, by their places."""
    discounts = 1 / np.log2(np.arange(DEPTH) + 2)
    got = np.array([gain.get(place, 0.0) for place in first])
    best = np.sort(list(gain.values()))[::-1][:DEPTH]
    return float((got * discounts[: len(got)]).sum() / (best * discounts[: len(best)]).sum())


def ours(judged: Judged, folder: Path) -> Floats:
    """Scores (queries, texts) of a library's words."""
    shutil.rmtree(folder, ignore_errors=True)
    with Library.open(folder, create=True) as library:
        catalogue = library._catalogue
        with catalogue.writer():
            with catalogue.writing() as connection:
                collection = ensure(connection, "main", (), ()).id
                works = [_work(collection, number, text) for number, text in enumerate(judged.texts)]
                store(connection, works, {})
            library._index.publish(finish=True)
    engine = OurWords()
    engine.open(folder)
    engine.prepare(())
    return _table([engine.search(query, len(judged.texts)) for query in judged.queries], len(judged.texts))


def _work(collection: int, number: int, text: str) -> NewWork:
    part = NewPart("text", Place(chars=(0, len(text))), text, "en")
    return NewWork(b"text:%d" % number, collection, None, None, (), (part,))


def _table(found: Sequence[Sequence[tuple[int, float]]], texts: int) -> Floats:
    scores = np.zeros((len(found), texts), np.float64)
    for row, hits in enumerate(found):
        for place, score in hits:
            scores[row, place] = score
    return scores


def _beside_bm25s(figures: Figures, name: str, judged: Judged, words: Floats, options: Options) -> None:
    """The same stems by an implementation that knows nothing of ours."""
    cut = analyser(Settings())
    folder = options.folder("builtin-texts-bm25s") / name
    folder.mkdir(parents=True, exist_ok=True)
    texts = folder / "texts.jsonl"
    stems = [" ".join(cut.terms(text, "en")) for text in judged.texts]
    texts.write_text("".join(json.dumps({"words": each, "label": "a"}) + "\n" for each in stems), encoding="utf-8")
    queries = [" ".join(cut.terms(query, "en")) for query in judged.queries]
    try:
        with Engine("words_bm25s", peers_python(options)) as engine:
            engine.ask(do="build", texts=str(texts), folder=str(folder))
            engine.ask(do="open", folder=str(folder))
            told = engine.ask(do="search", folder=str(folder), queries=queries, count=len(stems), allowed=())
            figures.compared["bm25s"] = engine.version
    except Failed as error:
        figures.note(f"bm25s: left out ({error}).")
        return
    theirs = ndcgs(_table(told["found"], len(stems)), judged.gains).mean()
    here = ndcgs(words, judged.gains).mean()
    figures.add(f"{name}, bm25s, nDCG@10", theirs, "")
    figures.add(f"{name}, BM25 less bm25s, nDCG@10", abs(here - theirs), "", at_most=0.005)
