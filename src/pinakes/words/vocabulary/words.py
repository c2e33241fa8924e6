"""A vocabulary of whole words: the most frequent of a corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pinakes.errors import BadInput, NoContent
from pinakes.words.vocabulary.base import KINDS, UNKNOWN, Vocabulary, cut, segmenter_of


@dataclass(frozen=True)
class Words:
    """Whole words as the library's search cuts them, the most frequent first; the first one has the number 2."""

    words: tuple[str, ...]
    # How often each occurs in the corpus; empty where that is not known.
    counts: tuple[int, ...] = ()
    segmenter: str = "bigrams"
    numbers: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        segmenter_of(self.segmenter)
        numbers = {word: number for number, word in enumerate(self.words, UNKNOWN + 1)}
        if len(numbers) != len(self.words) or len(self.counts) not in (0, len(self.words)):
            raise BadInput("A vocabulary's words must differ, and have a count each.", "Leave out what is there twice.")
        object.__setattr__(self, "numbers", numbers)

    @classmethod
    def trained(cls, texts: Iterable[str], most: int = 30_000, least: int = 1, segmenter: str = "bigrams") -> Words:
        """The `most` most frequent words that occur at least `least` times; equals in the order of their letters."""
        if most < 1 or least < 1:
            raise BadInput(f"A vocabulary of {most} words that occur {least} times can not be made.", "Give 1 or more.")
        found = ranked((word for text in texts for word in cut(text, segmenter)), most, least)
        if not found:
            raise NoContent(
                f"No word occurs {least} times or more, so that there is no vocabulary.",
                "Give more texts, or a lower count.",
            )
        words, times = zip(*found, strict=True)
        return cls(tuple(words), tuple(times), segmenter)

    def __len__(self) -> int:
        return UNKNOWN + 1 + len(self.words)

    def cut(self, text: str) -> list[str]:
        """The words of a text, known or not."""
        return cut(text, self.segmenter)

    def ids(self, text: str, most: int | None = None) -> list[int]:
        """The numbers of a text's words, in order, no more than the first `most`; 1 for one that is not known."""
        return [self.numbers.get(word, UNKNOWN) for word in self.cut(text)[:most]]

    def word(self, number: int) -> str:
        """The word of a number; nothing for padding and for what is not known."""
        return self.words[number - UNKNOWN - 1] if number > UNKNOWN else ""

    def describe(self) -> dict[str, Any]:
        """All that it is made again from."""
        return {
            "vocabulary": "words",
            "segmenter": self.segmenter,
            "words": list(self.words),
            "counts": list(self.counts),
        }


def ranked(words: Iterable[str], most: int, least: int) -> list[tuple[str, int]]:
    """The most frequent words that occur often enough, with their counts; equals in the order of their letters."""
    frequent = [(word, count) for word, count in Counter(words).items() if count >= least]
    return sorted(frequent, key=lambda pair: (-pair[1], pair[0]))[:most]


@KINDS.register("words")
def remade(told: Mapping[str, Any]) -> Vocabulary:
    """The vocabulary that `describe` told."""
    return Words(tuple(map(str, told["words"])), tuple(map(int, told["counts"])), str(told["segmenter"]))
