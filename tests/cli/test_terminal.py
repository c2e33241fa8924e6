"""Progress bars, thumbnails, odd names and odd terminals."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from pinakes.cli import thumbnails
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
    lines = thumbnails.blocks(jpeg()).split("\n")
    assert len(lines) == 8
    assert lines[0].count("▀") == 16
    assert "38;2;254;0;0" in lines[0]
    assert "48;2;0;0;254" in lines[-1]


def test_kitty_and_iterm_get_the_picture_itself() -> None:
    assert thumbnails.kitty(jpeg()).startswith("\x1b_Ga=T,f=100,r=8,m=0;iVBOR")
    assert thumbnails.iterm(jpeg()).startswith("\x1b]1337;File=inline=1")


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
