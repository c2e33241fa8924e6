"""Readers: features standardised, texts as ids or as bags of words. Each is made again from what it tells of itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
import torch
from torch import Tensor

from pinakes.errors import BadInput, BadSetting
from pinakes.learn.augment.draws import Draws
from pinakes.learn.augment.steps import described, made
from pinakes.learn.augment.words import WORD_STEPS, WordStep, rewritten
from pinakes.learn.data.base import Reader, TrainingSet
from pinakes.registry import Registry
from pinakes.types import Floats, Modality, Rows
from pinakes.words.segment import forms

# Of the several texts of a row: the first, one by chance (the first where nothing is drawn), or all of them as one.
Which: TypeAlias = Literal["first", "any", "all"]
_WHICH = ("first", "any", "all")
PADDING, UNKNOWN = 0, 1


# Makes a thing again from what it told of itself.
Remade: TypeAlias = Callable[[Mapping[str, Any]], Any]


class Vocabulary(Protocol):
    """From a text to numbers of words or their pieces; 0 is padding and 1 is what is not known."""

    def __len__(self) -> int: ...

    def ids(self, text: str) -> list[int]:
        """The numbers of a text's words, in order."""

    def describe(self) -> dict[str, Any]:
        """All that it is made again from; `vocabulary` names its kind."""


# Kinds of readers and of vocabularies by name, each with the function that makes one again.
READERS: Registry[Remade] = Registry("reader", "pinakes.readers")
VOCABULARIES: Registry[Remade] = Registry("vocabulary", "pinakes.vocabularies")


def reader_of(told: Mapping[str, Any]) -> Reader:
    """The reader that a description tells."""
    reader: Reader = READERS.get(str(told.get("reader")))(told)
    return reader


def vocabulary_of(told: Mapping[str, Any]) -> Vocabulary:
    """The vocabulary that a description tells."""
    vocabulary: Vocabulary = VOCABULARIES.get(str(told.get("vocabulary")))(told)
    return vocabulary


@dataclass(frozen=True)
class WordList:
    """Whole words, as the library's own search cuts them, the most frequent first."""

    words: tuple[str, ...]
    _places: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", {word: place for place, word in enumerate(self.words, UNKNOWN + 1)})

    @classmethod
    def learned(cls, texts: Iterable[str], most: int = 20_000, least: int = 1) -> WordList:
        """The words that occur at least so often, most frequent first, equals in the order of the alphabet."""
        counts = Counter(word for text in texts for word in forms(text))
        ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        found = tuple(word for word, times in ranked[:most] if times >= least)
        if not found:
            raise BadInput("There is no word to learn a vocabulary from.", "Check the texts of the training rows.")
        return cls(found)

    def __len__(self) -> int:
        return UNKNOWN + 1 + len(self.words)

    def ids(self, text: str) -> list[int]:
        """The number of each word, 1 where it is not in the list."""
        return [self._places.get(word, UNKNOWN) for word in forms(text)]

    def describe(self) -> dict[str, Any]:
        """The words themselves."""
        return {"vocabulary": "words", "words": list(self.words)}


VOCABULARIES.register("words")(lambda told: WordList(tuple(told["words"])))


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
        found = np.full((len(raw), self.length), PADDING, np.int64)
        for row, text in enumerate(told(raw, self.which, self.steps, draws)):
            ids = self.vocabulary.ids(text)[: self.length]
            found[row, : len(ids)] = ids
        return torch.from_numpy(found)

    def describe(self) -> dict[str, Any]:
        """The vocabulary, the length, and what texts are changed by while a model learns."""
        steps = described(self.steps)
        vocabulary = self.vocabulary.describe()
        return {"reader": "words", "length": self.length, "which": self.which, "steps": steps, "words": vocabulary}


@READERS.register("words")
def _word_reader(told: Mapping[str, Any]) -> WordReader:
    steps = made(WORD_STEPS, told["steps"])
    return WordReader(vocabulary_of(told["words"]), int(told["length"]), told["which"], steps)


@dataclass(frozen=True)
class BagReader:
    """Texts as bags of words: a 1 for each word of the vocabulary that occurs, as the hashing papers have it.

    All texts of a row count together unless `which` says otherwise.
    """

    vocabulary: WordList
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
        found = np.zeros((len(raw), len(self.vocabulary)), np.float32)
        for row, text in enumerate(told(raw, self.which, self.steps, draws)):
            found[row, self.vocabulary.ids(text)] = 1
        return torch.from_numpy(found[:, UNKNOWN + 1 :].copy())

    def describe(self) -> dict[str, Any]:
        """The words of its columns, and what texts are changed by while a model learns."""
        steps = described(self.steps)
        return {"reader": "bag", "which": self.which, "steps": steps, "words": self.vocabulary.describe()}


@READERS.register("bag")
def _bag_reader(told: Mapping[str, Any]) -> BagReader:
    return BagReader(WordList(tuple(told["words"]["words"])), told["which"], made(WORD_STEPS, told["steps"]))


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
