"""D9: a backup that is made while the library is written to is one of its states, whole."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from pinakes.library import Library
from tests.conftest import POSTGRES, empty_postgres
from tests.faults import truth
from tests.faults.crasher import Worker
from tests.faults.shelf import word_of
from tests.faults.tasks import Scene

pytestmark = [pytest.mark.reliability, pytest.mark.skipif(os.name != "posix", reason="workers as POSIX has them")]

_FIRST, _MORE = 10, 15


def told(worker: Worker) -> set[bytes]:
    """The files that a worker has acknowledged so far."""
    return {os.fsencode(line["path"]) for line in worker.lines() if line.get("outcome") == "added"}


def back_up_while_adding(scene: Scene, times: int) -> None:
    """Each backup holds what was acknowledged before it began, nothing by half, and answers as the library does."""
    scene.shelf.fill(range(_FIRST))
    with scene.open() as library:
        library.add(scene.shelf.folder)
    for cycle in range(times):
        first = _FIRST + _MORE * cycle
        scene.shelf.fill(range(first, first + _MORE))
        worker = Worker("add", scene)
        worker.ready()
        _listen(worker, Random(cycle).randrange(_MORE))
        before, target = told(worker), scene.folder / f"{cycle}.tar"
        with scene.open() as library:
            library.backup(target)
        after = {os.fsencode(line["path"]) for line in worker.end(kill=False).lines if "path" in line}
        with Library.restore(target, scene.folder / f"restored{cycle}", settings=scene_settings(scene)) as restored:
            held = truth.whole(restored)
            assert before <= set(held) <= after
            truth.searchable(restored, held, Random(cycle))
            with scene.open() as library:
                now = truth.whole(library)
                for path, one in held.items():
                    assert now[path] == one
                    if one.word:
                        word = word_of(path, 1)
                        assert truth.found(restored, word) == truth.found(library, word)


def _listen(worker: Worker, files: int) -> None:
    """Wait until so many files were added."""
    worker.listen(lambda: len(told(worker)) >= files)


def scene_settings(scene: Scene) -> dict[str, object]:
    """Settings for what is restored, which lies beside the library, in a catalogue of its own."""
    return {name: value for name, value in scene.all_settings.items() if name != "catalogue"}


def test_a_backup_made_while_files_are_added_is_one_state(tmp_path: Path) -> None:
    """D9: twice."""
    back_up_while_adding(Scene(tmp_path), 2)


@pytest.mark.slow
def test_twenty_backups_made_while_files_are_added_are_states(tmp_path: Path) -> None:
    """D9: 20 times."""
    back_up_while_adding(Scene(tmp_path), 20)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.skipif(not POSTGRES, reason="needs PINAKES_TEST_POSTGRES")
def test_backups_of_a_library_on_postgresql_are_states(tmp_path: Path) -> None:
    """D9: the catalogue on PostgreSQL, restored to SQLite, five times."""
    back_up_while_adding(Scene(tmp_path, {"catalogue": empty_postgres()}), 5)


def answers(library: Library) -> list[object]:
    """What some searches find, with scores and places."""
    found: list[object] = []
    for query in ("keeper", "lighthouse -harbour", "v00002x001 + boats", "item:5"):
        found += [(hit.item, hit.part, round(hit.score, 6), hit.title) for hit in library.search(query)]
    return found


def test_a_restored_library_answers_as_the_one_that_was_backed_up(tmp_path: Path) -> None:
    """D9: the same hits in the same order with the same scores; previews too, though the originals are gone."""
    scene = Scene(tmp_path)
    scene.shelf.fill(range(15))
    with scene.open() as library:
        library.add(scene.shelf.folder)
        library.backup(tmp_path / "backup.tar")
        wanted = answers(library)
        shown = {part: library.preview(part) for part in range(1, 60) if library.preview(part)}
        assert shown
        for path in scene.shelf.folder.iterdir():
            path.unlink()
        with Library.restore(tmp_path / "backup.tar", tmp_path / "restored", settings=scene.settings) as restored:
            assert restored.check() == []
            assert answers(restored) == wanted
            for part, preview in shown.items():
                again = restored.preview(part)
                assert again is not None
                assert preview is not None
                assert again.read_bytes() == preview.read_bytes()
