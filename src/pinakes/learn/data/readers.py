"""Readers: features standardised, texts as ids or as bags of words. Each is made again from what it tells of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import torch
from torch import Tensor

from pinakes.encoders.trained.inputs import Bags
from pinakes.errors import BadInput, BadSetting
from pinakes.learn.augment.draws import Draws
from pinakes.learn.augment.steps import described, made
from pinakes.learn.augment.words import WORD_STEPS, WordStep, rewritten
from pinakes.learn.data.base import Reader, TrainingSet
from pinakes.registry import Registry
from pinakes.types import Floats, Modality, Rows
from pinakes.words.vocabulary import Vocabulary, Words, padded, remade

# Of the several texts of a row: the first, one by chance (the first where nothing is drawn), or all of them as one.
Which: TypeAlias = Literal["first", "any", "all"]
_WHICH = ("first", "any", "all")


# Makes a reader again from what it told of itself.
Remade: TypeAlias = Callable[[Mapping[str, Any]], Reader]


# Kinds of readers by name, each with the function that makes one again.
READERS: Registry[Remade] = Registry("reader", "pinakes.readers")


def reader_of(told: Mapping[str, Any]) -> Reader:
    """The reader that a description tells."""
    return READERS.get(str(told.get("reader")))(told)


@dataclass(frozen=True)
class FeatureReader:
    """Features as they are or, after `fitted`, each column with mean 0 and deviation 1 over the training rows."""

    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()

    @classmethod
    def fitted(cls, found: TrainingSet, modality: Modality, rows: Rows) -> FeatureReader:
        """A reader that standardises by these rows alone; a column without any deviation is left undivided."""
        matrix = found.view(modality).read(np.asarray(rows, np.int64)).astype(np.float64)
        std = matrix.std(0)
        return cls(tuple(matrix.mean(0).tolist()), tuple(np.where(std > 0, std, 1.0).tolist()))

    def read(self, raw: Floats, draws: Draws | None) -> Tensor:
        """Floats (b, d)."""
        if self.mean:
            if raw.shape[1] != len(self.mean):
                raise BadInput(
                    f"The features have {raw.shape[1]:,} columns; the model has learned from {len(self.mean):,}.",
                    "Hand in features that were computed as those of the training set were.",
                )
            raw = (raw - np.array(self.mean)) / np.array(self.std)
        return torch.from_numpy(np.ascontiguousarray(raw, np.float32))

    def describe(self) -> dict[str, Any]:
        """Means and deviations."""
        return {"reader": "features", "mean": list(self.mean), "std": list(self.std)}


READERS.register("features")(lambda told: FeatureReader(tuple(told["mean"]), tuple(told["std"])))


@dataclass(frozen=True)
class WordReader:
    """Texts as numbers of words (b, length), cut or padded by 0; one of several texts by chance where that is asked."""

    vocabulary: Vocabulary
    length: int = 32
    which: Which = "any"
    steps: tuple[WordStep, ...] = ()

    def __post_init__(self) -> None:
        _check_which(self.which)
        if self.length < 1:
            raise BadSetting(f"Texts of {self.length} words can not be read.", "Set a length of at least 1.")

    def read(self, raw: Sequence[tuple[str, ...]], draws: Draws | None) -> Tensor:
        """Whole numbers (b, length)."""
        texts = told(raw, self.which, self.steps, draws)
        return torch.from_numpy(padded([self.vocabulary.ids(text, self.length) for text in texts], self.length))

    def describe(self) -> dict[str, Any]:
        """The vocabulary, the length, and what texts are changed by while a model learns."""
        steps = described(self.steps)
        vocabulary = self.vocabulary.describe()
        return {"reader": "words", "length": self.length, "which": self.which, "steps": steps, "words": vocabulary}


@READERS.register("words")
def _word_reader(told: Mapping[str, Any]) -> WordReader:
    steps = made(WORD_STEPS, told["steps"])
    return WordReader(remade(told["words"]), int(told["length"]), told["which"], steps)


@dataclass(frozen=True)
class BagReader:
    """Texts as bags of words: a 1 for each word of the vocabulary that occurs, as the hashing papers have it.

    All texts of a row count together unless `which` says otherwise.
    """

    vocabulary: Words
    which: Which = "all"
    steps: tuple[WordStep, ...] = ()

    def __post_init__(self) -> None:
        _check_which(self.which)

    @property
    def dim(self) -> int:
        """Columns of what is read."""
        return len(self.vocabulary.words)

    def read(self, raw: Sequence[tuple[str, ...]], draws: Draws | None) -> Tensor:
        """Floats (b, words), 0 or 1."""
        bags, _ = Bags(self.vocabulary).make(told(raw, self.which, self.steps, draws))
        return torch.from_numpy(bags)

    def describe(self) -> dict[str, Any]:
        """The words of its columns, and what texts are changed by while a model learns."""
        steps = described(self.steps)
        return {"reader": "bag", "which": self.which, "steps": steps, "words": self.vocabulary.describe()}


@READERS.register("bag")
def _bag_reader(told: Mapping[str, Any]) -> BagReader:
    words = remade(told["words"])
    if not isinstance(words, Words):
        raise BadInput(
            "A bag of words can only be made of whole words.", "Train the vocabulary as words, not as pieces."
        )
    return BagReader(words, told["which"], made(WORD_STEPS, told["steps"]))


def told(raw: Sequence[tuple[str, ...]], which: Which, steps: tuple[WordStep, ...], draws: Draws | None) -> list[str]:
    """The text of each row: chosen or joined, and rewritten where there are draws."""
    if which == "all":
        texts = ["\n".join(several) for several in raw]
    elif which == "first" or draws is None:
        texts = [several[0] if several else "" for several in raw]
    else:
        picks = draws.named("which").below([max(len(several), 1) for several in raw])
        texts = [several[pick] if several else "" for several, pick in zip(raw, picks.tolist(), strict=True)]
    return rewritten(texts, steps, draws) if draws is not None and steps else texts


def texts_of(found: TrainingSet, rows: Rows, modality: Modality = "text") -> list[str]:
    """All texts of some rows, as vocabularies are learned from."""
    view = found.view(modality)
    if view.kind != "texts":
        raise BadInput(
            f"The {modality} of the training set {found.name} is {view.kind}, not texts.", "Read it as features."
        )
    return [text for several in view.read(np.asarray(rows, np.int64)) for text in several]


def _check_which(which: str) -> None:
    if which not in _WHICH:
        raise BadSetting(f"which = {which!r} says nothing of a row's texts.", f"Write {', '.join(_WHICH)}.")
