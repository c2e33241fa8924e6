"""Generated texts and photographs, watched processes, and engines in processes of their own."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.engine import Engine, Failed, masks_of
from benchmarks.libraries import FILTERS, labels_of
from benchmarks.photographs import noise
from benchmarks.processes import watched
from benchmarks.texts_made import write_files
from pinakes.evaluate.texts_made import documents, queries


def test_texts_are_the_same_each_time_and_differ_among_each_other() -> None:
    assert list(documents(20)) == list(documents(20))
    assert len(set(documents(20))) == 20


def test_queries_are_of_words_that_stand_in_texts() -> None:
    words = {word for text in documents(2_000) for word in text.split()}
    asked = [word for query in queries(50) for word in query.split()]
    assert sum(word in words for word in asked) > 0.8 * len(asked)


def test_files_are_written_once(tmp_path: Path) -> None:
    folder = write_files(tmp_path, 30, pictures_every=10)
    assert len(list(folder.rglob("*.txt"))) == 27
    assert len(list(folder.rglob("*.jpg"))) == 3
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.*")}
    write_files(tmp_path, 30, pictures_every=10)
    assert before == {path: path.stat().st_mtime_ns for path in folder.rglob("*.*")}


def test_a_synthetic_photograph_is_about_as_heavy_as_a_real_one(tmp_path: Path) -> None:
    pixels = noise(320, 240, 0).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.jpg", quality=88)
    assert 0.1 < (tmp_path / "a.jpg").stat().st_size / (320 * 240) < 0.8


def test_filters_keep_the_shares_that_their_names_tell() -> None:
    masks = masks_of(labels_of(50_000), FILTERS)
    for name in FILTERS:
        mask = masks[name]
        assert mask is not None
        assert mask.mean() == pytest.approx(int(name.split()[0]) / 100, rel=0.1)


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="the system does not tell")
def test_the_memory_of_children_counts() -> None:
    child = "import time; held = bytearray(150_000_000); time.sleep(0.6)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    _, peak = watched([sys.executable, "-c", parent], 1)
    assert peak.anonymous > 140


def test_an_engine_finds_the_nearest_under_a_filter(tmp_path: Path) -> None:
    rows = np.eye(8, dtype=np.float32)
    np.save(tmp_path / "rows.npy", rows)
    np.save(tmp_path / "labels.npy", np.array(list("abababab")))
    np.save(tmp_path / "queries.npy", rows[:3] + 0.1)
    with Engine("ours") as engine:
        built = {"vectors": str(tmp_path / "rows.npy"), "labels": str(tmp_path / "labels.npy")}
        engine.ask(do="build", folder=str(tmp_path / "library"), **built)
        engine.ask(do="open", folder=str(tmp_path / "library"))
        found, times = engine.search(tmp_path / "queries.npy", (0, 3), 1, 500, None)
        assert found == [[0], [1], [2]]
        assert len(times) == 3
        found, _ = engine.search(tmp_path / "queries.npy", (0, 3), 4, 500, ("b",))
        assert all(set(rows) == {1, 3, 5, 7} for rows in found)


def test_an_engine_that_is_missing_is_a_failure_that_can_be_told() -> None:
    with pytest.raises(Failed, match="no_such_engine"), Engine("no_such_engine"):
        pass
