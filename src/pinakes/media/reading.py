"""What every reader of a medium is given and what it hands back."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from pinakes.media.base import DecodedPart, DecodeSpec, StillGoing
from pinakes.media.opening import Opened
from pinakes.media.sniff import Kind
from pinakes.types import Fields


@dataclass(frozen=True, slots=True)
class Source:
    """One opened file with its kind and what is wanted of it."""

    opened: Opened
    kind: Kind
    spec: DecodeSpec

    @property
    def name(self) -> str:
        """The file's name, for messages."""
        return self.opened.path.name


@dataclass(frozen=True, slots=True)
class Summary:
    """What a reader knows of a file once all its parts are read."""

    metadata: Fields = field(default_factory=dict)
    facts: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    preview: bytes = b""
    # Where reading showed the kind to be another than the first bytes told: a film without pictures is a sound.
    kind: Kind | None = None


# A reader yields parts as they are ready and returns what it learned of the whole. What it knows early it may yield
# too: that is kept if reading is stopped at a limit.
Reading: TypeAlias = Generator[DecodedPart | StillGoing | Summary, None, Summary]

_BEAT_SECONDS = 0.5


class Pulse:
    """Says that a long work is still going, but not more often than twice a second."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def beat(self, done: float) -> Iterator[StillGoing]:
        """A sign of life if the last one is old enough; `done` is the share of the work."""
        now = time.monotonic()
        if now - self._last >= _BEAT_SECONDS:
            self._last = now
            yield StillGoing(min(max(done, 0.0), 1.0))
