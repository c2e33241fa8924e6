"""What a worker process does until it is killed; every line that it prints acknowledges something."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

import pinakes.encoders.classical  # noqa: F401 -- files them
from pinakes.cli.main import main
from pinakes.encoders.base import ENCODERS
from pinakes.errors import Busy
from pinakes.library import Library
from pinakes.settings import Settings
from tests.faults.shelf import SETTINGS, Shelf


@dataclass(frozen=True)
class Scene:
    """A library, the media that go into it, and the settings under which all of it runs."""

    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def library(self) -> Path:
        """The library's folder."""
        return self.folder / "library"

    @property
    def shelf(self) -> Shelf:
        """The media, as nothing but a folder."""
        return Shelf(self.folder / "media")

    @property
    def all_settings(self) -> dict[str, Any]:
        """The shelf's settings and those of this scene."""
        return SETTINGS | self.settings

    def open(self, *, create: bool = True) -> Library:
        """Open the library."""
        return Library.open(self.library, create=create, settings=self.all_settings)

    def arguments(self, *words: str) -> list[str]:
        """A command line for this library."""
        given = [part for name, value in self.all_settings.items() for part in ("--set", f"{name}={value}")]
        return [words[0], "--library", str(self.library), *given, *words[1:]]


def say(**record: object) -> None:
    """Print a line that whoever listens may rely on."""
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


def add(scene: Scene, media: str = "media") -> None:
    """The command `pinakes add --json`."""
    raise SystemExit(main(scene.arguments("add", "--json", str(scene.folder / media))))


def remove(scene: Scene, numbers: Sequence[int], at_a_time: int) -> None:
    """Remove items, some at a time."""
    with scene.open() as library:
        for start in range(0, len(numbers), at_a_time):
            some = numbers[start : start + at_a_time]
            library.remove(*some)
            say(removed=list(some))


def publish(scene: Scene, times: int) -> None:
    """Make the index anew, again and again."""
    with scene.open() as library:
        for _ in range(times):
            with library._catalogue.writer():
                say(published=library._index.rebuild().generation)


def encode(scene: Scene, fingerprint: str) -> None:
    """Encode the library with another version of the encoder `colour`."""
    with colour_of(fingerprint), scene.open() as library:
        report = library.use("colour")
        say(encoded=report.parts, failed=report.failed)


def encode_topics(scene: Scene) -> None:
    """Fit topics to the library's texts, and encode it with them."""
    with scene.open() as library:
        report = library.use("lsa")
        say(encoded=report.parts, failed=report.failed)


def recode(scene: Scene, bits: Sequence[int]) -> None:
    """Make the codes of a space anew, with other numbers of bits."""
    with scene.open() as library:
        for number in bits:
            library.recode("colour", bits=number)
            say(bits=number)


def hold(scene: Scene) -> None:
    """Take the right to write, and keep it."""
    with scene.open() as library, library._catalogue.writer():
        say(held=True)
        time.sleep(600)


def add_often(scene: Scene, first: int, seconds: float) -> None:
    """Add one file after the other for some time; where another writes, say how long that took to be known."""
    until, number = time.monotonic() + seconds, first
    with scene.open() as library:
        while time.monotonic() < until:
            path, began = scene.shelf.put(number), time.monotonic()
            try:
                library.add(path)
            except Busy:
                say(refused=time.monotonic() - began)
                time.sleep(0.02)
            else:
                say(added=str(path))
                number += 1


def back_up(scene: Scene, target: str) -> None:
    """Back the library up."""
    with scene.open() as library:
        library.backup(target)
        say(backed_up=target)


@contextmanager
def colour_of(fingerprint: str) -> Iterator[None]:
    """The encoder `colour` in another version, whose vectors differ from those of every other version."""
    plain = ENCODERS.get("colour")
    encoder = plain(Settings())
    described = replace(encoder.description, fingerprint=fingerprint)
    turn = np.random.default_rng(list(fingerprint.encode())).permutation(described.dim)

    class Turned:
        description = described

        def encode(self, modality: Any, batch: Any) -> Any:
            return encoder.encode(modality, batch)[:, turn]

    ENCODERS._things["colour"] = lambda _: Turned()  # type: ignore[assignment,return-value]
    try:
        yield
    finally:
        ENCODERS._things["colour"] = plain


TASKS = {
    task.__name__: task for task in (add, remove, publish, encode, encode_topics, recode, hold, add_often, back_up)
}
