import os
import socket
import sys
from dataclasses import replace

import pytest

from pinakes.errors import BadInput, ChangedWhileRead, NoContent, TooLarge, Unreadable
from pinakes.limits import Limits
from pinakes.media.decode import decode
from pinakes.media.opening import hold_regular, open_regular
from tests.media.conftest import SPEC

LIMITS = Limits()
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")


def refusal(path, limits=LIMITS):
    """Why a file is not opened; nor is it read at once, for the same reason."""
    with pytest.raises(BadInput) as caught, open_regular(path, limits):
        pass
    with pytest.raises(BadInput) as at_once:
        hold_regular(path, limits)
    assert (type(at_once.value), str(at_once.value)) == (type(caught.value), str(caught.value))
    return caught.value


def test_a_regular_file_is_opened_with_its_size(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"12345")
    with open_regular(path, LIMITS) as opened:
        assert (opened.file.read(), opened.size) == (b"12345", 5)
        opened.check_unchanged()
    assert opened.file.closed


@pytest.mark.reliability
def test_an_empty_file_has_no_content(tmp_path):
    """A13."""
    (tmp_path / "a.txt").touch()
    assert isinstance(refusal(tmp_path / "a.txt"), NoContent)


@pytest.mark.reliability
def test_a_folder_and_a_missing_file_are_unreadable(tmp_path):
    """A13."""
    assert "folder" in str(refusal(tmp_path))
    assert isinstance(refusal(tmp_path / "gone.txt"), Unreadable)
    assert isinstance(refusal(tmp_path / "a\0b"), Unreadable)


@posix
@pytest.mark.reliability
def test_a_named_pipe_is_refused_and_never_waited_for(tmp_path):
    """A13."""
    os.mkfifo(tmp_path / "pipe")
    assert "named pipe" in str(refusal(tmp_path / "pipe"))


@posix
@pytest.mark.reliability
def test_a_pipe_that_takes_a_files_place_between_look_and_opening_is_not_waited_for(tmp_path, monkeypatch):
    """A13: the race that looking first can not exclude."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"text")
    look = os.lstat

    def swapped(name):
        status = look(name)
        path.unlink()
        os.mkfifo(path)
        return status

    monkeypatch.setattr("pinakes.media.opening.os.lstat", swapped)
    with pytest.raises((ChangedWhileRead, Unreadable)), open_regular(path, LIMITS):
        pass
    path.unlink()
    path.write_bytes(b"text")
    with pytest.raises((ChangedWhileRead, Unreadable)):
        hold_regular(path, LIMITS)


@posix
@pytest.mark.reliability
def test_devices_and_sockets_are_refused(tmp_path, monkeypatch):
    """A13."""
    from pathlib import Path

    assert "device" in str(refusal(Path("/dev/null")))
    # A socket's name may not be long, so it is bound from within its folder.
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s")
        assert "socket" in str(refusal(tmp_path / "s"))


@posix
@pytest.mark.reliability
def test_a_symbolic_link_is_not_followed(tmp_path):
    """A13."""
    (tmp_path / "a.txt").write_bytes(b"text")
    (tmp_path / "link").symlink_to(tmp_path / "a.txt")
    assert "symbolic link" in str(refusal(tmp_path / "link"))


@pytest.mark.reliability
@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_unreadable(tmp_path):
    """A13."""
    (tmp_path / "a.txt").write_bytes(b"text")
    (tmp_path / "a.txt").chmod(0)
    assert "may not be read" in str(refusal(tmp_path / "a.txt"))


def test_a_denied_opening_is_unreadable_for_whatever_reason(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_bytes(b"text")

    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pinakes.media.opening.os.open", denied)
    assert "may not be read" in str(refusal(path))


@pytest.mark.parametrize(("size", "refused"), [(9, False), (10, False), (11, True)])
def test_the_limit_of_a_files_size_is_the_last_size_taken(tmp_path, size, refused):
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * size)
    limits = replace(LIMITS, max_file_bytes=10)
    if refused:
        error = refusal(path, limits)
        assert isinstance(error, TooLarge)
        assert "11 bytes" in str(error)
        return
    with open_regular(path, limits) as opened:
        assert opened.size == size
    held = hold_regular(path, limits)
    assert held is not None
    assert held.file.read() == b"x" * size


def test_only_a_small_file_is_read_at_once(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 10)
    assert hold_regular(path, replace(LIMITS, small_text_bytes=10))
    assert hold_regular(path, replace(LIMITS, small_text_bytes=9)) is None


@pytest.mark.reliability
@pytest.mark.parametrize("how", ["grows", "shrinks", "is replaced", "vanishes"])
def test_a_file_that_changes_while_it_is_read_is_told(tmp_path, how):
    """A13."""
    if sys.platform == "win32" and how in ("is replaced", "vanishes"):
        pytest.skip("Windows does not let go of open files")
    path = tmp_path / "a.txt"
    path.write_bytes(b"A red boat lies at the quay. " * 100)
    reading = decode(path, SPEC)
    next(reading)
    if how == "grows":
        path.write_bytes(b"A red boat lies at the quay. " * 101)
    elif how == "shrinks":
        path.write_bytes(b"A red boat")
    else:
        path.unlink()
        if how == "is replaced":
            path.write_bytes(b"A red boat lies at the quay. " * 100)
    with pytest.raises(ChangedWhileRead):
        list(reading)


@pytest.mark.reliability
@pytest.mark.parametrize("how", ["grows", "shrinks", "is replaced", "vanishes"])
def test_a_file_that_changes_while_it_is_read_at_once_is_told(tmp_path, monkeypatch, how):
    """A13."""
    if sys.platform == "win32" and how in ("is replaced", "vanishes"):
        pytest.skip("Windows does not let go of open files")
    path = tmp_path / "a.txt"
    path.write_bytes(b"A red boat lies at the quay.")
    read = os.read

    def changed(descriptor, size):
        data = read(descriptor, 5)
        if len(data) == 5 and how in ("grows", "shrinks"):
            path.write_bytes(b"A red boat lies at the quay, and a blue one." if how == "grows" else b"A red boat")
        elif len(data) == 5:
            path.unlink(missing_ok=True)
            if how == "is replaced":
                path.write_bytes(b"A red boat lies at the quay.")
        return data

    monkeypatch.setattr("pinakes.media.opening.os.read", changed)
    with pytest.raises(ChangedWhileRead):
        hold_regular(path, LIMITS)


def test_no_file_stays_open_after_any_outcome(tmp_path):
    folder = "/proc/self/fd"
    if not os.path.isdir(folder):
        pytest.skip("the system does not list open files")
    good, bad = tmp_path / "a.txt", tmp_path / "b.png"
    good.write_bytes(b"A red boat.")
    bad.write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    list(decode(good, SPEC))
    before = len(os.listdir(folder))
    for _ in range(20):
        list(decode(good, SPEC))
        with pytest.raises(BadInput):
            list(decode(bad, SPEC))
        next(decode(good, SPEC))
        hold_regular(good, LIMITS)
        with pytest.raises(TooLarge):
            hold_regular(good, replace(LIMITS, max_file_bytes=5))
    assert len(os.listdir(folder)) <= before + 1
