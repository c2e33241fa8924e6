"""Files of word vectors: three forms, what is told of a bad line, and where the limits lie."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.errors import BadVector, NoContent, TooLarge, Unreadable
from pinakes.learn.word2vec import WordVectors, open_word_vectors, save_word_vectors
from pinakes.limits import Limits

VECTORS = WordVectors(("the", "café", "42"), np.array([[0.5, -1, 2e-3], [1, 2, 3], [-4, 0, 1]], np.float32))


def lines(vectors: WordVectors) -> str:
    rows = zip(vectors.words, vectors.vectors.tolist(), strict=True)
    return "".join(f"{word} {' '.join(map(repr, row))}\n" for word, row in rows)


def same(one: WordVectors, other: WordVectors) -> bool:
    return one.words == other.words and np.array_equal(one.vectors, other.vectors)


@pytest.mark.parametrize("header", ["", "3 3\n"])
@pytest.mark.parametrize("end", ["\n", " \n", "\r\n"])
def test_text_is_read_with_and_without_its_sizes(header: str, end: str, tmp_path: Path) -> None:
    path = tmp_path / "vectors.txt"
    path.write_bytes((header + lines(VECTORS).replace("\n", end)).encode())
    assert same(open_word_vectors(path), VECTORS)


def test_the_binary_form_is_read_as_gensim_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "vectors.bin"
    save_word_vectors(VECTORS, path)
    assert same(open_word_vectors(path), VECTORS)
    from gensim.models import KeyedVectors

    theirs = KeyedVectors.load_word2vec_format(str(path), binary=True)
    assert tuple(theirs.index_to_key) == VECTORS.words
    assert np.array_equal(theirs.vectors, VECTORS.vectors)
    theirs.save_word2vec_format(str(path), binary=True)
    assert same(open_word_vectors(path), VECTORS)
    theirs.save_word2vec_format(str(path), binary=False)
    assert same(open_word_vectors(path), VECTORS)


@settings(max_examples=40, deadline=None)
@given(words=st.integers(1, 5), dim=st.integers(1, 9), seed=st.integers(0, 2**32 - 1))
def test_whatever_is_kept_is_read_again(
    words: int, dim: int, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # Bytes of random numbers look like lines, spaces and digits now and then.
    random = np.random.default_rng(seed)
    bits = random.integers(0, 2**32, (words, dim), dtype=np.uint32).view(np.float32)
    made = WordVectors(tuple(f"w{n}" for n in range(words)), np.where(np.isfinite(bits), bits, 1).astype(np.float32))
    path = tmp_path_factory.mktemp("vectors") / "vectors.bin"
    save_word_vectors(made, path)
    assert same(open_word_vectors(path), made)


def test_a_word_may_hold_spaces_in_text(tmp_path: Path) -> None:
    path = tmp_path / "glove.txt"
    path.write_text("a 1 2\n. . . 3 4\nb 5 6\na 7 8\n", encoding="utf-8")
    found = open_word_vectors(path)
    assert found.words == ("a", ". . .", "b")
    assert found["a"].tolist() == [1, 2]
    with pytest.raises(BadVector, match="holds a space"):
        save_word_vectors(found, tmp_path / "vectors.bin")


def test_only_what_is_wanted_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "glove.txt"
    path.write_text(lines(VECTORS), encoding="utf-8")
    assert open_word_vectors(path, only={"42", "the", "other"}).words == ("the", "42")
    assert open_word_vectors(path, most=2).words == ("the", "café")
    with pytest.raises(NoContent, match="that is wanted"):
        open_word_vectors(path, only={"other"})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a 1 2\nb 3\n", "line 2 has 1 numbers behind its word, not 2"),
        ("a\n", "line 1 has 0 numbers"),
        ("a 1 2\n\nb 3 x\n", "line 3 has something that is no number"),
        ("2 2\na 1 2\nb 3 x\n", "line 3 has something that is no number"),
        ("a 1 nan\n", "line 1 has a vector with NaN"),
        ("a 1 1e60\n", "line 1 has a vector with NaN or infinity"),
    ],
)
def test_a_bad_line_is_named(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "glove.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadVector, match=told):
        open_word_vectors(path)


def test_a_binary_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vectors.bin"
    save_word_vectors(VECTORS, path)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"3 3\n", b"9999999 3\n"))
    with pytest.raises(BadVector, match="too short"):
        open_word_vectors(path)
    path.write_bytes(whole[:-6])
    with pytest.raises(BadVector, match="word 3 is cut off"):
        open_word_vectors(path)
    path.write_bytes(b"1 2\n" + b"\xff" * 5000)
    with pytest.raises(BadVector, match="more than 4096 letters"):
        open_word_vectors(path)


def test_nothing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "glove.txt"
    for text in ("", "\n\n", "0 0\n", "3 0\n"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(NoContent):
            open_word_vectors(path)
    with pytest.raises(Unreadable, match="nowhere"):
        open_word_vectors(tmp_path / "nowhere.txt")


def test_lines_and_files_have_their_limits(tmp_path: Path) -> None:
    path = tmp_path / "glove.txt"
    path.write_text("a 1 2\nbb 3 4\n", encoding="utf-8")
    limits = replace(Limits(), max_line_bytes=7, max_model_bytes=13)
    assert open_word_vectors(path, limits=limits).words == ("a", "bb")
    with pytest.raises(TooLarge, match="line 2 is longer than 6 bytes"):
        open_word_vectors(path, limits=replace(limits, max_line_bytes=6))
    with pytest.raises(TooLarge, match="13 bytes; the limit is 12"):
        open_word_vectors(path, limits=replace(limits, max_model_bytes=12))
