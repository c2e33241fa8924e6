"""Latent semantic analysis and the sparse arithmetic below it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.encoders.classical import lsa, sparse
from pinakes.encoders.classical.sparse import Sparse, right_singular
from pinakes.errors import BadInput, Damaged, NewerLibrary, NoContent, NotFound

SHIPS, BREAD = (
    ["ship", "sail", "harbour", "wind", "captain", "sea", "deck", "rope"],
    ["bread", "oven", "flour", "baker", "dough", "yeast", "salt", "crust"],
)


def texts(count: int = 60) -> list[str]:
    chance = np.random.default_rng(0)
    return [" ".join(chance.choice(SHIPS if i % 2 else BREAD, 6)) for i in range(count)]


def fitted(**options: object) -> lsa.Lsa:
    return lsa.fit(texts(), str.split, 4, analysis="spaces", **options)  # type: ignore[arg-type]


def dense_and_sparse(seed: int, rows: int, columns: int, share: float) -> tuple[np.ndarray, Sparse]:
    chance = np.random.default_rng(seed)
    dense = (chance.normal(size=(rows, columns)) * (chance.random((rows, columns)) < share)).astype(np.float32)
    filled = dense != 0
    starts = np.concatenate([[0], np.cumsum(filled.sum(1))]).astype(np.int64)
    return dense, Sparse(starts, np.nonzero(filled)[1].astype(np.int32), dense[filled], columns)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 30), st.integers(1, 30), st.floats(0, 1), st.integers(1, 5))
def test_products_are_those_of_the_dense_matrix(seed: int, rows: int, columns: int, share: float, wide: int) -> None:
    dense, matrix = dense_and_sparse(seed, rows, columns, share)
    right = np.random.default_rng(seed).normal(size=(columns, wide)).astype(np.float32)
    left = np.random.default_rng(seed).normal(size=(rows, wide)).astype(np.float32)
    assert np.allclose(matrix.dot(right), dense @ right, atol=1e-4)
    assert np.allclose(matrix.turned().dot(left), dense.T @ left, atol=1e-4)


def test_products_in_many_small_blocks_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    dense, matrix = dense_and_sparse(1, 50, 40, 0.3)
    right = np.ones((40, 3), np.float32)
    monkeypatch.setattr(sparse, "BLOCK", 7)
    assert np.allclose(matrix.dot(right), dense @ right, atol=1e-4)


def test_singular_vectors_are_those_of_the_full_decomposition() -> None:
    dense, matrix = dense_and_sparse(3, 80, 60, 0.2)
    vectors, values = right_singular(matrix, 5, seed=0, rounds=12)
    _, exact, truth = np.linalg.svd(dense, full_matrices=False)
    assert np.allclose(values, exact[:5], rtol=1e-3)
    assert np.abs(np.abs((vectors * truth[:5].T).sum(0)) - 1).max() < 1e-2


def test_a_matrix_of_low_rank_gives_no_more_vectors_than_it_has() -> None:
    dense, _ = dense_and_sparse(0, 30, 20, 1.0)
    low = np.outer(dense[:, 0], dense[0]).astype(np.float32)
    matrix = Sparse(np.arange(0, 601, 20), np.tile(np.arange(20, dtype=np.int32), 30), low.ravel(), 20)
    assert right_singular(matrix, 5, seed=0)[0].shape == (20, 1)


def test_texts_on_one_subject_find_each_other_without_a_common_word() -> None:
    model = fitted()
    ship, sail, bread = model.encode("text", ["ship captain", "sail rope deck", "bread oven"])
    assert ship @ sail > 0.8
    assert ship @ bread < 0.2


def test_topics_are_those_of_the_full_decomposition() -> None:
    """Deerwester's own recipe with dense matrices: cosines between texts, seen and unseen, are the same."""
    chance = np.random.default_rng(1)
    groups = [[f"{subject}{i}" for i in range(7)] for subject in ("sea", "oven", "bow", "snow", "goat")]
    sample = [" ".join(chance.choice([*groups[i % 5], groups[(i + 1) % 5][0]], 8)) for i in range(100)]
    words = [text.split() for text in sample]
    terms = sorted({word for text in words for word in text if sum(word in other for other in words) >= 2})
    spread = np.array([sum(term in text for text in words) for term in terms])
    rarity = np.log((1 + len(words)) / (1 + spread)) + 1

    def weighted(some: list[list[str]]) -> np.ndarray:
        counts = np.array([[text.count(term) for term in terms] for text in some], float)
        rows = np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0) * rarity
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    _, _, axes = np.linalg.svd(weighted(words), full_matrices=False)
    asked = [*sample[:12], "sea1 oven2", "bow3 snow4 snow4 goat0"]
    folded = weighted([text.split() for text in asked]) @ axes[:5].T
    folded /= np.linalg.norm(folded, axis=1, keepdims=True)
    ours = lsa.fit(sample, str.split, 5).encode("text", asked)
    assert np.abs(ours @ ours.T - folded @ folded.T).max() < 1e-3


def test_one_seed_gives_one_fingerprint_and_other_texts_another() -> None:
    assert fitted(seed=1).description.fingerprint == fitted(seed=1).description.fingerprint
    assert fitted(seed=1).description.fingerprint != fitted(most_texts=30).description.fingerprint


def test_a_saved_space_comes_back_the_same(tmp_path: Path) -> None:
    model = fitted()
    model.save(tmp_path / "lsa")
    again = lsa.load(tmp_path / "lsa", str.split, "spaces")
    assert again.description == model.description
    assert (again.encode("text", texts()) == model.encode("text", texts())).all()


def test_a_text_without_a_known_word_is_no_content() -> None:
    assert not fitted().encode("text", ["", "zebra", " "]).any()
    assert fitted().encode("text", []).shape == (0, 4)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(), max_size=5))
def test_any_text_gives_a_unit_row_or_zeros(some: list[str]) -> None:
    lengths = np.linalg.norm(fitted().encode("text", [*some, "ship " * 3]), axis=1)
    assert all(abs(length - 1) < 1e-5 or length == 0 for length in lengths)


def test_only_texts_are_read() -> None:
    with pytest.raises(BadInput, match="not image"):
        fitted().encode("image", [])


def test_too_few_texts_are_refused_with_the_number() -> None:
    with pytest.raises(NoContent, match="1 texts hold 0 words"):
        lsa.fit(["ship sail"], str.split)


def test_the_sample_and_the_terms_are_bounded() -> None:
    model = lsa.fit(texts(500), str.split, 4, most_texts=50, most_terms=5)
    assert len(model.rows) == 5
    assert len(lsa.reservoir(iter(texts(500)), 50, 0)) == 50
    assert lsa.reservoir(texts(40), 50, 0) == texts(40)


def test_the_sample_is_drawn_evenly_and_by_its_seed() -> None:
    numbers = [str(i) for i in range(1_000)]
    draws = [lsa.reservoir(numbers, 100, seed) for seed in range(40)]
    assert draws[0] == lsa.reservoir(numbers, 100, 0)
    assert draws[0] != draws[1]
    late = np.mean([int(text) >= 500 for draw in draws for text in draw])
    assert 0.45 < late < 0.55


@pytest.mark.reliability
def test_a_flipped_bit_is_found(tmp_path: Path) -> None:
    """D7: a fitted space that does not match its checksum is named."""
    fitted().save(tmp_path)
    data = bytearray((tmp_path / lsa.ARRAYS).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / lsa.ARRAYS).write_bytes(data)
    with pytest.raises(Damaged, match="checksum"):
        lsa.load(tmp_path, str.split, "spaces")


def test_another_analysis_is_refused(tmp_path: Path) -> None:
    fitted().save(tmp_path)
    with pytest.raises(BadInput, match="cut by spaces, not jieba"):
        lsa.load(tmp_path, str.split, "jieba")


def test_missing_broken_and_later_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        lsa.load(tmp_path, str.split)
    fitted().save(tmp_path)
    meta = json.loads((tmp_path / lsa.META).read_bytes())
    (tmp_path / lsa.META).write_text(json.dumps({**meta, "format": 99}))
    with pytest.raises(NewerLibrary):
        lsa.load(tmp_path, str.split, "spaces")
    for content in ("{", "[]", json.dumps({"format": 1})):
        (tmp_path / lsa.META).write_text(content)
        with pytest.raises(Damaged):
            lsa.load(tmp_path, str.split, "spaces")
