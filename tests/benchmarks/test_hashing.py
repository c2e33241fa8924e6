"""The hashing benchmark at a tiny size: runs are made once, ours tells all lengths, and a verdict is found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from benchmarks import hashing, hashing_runs, hashing_sets
from benchmarks.frame import Figures
from benchmarks.hashing_tables import cells, judge, rows


def tiny(data: Path, cache: Path) -> hashing_sets.Set:
    """Three classes, seen in two ways."""
    random = np.random.default_rng(0)
    labels = np.eye(3, dtype=np.float32)[random.integers(0, 3, 90)]
    seen = {
        name: (labels @ random.standard_normal((3, 8)) + 0.2 * random.standard_normal((90, 8))).astype(np.float32)
        for name in ("image", "text")
    }
    part = hashing_sets.Part(seen, labels)
    train = part.take(np.arange(60))
    return hashing_sets.Set("tiny", train, train, part.take(np.arange(60, 90)))


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> hashing_runs.Bench:
    monkeypatch.setitem(hashing_sets.SETS, "tiny", tiny)
    monkeypatch.setattr(hashing_runs, "PACE", hashing_runs.Pace(epochs=8, batch=20))
    monkeypatch.setattr(hashing_runs, "PACES", ((1e-2, 0.0), (1e-6, 0.0)))
    monkeypatch.setitem(hashing_runs.OWN, "dcmh", (("quantise", 1e6),))
    monkeypatch.setitem(hashing_runs.OWN, "pinakes", (("ask", 0.0), ("steepness", 4.0)))
    return hashing_runs.Bench(tmp_path, tmp_path)


def test_a_sweep_makes_each_run_once_and_is_judged(bench: hashing_runs.Bench) -> None:
    hashing.sweep(bench, ["tiny"], ["cca-itq", "pinakes"], [16, 32], 2)
    lines = bench.ledger.read()
    assert len(lines) == 4 + 4 + 2, "four trials of ours, floors at two lengths and two seeds, ours at two seeds"
    hashing.sweep(bench, ["tiny"], ["cca-itq", "pinakes"], [16, 32], 2)
    assert bench.ledger.read() == lines
    ours = [line for line in lines if line["run"]["method"] == "pinakes" and not line["run"]["trial"]]
    assert all(set(line["by_bits"]) == {"16", "32"} for line in ours)
    assert all(way["map"] > 0.8 for line in ours for ways in line["by_bits"].values() for way in ways.values())
    told = Figures()
    judge(told, lines, ["tiny"], judged=True)
    assert told.figures["tiny, text to image, 16 bits, ours less cca-itq"].holds is not None
    assert any("image to text, 16" in row for row in rows(lines, ["tiny"]))


def test_runs_beside_wrong_labels_are_no_further_seeds(bench: hashing_runs.Bench) -> None:
    hashing.sweep(bench, ["tiny"], ["pinakes"], [16, 32], 2)
    before = cells(bench.ledger.read())
    # Among them is one without wrong labels, of ours for one short length alone.
    hashing.noisy(bench, "tiny", ["pinakes"], bits=16)
    lines = bench.ledger.read()
    assert any(line["run"]["bits"] == 16 and not line["run"]["flips"] for line in lines if not line["run"]["trial"])
    assert cells(lines) == before
    assert len(before["tiny", 16, "text to image"]["pinakes"]) == 2


def test_the_best_trial_is_chosen_a_rate_first_and_then_a_setting(bench: hashing_runs.Bench) -> None:
    chosen = bench.chosen("tiny", "dcmh")
    assert (chosen.rate, chosen.own, chosen.trial) == (1e-2, (), False)
    chosen = bench.chosen("tiny", "pinakes")
    assert chosen.rate == 1e-2
    trials = [line for line in bench.ledger.read() if line["run"]["method"] == "pinakes"]
    assert len(trials) == 4
    assert all(line["run"]["rate"] == 1e-2 for line in trials if line["run"]["own"])
    best = max(trials, key=hashing_runs.mean_map)["run"]
    assert [list(each) for each in chosen.own] == best["own"]
    assert not bench.chosen("tiny", "itq").trial
