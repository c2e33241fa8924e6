"""word2vec: a word is known by its neighbours. CBOW tells a word from those around it, skip-gram those from the word.

Mikolov, Chen, Corrado and Dean: Efficient Estimation of Word Representations in Vector Space, 2013; Mikolov, Sutskever,
Chen, Corrado and Dean: Distributed Representations of Words and Phrases and their Compositionality, NIPS 2013. Negative
samples come by the counts to the power of 3/4; frequent words are left out more often; the window's size is drawn for
each word; the rate falls linearly. gensim does the work: see docs/dependencies.md for what was weighed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal, TypeAlias

import numpy as np

from pinakes.errors import BadSetting, MissingExtra, NoContent
from pinakes.learn.word2vec.vectors import WordVectors
from pinakes.settings import MOST_AT_ONCE
from pinakes.words.vocabulary.base import cut
from pinakes.words.vocabulary.words import ranked

Model: TypeAlias = Literal["cbow", "skip-gram"]
# Rates of the authors' own program.
_RATES: dict[str, float] = {"cbow": 0.05, "skip-gram": 0.025}
_LOWEST_RATE = 1e-4
# gensim drops what stands behind the ten-thousandth word of a text: longer ones are given in pieces.
_LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Word2Vec:
    """How vectors are trained; with one worker the same seed gives the same vectors, with several it is quicker."""

    model: Model = "cbow"
    dim: int = 100
    window: int = 5
    negatives: int = 5
    # Words that are more frequent than this are left out now and then; 0 keeps all.
    sample: float = 1e-3
    least: int = 5
    most: int = 200_000
    epochs: int = 5
    # 0 takes the rate of the paper's program for the model.
    rate: float = 0.0
    seed: int = 0
    workers: int = 1
    segmenter: str = "bigrams"

    def __post_init__(self) -> None:
        if self.model not in _RATES:
            raise BadSetting(f"word2vec has no model {self.model!r}.", "Choose cbow or skip-gram.")
        for name in ("dim", "window", "negatives", "least", "most", "epochs", "workers"):
            if getattr(self, name) < 1:
                raise BadSetting(f"word2vec can not have {name} = {getattr(self, name)}.", "Give 1 or more.")
        if self.workers > MOST_AT_ONCE:
            raise BadSetting(f"word2vec can not have {self.workers:,} workers.", f"Give {MOST_AT_ONCE:,} at most.")
        if not (0 <= self.sample <= 1 and 0 <= self.rate <= 1 and 0 <= self.seed < 2**32):
            raise BadSetting(
                f"word2vec can not have sample = {self.sample}, rate = {self.rate}, seed = {self.seed}.",
                "Give a sample and a rate from 0 to 1, and a seed from 0 to 4294967295.",
            )


def train_word2vec(texts: Iterable[str], settings: Word2Vec | None = None) -> WordVectors:
    """Vectors of the words that occur often enough in some texts."""
    settings = settings or Word2Vec()
    return trained([cut(text, settings.segmenter) for text in texts], settings)


def trained(texts: list[list[str]], settings: Word2Vec) -> WordVectors:
    """The same from texts that are cut into words already."""
    try:
        from gensim.models import Word2Vec as Library
    except ImportError:
        raise MissingExtra("word2vec", "train") from None
    counts = dict(ranked(chain.from_iterable(texts), settings.most, settings.least))
    if len(counts) < 2:
        raise NoContent(
            f"{len(counts)} words occur {settings.least} times or more, which is too few to learn from neighbours.",
            "Give more texts, or a lower count.",
        )
    pieces = list(_pieces(texts))
    model = Library(
        sg=int(settings.model == "skip-gram"),
        vector_size=settings.dim,
        window=settings.window,
        negative=settings.negatives,
        sample=settings.sample,
        alpha=settings.rate or _RATES[settings.model],
        min_alpha=_LOWEST_RATE,
        seed=settings.seed,
        workers=settings.workers,
        min_count=1,
    )
    model.build_vocab_from_freq(counts, corpus_count=len(pieces))
    model.train(pieces, total_examples=len(pieces), epochs=settings.epochs)
    return WordVectors(tuple(model.wv.index_to_key), np.ascontiguousarray(model.wv.vectors, np.float32))


def _pieces(texts: Iterable[list[str]]) -> Iterator[list[str]]:
    for text in texts:
        for at in range(0, len(text), _LONGEST):
            yield text[at : at + _LONGEST]
