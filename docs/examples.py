"""Run the documentation's examples, and compare or renew what they show: `python -m docs.examples [--write] PAGE ...`.

A block of code is run if it is marked `console` or `python`; blocks with any other mark are only shown. In a `console`
block a line that begins with `$ ` is a command, `> ` goes on with it, and the lines up to the next command are all that
it prints, on either stream. In a `python` block lines with `>>>` are an example as doctest reads it; a block without
any is run as a program. Three dots stand for anything that differs from one machine or day to the next, as in doctest.

The examples of a page are run in order, in one folder, one namespace and one environment. `demo` in that folder is the
sample library that `pinakes demo` makes.
"""

from __future__ import annotations

import contextlib
import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Longer than any example takes, also on a slow machine: a guard against hanging.
_SECONDS = 300
_VARIES = re.compile(r"(?<=item:)\d+|(?<=--page )\S+|(?<=part )\d+(?=[:)])")
_BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Command:
    """A command with what it should print; `start` and `end` are where that stands in the page."""

    line: str
    expected: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Program:
    """A block of Python, and where it stands in the page."""

    source: str
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Difference:
    """An example that does not print what is shown."""

    example: Command | Program
    printed: str

    def __str__(self) -> str:
        if isinstance(self.example, Program):
            return f"line {self.example.line + 1}\nshown:\n{self.example.source}\nprinted:\n{self.printed}"
        return f"$ {self.example.line}\nshown:\n{self.example.expected}\nprinted:\n{self.printed}"


def examples(text: str) -> Iterator[Command | Program]:
    """The examples of a page, in order."""
    for block in _BLOCK.finditer(text):
        if block.group(1) == "python":
            yield Program(block.group(2), text.count("\n", 0, block.start(2)), *block.span(2))
        else:
            yield from _commands(block.group(2), block.start(2))


def _commands(body: str, offset: int) -> Iterator[Command]:
    rows = body.splitlines(keepends=True)
    at = 0
    while at < len(rows):
        if not rows[at].startswith("$ "):
            raise ValueError(f"a console block must begin with a command, not with {rows[at]!r}")
        line = rows[at][2:].rstrip("\n")
        at += 1
        while at < len(rows) and rows[at].startswith("> "):
            line += "\n" + rows[at][2:].rstrip("\n")
            at += 1
        first = at
        while at < len(rows) and not rows[at].startswith("$ "):
            at += 1
        start = offset + sum(map(len, rows[:first]))
        expected = "".join(rows[first:at])
        yield Command(line, expected, start, start + len(expected))


def environment(home: Path) -> dict[str, str]:
    """What an example sees: a user without settings, and a terminal of a hundred columns that shows no colours."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TMPDIR", "PYTHONPATH") if name in os.environ}
    folders = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    xdg = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("DATA", "CONFIG", "CACHE")}
    shown = {"COLUMNS": "100", "LANG": "C.UTF-8", "TERM": "dumb", "PYTHONUTF8": "1"}
    return {**kept, **xdg, **shown, "HOME": str(home), "PATH": os.pathsep.join(folders)}


def run(command: Command, folder: Path, home: Path) -> str:
    """What a command prints."""
    done = subprocess.run(  # noqa: S603 -- the documentation's own examples
        ["bash", "-c", command.line],  # noqa: S607
        cwd=folder,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=_SECONDS,
        check=False,
    )
    printed = done.stdout.decode("utf-8")
    # A block can not end without the end of a line.
    return printed if not printed or printed.endswith("\n") else printed + "\n"


def differences(text: str, folder: Path, home: Path) -> Iterator[Difference]:
    """The examples of a page that do not print what is shown."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for example in examples(text):
        if isinstance(example, Command):
            printed = run(example, folder, home)
            if not same(example.expected, printed):
                yield Difference(example, printed)
        else:
            with contextlib.chdir(folder):
                printed = _python(example, names)
            if printed:
                yield Difference(example, printed)


def same(shown: str, printed: str) -> bool:
    """Whether what is printed is what is shown; three dots stand for anything."""
    return doctest.OutputChecker().check_output(shown, printed, doctest.ELLIPSIS)


class _Runner(doctest.DocTestRunner):
    """Runs the examples of a block, and keeps what each printed that is not what is shown."""

    def __init__(self) -> None:
        super().__init__(verbose=False, optionflags=doctest.ELLIPSIS)
        self.printed: dict[int, str] = {}

    def report_failure(self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        """Keep the output."""
        self.printed[example.lineno] = got

    def report_unexpected_exception(
        self, out: Any, test: doctest.DocTest, example: doctest.Example, error: Any
    ) -> None:
        """Keep the error in the form in which an example shows one."""
        kind = error[0].__name__ if error[0].__module__ == "builtins" else f"{error[0].__module__}.{error[0].__name__}"
        self.printed[example.lineno] = f"Traceback (most recent call last):\n  ...\n{kind}: {error[1]}\n"


def _python(program: Program, names: dict[str, Any]) -> str:
    """Run a block; returns the block as it should be, or nothing where it is so."""
    if ">>> " not in program.source:
        exec(compile(program.source, f"line {program.line + 1}", "exec"), names)  # noqa: S102
        return ""
    parser, runner = doctest.DocTestParser(), _Runner()
    parsed = parser.get_doctest(program.source, names, "example", None, 0)
    runner.run(parsed, out=lambda _: None, clear_globs=False)
    names.update(parsed.globs)
    return _rewritten(parser.parse(program.source), runner.printed) if runner.printed else ""


def _rewritten(pieces: Sequence[str | doctest.Example], printed: dict[int, str]) -> str:
    text = []
    for piece in pieces:
        if isinstance(piece, str):
            text.append(piece)
            continue
        first, *rest = piece.source.splitlines()
        text += [f">>> {first}\n", *(f"... {line}\n" if line else "...\n" for line in rest)]
        text.append(printed.get(piece.lineno, piece.want))
    return "".join(text)


def renewed(text: str, folder: Path, home: Path) -> str:
    """The page with what its examples print now, where that is not what is shown."""
    for one in reversed(list(differences(text, folder, home))):
        example = one.example
        text = text[: example.start] + _without_what_varies(one.printed) + text[example.end :]
    return text


def _without_what_varies(printed: str) -> str:
    """Numbers of items, parts and pages depend on which file was read first."""
    return _VARIES.sub("...", printed)


def main(arguments: Sequence[str]) -> int:
    """Compare or renew pages, in the folder from which the program is called."""
    pages = [Path(name) for name in arguments if name != "--write"]
    failed = 0
    for page in pages:
        text = page.read_text(encoding="utf-8")
        home = Path.cwd() / "home"
        if "--write" in arguments:
            page.write_text(renewed(text, Path.cwd(), home), encoding="utf-8")
            continue
        for one in differences(text, Path.cwd(), home):
            failed = 1
            sys.stdout.write(f"{page}\n{one}\n")
    return failed


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
