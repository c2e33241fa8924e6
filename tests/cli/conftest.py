"""Running the command line within the test's own process."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pinakes.cli.main import main
from pinakes.library import Library
from tests.library.test_adding import BLUE, RED, picture


@dataclass(frozen=True)
class Ran:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """The JSON Lines of its output."""
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Ran]


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `pinakes` with arguments, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)

    def command(*arguments: str | os.PathLike[str]) -> Ran:
        capfdbinary.readouterr()
        try:
            code = main([os.fspath(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        out, err = capfdbinary.readouterr()
        return Ran(code, out.decode(), err.decode())

    return command


def fill(place: Path) -> Path:
    """Two pictures and two texts, in a folder called media."""
    folder = place / "media"
    folder.mkdir()
    picture(folder / "red boat.png", RED)
    picture(folder / "blue boat.png", BLUE, seed=1)
    (folder / "letter.txt").write_text("The keeper of the lighthouse wrote this letter about a boat.")
    (folder / "wine.txt").write_text("一瓶红酒在桌上。")
    return folder


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """Two pictures and two texts, in a folder called media."""
    return fill(tmp_path)


@pytest.fixture
def library(run: Run, media: Path) -> Path:
    """A library of that folder, called lib."""
    assert run("add", media, "--library", "lib").code == 0
    return media.parent / "lib"


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same in a folder that stays, for tests that change nothing."""
    place = tmp_path_factory.mktemp("standing")
    with Library.open(place / "lib", create=True) as made:
        made.add(fill(place))
    return place
