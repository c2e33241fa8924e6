"""E2, E3: little memory, few open files: the work is done, or one clear error says what is short."""

from __future__ import annotations

import errno
import os
import resource
import sys
from pathlib import Path

import pytest

from pinakes.errors import DecoderDied, DiskFull, PinakesError
from pinakes.media.sandbox.server import _not_started
from tests.faults import truth
from tests.faults.command import one_error, run
from tests.faults.tasks import Scene

pytestmark = [pytest.mark.reliability, pytest.mark.skipif(sys.platform != "linux", reason="limits as Linux has them")]


def limited(which: int, value: int) -> object:
    """What sets a limit in the child before the command begins."""
    return lambda: resource.setrlimit(which, (value, value))


def test_sixty_four_open_files_are_enough(tmp_path: Path) -> None:
    """E3: adding, searching and checking with RLIMIT_NOFILE 64."""
    scene = Scene(tmp_path, {"decoders": 2})
    scene.shelf.fill(range(30))
    few = limited(resource.RLIMIT_NOFILE, 64)
    added = run(scene.arguments("add", "--json", str(scene.shelf.folder)), preexec_fn=few)
    assert added.returncode == 0, added.stderr
    found = run(scene.arguments("search", "--json", "v00002x001"), preexec_fn=few)
    assert b"w00002" in found.stdout
    with scene.open() as library:
        assert len(truth.whole(library)) == 30


@pytest.mark.parametrize("files", [12, 20])
def test_far_too_few_open_files_are_one_clear_error(tmp_path: Path, files: int) -> None:
    """E3: no trace, and what is stored stays whole."""
    scene = Scene(tmp_path, {"decoders": 4})
    scene.shelf.fill(range(10))
    few = limited(resource.RLIMIT_NOFILE, files)
    ended = run(scene.arguments("add", "--json", str(scene.shelf.folder)), preexec_fn=few)
    if ended.returncode != 0:
        assert b'"hint": "' in one_error(ended)
    with scene.open() as library:
        assert library.add(scene.shelf.folder).failed == 0
        assert len(truth.whole(library)) == 10


@pytest.mark.parametrize(
    ("number", "kind", "way_out"),
    [
        (errno.EMFILE, DecoderDied, "ulimit -n"),
        (errno.EAGAIN, DecoderDied, "ulimit -u"),
        (errno.ENOMEM, DecoderDied, "ulimit -v"),
        (errno.ENOSPC, DiskFull, "Free some space"),
        (errno.EFBIG, DiskFull, "ulimit -f"),
    ],
)
def test_a_decoder_that_can_not_be_started_says_what_is_short(
    number: int, kind: type[PinakesError], way_out: str
) -> None:
    """E2, E3, D6: each shortage has its own way out."""
    error = _not_started(OSError(number, os.strerror(number)))
    assert type(error) is kind
    assert way_out in error.hint


def with_a_gigabyte(tmp_path: Path, count: int) -> None:
    """Add files under RLIMIT_AS of 1 GB; the run ends by itself, and what it told is there."""
    scene = Scene(tmp_path, {"commit_parts": 1000, "commit_seconds": 1})
    scene.shelf.fill(range(count))
    little = limited(resource.RLIMIT_AS, 1 << 30)
    ended = run(scene.arguments("add", "--json", str(scene.shelf.folder)), preexec_fn=little)
    assert ended.returncode in (0, 4), ended.stderr[-2000:]
    assert b"Traceback" not in ended.stderr
    with scene.open() as library:
        status = library.status()
        assert status["items"] + status["failures"] == count
        assert status["failures"] <= 1


def test_a_gigabyte_of_address_space_is_enough(tmp_path: Path) -> None:
    """E2: RLIMIT_AS 1 GB, 40 files."""
    with_a_gigabyte(tmp_path, 40)


@pytest.mark.slow
def test_a_gigabyte_of_address_space_is_enough_for_ten_thousand_files(tmp_path: Path) -> None:
    """E2: RLIMIT_AS 1 GB, 10,000 files."""
    with_a_gigabyte(tmp_path, 10_000)
