"""The benchmark of word2vec: its corpora, and what it takes for a good vector."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmarks.processes import run_module
from benchmarks.word2vec import LENGTH, made
from benchmarks.word2vec_run import nearest_twins
from pinakes.learn.word2vec import WordVectors


def test_the_made_corpus_is_zipfs_and_some_of_its_words_are_two(tmp_path: Path) -> None:
    told = json.loads(made(40_000, tmp_path).read_text())
    counts = Counter(word for text in told["texts"] for word in text)
    assert {len(text) for text in told["texts"]} == {LENGTH}
    assert counts["w0"] > 10 * counts["w50"] + 10 * counts["w50_a"]
    assert told["split"]
    for word in told["split"][:20]:
        assert word not in counts
        assert counts[f"{word}_a"] == pytest.approx(counts[f"{word}_b"], rel=1)
    assert told == json.loads(made(40_000, tmp_path).read_text())


def test_twins_are_found_where_they_are_alike() -> None:
    vectors = WordVectors(
        ("x_a", "x_b", "y_a", "y_b", "z_a"), np.array([[1, 0], [1, 0.1], [0, 1], [1, 0], [0, 1]], np.float32)
    )
    assert nearest_twins(vectors, ["x", "y", "z"]) == 0.0
    assert nearest_twins(WordVectors(vectors.words[:3], vectors.vectors[:3]), ["x", "y"]) == 1.0


@pytest.mark.slow
def test_both_engines_train_the_same_vectors(tmp_path: Path) -> None:
    request = {"corpus": str(made(60_000, tmp_path)), "model": "cbow"}
    ours, theirs = (
        run_module("benchmarks.word2vec_run", request | {"engine": engine}, cores=1) for engine in ("pinakes", "gensim")
    )
    assert ours["words"] == theirs["words"]
    assert ours["found"] == pytest.approx(theirs["found"], abs=0.1)
