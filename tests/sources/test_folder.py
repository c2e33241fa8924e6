import os
import socket
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pinakes.errors import NotFound
from pinakes.sources.base import Candidate, Refused, key_of
from pinakes.sources.folder import count, is_litter, walk

posix_only = pytest.mark.skipif(os.name != "posix", reason="names and links as POSIX has them")


def offered(root, **options):
    return [one for one in walk(root, **options) if isinstance(one, Candidate)]


def refused(root, **options):
    return {one.key: one.error for one in walk(root, **options) if isinstance(one, Refused)}


def names(root, **options):
    return [one.path.relative_to(os.path.realpath(root)).as_posix() for one in offered(root, **options)]


def make(root, *paths):
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"content of {path}")


def test_files_are_offered_in_the_order_of_names_folder_by_folder(tmp_path):
    make(tmp_path, "b.txt", "a.txt", "sub/z.txt", "sub/a.txt", "other/x.txt", "sub/deep/y.txt")
    assert names(tmp_path) == ["a.txt", "b.txt", "other/x.txt", "sub/a.txt", "sub/z.txt", "sub/deep/y.txt"]


def test_a_candidate_tells_its_path_size_and_time(tmp_path):
    make(tmp_path, "a.txt")
    os.utime(tmp_path / "a.txt", ns=(1, 123_456_789_123))
    (one,) = offered(tmp_path)
    assert one.path == tmp_path.resolve() / "a.txt"
    assert one.key == os.fsencode(one.path)
    assert one.size == len("content of a.txt")
    assert one.mtime_ns == (tmp_path / "a.txt").stat().st_mtime_ns
    assert (one.fields, one.work, one.member, one.origin, one.metadata_only) == ({}, "", "", "", False)


def test_one_file_can_be_walked_too(tmp_path):
    make(tmp_path, "a.txt", "b.txt", ".hidden")
    assert [one.path.name for one in offered(tmp_path / "a.txt")] == ["a.txt"]
    assert [one.path.name for one in offered(tmp_path / ".hidden")] == [".hidden"]


def test_a_root_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(NotFound, match="nowhere is not there"):
        list(walk(tmp_path / "nowhere"))


LITTER = [".hidden", "Thumbs.db", "desktop.ini", "~$letter.doc", "film.mp4.part", "old.txt~", "Icon\r", ".DS_Store"]


@posix_only
@pytest.mark.parametrize("name", LITTER)
def test_litter_and_hidden_files_are_passed_over(tmp_path, name):
    make(tmp_path, name, "kept.txt")
    assert is_litter(name)
    assert names(tmp_path) == ["kept.txt"]
    assert refused(tmp_path) == {}
    assert count(tmp_path) == 1


@pytest.mark.parametrize("name", ["__MACOSX", ".git", "$RECYCLE.BIN", "@eaDir", "lost+found"])
def test_folders_of_litter_are_not_entered(tmp_path, name):
    make(tmp_path, f"{name}/a.txt", "kept.txt")
    assert names(tmp_path) == ["kept.txt"]
    assert count(tmp_path) == 1


@posix_only
@pytest.mark.reliability
def test_links_out_of_the_root_are_refused_and_loops_are_not_walked(tmp_path):
    """B3."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    make(root, "a.txt", "sub/b.txt")
    make(outside, "secret.txt")
    (root / "to-file").symlink_to(outside / "secret.txt")
    (root / "to-folder").symlink_to(outside)
    (root / "loop").symlink_to(root)
    (root / "sub" / "up").symlink_to("..")
    (root / "within").symlink_to(root / "a.txt")
    (root / "broken").symlink_to(root / "nowhere")
    (root / "itself").symlink_to(root / "itself")
    assert names(root) == ["a.txt", "sub/b.txt"]
    codes = {os.path.basename(key): error.code for key, error in refused(root).items()}
    assert codes == {
        b"to-file": "unsafe-path",
        b"to-folder": "unsafe-path",
        b"broken": "not-found",
        b"itself": "not-found",
    }
    assert count(root) == 2


@posix_only
def test_the_root_itself_may_be_a_link(tmp_path):
    make(tmp_path / "real", "a.txt")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert [one.path for one in offered(tmp_path / "link")] == [(tmp_path / "real" / "a.txt").resolve()]


@posix_only
@pytest.mark.reliability
def test_what_is_no_regular_file_is_refused_with_what_it_is(tmp_path):
    """A13."""
    make(tmp_path, "a.txt")
    os.mkfifo(tmp_path / "pipe")
    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        # The name of a socket must be short, so it is bound from inside.
        before = os.getcwd()
        os.chdir(tmp_path)
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("socket")
            os.chdir(before)
            errors = {os.path.basename(key): str(error) for key, error in refused(tmp_path).items()}
    finally:
        os.close(folder)
        os.chdir(before)
    assert "is a named pipe" in errors[b"pipe"]
    assert "is a socket" in errors[b"socket"]
    assert names(tmp_path) == ["a.txt"]


@posix_only
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_refused_and_the_walk_goes_on(tmp_path):
    make(tmp_path, "closed/a.txt", "open/b.txt")
    (tmp_path / "closed").chmod(0)
    try:
        assert names(tmp_path) == ["open/b.txt"]
        assert [error.code for error in refused(tmp_path).values()] == ["unreadable"]
    finally:
        (tmp_path / "closed").chmod(stat.S_IRWXU)


def test_a_folder_that_vanishes_is_refused_and_the_walk_goes_on(tmp_path):
    make(tmp_path, "a/one.txt", "b/two.txt", "c/three.txt")
    walking = walk(tmp_path)
    assert next(walking).path.name == "one.txt"
    (tmp_path / "b" / "two.txt").unlink()
    (tmp_path / "b").rmdir()
    rest = list(walking)
    assert [type(one) for one in rest] == [Refused, Candidate]
    assert rest[0].error.code == "changed"


ODD_NAMES = [b"new\nline", b"quo'te\"s", "\u202egnp.exe".encode(), b"x" * 255, b"\xff\xfe\x80", b" ", b"-rf", b"%s{}"]
TWINS = ["cafe\u0301".encode(), "caf\u00e9".encode(), b"CASE", b"case"]


@posix_only
@pytest.mark.skipif(sys.platform == "darwin", reason="the file system joins twins")
@pytest.mark.reliability
def test_odd_names_come_through_byte_for_byte(tmp_path):
    """B4."""
    folder = os.fsencode(tmp_path)
    for name in ODD_NAMES + TWINS:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(name)
    found = offered(tmp_path)
    assert sorted(os.path.basename(one.key) for one in found) == sorted(ODD_NAMES + TWINS)
    for one in found:
        assert one.path.read_bytes() == os.path.basename(one.key)


@posix_only
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=8, unique=True))
def test_any_name_that_a_file_can_have_comes_through(tmp_path_factory, given_names):
    if sys.platform == "darwin":
        pytest.skip("the file system refuses names that are no text")
    folder = os.fsencode(tmp_path_factory.mktemp("names"))
    written = set()
    for name in given_names:
        if b"/" in name or b"\0" in name or name in (b".", b".."):
            continue
        with open(os.path.join(folder, name), "wb"):
            written.add(name)
    found = {os.path.basename(one.key) for one in walk(Path(os.fsdecode(folder)))}
    kept = {name for name in written if not is_litter(os.fsdecode(name))}
    beside = {name for name in kept if name.lower().endswith((b".json", b".xmp"))}
    assert kept - beside <= found <= kept


@posix_only
@pytest.mark.reliability
def test_a_very_deep_folder_is_walked(tmp_path):
    """B5."""
    before = os.getcwd()
    os.chdir(tmp_path)
    try:
        for _ in range(500):
            os.mkdir("d")
            os.chdir("d")
        with open("bottom.txt", "w") as file:
            file.write("here")
    finally:
        os.chdir(before)
    assert [one.path.name for one in offered(tmp_path)] == ["bottom.txt"]
    assert count(tmp_path) == 1


@pytest.mark.reliability
@pytest.mark.slow
def test_a_hundred_thousand_files_in_one_folder_are_walked(tmp_path):
    """B5."""
    for n in range(100_000):
        (tmp_path / f"{n}.txt").touch()
    assert sum(1 for _ in walk(tmp_path)) == count(tmp_path) == 100_000


def test_files_of_one_stem_are_one_work_where_that_is_wanted(tmp_path):
    make(tmp_path, "boat.jpg", "boat.txt", "lone.jpg", "sub/boat.jpg")
    works = {one.path.name + str(one.path.parent.name == "sub"): one.work for one in offered(tmp_path, pair_stems=True)}
    assert works["boat.jpgFalse"] == works["boat.txtFalse"] == os.path.join(os.path.realpath(tmp_path), "boat")
    assert works["lone.jpgFalse"] == works["boat.jpgTrue"] == ""
    assert all(one.work == "" for one in offered(tmp_path))


def test_sidecars_give_fields_and_are_no_items(tmp_path):
    make(tmp_path, "boat.jpg", "lone.png", "other.txt")
    (tmp_path / "boat.jpg.json").write_text('{"title": "A boat", "tags": ["red", "sea"]}')
    (tmp_path / "lone.json").write_text('{"title": "Alone"}')
    found = {one.path.name: one for one in offered(tmp_path)}
    assert sorted(found) == ["boat.jpg", "lone.png", "other.txt"]
    assert found["boat.jpg"].fields == {"title": ("A boat",), "labels": ("red", "sea")}
    assert (found["boat.jpg"].origin, found["other.txt"].origin) == ("sidecar", "")
    assert found["lone.png"].fields == {"title": ("Alone",)}


def test_one_file_finds_its_sidecar_too(tmp_path):
    make(tmp_path, "boat.jpg", "boat.txt")
    (tmp_path / "boat.jpg.json").write_text('{"title": "A boat"}')
    (tmp_path / "boat.json").write_text('{"title": "Of which?"}')
    (one,) = offered(tmp_path / "boat.jpg")
    assert one.fields == {"title": ("A boat",)}


def test_a_broken_sidecar_is_refused_and_its_medium_offered(tmp_path):
    make(tmp_path, "boat.jpg")
    (tmp_path / "boat.jpg.json").write_text('{"title": ')
    (one,) = offered(tmp_path)
    assert one.fields == {}
    errors = refused(tmp_path)
    assert list(errors) == [key_of(one.path.with_name("boat.jpg.json"))]
    assert "is no JSON" in str(next(iter(errors.values())))


def test_xmp_that_belongs_to_no_file_is_refused(tmp_path):
    make(tmp_path, "boat.jpg", "boat.tif", "boat.xmp")
    assert [error.code for error in refused(tmp_path).values()] == ["bad-input"]
    assert names(tmp_path) == ["boat.jpg", "boat.tif"]
