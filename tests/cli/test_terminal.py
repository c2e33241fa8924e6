"""Progress bars, thumbnails, odd names and odd terminals."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from pinakes.cli import thumbnails
from pinakes.cli.columns import across, fit, near, plural, wrapped
from pinakes.cli.output import printable
from pinakes.cli.progress import Progress, bar
from tests.cli.conftest import Run


def progress(done: int, total: int | None, failed: int = 0) -> Progress:
    """A progress that has come so far."""
    made = Progress("adding", total, quiet=True)
    made.step(done, failed)
    return made


def test_the_bar_tells_done_total_rate_time_left_and_failures() -> None:
    line = bar(progress(250, 1000, failed=3), 80, 10.0)
    assert line.startswith("adding 250/1,000  25/s  0:30 left  3 failed  ")
    assert len(line) <= 80
    assert line.count("█") + line.count("#") > 0


def test_the_bar_does_without_a_total_and_within_few_columns() -> None:
    assert bar(progress(5, None), 80, 1.0) == "adding 5  5/s"
    assert "█" not in bar(progress(250, 1000), 40, 10.0)


def test_no_bar_is_drawn_where_no_one_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("adding", 10) as made:
        made.step(10)
    assert capsys.readouterr() == ("", "")


def test_a_name_does_not_drive_the_terminal() -> None:
    assert printable("a\x1b[31m\nb\u202ec") == "a\\x1b[31m\\nb\\u202ec"
    assert printable("红色 boat é") == "红色 boat é"


@pytest.mark.parametrize(
    ("text", "width", "kept"),
    [
        ("a red boat", 10, "a red boat"),
        ("a red boat", 9, "a red bo…"),
        ("a red boat", 3, "a…"),
        ("红色的小船", 10, "红色的小船"),
        ("红色的小船", 9, "红色的小…"),
        ("红色的小船", 8, "红色的…"),
        ("cafe\u0301", 4, "cafe\u0301"),
    ],
)
def test_text_is_cut_to_columns_and_not_to_characters(text: str, width: int, kept: str) -> None:
    assert fit(text, width) == kept
    assert across(kept) <= width


@pytest.mark.parametrize(
    ("text", "rows", "kept"),
    [
        ("a red boat", 1, ["a red b…"]),
        ("a red boat", 2, ["a red", "boat"]),
        ("a red boat at sea", 2, ["a red", "boat at…"]),
        ("红色的小船在海上", 2, ["红色的小", "船在海上"]),
        ("红色的小船 at sea", 3, ["红色的小", "船 at sea"]),
        ("unbrokenword", 2, ["unbroken", "word"]),
        ("", 2, []),
    ],
)
def test_text_is_wrapped_between_words_and_between_wide_characters(text: str, rows: int, kept: list[str]) -> None:
    assert wrapped(text, 8 if "sea" not in text or "红" not in text else 9, rows) == kept


def test_paths_below_this_folder_are_shown_as_one_types_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert near(str(tmp_path / "a" / "b.jpg")) == os.path.join("a", "b.jpg")
    assert near(str(tmp_path)) == str(tmp_path)
    assert near(str(tmp_path) + "-other/b.jpg") == str(tmp_path) + "-other/b.jpg"
    assert near("") == ""


def test_nouns_agree_with_their_numbers() -> None:
    assert [plural(1, "part"), plural(2, "part"), plural(0, "part")] == ["1 part", "2 parts", "0 parts"]


@pytest.mark.parametrize(
    ("environ", "way"),
    [
        ({"KITTY_WINDOW_ID": "1"}, "kitty"),
        ({"TERM_PROGRAM": "iTerm.app"}, "iterm"),
        ({"TERM_PROGRAM": "WezTerm"}, "iterm"),
        ({"COLORTERM": "truecolor"}, "blocks"),
        ({"COLORTERM": "truecolor", "NO_COLOR": "1"}, ""),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, ""),
        ({}, ""),
    ],
)
def test_the_terminal_tells_how_it_shows_pictures(environ: dict[str, str], way: str) -> None:
    assert thumbnails.protocol(environ, is_terminal=True) == way
    assert thumbnails.protocol(environ, is_terminal=False) == ""


def jpeg() -> bytes:
    """A picture that is red above and blue below."""
    image = Image.new("RGB", (32, 32), (255, 0, 0))
    image.paste((0, 0, 255), (0, 16, 32, 32))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=95)
    return stream.getvalue()


def test_half_blocks_show_two_pixels_a_character() -> None:
    drawn = thumbnails.blocks(jpeg())
    assert len(drawn.lines) == drawn.rows == 6
    assert drawn.lines[0].count("▀") == 12
    assert "38;2;254;0;0" in drawn.lines[0]
    assert "48;2;0;0;254" in drawn.lines[-1]
    # All pictures take the same columns, so that the words beside them stand below each other.
    assert {across(re.sub(r"\x1b\[[\d;]*m", "", line)) for line in drawn.lines} == {drawn.columns}


def test_kitty_and_iterm_get_the_picture_itself() -> None:
    assert thumbnails.kitty(jpeg()).sequence.startswith("\x1b_Ga=T,f=100,q=2,c=12,r=6,m=0;iVBOR")
    assert thumbnails.iterm(jpeg()).sequence.startswith("\x1b]1337;File=inline=1;size=")


def test_a_terminal_within_a_terminal_gets_blocks() -> None:
    environ = {"KITTY_WINDOW_ID": "1", "COLORTERM": "truecolor", "TMUX": "/tmp/tmux-0/default,1,0"}
    assert thumbnails.protocol(environ, is_terminal=True) == "blocks"
    assert thumbnails.protocol(environ, is_terminal=True, encoding="latin-1") == ""


@pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals there")
@pytest.mark.parametrize(
    ("environ", "seen"),
    [
        ({"COLORTERM": "truecolor"}, "▀"),
        ({"KITTY_WINDOW_ID": "1"}, "\x1b_Ga=T"),
        ({"TERM_PROGRAM": "WezTerm"}, "\x1b]1337;File="),
        ({"COLORTERM": "truecolor", "NO_COLOR": "1"}, ""),
    ],
)
def test_a_search_shows_pictures_beside_its_words(standing: Path, environ: dict[str, str], seen: str) -> None:
    library = standing / "lib"
    shown = in_terminal("search", "red boat", "--library", str(library), columns=80, environ=environ)
    assert "red boat" in shown
    if seen:
        assert seen in shown
        assert seen not in in_terminal(
            "search", "red boat", "--library", str(library), "--no-pictures", columns=80, environ=environ
        )
        assert seen not in in_terminal("search", "red boat", "--library", str(library), columns=40, environ=environ)
    else:
        assert "\x1b" not in shown


@pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals there")
def test_a_bar_is_drawn_where_someone_looks_and_the_words_that_were_asked_for_stand_out(media: Path) -> None:
    shown = in_terminal("add", str(media), "--library", str(media.parent / "lib"), columns=80, environ={})
    assert "adding 4/4" in shown
    found = in_terminal("search", "lighthouse", "--library", str(media.parent / "lib"), columns=80, environ={})
    assert "the \x1b[1mlighthouse\x1b[0m wrote" in found


def in_terminal(*arguments: str, columns: int, environ: dict[str, str]) -> str:
    """What a command writes to a terminal of so many columns."""
    import pty

    kept = {name: os.environ[name] for name in ("PATH", "HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "pinakes", *arguments],
        stdout=follower,
        stderr=follower,
        stdin=subprocess.DEVNULL,
        env=kept | {"TERM": "xterm-256color", "COLUMNS": str(columns), "PYTHONUTF8": "1"} | environ,
    )
    os.close(follower)
    written = b""
    try:
        while piece := os.read(leader, 1 << 16):
            written += piece
    except OSError:
        # That the other end was closed is told so on Linux.
        pass
    os.close(leader)
    assert process.wait() == 0
    return written.decode()


@pytest.mark.skipif(os.name == "nt", reason="such names are for POSIX")
@pytest.mark.reliability
def test_odd_names_are_added_shown_and_come_back_exactly(run: Run, tmp_path: Path) -> None:
    """B4, B5: newline, quote, direction mark, 255 bytes, composed and decomposed twins, case twins, no UTF-8."""
    folder = os.fsencode(tmp_path / "odd")
    os.mkdir(folder)
    names = [b"a\nb.txt", b'it\'s "q".txt', "\u202egnp.txt".encode(), b"x" * 251 + b".txt", "caf\u00e9.txt".encode()]
    names += ["cafe\u0301.txt".encode(), b"Case.txt", b"case.txt", b"\xff\xfe.txt", b"-dash.txt", b" space .txt"]
    for number, name in enumerate(names):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(b"odd text number %d" % number)
    added = run("add", os.fsdecode(folder), "--library", "lib", "--json")
    assert added.code == 0
    assert {os.path.basename(os.fsencode(record["path"])) for record in added.records[:-1]} == set(names)
    found = run("search", "odd", "--limit", "50", "--library", "lib", "--json", "--unfold").records
    assert {os.path.basename(os.fsencode(record["path"])) for record in found} == set(names)
    shown = run("search", "odd", "--limit", "50", "--library", "lib").out
    assert "\u202e" not in shown
    assert run("add", os.fsdecode(folder), "--library", "lib", "--json").records[-1]["report"]["unchanged"] == len(
        names
    )
