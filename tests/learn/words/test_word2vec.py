"""word2vec: words in the same company become alike, the same seed gives the same vectors, long texts count whole."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from pinakes.errors import BadSetting, BadVector, MissingExtra, NoContent, UnknownName
from pinakes.learn.word2vec import Word2Vec, WordVectors, train_word2vec
from pinakes.words.vocabulary import Words

TOPICS, EACH = 6, 8
SMALL = {"dim": 16, "least": 2, "window": 3, "sample": 0.0, "epochs": 20, "rate": 0.1}


def corpus(texts: int = 300) -> list[str]:
    """Texts of one of six topics each; every word has a twin that is used for it."""
    random = np.random.default_rng(4)
    found = []
    for _ in range(texts):
        topic = random.integers(TOPICS)
        words = random.integers(EACH, size=12)
        twins = random.integers(2, size=12)
        found.append(" ".join(f"t{topic}w{word}{'ab'[twin]}" for word, twin in zip(words, twins, strict=True)))
    return found


@pytest.mark.parametrize("model", ["cbow", "skip-gram"])
def test_words_in_the_same_company_become_alike(model: str) -> None:
    vectors = train_word2vec(corpus(), Word2Vec(model=model, **SMALL))  # type: ignore[arg-type]
    assert len(vectors.words) == TOPICS * EACH * 2
    near = vectors.all_synonyms(vectors.words, 2 * EACH - 1)
    same = [other[:2] == word[:2] for word, others in near.items() for other, _ in others]
    # By chance 0.16.
    assert np.mean(same) > 0.95


@pytest.mark.parametrize("model", ["cbow", "skip-gram"])
def test_the_same_seed_gives_the_same_vectors(model: str) -> None:
    settings = {**SMALL, "epochs": 2}
    once, again, other = (
        train_word2vec(corpus(60), Word2Vec(model=model, seed=seed, **settings))  # type: ignore[arg-type]
        for seed in (1, 1, 2)
    )
    assert once.words == again.words == other.words
    assert np.array_equal(once.vectors, again.vectors)
    assert not np.array_equal(once.vectors, other.vectors)


def test_words_are_kept_by_their_counts() -> None:
    texts = ["a a a b b c", "a b c d"]
    assert train_word2vec(texts, Word2Vec(least=2, dim=4)).words == ("a", "b", "c")
    assert train_word2vec(texts, Word2Vec(least=1, most=2, dim=4)).words == ("a", "b")


def test_what_stands_behind_the_ten_thousandth_word_counts_too() -> None:
    text = ["x y"] * 5_000 + ["p q"] * 200
    settings = Word2Vec(dim=8, least=1, sample=0, epochs=5, rate=0.1)
    vectors = train_word2vec([" ".join(text)], settings)
    assert vectors.synonyms("p", 1)[0][0] == "q"
    still = train_word2vec([" ".join(text[:5000]), " ".join(text[5000:])], settings)
    assert np.linalg.norm(vectors["p"]) == pytest.approx(np.linalg.norm(still["p"]), rel=0.05)


def test_synonyms_are_the_nearest_by_cosine_without_the_word_itself() -> None:
    random = np.random.default_rng(2)
    vectors = WordVectors(tuple("abcdefg"), random.standard_normal((7, 3)).astype(np.float32))

    def naive(word: str) -> list[str]:
        own = vectors[word]
        cosines = {
            other: float(own @ vectors[other] / np.linalg.norm(own) / np.linalg.norm(vectors[other]))
            for other in vectors.words
            if other != word
        }
        return sorted(cosines, key=lambda other: -cosines[other])

    for word in vectors.words:
        assert [other for other, _ in vectors.synonyms(word, 20)] == naive(word)
        assert [other for other, _ in vectors.synonyms(word, 2)] == naive(word)[:2]
        assert all(cosine >= 0.3 for _, cosine in vectors.synonyms(word, 20, least=0.3))


def test_a_vocabulary_gets_a_row_for_each_of_its_numbers() -> None:
    vectors = WordVectors(("a", "b"), np.array([[1, 2], [3, 6]], np.float32))
    vocabulary = Words(("b", "z", "a"))
    rows = vectors.rows(vocabulary)
    assert rows.tolist() == [[0, 0], [2, 4], [3, 6], [2, 4], [1, 2]]
    assert vectors.covered(vocabulary) == pytest.approx(2 / 3)
    with pytest.raises(NoContent, match="2 words has a vector"):
        vectors.rows(Words(("y", "z")))


def test_what_can_not_be_trained_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoContent, match="1 words occur 2 times"):
        train_word2vec(["a a b"], Word2Vec(least=2))
    with pytest.raises(BadSetting, match="skip-gram"):
        Word2Vec(model="skipgram")  # type: ignore[arg-type]
    with pytest.raises(BadSetting, match="window = 0"):
        Word2Vec(window=0)
    with pytest.raises(BadSetting, match="rate = 2"):
        Word2Vec(rate=2)
    vectors = WordVectors(("boat",), np.ones((1, 2), np.float32))
    with pytest.raises(UnknownName, match="boat"):
        vectors.synonyms("goat")
    with pytest.raises(BadVector, match="one row for each"):
        WordVectors(("a", "b"), np.ones((1, 2), np.float32))
    with pytest.raises(BadVector, match="'b' holds NaN"):
        WordVectors(("a", "b"), np.array([[1], [np.nan]], np.float32))
    monkeypatch.setitem(sys.modules, "gensim.models", None)
    with pytest.raises(MissingExtra, match="train"):
        train_word2vec(["a b"] * 9)
