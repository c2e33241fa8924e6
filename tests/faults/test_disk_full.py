"""D6: no space is left: one clear error, searches still answer, and work goes on when there is space again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from pinakes.errors import DiskFull, PinakesError, StorageFailed
from pinakes.library import Library
from tests.faults import truth
from tests.faults.crasher import run
from tests.faults.tasks import Scene

pytestmark = [pytest.mark.reliability, pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """A library with some media in it, and some that are not."""
    scene = Scene(tmp_path)
    scene.shelf.fill(range(9))
    with scene.open() as library:
        library.add(scene.shelf.folder)
    scene.shelf.fill(range(20, 40))
    return scene


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file may grow beyond so many bytes."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def still_answers(scene: Scene, library: Library | None = None) -> None:
    """What was acknowledged is found, by who had the library open and by who opens it now."""
    for one in (library, scene.open()):
        if one is not None:
            assert len(truth.found(one, "v00000x001")) == 1


def test_a_run_is_told_as_running_while_it_runs(scene: Scene) -> None:
    with scene.open() as library, library.adding(scene.shelf.folder) as adding:
        next(adding)
        assert library.status()["last_run"]["state"] == "running"


def goes_on(scene: Scene, library: Library) -> None:
    """With space again, the same command does the rest, without a restart."""
    report = library.add(scene.shelf.folder)
    assert (report.failed, library.status()["items"]) == (0, 29)
    held = truth.whole(library)
    assert len(held) == 29


def test_a_full_catalogue_is_one_error_and_not_the_end(scene: Scene) -> None:
    """D6: SQLite may not take another page."""
    most = 0

    def limit(connection: object, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count={most}")  # type: ignore[attr-defined]

    with scene.open() as library:
        engine = library._catalogue._engine
        with library._catalogue.reading() as connection:
            most = connection.exec_driver_sql("PRAGMA page_count").scalar() + 2
        event.listen(engine, "connect", limit)
        engine.dispose()
        with pytest.raises(DiskFull, match="full"):
            library.add(scene.shelf.folder)
        assert library.status()["last_run"]["state"] == "interrupted"
        still_answers(scene, library)
        truth.whole(library)
        most = 1_000_000
        engine.dispose()
        goes_on(scene, library)


@pytest.mark.parametrize("kib", [4, 24, 100, 400, 800])
def test_files_that_may_not_grow_are_one_error_and_not_the_end(scene: Scene, kib: int) -> None:
    """D6: RLIMIT_FSIZE, wherever it strikes: the log, the catalogue, the index."""
    with scene.open() as library:
        truth.found(library, "nothing")
        with largest_file(kib << 10):
            try:
                library.add(scene.shelf.folder)
            except PinakesError as error:
                assert isinstance(error, DiskFull | StorageFailed), error
            still_answers(scene, library)
        goes_on(scene, library)


@pytest.mark.parametrize("kib", [0, 1, 40, 200, 300, 420])
def test_a_backup_that_finds_no_room_leaves_nothing_behind(scene: Scene, kib: int) -> None:
    """D6: RLIMIT_FSIZE during a backup."""
    target = scene.folder / "backups" / "backup.tar"
    target.parent.mkdir()
    with scene.open() as library:
        with largest_file(kib << 10), pytest.raises((DiskFull, StorageFailed)):
            library.backup(target)
        assert os.listdir(target.parent) == []
        library.backup(target)
    with largest_file(kib << 10), pytest.raises((DiskFull, StorageFailed)):
        Library.restore(target, scene.folder / "restored", settings=scene.all_settings)
    with Library.restore(target, scene.folder / "restored", settings=scene.all_settings) as restored:
        truth.whole(restored)


def test_a_disk_below_its_margin_takes_nothing_more(scene: Scene) -> None:
    """D6: the low-space check comes before the work."""
    with Library.open(scene.library, settings=scene.all_settings | {"min_free_mib": 10**9}) as library:
        with pytest.raises(DiskFull, match="min_free_mib"):
            library.add(scene.shelf.folder)
        assert truth.found(library, "v00000x001")
        assert library.status()["last_run"]["state"] == "done"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes: the catalogue's log alone may take four before it is folded in."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = sys.platform == "linux" and os.geteuid() == 0
    if mounted:
        command = ["mount", "-t", "tmpfs", "-o", "size=12m", "none", str(place)]
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    if not mounted:
        pytest.skip("needs the right to mount a small file system")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_one_error_and_the_work_goes_on_when_it_has_room(small_disk: Path) -> None:
    """D6: a whole file system without room; the media lie on it too."""
    scene = Scene(small_disk, {"min_free_mib": 0})
    scene.shelf.fill(range(29))
    ballast = small_disk / "ballast"
    with scene.open() as library:
        library.add(scene.shelf.put(0))
        for left_kib in (0, 8, 60, 200, 500):
            _fill_up(ballast, left_kib << 10)
            try:
                library.add(scene.shelf.folder)
            except PinakesError as error:
                assert isinstance(error, DiskFull | StorageFailed), error
            still_answers(scene, library)
            assert not library.check()
        ballast.unlink()
        goes_on(scene, library)


def _fill_up(ballast: Path, left: int) -> None:
    ballast.unlink(missing_ok=True)
    # Without a buffer, which would try again to write what found no room, when it is closed.
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            pass
    os.truncate(ballast, max(0, ballast.stat().st_size - left))


def test_the_command_says_what_to_do_about_a_full_disk(scene: Scene) -> None:
    """D6: exit code 1 and one line."""
    words = scene.arguments("add", "--json", "--set", "min_free_mib=1000000000", str(scene.shelf.folder))
    done = subprocess.run(
        [sys.executable, "-c", "from pinakes.cli.main import entry; entry()", *words], capture_output=True, check=False
    )
    assert done.returncode == 1
    assert b'"code": "disk-full"' in done.stderr
    assert done.stderr.count(b"\n") == 1
    assert run("add", scene).code == 0
