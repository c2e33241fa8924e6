"""D11: a library that can not be written to is searched all the same, and a write is one clear error."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.command import one_error, run
from tests.faults.tasks import Scene

pytestmark = [pytest.mark.reliability, pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")]

# Root may write anywhere, unless that power is taken from it.
_POWERLESS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """A library of some files."""
    scene = Scene(tmp_path)
    scene.shelf.fill(range(7))
    with scene.open() as library:
        library.add(scene.shelf.folder)
    return scene


@pytest.fixture(params=["folder", "file system"])
def sealed(request: pytest.FixtureRequest, scene: Scene) -> Iterator[list[str]]:
    """That library, read-only; the program in front of the command that makes it so for root too."""
    folder = scene.library
    if request.param == "file system":
        bound = sys.platform == "linux" and os.geteuid() == 0 and _mounted("--bind", str(folder), str(folder))
        if not bound:
            pytest.skip("needs the right to mount")
        assert _mounted("-o", "remount,bind,ro", str(folder))
        yield []
        subprocess.run(["umount", "-l", str(folder)], check=True)
        return
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("needs setpriv, to be an ordinary user")
    places = [folder, *folder.rglob("*")]
    for place in places:
        place.chmod(place.stat().st_mode & ~0o222)
    yield _POWERLESS if os.geteuid() == 0 else []
    for place in places:
        place.chmod(place.stat().st_mode | 0o200)


def _mounted(*words: str) -> bool:
    return subprocess.run(["mount", *words], capture_output=True, check=False).returncode == 0


def files_of(folder: Path) -> dict[str, bytes]:
    """The bytes of every file."""
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_read_only_library_is_searched_and_shown(scene: Scene, sealed: list[str]) -> None:
    """D11: words, a picture, and a check of all of it."""
    before = files_of(scene.library)
    picture = str(scene.shelf.folder / "w00004.png")
    for words, seen in (
        (["search", "v00002x001"], b"w00002"),
        (["search", picture], b"w00004"),
        (["check"], b'"problems": 0'),
    ):
        ended = run(scene.arguments(words[0], "--json", *words[1:]), before=sealed)
        assert (ended.returncode, seen in ended.stdout) == (0, True), (words, ended.stdout, ended.stderr)
    assert files_of(scene.library) == before


def test_writing_to_a_read_only_library_is_one_clear_error(scene: Scene, sealed: list[str]) -> None:
    """D11: adding and removing."""
    scene.shelf.put(20)
    for words in (["add", str(scene.shelf.folder)], ["remove", "1"]):
        ended = run(scene.arguments(words[0], "--json", *words[1:]), before=sealed)
        assert ended.returncode == 1
        assert b'"code": "read-only"' in one_error(ended)


def test_a_read_only_library_is_searched_whatever_state_it_was_left_in(scene: Scene, tmp_path: Path) -> None:
    """D11: an index that is behind or gone, and a log of the catalogue that a killed process left."""
    with scene.open() as library:
        library.add(scene.shelf.put(8))
        left = Path(shutil.copytree(scene.library, tmp_path / "left"))
    assert (left / "catalogue.sqlite-wal").stat().st_size
    (left / "index" / "CURRENT").unlink()
    powerless = _POWERLESS if os.geteuid() == 0 else []
    if powerless and shutil.which("setpriv") is None:
        pytest.skip("needs setpriv, to be an ordinary user")
    for place in [*left.rglob("*"), left]:
        place.chmod(place.stat().st_mode & ~0o222)
    copied = Scene(tmp_path / "x", scene.settings)
    words = ["search", "--json", "--library", str(left), *copied.arguments("x")[3:], "v00008x001"]
    ended = run(words, before=powerless)
    assert ended.returncode == 0, ended.stderr
    assert b"w00008" in ended.stdout
    for place in [left, *left.rglob("*")]:
        place.chmod(place.stat().st_mode | 0o700)
