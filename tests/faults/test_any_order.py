"""D12: whatever is done in whatever order, the library holds what a dictionary would hold."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from pinakes.catalogue import items
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.check import problems
from pinakes.catalogue.collections import ensure
from pinakes.catalogue.compaction import compact
from pinakes.catalogue.spaces import create
from pinakes.catalogue.store import store
from pinakes.encoders.base import Description
from pinakes.encoders.hashers import fit
from pinakes.index.find_vectors import find
from pinakes.index.local import LocalIndex
from pinakes.index.snapshot import Deadline
from pinakes.library import Library
from pinakes.library.encoders import ELSEWHERE
from pinakes.settings import Settings
from tests import makers
from tests.conftest import POSTGRES, empty_postgres
from tests.faults import truth
from tests.faults.layer import ForgetfulDisk, PowerLost
from tests.makers import fill, text_part, work

pytestmark = pytest.mark.reliability

_NAMES = st.integers(0, 11)


def word_of(name: int, version: int) -> str:
    """The word that stands in this version of this work and nowhere else."""
    return f"v{version:05}n{name:03}"


class Shelves(RuleBasedStateMachine):
    """A library and a dictionary that are told the same: for each name the number of its last version."""

    address = ""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="pinakes-test-"))
        self.held: dict[int, int] = {}
        self.numbers: dict[int, int] = {}
        self.version = 0
        self.place = 0

    @initialize()
    def begin(self) -> None:
        """An empty library with one space."""
        given = Settings(catalogue=empty_postgres() if self.address else "")
        self.catalogue = Catalogue.open(self.folder / "0", given, create=True)
        with self.catalogue.writing() as connection:
            ensure(connection, "main", None, ())
            hasher = fit("rotation", makers.vectors(200, seed=9), "cosine", 64)
            self.space = create(
                connection, Description("toy", (), makers.DIM, "cosine", "", 0, ELSEWHERE), hasher, "active"
            )
        self.index = LocalIndex(self.catalogue)

    def works(self, names: set[int]) -> list[Any]:
        """The next version of some works: its words, and a vector that tells it from every other."""
        self.version += 1
        vectors = {name: makers.vectors(1, seed=1000 * self.version + name)[0] for name in names}
        return [
            work(
                f"n{name}",
                text_part(word_of(name, self.version) + " of the lighthouse", vectors={self.space.id: vectors[name]}),
            )
            for name in sorted(names)
        ]

    @rule(names=st.sets(_NAMES, min_size=1, max_size=4))
    def put(self, names: set[int]) -> None:
        """Add works, or change those that are there."""
        stored = fill(self.catalogue, self.works(names), self.space)
        for name, one in zip(sorted(names), stored, strict=True):
            assert name not in self.held or self.numbers[name] == one.item_id
            self.held[name], self.numbers[name] = self.version, one.item_id

    @rule(names=st.sets(_NAMES, min_size=1, max_size=3))
    def remove(self, names: set[int]) -> None:
        """Remove works; what is not there is no matter."""
        there = [name for name in names if name in self.held]
        with self.catalogue.writing() as connection:
            items.remove(connection, [self.numbers[name] for name in there])
        for name in there:
            del self.held[name], self.numbers[name]

    @rule(name=_NAMES)
    def search_words(self, name: int) -> None:
        """The words of its version find a work; those of any other version do not."""
        library = Library(self.catalogue)
        for version in {self.version, self.held.get(name, self.version)}:
            wanted = [self.numbers[name]] if version and self.held.get(name) == version else []
            assert truth.found(library, word_of(name, version)) == wanted

    @rule(name=_NAMES)
    def search_vectors(self, name: int) -> None:
        """The vector of a work finds it first."""
        if name not in self.held:
            return
        snapshot = self.index.snapshot()
        vector = makers.vectors(1, seed=1000 * self.held[name] + name)[0]
        near = find(snapshot, self.space, vector, 1, snapshot.select(()), Deadline.after(60), precise=True)
        assert snapshot.items(near.rows).tolist() == [self.numbers[name]]
        assert near.similarities[0] > 0.99

    @rule(finish=st.booleans())
    def publish(self, finish: bool) -> None:
        """Bring the index up to date."""
        with self.catalogue.writer():
            self.index.publish(finish=finish)

    @rule()
    def compact(self) -> None:
        """Give back the room of what is gone."""
        with self.catalogue.writer():
            compact(self.catalogue)

    @rule()
    def reopen(self) -> None:
        """Close it and open it again."""
        self.catalogue.close()
        self._open()

    @rule(names=st.sets(_NAMES, max_size=3), commit=st.booleans())
    def crash(self, names: set[int], commit: bool) -> None:
        """The process is gone in the middle of a transaction: only what lies in the folder at that moment is left."""
        if self.address:
            return
        before = self.place
        if commit and names:
            self.put(names)
        with pytest.raises(InterruptedError), self.catalogue.writing() as connection:
            store(connection, self.works(set(range(5))), {self.space.id: self.space})
            self.place += 1
            shutil.copytree(self.folder / str(before), self.folder / str(self.place))
            raise InterruptedError
        self.catalogue.close()
        shutil.rmtree(self.folder / str(before))
        self._open()

    @rule(call=st.integers(1, 40), random=st.randoms(use_true_random=False))
    def lose_power(self, call: int, random: Any) -> None:
        """The machine stops while the index is published, and what was not synced is lost."""
        disk = ForgetfulDisk(call)
        try:
            with self.catalogue.writer():
                LocalIndex(self.catalogue, disk).publish(finish=True)
        except PowerLost:
            pass
        disk.crash(random)
        self.reopen()

    def _open(self) -> None:
        given = self.catalogue.settings
        self.catalogue = Catalogue.open(self.folder / str(self.place), given)
        self.index = LocalIndex(self.catalogue)

    @invariant()
    def agrees(self) -> None:
        """Catalogue, vectors, codes and index hold what the dictionary holds."""
        if not hasattr(self, "catalogue"):
            return
        with self.catalogue.reading() as connection:
            assert not list(problems(connection))
            spaces = truth.spaces_agree(connection)
            texts = {
                item: (part, said) for part, item, said in truth.rows(connection, "SELECT id, item_id, text FROM parts")
            }
        wanted = {
            self.numbers[name]: word_of(name, version) + " of the lighthouse" for name, version in self.held.items()
        }
        assert {item: said for item, (_, said) in texts.items()} == wanted
        vectors = spaces[self.space.id]
        for name, version in self.held.items():
            part = texts[self.numbers[name]][0]
            stored = np.frombuffer(vectors[part][1], "<f2").astype(np.float32)
            assert np.allclose(stored, makers.vectors(1, seed=1000 * version + name)[0], atol=1e-3)
        snapshot = self.index.snapshot()
        assert not snapshot.damage
        truth.index_agrees(snapshot, Library(self.catalogue), {part for part, _ in texts.values()}, spaces)

    def teardown(self) -> None:
        """Clean up."""
        if hasattr(self, "catalogue"):
            self.catalogue.close()
        shutil.rmtree(self.folder)


class ShelvesOnPostgres(Shelves):
    """The same on PostgreSQL, without crashes of the server."""

    address = "postgresql"


_ANYHOW = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "print_blob": True,
    "database": None,
    "report_multiple_bugs": False,
    # A history that fails is short enough to be read, and making it shorter takes minutes.
    "phases": [Phase.explicit, Phase.generate],
}


def test_whatever_is_done_the_library_holds_what_a_dictionary_holds() -> None:
    """D12: 20 examples of 20 steps."""
    given = settings(max_examples=20, stateful_step_count=20, derandomize=True, **_ANYHOW)  # type: ignore[arg-type]
    run_state_machine_as_test(Shelves, settings=given)


@pytest.mark.slow
def test_whatever_is_done_often_the_library_holds_what_a_dictionary_holds() -> None:
    """D12: 200 examples of 50 steps."""
    given = settings(max_examples=200, stateful_step_count=50, **_ANYHOW)  # type: ignore[arg-type]
    run_state_machine_as_test(Shelves, settings=given)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.skipif(not POSTGRES, reason="needs PINAKES_TEST_POSTGRES")
def test_whatever_is_done_on_postgresql_the_library_holds_what_a_dictionary_holds() -> None:
    """D12: 20 examples of 30 steps with the catalogue on PostgreSQL."""
    given = settings(max_examples=20, stateful_step_count=30, **_ANYHOW)  # type: ignore[arg-type]
    run_state_machine_as_test(ShelvesOnPostgres, settings=given)
