"""D5: the machine stops at a random call, and what was not synced is lost, torn or out of order."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import IO

import pytest

from pinakes.catalogue import items
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.spaces import Space
from pinakes.index.local import LocalIndex
from pinakes.settings import Settings
from tests.faults.layer import ForgetfulDisk, PowerLost
from tests.faults.makers import Held, held_by, old_index, some_works
from tests.makers import fill

pytestmark = pytest.mark.reliability

_SEEDS = [20, pytest.param(200, marks=pytest.mark.slow)]


class CarelessDisk(ForgetfulDisk):
    """A disk that does not sync when it is told to."""

    def fsync(self, file: IO[bytes]) -> None:
        self.before("fsync")
        file.flush()


def crashed(catalogue: Catalogue, random: Random, disk: ForgetfulDisk) -> None:
    """Publish until the power is lost."""
    try:
        with catalogue.writer():
            index = LocalIndex(catalogue, disk)
            index.rebuild() if random.random() < 0.3 else index.publish(finish=random.random() < 0.5)
    except PowerLost:
        pass
    disk.crash(random)


def change(catalogue: Catalogue, space: Space, random: Random, following: int) -> None:
    """Add, change and remove items; the catalogue's commits are the acknowledgement."""
    stored = fill(catalogue, some_works(space, following, random.randint(1, 9)), space)
    fill(catalogue, some_works(space, random.randint(0, 40), 2), space)
    if random.random() < 0.5:
        with catalogue.writing() as connection:
            items.remove(connection, [stored[0].item_id])


def play(catalogue: Catalogue, space: Space, seeds: int, kind: type[ForgetfulDisk]) -> list[int]:
    """Crash once a seed; the seeds after which the index was not whole."""
    spoiled = []
    for seed in range(seeds):
        random = Random(seed)
        change(catalogue, space, random, 100 + 10 * seed)
        calls = ForgetfulDisk()
        crashed(catalogue, Random(seed), calls)
        change(catalogue, space, random, 10_000 + 10 * seed)
        crashed(catalogue, Random(seed), kind(random.randint(1, calls.calls.total())))
        whole = not LocalIndex(catalogue).check()
        opened = Catalogue.open(catalogue.folder, Settings())
        found, truth = Held(opened, space).truth, in_memory(opened, space)
        opened.close()
        if not whole or found != truth:
            spoiled.append(seed)
            with catalogue.writer():
                LocalIndex(catalogue).rebuild()
    return spoiled


def in_memory(catalogue: Catalogue, space: Space) -> object:
    """What the catalogue says the index must hold."""
    return held_by(LocalIndex(catalogue)._in_memory(None), space)


@pytest.mark.parametrize("seeds", _SEEDS)
def test_after_a_power_loss_the_index_is_whole_and_nothing_acknowledged_is_lost(tmp_path: Path, seeds: int) -> None:
    """D5: unsynced writes forgotten at the crash."""
    catalogue, space = old_index(tmp_path / "library")
    assert play(catalogue, space, seeds, ForgetfulDisk) == []
    catalogue.close()


def test_a_disk_that_does_not_sync_is_caught_by_this_check(tmp_path: Path) -> None:
    """D5: the check can fail."""
    catalogue, space = old_index(tmp_path / "library")
    assert play(catalogue, space, 10, CarelessDisk)
    catalogue.close()
