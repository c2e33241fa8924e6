"""Media whose every version tells by its own words what must be found, and whether all of it was stored."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

# Small passages, so that one text is several parts; small and frequent commits, so that a crash meets many.
SETTINGS = {"passage_chars": 120, "commit_parts": 12, "commit_seconds": 0.05, "decoders": 1, "threads": 1}
_MARK = re.compile(r"mark(\d+)of(\d+)")
_VERSION = re.compile(r"\bv\d+x\d+\b")
_FILLER = "the keeper of the lighthouse wrote about boats and the sea in his letters to the harbour master. "


@dataclass
class Shelf:
    """A folder of texts and pictures, and the version in which each was written last."""

    folder: Path
    versions: dict[bytes, int] = field(default_factory=dict)

    def put(self, number: int, version: int = 1) -> Path:
        """Write a file in a version; every fifth is a picture."""
        self.folder.mkdir(parents=True, exist_ok=True)
        picture = number % 5 == 4
        path = self.folder / f"w{number:05}.{'png' if picture else 'txt'}"
        # Written aside, so that nobody ever reads half of it.
        aside = self.folder.parent / f"aside{number}{path.suffix}"
        if picture:
            _picture(number, version).save(aside)
        else:
            aside.write_text(text_of(number, version))
        aside.replace(path)
        self.versions[str(path).encode()] = version
        return path

    def fill(self, numbers: Iterable[int], version: int = 1) -> None:
        """Write several."""
        for number in numbers:
            self.put(number, version)


def _picture(number: int, version: int) -> Image.Image:
    random = np.random.default_rng([number, version])
    return Image.fromarray(random.integers(0, 255, (24, 24, 3), dtype=np.uint8))


def word_of(path: bytes, version: int) -> str:
    """The word that stands in this version of this text and nowhere else."""
    return f"v{number_of(path):05}x{version:03}"


def number_of(path: bytes) -> int:
    """The number in a file's name."""
    return int(path.rpartition(b"/w")[2].partition(b".")[0])


def is_picture(path: bytes) -> bool:
    """Whether a file is one of the pictures."""
    return path.endswith(b".png")


def text_of(number: int, version: int) -> str:
    """One to four passages, each with the version's word and how many there are."""
    count = number % 4 + 1
    word = f"v{number:05}x{version:03}"
    return "\n\n".join(f"{word} mark{one}of{count} {_FILLER}" for one in range(1, count + 1))


def versions_in(text: str) -> set[str]:
    """The version words that stand in a text."""
    return set(_VERSION.findall(text))


def is_whole(text: str) -> bool:
    """Whether all passages of a text are there, each once."""
    marks = [(int(one), int(total)) for one, total in _MARK.findall(text)]
    return bool(marks) and sorted(marks) == [(one, marks[0][1]) for one in range(1, marks[0][1] + 1)]
