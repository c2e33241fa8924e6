"""What every vocabulary is: texts become numbers, it tells all that it is made again from, and it is kept as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np

from pinakes.errors import BadInput, Damaged, Unreadable
from pinakes.registry import Registry
from pinakes.storage import write_whole
from pinakes.types import Rows
from pinakes.words.segment import SEGMENTERS, Segmenter, forms

PADDING, UNKNOWN = 0, 1
# Runs of a script without spaces stay whole, for pieces to be learned within them.
WHOLE = "whole"


class Vocabulary(Protocol):
    """From a text to numbers; 0 is padding, and of vocabularies trained here 1 is what they do not know."""

    def __len__(self) -> int: ...

    def ids(self, text: str, most: int | None = None) -> list[int]:
        """The numbers of a text's words or pieces, in order; no more than the first `most`."""

    def describe(self) -> dict[str, Any]:
        """All that it is made again from, ready for JSON; `vocabulary` names its kind."""


# Kinds of vocabularies, each with the function that makes one again from its description.
Remade: TypeAlias = Callable[[Mapping[str, Any]], Vocabulary]
KINDS: Registry[Remade] = Registry("kind of vocabulary")


def cut(text: str, segmenter: str) -> list[str]:
    """The normalised words of a text; scripts without spaces are cut by the segmenter of that name."""
    return forms(text, segmenter_of(segmenter))


def segmenter_of(name: str) -> Segmenter:
    """The segmenter of that name, or the one that cuts nothing."""
    return _whole if name == WHOLE else SEGMENTERS.get(name)


def _whole(run: str) -> Iterator[tuple[int, int]]:
    yield 0, len(run)


def padded(rows: Sequence[Sequence[int]], length: int | None = None) -> Rows:
    """Numbers (n, length) with 0 behind the end of each row; without a length, that of the longest row, at least 1."""
    if length is not None and length < 1:
        raise BadInput(f"Texts can not be cut to {length} words.", "Give a length of at least 1.")
    width = length or max((len(row) for row in rows), default=1) or 1
    ids = np.full((len(rows), width), PADDING, np.int64)
    for place, row in enumerate(rows):
        kept = row[:width]
        ids[place, : len(kept)] = kept
    return ids


def remade(told: Mapping[str, Any]) -> Vocabulary:
    """The vocabulary that a description tells."""
    return KINDS.get(str(told.get("vocabulary")))(told)


def save_vocabulary(vocabulary: Vocabulary, path: Path) -> None:
    """Keep a vocabulary as JSON."""
    write_whole(path, [json.dumps(vocabulary.describe(), ensure_ascii=False).encode("utf-8")])


def open_vocabulary(path: Path) -> Vocabulary:
    """A vocabulary that was kept."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unreadable(f"The vocabulary {path} can not be read: {error.strerror}.") from error
    except ValueError as error:
        raise _no_vocabulary(path) from error
    if not isinstance(told, dict) or "vocabulary" not in told:
        raise _no_vocabulary(path)
    try:
        return remade(told)
    except (KeyError, TypeError, ValueError) as error:
        raise _no_vocabulary(path) from error


def _no_vocabulary(path: Path) -> Damaged:
    return Damaged(f"{path} does not hold a vocabulary.", "Train it again, or copy it again from where it was trained.")
