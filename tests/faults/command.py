"""The command `pinakes` in a process of its own, as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

CALL = "from pinakes.cli.main import entry; entry()"


def begin(
    words: Sequence[str], *, environ: Mapping[str, str] | None = None, before: Sequence[str] = (), **how: Any
) -> subprocess.Popen[bytes]:
    """Start the command; `before` is a program that runs it, or, where there are no words, stands in its place."""
    pipe = subprocess.PIPE
    given = {"stdin": subprocess.DEVNULL, "stdout": pipe, "stderr": pipe} | how
    program = [*before, sys.executable, "-c", CALL, *words] if words else list(before)
    return subprocess.Popen(program, env=environ, **given)


def run(words: Sequence[str], **how: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the command to its end."""
    process = begin(words, **how)
    out, err = process.communicate(timeout=600)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def surroundings(**changed: str | None) -> dict[str, str]:
    """This process's environment with some names set, or taken out by None."""
    environ = {name: value for name, value in os.environ.items() if name not in changed}
    return environ | {name: value for name, value in changed.items() if value is not None}


def one_error(ended: subprocess.CompletedProcess[bytes]) -> bytes:
    """The one line of standard error; fails on a trace."""
    assert b"Traceback" not in ended.stderr, ended.stderr.decode(errors="replace")
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    return lines[0]
