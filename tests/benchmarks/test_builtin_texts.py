"""How texts are judged: against the metrics of the package, and with settings from another set than the judged one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import builtin_texts as benchmark
from benchmarks.frame import Figures
from pinakes.metrics.lists import ndcg
from pinakes.metrics.ranked import Ranked
from tests import makers


def judged(seed: int) -> benchmark.Judged:
    random = np.random.default_rng(seed)
    pieces = [[f"title {text}", *(f"passage {text} {part}" for part in range(1 + text % 3))] for text in range(30)]
    gains = [{int(place): float(random.integers(1, 5)) for place in random.choice(30, 4, False)} for _ in range(12)]
    return benchmark.Judged(["" for _ in range(30)], pieces, [f"query {row}" for row in range(12)], gains)


def test_ndcg_is_that_of_the_package() -> None:
    one = judged(0)
    scores = np.random.default_rng(1).random((12, 30))
    order = np.argsort(-scores, axis=1)
    gains = np.array(
        [[gain.get(place, 0.0) for place in row] for gain, row in zip(one.gains, order.tolist(), strict=True)]
    )
    ideal = -np.sort(-np.array([list(gain.values()) for gain in one.gains]), axis=1)
    counts = np.full(12, 4)
    assert np.allclose(benchmark.ndcgs(scores, one.gains), ndcg(Ranked(gains, ideal, counts, np.full(12, 30)), 10))


def test_passages_count_for_their_own_text() -> None:
    one = judged(0)
    known = {"passage 4 1": [1.0, 0.0], "title 4": [0.0, 1.0]}

    def encode(texts: list[str]) -> np.ndarray:
        return np.array([known.get(text, [1.0, 0.0] if text.startswith("query") else [0.0, 1.0]) for text in texts])

    found = benchmark.meanings(one, encode)
    assert found["max"].argmax(1).tolist() == [4] * 12
    assert found["max"][0].tolist().count(1.0) == 1
    assert found["mean"][0, 4] > 0.4 and found["best three"][0, 4] == 1 / 3
    assert found["mean"][0, 3] == 0


class Numbered:
    """An encoder of sentences: the same number in two texts is the same direction."""

    description = makers.description(dim=8)

    def encode(self, modality: str, batch: Sequence[str]) -> np.ndarray:
        return np.eye(8, dtype=np.float32)[[int(text[-2]) for text in batch]]


def test_a_library_s_vectors_count_by_the_nearest_sentence_and_a_text_without_any_is_last() -> None:
    sentence = "A sentence of some length about number {}."
    texts = [" ".join(sentence.format(number) for number in numbers) for numbers in ((1, 2), (3,), (), (4, 5, 6))]
    encoder = Numbered()
    encoder.description = replace(encoder.description, sentences=True)
    one = benchmark.Judged(texts, [], [sentence.format(5), sentence.format(2)], [])
    found = benchmark.nearest(one, encoder)  # type: ignore[arg-type]
    assert found.round(3).tolist() == [[0, 0, 0, 1], [1, 0, 0, 0]]


def test_the_share_of_a_perfect_encoder_is_large_and_of_a_blind_one_is_none() -> None:
    one = judged(0)
    perfect = np.array([[gain.get(place, 0.0) for place in range(30)] for gain in one.gains])
    noise = np.random.default_rng(2).random((12, 30))
    every = dict.fromkeys(benchmark.POOLED, perfect)
    assert benchmark.chosen(one, noise, every)[1] > 0.5
    assert benchmark.chosen(one, perfect, dict.fromkeys(benchmark.POOLED, noise))[1] < 0.5


def test_what_was_chosen_on_one_set_is_used_on_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    sets = {"cisi": judged(0), "cranfield": judged(1)}
    words = {name: np.random.default_rng(3).random((12, 30)) for name in sets}
    perfect = {
        name: np.array([[gain.get(place, 0.0) for place in range(30)] for gain in one.gains])
        for name, one in sets.items()
    }
    shares = {}
    for blind in (None, "cisi"):
        figures = Figures()
        scores = {name: perfect[name] if name != blind else -perfect[name] for name in sets}
        seen = {id(one): dict.fromkeys(benchmark.POOLED, scores[name]) for name, one in sets.items()}
        monkeypatch.setattr(benchmark, "meanings", lambda one, encode, seen=seen: seen[id(one)])
        benchmark.compare(figures, sets, words, lambda texts: np.zeros((len(texts), 2)))
        shares[blind] = figures.figures["cranfield, share of the encoder, chosen on cisi (max)"].value
    assert shares[None] > 0 and shares["cisi"] == 0


def test_a_set_is_read_as_titles_and_passages(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text(
        json.dumps({"_id": "7", "title": "on wings", "text": "one two three . four five six . seven eight nine ."})
    )
    (tmp_path / "queries.jsonl").write_text('{"_id": "1", "text": "wings"}\n{"_id": "2", "text": "unjudged"}')
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n1\t7\t3\n")
    found = benchmark.Judged.read(tmp_path)
    assert found.queries == ["wings"] and found.gains == [{0: 3.0}]
    assert found.pieces == [["on wings", "one two three . four five six . seven eight nine ."]]
