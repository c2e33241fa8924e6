"""D4: files that end too early, or go on with garbage, are noticed, and nothing acknowledged is lost."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.check import problems
from pinakes.catalogue.engine import FILE
from pinakes.index import manifest
from pinakes.index.local import LocalIndex
from pinakes.settings import Settings
from pinakes.storage import DISK
from tests.faults.makers import Held, held_by, less_of, old_index

pytestmark = pytest.mark.reliability

_TAIL = 4096


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    """A library with several segments and items that are gone."""
    catalogue, space = old_index(tmp_path / "library")
    with catalogue.writer():
        LocalIndex(catalogue).publish()
    yield Held(catalogue, space)
    catalogue.close()


def index_files(held: Held) -> list[Path]:
    """One file of each kind, the smallest of it, of those that are in use."""
    folder = held.catalogue.folder / "index"
    current = manifest.read(folder, DISK)
    assert current is not None
    used = [folder / name for name in (*current.files(), manifest.file_name(current.generation), manifest.CURRENT)]
    kinds: dict[str, Path] = {}
    for path in sorted(used, key=lambda path: path.stat().st_size):
        kinds.setdefault(kind_of(path), path)
    assert {"CURRENT", "manifest", "rows", "words", "columns", "dead"} <= set(kinds)
    return list(kinds.values())


def kind_of(path: Path) -> str:
    """CURRENT, manifest, or what a pack holds."""
    if path.suffix != ".pack":
        return path.name.partition("-")[0]
    words = path.stem.split("-")
    return "dead" if "dead" in words else words[2]


def spoiled(held: Held, path: Path, data: bytes) -> None:
    """Look at a library one of whose files was spoiled, then mend it."""
    truth = held.truth
    good = path.read_bytes()
    copy = held.catalogue.folder / "good"
    shutil.copytree(path.parent, copy)
    path.write_bytes(data)
    try:
        index = LocalIndex(held.catalogue)
        named = index.check()
        assert named or data == good, f"nothing was found wrong with {path.name}"
        snapshot = index.snapshot()
        answers = held_by(snapshot, held.space)
        if answers != truth:
            assert snapshot.damage, f"{path.name}: parts are missing and nothing says so"
            assert less_of(answers, truth), f"{path.name}: what is not there was found"
        with held.catalogue.writer():
            index.rebuild()
        assert not LocalIndex(held.catalogue).check()
        assert held_by(LocalIndex(held.catalogue).snapshot(), held.space) == truth
    finally:
        shutil.rmtree(path.parent)
        copy.rename(path.parent)


def cuts(path: Path, step: int) -> Iterator[int]:
    """Places in the last bytes of a file, and its beginning."""
    size = path.stat().st_size
    yield from (0, 1, size // 2)
    yield from range(max(0, size - _TAIL), size, step)


@pytest.mark.parametrize("step", [257, pytest.param(1, marks=pytest.mark.slow)])
def test_a_file_of_the_index_that_ends_too_early_is_left_out_and_named(held: Held, step: int) -> None:
    """D4: the manifest, the pointer to it and packs of every kind, cut at many places."""
    for path in index_files(held):
        good = path.read_bytes()
        for size in cuts(path, step):
            spoiled(held, path, good[:size])


@pytest.mark.parametrize("times", [2, pytest.param(50, marks=pytest.mark.slow)])
def test_garbage_behind_a_file_of_the_index_is_noticed(held: Held, times: int) -> None:
    """D4: garbage appended."""
    random = Random(4)
    for path in index_files(held):
        good = path.read_bytes()
        for _ in range(times):
            spoiled(held, path, good + random.randbytes(random.randint(1, 300)))


@pytest.mark.parametrize("name", ["rows", "words", "columns", "space", "dead", "manifest", "CURRENT"])
def test_a_file_of_the_index_that_is_gone_is_named_and_made_anew(held: Held, name: str) -> None:
    """D4: a deleted file."""
    path = next(path for path in index_files(held) if kind_of(path) == name)
    path.unlink()
    index = LocalIndex(held.catalogue)
    assert bool(index.check()) == (name != "CURRENT")
    assert held_by(index.snapshot(), held.space) == held.truth
    assert not index.check()


@pytest.mark.parametrize("step", [1013, pytest.param(7, marks=pytest.mark.slow)])
def test_a_torn_log_of_the_catalogue_loses_only_what_was_not_committed(tmp_path: Path, step: int) -> None:
    """D4: the write-ahead log cut within a transaction that was not acknowledged, and garbage after it."""
    from tests.makers import fill, text_part, work

    catalogue = Catalogue.open(tmp_path / "library", Settings(), create=True)
    fill(catalogue, [work(f"n{number}", text_part("boat " * 50)) for number in range(20)])
    log = catalogue.folder / f"{FILE}-wal"
    acknowledged = log.stat().st_size
    fill(catalogue, [work(f"m{number}", text_part("sea " * 50)) for number in range(20)])
    whole, main = log.read_bytes(), (catalogue.folder / FILE).read_bytes()
    catalogue.close()
    random = Random(5)
    for number, size in enumerate(range(acknowledged, len(whole), step)):
        place = tmp_path / f"torn{number}"
        place.mkdir()
        (place / FILE).write_bytes(main)
        (place / f"{FILE}-wal").write_bytes(whole[:size] + random.randbytes(number % 3 * 100))
        opened = Catalogue.open(place, Settings())
        with opened.reading() as connection:
            assert not list(problems(connection))
        opened.close()
        with closing(sqlite3.connect(place / FILE)) as plain:
            assert plain.execute("SELECT count(*) FROM items").fetchone()[0] in (20, 40)
        shutil.rmtree(place)
