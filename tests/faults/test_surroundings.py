"""E5, E6, E7: extras that are missing, surroundings that are odd, output that nobody takes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.faults.command import CALL, begin, run, surroundings
from tests.faults.tasks import Scene

pytestmark = [pytest.mark.reliability, pytest.mark.skipif(os.name != "posix", reason="surroundings as POSIX has them")]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A library of some files, in a folder whose name has spaces and more."""
    scene = Scene(tmp_path_factory.mktemp("a folder") / "with spaces, 'quotes' & é")
    scene.folder.mkdir()
    scene.shelf.fill(range(8))
    added = run(scene.arguments("add", "--json", str(scene.shelf.folder)))
    assert added.returncode == 0, added.stderr
    return scene


def without(*modules: str) -> str:
    """The program, in which these can not be imported."""
    return f"import sys; sys.modules.update(dict.fromkeys({modules!r})); {CALL}"


@pytest.mark.parametrize(
    ("missing", "words", "extra"),
    [
        (("pyarrow", "pyarrow.parquet"), ("add", "table.parquet"), "parquet"),
        (("jieba",), ("search", "红酒", "--set", "segmenter=jieba"), "zh"),
        (("openvino",), ("models", "use", "clip-vit-b32", "--set", "runtime=openvino"), ""),
        (("psycopg",), ("status", "--set", "catalogue=postgresql://nobody@localhost/none"), "postgres"),
    ],
)
def test_a_missing_extra_says_how_to_install_it(
    scene: Scene, tmp_path: Path, missing: tuple[str, ...], words: tuple[str, ...], extra: str
) -> None:
    """E5: the line that installs it, exit code 2; other commands work without it."""
    (tmp_path / "table.parquet").write_bytes(b"PAR1" + bytes(64) + b"PAR1")
    program = [sys.executable, "-c", without(*missing)]

    def command(*arguments: str) -> tuple[int, bytes, bytes]:
        process = begin([], before=[*program, *arguments, "--library", str(scene.library), "--json"], cwd=tmp_path)
        out, err = process.communicate(timeout=300)
        return process.returncode, out, err

    code, _, err = command(*words)
    assert b"Traceback" not in err
    assert code in (2, 3)
    if extra:
        assert f"pip install 'pinakes[{extra}]'".encode() in err, err
    code, out, err = command("search", "v00002x001")
    assert (code, b"w00002" in out) == (0, True), err


@pytest.mark.parametrize(
    "changed",
    [
        {"HOME": None, "XDG_DATA_HOME": None, "XDG_CONFIG_HOME": None, "XDG_CACHE_HOME": None},
        {"HOME": "/nonexistent"},
        {"LC_ALL": "C", "LANG": None, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "POSIX", "PYTHONIOENCODING": "latin-1"},
        {"TMPDIR": "/nonexistent"},
    ],
    ids=["no home", "home is gone", "C locale", "Latin-1", "no temporary folder"],
)
def test_odd_surroundings_do_no_harm(scene: Scene, changed: dict[str, str | None]) -> None:
    """E6: search and add work, or one clear error."""
    found = run(scene.arguments("search", "--json", "v00002x001"), environ=surroundings(**changed))
    assert found.returncode == 0, found.stderr
    assert b"w00002" in found.stdout
    again = run(scene.arguments("add", "--json", str(scene.shelf.folder)), environ=surroundings(**changed))
    assert again.returncode == 0, again.stderr
    assert b'"unchanged": 8' in again.stdout


def test_without_a_home_the_default_library_is_one_clear_error() -> None:
    """E6: the hint says what to name."""
    environ = surroundings(HOME=None, XDG_DATA_HOME=None, XDG_CONFIG_HOME=None, XDG_CACHE_HOME=None)
    nobody = "import os, pwd; pwd.getpwuid = lambda number: (_ for _ in ()).throw(KeyError(number)); "
    process = begin([], before=[sys.executable, "-c", nobody + CALL, "search", "boat", "--json"], environ=environ)
    out, err = process.communicate(timeout=300)
    assert process.returncode in (2, 3)
    assert out == b""
    assert b"--library" in err
    assert b"Traceback" not in err


@pytest.mark.parametrize("words", [("search", "boats"), ("search", "boats", "--json"), ("status",)])
def test_a_reader_that_goes_away_is_no_error(scene: Scene, words: tuple[str, ...]) -> None:
    """E7: standard output is closed before anything is written, as by `| head -0`."""
    reading, writing = os.pipe()
    os.close(reading)
    process = begin(scene.arguments(*words), stdout=writing)
    os.close(writing)
    _, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, b"")


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1", "COLUMNS": "40"}, {"TERM": "dumb"}])
def test_nothing_but_text_goes_into_a_pipe(scene: Scene, environ: dict[str, str]) -> None:
    """E7: no bar, no colours, no orders to a terminal, in output or in errors."""
    for words in (("search", "boats"), ("add", str(scene.shelf.folder))):
        ended = run(scene.arguments(*words), environ=surroundings(**environ))
        assert ended.returncode == 0
        assert ended.stdout
        assert ended.stderr == b""
        assert not {b"\x1b", b"\r", b"\x08"} & {bytes([byte]) for byte in ended.stdout}


def test_no_input_and_no_output_at_all_are_no_trouble(scene: Scene) -> None:
    """E7: the command is started by something that closed all three streams."""
    closing = (
        "import os; [os.close(n) for n in (0, 1)]; os.open(os.devnull, os.O_RDWR); os.open(os.devnull, os.O_RDWR); "
    )
    program = [sys.executable, "-c", closing + CALL, *scene.arguments("search", "boats")]
    process = begin([], before=program)
    _, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, b"")
