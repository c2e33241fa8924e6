"""D3: whichever call to the disk fails, the run ends with one of our errors and the next one finds a whole state."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pinakes.catalogue.catalogue import Catalogue
from pinakes.errors import DiskFull, PinakesError, ReadOnly, StorageFailed
from pinakes.index.local import LocalIndex
from pinakes.settings import Settings
from pinakes.storage import write_whole
from tests.faults.layer import KINDS, FailingDisk
from tests.faults.makers import Held, held_by, make_stale, old_index

pytestmark = pytest.mark.reliability

_MORE_THAN_ENOUGH = 2_000


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Held]:
    """A library whose index is behind."""
    catalogue, space = old_index(tmp_path / "library")
    held = Held(Catalogue.open(catalogue.folder, Settings()), space)
    yield held
    catalogue.close()
    held.catalogue.close()


def publish(index: LocalIndex, catalogue: Catalogue) -> None:
    """Bring the index up to the catalogue."""
    with catalogue.writer():
        index.publish(finish=True)


def rebuild(index: LocalIndex, catalogue: Catalogue) -> None:
    """Make the index anew."""
    with catalogue.writer():
        index.rebuild()


@pytest.mark.parametrize("act", [publish, rebuild])
@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", KINDS)
def test_whichever_call_fails_the_index_is_the_old_or_the_new_one(
    kind: str, step: int, act: Callable[[LocalIndex, Catalogue], None], old: Held
) -> None:
    """D3: the n-th call of each kind fails, for n from 1 until nothing does (every fifth write in the short form)."""
    number = 1
    while number < _MORE_THAN_ENOUGH:
        make_stale(old.catalogue)
        disk = FailingDisk(kind, number, torn=number % 2 == 0)
        try:
            act(LocalIndex(old.catalogue, disk), old.catalogue)
        except PinakesError as error:
            assert disk.failed, error
            assert isinstance(error, StorageFailed | DiskFull | ReadOnly)
        assert not LocalIndex(old.catalogue).check()
        assert held_by(LocalIndex(old.catalogue).snapshot(), old.space) == old.truth
        if not disk.failed:
            assert number > 1
            return
        number += step if kind in ("write", "open") else 1
    raise AssertionError("there is no end of calls")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_search_answers_although_the_index_can_not_be_written(kind: str, code: int, old: Held) -> None:
    """D3, D6: what can not be published is searched from memory, and nothing is left behind."""
    for number in (1, 3, 8):
        make_stale(old.catalogue)
        disk = FailingDisk(kind, number, code)
        snapshot = LocalIndex(old.catalogue, disk).snapshot()
        assert snapshot.generation == old.catalogue.generation()
        if not snapshot.damage:
            assert held_by(snapshot, old.space) == old.truth


def test_an_index_that_can_not_be_published_leaves_nothing_behind(old: Held) -> None:
    """D3: one attempt after the other must not fill the disk."""
    make_stale(old.catalogue)
    before = {path.name for path in (old.catalogue.folder / "index").iterdir()}
    for kind, number in (("write", 60), ("fsync", 4), ("replace", 5), ("fsync", 6)):
        with old.catalogue.writer(), pytest.raises(DiskFull):
            LocalIndex(old.catalogue, FailingDisk(kind, number, errno.ENOSPC)).rebuild()
        assert {path.name for path in (old.catalogue.folder / "index").iterdir()} <= before


@pytest.mark.parametrize("kind", ["open", "write", "fsync", "replace"])
def test_a_file_that_can_not_be_written_whole_keeps_its_old_content(kind: str, tmp_path: Path) -> None:
    """D3: the smallest step that everything else is made of."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(StorageFailed, match="file"):
        write_whole(path, [b"new", b"er"], FailingDisk(kind, 1, torn=True))
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
