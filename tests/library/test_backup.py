"""What was handed in goes into a backup and comes out of it, bit by bit, wherever the library lies then."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from pinakes.catalogue.jobs import latest
from pinakes.errors import BadInput, PinakesError
from pinakes.library import Library
from pinakes.library.deposits import FOLDER, Deposit, files_in, room
from pinakes.tasks import ask
from pinakes.tasks.records import task
from tests.conftest import POSTGRES, empty_postgres

pytestmark = [pytest.mark.reliability, pytest.mark.usefixtures("classical_alone")]
_HOW = {"decoders": 1, "threads": 1}


def _letters() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("three.txt", "A yellow kite above the pier.")
    return made.getvalue()


FILES = {
    "trip/red.txt": b"A red boat at sea.",
    "trip/蓝.txt": "蓝色的湖".encode(),
    "letters.zip": _letters(),
    "works.csv": b"id,title,description\n7,The tower,A tower of which there is no picture\n",
    "broken.pdf": b"%PDF-1.7 and nothing more",
}


def handed_in(library: Library, user: int | None, files: dict[str, bytes]) -> Path:
    made = Deposit(library.catalogue, user)
    for name, data in files.items():
        made.begin(name)
        made.write(data)
        made.end()
    return made.close()


def sums(library: Library) -> dict[str, str]:
    """SHA-256 of all that lies among what was handed in."""
    home = library.folder / FOLDER
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files_in(home)
        if path.name != "deposit.json"
    }


def answers(library: Library) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for query in ("boat", "湖", "kite", "tower"):
        hits = library.search(query)
        assert hits, query
        found += [(hit.item, hit.part, round(hit.score, 6), hit.title) for hit in hits]
    return found


def a_library(place: Path) -> Library:
    """A library of what was handed in: files, an archive, a table, one that can not be read, one that is waited for."""
    library = Library.open(place, create=True, settings=_HOW)
    folder = handed_in(library, 3, FILES)
    library.add(folder)
    library.add(folder / "works.csv")
    assert [Path(os.fsdecode(one.path)).name for one in library.failures()] == ["broken.pdf"]
    ask(library, "add", {"paths": [str(handed_in(library, None, {"later.txt": b"A green hill."}))]})
    # What is still coming in is no whole of anything.
    half = Deposit(library.catalogue, 4)
    half.begin("half.txt")
    half.write(b"ha")
    half.end()
    return library


def whole(library: Library, wanted: dict[str, str], found: list[tuple[object, ...]]) -> None:
    """Everything is there, is what it was, and is known to be there."""
    assert sums(library) == wanted
    assert room(library.folder, 3).files == len(FILES)
    assert library.check() == []
    assert answers(library) == found
    part = library.search("boat")[0].part
    with library.open_original(part) as file:
        assert file.read() == FILES["trip/red.txt"]
    with library.open_original(library.search("kite")[0].part) as file:
        assert file.read() == b"A yellow kite above the pier."
    place = next((library.folder / FOLDER / "3").iterdir()) / "files"
    for source in (place, place / "works.csv"):
        report = library.add(source)
        # Nothing is read anew, nothing has vanished, and what could not be read is still known for that.
        assert (report.added, report.changed, report.vanished) == (0, 0, 0)
    (failed,) = library.failures()
    assert Path(os.fsdecode(failed.path)) == Path(os.path.realpath(place)) / "broken.pdf"
    assert failed.code == "bad-media"
    with library.catalogue.reading() as connection:
        (waiting,) = task(connection, 1).arguments["paths"]
        assert latest(connection, "add") is not None
    assert Path(waiting).is_relative_to(os.path.realpath(library.folder))
    assert library.add(waiting).added == 1


def test_what_was_handed_in_comes_back_from_a_backup_bit_by_bit_though_the_library_is_gone(tmp_path: Path) -> None:
    """D9: files, an archive and a table that were handed in, without the folder in which they lay."""
    with a_library(tmp_path / "library") as library:
        wanted, found = sums(library), answers(library)
        library.backup(tmp_path / "backup.tar")
        library.backup(tmp_path / "small.tar", originals=False)
    assert len(wanted) == len(FILES) + 2
    del wanted[next(name for name in wanted if name.endswith("half.txt"))]
    shutil.rmtree(tmp_path / "library")
    with Library.restore(tmp_path / "backup.tar", tmp_path / "elsewhere", settings=_HOW) as restored:
        whole(restored, wanted, found)
    with Library.restore(tmp_path / "small.tar", tmp_path / "small", settings=_HOW) as restored:
        assert not (restored.folder / FOLDER).exists()
        assert answers(restored) == found


@pytest.mark.postgres
@pytest.mark.skipif(not POSTGRES, reason="needs PINAKES_TEST_POSTGRES")
def test_what_was_handed_in_comes_back_into_a_catalogue_on_postgresql(tmp_path: Path) -> None:
    with a_library(tmp_path / "library") as library:
        wanted, found = sums(library), answers(library)
        library.backup(tmp_path / "backup.tar")
    del wanted[next(name for name in wanted if name.endswith("half.txt"))]
    told = {**_HOW, "catalogue": empty_postgres()}
    with Library.restore(tmp_path / "backup.tar", tmp_path / "elsewhere", settings=told) as restored:
        whole(restored, wanted, found)


def test_a_database_that_can_not_be_reached_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", create=True, settings={**_HOW, "language": "en"}) as library:
        library.backup(tmp_path / "backup.tar")
    told = {**_HOW, "catalogue": f"postgresql://nobody@/none?host={tmp_path / 'nowhere'}"}
    (tmp_path / "there").mkdir()
    for name in ("new", "there"):
        with pytest.raises(PinakesError):
            Library.restore(tmp_path / "backup.tar", tmp_path / name, settings=told)
    assert not (tmp_path / "new").exists()
    assert list((tmp_path / "there").iterdir()) == []
    with Library.restore(tmp_path / "backup.tar", tmp_path / "there", settings=_HOW) as restored:
        assert restored.settings.language == "en"


@pytest.mark.postgres
@pytest.mark.skipif(not POSTGRES, reason="needs PINAKES_TEST_POSTGRES")
def test_a_database_that_holds_a_catalogue_is_refused_and_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", create=True, settings={**_HOW, "language": "en"}) as library:
        library.backup(tmp_path / "backup.tar")
    told = {**_HOW, "catalogue": empty_postgres()}
    Library.open(tmp_path / "other", create=True, settings=told).close()
    with pytest.raises(BadInput, match="holds a catalogue already"):
        Library.restore(tmp_path / "backup.tar", tmp_path / "new", settings=told)
    assert not (tmp_path / "new").exists()
    told = {**_HOW, "catalogue": empty_postgres()}
    with Library.restore(tmp_path / "backup.tar", tmp_path / "new", settings=told) as restored:
        assert restored.settings.language == "en"


def test_what_is_removed_while_a_backup_is_written_is_left_out_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pinakes.catalogue import backup

    with Library.open(tmp_path / "library", create=True, settings=_HOW) as library:
        library.add(handed_in(library, 3, {"red.txt": b"A red boat.", "blue.txt": b"A blue lake."}))
        listed = backup._own_files

        def listed_and_gone(folder: Path, *, originals: bool) -> list[Path]:
            found = list(listed(folder, originals=originals))
            next(path for path in found if path.name == "red.txt").unlink()
            return found

        monkeypatch.setattr(backup, "_own_files", listed_and_gone)
        library.backup(tmp_path / "backup.tar")
    with Library.restore(tmp_path / "backup.tar", tmp_path / "elsewhere", settings=_HOW) as restored:
        assert [name.rpartition("/")[2] for name in sums(restored)] == ["blue.txt"]
        assert restored.check() == []


def test_a_file_that_is_not_what_was_handed_in_is_refused(tmp_path: Path) -> None:
    from pinakes.errors import Damaged

    with Library.open(tmp_path / "library", create=True, settings=_HOW) as library:
        handed_in(library, 3, {"red.txt": b"A red boat that is found again."})
        library.backup(tmp_path / "backup.tar")
    data = (tmp_path / "backup.tar").read_bytes()
    (tmp_path / "backup.tar").write_bytes(data.replace(b"red boat", b"rad boat"))
    assert json.dumps("rad boat").encode()[1:-1] in (tmp_path / "backup.tar").read_bytes()
    with pytest.raises(Damaged):
        Library.restore(tmp_path / "backup.tar", tmp_path / "elsewhere", settings=_HOW)
