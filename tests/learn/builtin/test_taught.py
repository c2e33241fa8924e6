"""What the teacher says is kept part after part: work that was broken off goes on where it stood."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pinakes.errors import BadInput
from pinakes.learn.builtin import taught
from pinakes.learn.builtin.teacher import normal, read
from pinakes.learn.builtin.views import parts_of
from tests.learn.builtin.test_teacher import lay, make_weights
from tests.learn.builtin.test_views import some


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay(tmp_path_factory.mktemp("teacher"), make_weights())


@pytest.fixture(scope="module")
def graph(folder: Path) -> Path:
    return taught.write_teacher(folder, folder / "teacher.onnx")


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' teacher gives four numbers."""
    monkeypatch.setattr(taught, "WIDTH", 4)


def test_its_vectors_are_the_teachers_own(graph: Path, folder: Path, tmp_path: Path) -> None:
    parts = parts_of(some(), 2, 40)
    kept = taught.teach(graph, parts, tmp_path / "kept.npy")
    wanted = read(folder)(normal(parts.at(224).read(np.arange(10))))[0].numpy()
    np.testing.assert_allclose(kept, wanted, rtol=0.01, atol=0.01)


def test_what_is_there_is_not_asked_again(graph: Path, tmp_path: Path) -> None:
    parts = parts_of(some(), 2, 40)
    first = np.array(taught.teach(graph, parts, tmp_path / "kept.npy"))
    broken = np.lib.format.open_memmap(tmp_path / "kept.npy", "r+")
    broken[2], broken[7] = 0, 5
    broken.flush()
    told: list[tuple[int, int]] = []
    again = taught.teach(graph, parts, tmp_path / "kept.npy", lambda *each: told.append(each))
    np.testing.assert_array_equal(again[2], first[2])
    np.testing.assert_array_equal(again[7], [5] * 4)
    assert told == [(10, 10)]


def test_vectors_of_other_pictures_are_refused(graph: Path, tmp_path: Path) -> None:
    taught.teach(graph, parts_of(some(3), 1, 40), tmp_path / "kept.npy")
    with pytest.raises(BadInput, match="other pictures"):
        taught.teach(graph, parts_of(some(4), 1, 40), tmp_path / "kept.npy")
