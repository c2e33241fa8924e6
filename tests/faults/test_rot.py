"""D7: bits that flip on the disk, and a disk that does not give back what was written."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from random import Random
from typing import IO, Any

import numpy as np
import pytest

from pinakes.catalogue.engine import FILE
from pinakes.errors import Damaged, PinakesError
from pinakes.index import manifest
from pinakes.index.local import LocalIndex
from pinakes.index.packs import FilePack, write_pack
from pinakes.library import Library
from pinakes.storage import DISK, RealDisk
from tests.faults import truth
from tests.faults.makers import held_by, less_of, old_index
from tests.faults.tasks import Scene
from tests.faults.test_torn import kind_of

pytestmark = pytest.mark.reliability


@pytest.fixture(scope="module")
def shelved(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A library of texts and pictures with fitted topics, nothing of it in the write-ahead log."""
    scene = Scene(tmp_path_factory.mktemp("rot"))
    scene.shelf.fill(range(12))
    with scene.open() as library:
        library.add(scene.shelf.folder)
        library.use("lsa")
        library.remove(3)
        assert truth.whole(library)
    with closing(sqlite3.connect(scene.library / FILE)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return scene


@pytest.fixture
def copy(shelved: Scene, tmp_path: Path) -> Path:
    """That library, to be spoiled."""
    return Path(shutil.copytree(shelved.library, tmp_path / "library"))


def opened(folder: Path, scene: Scene) -> Library:
    """The library in a folder."""
    return Library.open(folder, settings=scene.all_settings)


def flipped(path: Path, bit: int) -> None:
    """One bit of a file, the other way round."""
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(bytes(data))


def named(folder: Path, scene: Scene) -> list[str]:
    """What `check` says is wrong, or that the library can not even be opened."""
    try:
        with opened(folder, scene) as library:
            return [problem.where for problem in library.check()]
    except PinakesError as error:
        return [error.code]


def index_files(folder: Path) -> list[Path]:
    """The files of the index that are in use, the largest first."""
    place = folder / "index"
    current = manifest.read(place, DISK)
    assert current is not None
    used = [place / name for name in (*current.files(), manifest.file_name(current.generation), manifest.CURRENT)]
    return sorted(used, key=lambda path: path.stat().st_size, reverse=True)


def derived_files(folder: Path) -> list[Path]:
    """One file of each kind that is derived from the media and the catalogue: of the index, previews, fitted models."""
    kinds = {kind_of(path): path for path in index_files(folder)}
    kinds["preview"] = next(folder.glob("previews/*/*.jpg"))
    for path in (folder / "models").glob("*/*"):
        kinds.setdefault(path.name, path)
    assert {"CURRENT", "manifest", "rows", "words", "columns", "space", "lsa.npz"} <= set(kinds)
    return list(kinds.values())


@pytest.mark.parametrize("seeds", [3, pytest.param(100, marks=pytest.mark.slow)])
def test_a_flipped_bit_in_any_file_is_found(copy: Path, shelved: Scene, seeds: int) -> None:
    """D7: one bit in each kind of derived file; `check` names that file."""
    for path in derived_files(copy):
        good = path.read_bytes()
        for seed in range(seeds):
            bit = Random(f"{path.name} {seed}").randrange(len(good) * 8)
            flipped(path, bit)
            found = named(copy, shelved)
            assert found, f"bit {bit} of {path.name} is flipped and nothing says so"
            path.write_bytes(good)
    assert named(copy, shelved) == []


def content(path: Path) -> dict[str, list[Any]]:
    """All that a catalogue says, table by table, in the order of its keys."""
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as connection:
        connection.text_factory = bytes
        tables = [name.decode() for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type='table'")]
        return {name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"'))) for name in tables}


@pytest.mark.parametrize("seeds", [40, pytest.param(1000, marks=pytest.mark.slow)])
def test_a_flipped_bit_in_the_catalogue_is_found_or_changes_nothing(copy: Path, shelved: Scene, seeds: int) -> None:
    """D7: a bit anywhere in the catalogue; where `check` is content, it must lie where nothing is stored."""
    path, random = copy / FILE, Random(7)
    good, before = path.read_bytes(), content(path)
    silent: list[str] = []
    for _ in range(seeds):
        bit = random.randrange(len(good) * 8)
        flipped(path, bit)
        if not named(copy, shelved):
            after = content(path)
            silent += [f"bit {bit}: {name}" for name in before if after.get(name) != before[name]]
        for beside in copy.glob(f"{FILE}-*"):
            beside.unlink()
        path.write_bytes(good)
    assert not silent, silent


@pytest.mark.parametrize("kind", ["rows", "words", "columns", "space", "dead", "manifest", "CURRENT"])
def test_what_rotted_in_the_index_is_made_anew_from_the_catalogue(copy: Path, shelved: Scene, kind: str) -> None:
    """D7: repair."""
    path = next(path for path in index_files(copy) if kind_of(path) == kind)
    flipped(path, path.stat().st_size * 4)
    with opened(copy, shelved) as library:
        assert library.check()
        library.repair()
        assert truth.whole(library)


def test_vectors_that_rotted_are_read_from_the_originals_again(copy: Path, shelved: Scene) -> None:
    """D7: a flipped bit in a block of vectors; the next run of adding reads those files, and no other."""
    with closing(sqlite3.connect(copy / FILE)) as connection, connection:
        block, data = connection.execute("SELECT id, vectors FROM vector_blocks ORDER BY id LIMIT 1").fetchone()
        spoiled = bytes([data[0] ^ 4]) + data[1:]
        connection.execute("UPDATE vector_blocks SET vectors = ? WHERE id = ?", (spoiled, block))
    with opened(copy, shelved) as library:
        (problem,) = library.check()
        assert f"vector block {block}" in problem.where
        again = library.repair()
        assert again > 0
        report = library.add(shelved.shelf.folder)
        # The item that was removed comes back, since its original is still there.
        assert (report.changed, report.added, report.failed) == (again, 1, 0)
        assert truth.whole(library)


@pytest.mark.parametrize("kind", ["rows", "words", "columns", "space"])
def test_a_search_leaves_out_what_rotted_and_names_it(copy: Path, shelved: Scene, kind: str) -> None:
    """D7: what is damaged is named in `status`, and what is not is still found."""
    path = next(path for path in index_files(copy) if kind_of(path) == kind)
    good = path.read_bytes()
    path.write_bytes(good[:8] + bytes(len(good) - 8))
    with opened(copy, shelved) as library:
        results = library.search("keeper lighthouse", image=shelved.shelf.folder / "w00004.png")
        said = " ".join(library.status().get("damage", []))
        assert path.name in said
        if kind != "rows":
            assert list(results)
        library.repair()
        assert "damage" not in library.status()
        assert truth.whole(library)


class DeafDisk(RealDisk):
    """A disk on which one file can not be read."""

    def __init__(self, name: str) -> None:
        self.name = name

    def open(self, path: Path, mode: str) -> IO[bytes]:
        if path.name == self.name:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return super().open(path, mode)


@pytest.mark.parametrize("kind", ["rows", "words", "columns", "space", "dead"])
def test_a_segment_that_can_not_be_read_is_left_out_and_named(tmp_path: Path, kind: str) -> None:
    """D7: EIO on one file of one segment; the other segments answer."""
    catalogue, space = old_index(tmp_path / "library")
    with catalogue.writer():
        LocalIndex(catalogue).publish()
    truths = held_by(LocalIndex(catalogue).snapshot(), space)
    for path in (catalogue.folder / "index").glob("*.pack"):
        if kind_of(path) == kind:
            index = LocalIndex(catalogue, DeafDisk(path.name))
            assert path.name in index.check()
            snapshot = index.snapshot()
            answers = held_by(snapshot, space)
            assert snapshot.damage, f"{path.name} can not be read and nothing says so"
            assert less_of(answers, truths)
            assert answers != truths
    catalogue.close()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no call that asks for the bytes of a mapping")
def test_a_mapped_file_that_the_disk_does_not_give_back_is_an_error_and_no_signal(tmp_path: Path) -> None:
    """D7: a page that can not be read would end the process by SIGBUS, as one beyond the end of a file does."""
    path = tmp_path / "one.pack"
    write_pack(path, {"numbers": np.arange(200_000)})
    pack = FilePack(path)
    assert pack.slice("numbers", 0, 1_000)[-1] == 999
    os.truncate(path, 300_000)
    with pytest.raises(Damaged, match=r"one\.pack.*does not give back"):
        pack.array("numbers")
    with pytest.raises(Damaged):
        pack.check()


def test_the_command_names_what_rotted_and_mends_it(copy: Path, shelved: Scene) -> None:
    """D7: exit code 1, the file by its name, and afterwards nothing is wrong."""
    path = next(path for path in index_files(copy) if kind_of(path) == "words")
    flipped(path, path.stat().st_size * 4)

    def command(*words: str) -> subprocess.CompletedProcess[bytes]:
        call = "from pinakes.cli.main import entry; entry()"
        return subprocess.run(
            [sys.executable, "-c", call, *words, "--library", str(copy), "--json"], capture_output=True, check=False
        )

    checked = command("check")
    assert checked.returncode == 1
    assert path.name.encode() in checked.stdout
    assert command("check", "--repair").returncode == 0
    assert command("check").returncode == 0
