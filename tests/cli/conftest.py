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

    def command(*arguments: str | os.PathLike[str]) -> Ran:
        capfdbinary.readouterr()
        try:
            code = main([os.fspath(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        out, err = capfdbinary.readouterr()
        return Ran(code, out.decode(), err.decode())

    return command


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """Two pictures and two texts, in a folder called media."""
    place = tmp_path / "media"
    place.mkdir()
    picture(place / "red boat.png", RED)
    picture(place / "blue boat.png", BLUE, seed=1)
    (place / "letter.txt").write_text("The keeper of the lighthouse wrote this letter about a boat.")
    (place / "wine.txt").write_text("一瓶红酒在桌上。")
    return place


@pytest.fixture
def library(run: Run, media: Path) -> Path:
    """A library of that folder, called lib."""
    assert run("add", media, "--library", "lib").code == 0
    return media.parent / "lib"
