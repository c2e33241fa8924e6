"""Files that are handed in to be kept: names that stay in their place, bounds, quotas, and what is left of them."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.catalogue.catalogue import Catalogue
from pinakes.errors import NoContent, TooLarge, UnsafePath
from pinakes.library import deposits
from pinakes.library.deposits import Deposit, room, steps_of
from pinakes.settings import Settings, with_values

pytestmark = pytest.mark.reliability


def handed_in(catalogue: Catalogue, user: int | None = None, **files: bytes) -> Deposit:
    """A deposit of files, of which two underscores stand for a slash and one for a dot."""
    made = Deposit(catalogue, user)
    for name, data in files.items():
        made.begin(name.replace("__", "/").replace("_", "."))
        made.write(data)
        made.end()
    return made


def names(made: Deposit) -> list[str]:
    """The files of a deposit below its folder."""
    return [path.relative_to(made.folder).as_posix() for path in deposits.files_in(made.folder)]


def test_a_folder_is_kept_as_it_was_for_nobody_else_to_read(embedded: Catalogue) -> None:
    made = handed_in(embedded, 3, holiday__red_txt=b"boat", holiday__more__blue_txt=b"lake!", holiday___DS_Store=b"x")
    assert made.close() == made.folder
    assert names(made) == ["holiday/red.txt", "holiday/more/blue.txt"]
    assert (made.folder / "holiday/red.txt").read_bytes() == b"boat"
    assert (made.bytes, made.files, made.skipped) == (9, 2, 1)
    assert room(embedded.folder, 3) == deposits.Room(9, 2)
    assert room(embedded.folder, 4) == deposits.Room(0, 0)
    assert stat.S_IMODE((made.folder / "holiday/red.txt").stat().st_mode) == 0o600
    assert stat.S_IMODE(made.place.stat().st_mode) == 0o700


@given(st.text(max_size=60))
def test_no_name_leads_out_of_the_deposit(name: str) -> None:
    """B2: names of what is handed in."""
    try:
        steps = steps_of(name)
    except UnsafePath:
        return
    assert steps
    for step in steps:
        assert step not in ("", ".", "..")
        assert not {"/", "\\", "\0"} & set(step)
        assert len(step.encode()) <= 240


@pytest.mark.parametrize("name", ["../x", "/etc/x", "\\x", "C:\\x", "a/../../x", "", "/", "..", "a/" * 40 + "x"])
def test_names_that_point_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(UnsafePath):
        steps_of(name)


def test_a_long_name_keeps_its_suffix_and_what_can_not_be_shown_is_replaced() -> None:
    assert steps_of("声" * 200 + ".jpg")[0].endswith(".jpg")
    assert steps_of("a\nb\u202e.txt") == ["a_b_.txt"]
    assert steps_of("./a//b.txt") == ["a", "b.txt"]


def test_of_two_files_of_one_name_both_are_kept(embedded: Catalogue) -> None:
    made = Deposit(embedded, None)
    for data in (b"1", b"2", b"3"):
        made.begin("a.txt")
        made.write(data)
        made.end()
    assert names(made) == ["a (2).txt", "a (3).txt", "a.txt"]
    with pytest.raises(UnsafePath, match="lies in a file"):
        made.begin("a.txt/b.txt")


def test_what_was_abandoned_leaves_nothing(embedded: Catalogue) -> None:
    made = handed_in(embedded, a_txt=b"1")
    made.begin("b.txt")
    made.abandon()
    assert not made.place.exists()
    assert room(embedded.folder, None) == deposits.Room(0, 0)
    empty = Deposit(embedded, None)
    with pytest.raises(NoContent, match="No file was chosen\\."):
        empty.close()
    empty.begin(".hidden.txt")
    with pytest.raises(NoContent, match="hidden"):
        empty.close()


def test_a_quota_is_of_one_user_and_counts_what_is_still_coming_in(tmp_path: Path) -> None:
    """G17: bytes and files of each user."""
    catalogue = Catalogue.open(tmp_path, with_values(Settings(), {"user_bytes": 10, "user_files": 3}), create=True)
    handed_in(catalogue, 1, a_txt=b"12345", b_txt=b"678").close()
    for more in ({"c_txt": b"123"}, {"c_txt": b"1", "d_txt": b"1"}):
        with pytest.raises(TooLarge, match="of yours"):
            made = Deposit(catalogue, 1)
            try:
                for name, data in more.items():
                    made.begin(name)
                    made.write(data)
                    made.end()
            except TooLarge:
                made.abandon()
                raise
    handed_in(catalogue, 2, a_txt=b"1234567890").close()
    handed_in(catalogue, 1, c_txt=b"12").close()
    catalogue.close()


def test_what_a_server_was_receiving_when_it_died_goes_after_a_day(
    embedded: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead, whole = handed_in(embedded, a_txt=b"1"), handed_in(embedded, b_txt=b"1")
    whole.close()
    handed_in(embedded, c_txt=b"1").close()
    assert dead.place.exists()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 25 * 3600)
    handed_in(embedded, d_txt=b"1").close()
    assert not dead.place.exists()
    assert whole.place.exists()


def test_a_disk_that_is_nearly_full_takes_nothing(embedded: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    from pinakes.errors import DiskFull

    full = os.statvfs_result((4096, 4096, 10, 1, 1, 1, 1, 1, 1, 255))
    monkeypatch.setattr(os, "statvfs", lambda path: full)
    with pytest.raises(DiskFull):
        Deposit(embedded, None)
    assert not (embedded.folder / deposits.FOLDER).exists()


def test_what_deposits_tell_of_themselves_is_read_once_for_a_new_one(
    embedded: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        handed_in(embedded, 3, red_txt=b"boat").close()
    read, told = [], deposits._told
    monkeypatch.setattr(deposits, "_told", lambda path: read.append(path) or told(path))
    made = Deposit(embedded, 3)
    assert len(read) == len(set(read)) == 3
    made.abandon()
