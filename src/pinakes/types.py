"""The words everyone shares: modality, place, metric, and the arrays that pass between rooms."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.durations import clock

Modality: TypeAlias = Literal["text", "image", "audio"]
Metric: TypeAlias = Literal["cosine", "inner", "euclidean"]
MODALITIES: tuple[Modality, ...] = ("text", "image", "audio")
METRICS: tuple[Metric, ...] = ("cosine", "inner", "euclidean")

Floats: TypeAlias = NDArray[np.float32]
Pixels: TypeAlias = NDArray[np.uint8]
Codes: TypeAlias = NDArray[np.uint8]
Rows: TypeAlias = NDArray[np.int64]

# Metadata: one name, several values, in the order in which they were given.
Fields: TypeAlias = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in its item a part lies, exact enough to open it there; what does not apply is None."""

    page: int | None = None
    chapter: int | None = None
    chars: tuple[int, int] | None = None
    seconds: tuple[float, float] | None = None
    box: tuple[float, float, float, float] | None = None
    frame: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Only what applies, ready for JSON."""
        return {name: value for name in _PLACE if (value := getattr(self, name)) is not None}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Place:
        """The inverse of `as_dict`."""
        values: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in data.items()}
        return cls(**values)

    def __str__(self) -> str:
        words = []
        if self.chapter is not None:
            words.append(f"chapter {self.chapter}")
        if self.page is not None:
            words.append(f"page {self.page}")
        if self.seconds is not None:
            words.append(f"{clock(self.seconds[0])} to {clock(self.seconds[1])}")
        if self.frame is not None:
            words.append(f"frame {self.frame}")
        if self.chars is not None:
            words.append(f"characters {self.chars[0]} to {self.chars[1]}")
        return ", ".join(words)


_PLACE = tuple(field.name for field in fields(Place))
