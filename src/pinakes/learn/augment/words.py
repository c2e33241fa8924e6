"""Changes of texts: words left out, replaced by their like, exchanged with words of the same part of speech, mistyped.

A text is cut into words and what stands between them, which stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

import numpy as np

from pinakes.errors import BadSetting
from pinakes.learn.augment.draws import Draws
from pinakes.learn.augment.steps import within
from pinakes.registry import Registry

_WORD = re.compile(r"(\w[\w'’\-]*)")
# Rows of keys on the usual keyboard, from which a finger slips to a neighbour.
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


class WordStep(Protocol):
    """One change of a text, with its settings."""

    step: ClassVar[str]

    def apply(self, words: list[str], random: np.random.Generator) -> list[str]:
        """The words changed; "" for one that is left out."""


WORD_STEPS: Registry[type[WordStep]] = Registry("step for words", "pinakes.word_steps")


@WORD_STEPS.register("delete")
@dataclass(frozen=True, slots=True)
class Delete:
    """Leave words out, but never all of them."""

    step: ClassVar[str] = "delete"
    # Each word with this probability.
    share: float = 0.1

    def __post_init__(self) -> None:
        within(self, 0, 1, "share")

    def apply(self, words: list[str], random: np.random.Generator) -> list[str]:
        """Some words as nothing."""
        gone = random.random(len(words)) < self.share
        if gone.all():
            gone[random.integers(len(words))] = False
        return ["" if lost else word for word, lost in zip(words, gone.tolist(), strict=True)]


@WORD_STEPS.register("synonyms")
@dataclass(frozen=True)
class Synonyms:
    """Replace words by such as mean about the same; `alike` tells which, as `learn_alike` learns them."""

    step: ClassVar[str] = "synonyms"
    share: float = 0.15
    alike: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        within(self, 0, 1, "share")
        empty = [word for word, others in self.alike.items() if not others]
        if empty:
            raise BadSetting(f"The word {empty[0]!r} has no synonym.", "Leave out words that have none.")

    def apply(self, words: list[str], random: np.random.Generator) -> list[str]:
        """Some words as others, written with a capital where they were."""
        chosen, picks = random.random(len(words)) < self.share, random.random(len(words))
        found = list(words)
        for place in np.flatnonzero(chosen).tolist():
            others = self.alike.get(words[place].lower())
            if others:
                found[place] = _written_as(others[int(picks[place] * len(others))], words[place])
        return found


@WORD_STEPS.register("swap")
@dataclass(frozen=True)
class Swap:
    """Exchange two words of the same part of speech; `classes` numbers them, as `learn_classes` learns them."""

    step: ClassVar[str] = "swap"
    probability: float = 0.3
    classes: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        within(self, 0, 1, "probability")

    def apply(self, words: list[str], random: np.random.Generator) -> list[str]:
        """The words, two of them exchanged where two of a class can be."""
        happens, pick = random.random(2).tolist()
        kinds = [self.classes.get(word.lower(), -1) for word in words]
        pairs = [
            (one, other)
            for one in range(len(words))
            for other in range(one + 1, len(words))
            if kinds[one] == kinds[other] >= 0 and words[one].lower() != words[other].lower()
        ]
        if happens >= self.probability or not pairs:
            return words
        one, other = pairs[int(pick * len(pairs))]
        found = list(words)
        found[one], found[other] = _written_as(words[other], words[one]), _written_as(words[one], words[other])
        return found


@WORD_STEPS.register("typing")
@dataclass(frozen=True, slots=True)
class Typing:
    """Mistype: a letter missed, doubled, hit beside its key, or exchanged with the next one."""

    step: ClassVar[str] = "typing"
    # Each word of at least four letters with this probability.
    share: float = 0.05

    def __post_init__(self) -> None:
        within(self, 0, 1, "share")

    def apply(self, words: list[str], random: np.random.Generator) -> list[str]:
        """Some words with one mistake each, never in their first letter."""
        chosen = random.random(len(words)) < self.share
        numbers = random.random((len(words), 3)).tolist()
        return [
            _mistyped(word, *numbers[place]) if chosen[place] and len(word) >= 4 else word
            for place, word in enumerate(words)
        ]


def rewritten(texts: Sequence[str], steps: Sequence[WordStep], draws: Draws) -> list[str]:
    """Each text after all steps in their order."""
    streams = [draws.named(f"{number} {step.step}").generators() for number, step in enumerate(steps)]
    found = []
    for row, text in enumerate(texts):
        pieces = _WORD.split(text)
        for step, own in zip(steps, streams, strict=True):
            # A word that one step has left out is no word to the next.
            places = [place for place in range(1, len(pieces), 2) if pieces[place]]
            if not places:
                break
            for place, word in zip(places, step.apply([pieces[each] for each in places], own[row]), strict=True):
                pieces[place] = word
        found.append(_joined(pieces))
    return found


def _joined(pieces: list[str]) -> str:
    """The text; where a word was left out, one of the two gaps around it goes as well."""
    kept = pieces[:1]
    for place in range(1, len(pieces), 2):
        if pieces[place]:
            kept += pieces[place : place + 2]
        elif len(pieces[place + 1].strip()):
            kept.append(pieces[place + 1])
    return "".join(kept).rstrip(" ")


def _written_as(word: str, other: str) -> str:
    """The word with a capital exactly where the other has one at its start."""
    return word[:1].upper() + word[1:] if other[:1].isupper() else word[:1].lower() + word[1:]


def _mistyped(word: str, way: float, where: float, which: float) -> str:
    at = 1 + int(where * (len(word) - 1))
    before, letter, after = word[:at], word[at], word[at + 1 :]
    if way < 0.25:
        return before + after
    if way < 0.5:
        return before + letter + letter + after
    if way < 0.75 and after:
        return before + after[0] + letter + after[1:]
    return before + _beside(letter, which) + after


def _beside(letter: str, which: float) -> str:
    for keys in _KEYS:
        place = keys.find(letter.lower())
        if place >= 0:
            near = keys[max(place - 1, 0) : place] + keys[place + 1 : place + 2]
            return near[int(which * len(near))]
    return letter
