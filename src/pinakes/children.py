"""Child processes that run modules of ours, and what they are told of the library that they work on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pinakes.limits import Limits
from pinakes.settings import Settings


def module_folders() -> str:
    """The very folders of this process's modules in their order, wherever they came from, as PYTHONPATH has them."""
    return os.pathsep.join(folder for folder in sys.path if folder)


def started(
    module: str,
    *,
    stdout: int = subprocess.DEVNULL,
    stderr: int | None = subprocess.DEVNULL,
    bufsize: int = -1,
    descriptors: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """A module of ours in a process that listens to us, and has these open descriptors of ours.

    OSError where none can be had.
    """
    if not sys.executable:
        raise OSError("this Python does not know its own program")
    # A session of its own, so that Ctrl-C reaches only us.
    return subprocess.Popen(  # noqa: S603 -- our own program
        [sys.executable, "-P", "-m", module],
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=stderr,
        bufsize=bufsize,
        env=os.environ | {"PYTHONPATH": module_folders()},
        pass_fds=tuple(descriptors),
        start_new_session=True,
    )


def ended(process: subprocess.Popen[bytes], grace: float = 0) -> None:
    """End a child, after so many seconds in which it may end by itself, and close the pipes to it."""
    if grace:
        with suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


def library_told(folder: Path, settings: Settings) -> dict[str, Any]:
    """A library and its settings as plain data."""
    # As bytes: a name that the locale can not tell is no text.
    return {"folder": os.fsencode(folder.absolute()).hex(), "settings": asdict(settings)}


def library_heard(told: dict[str, Any]) -> tuple[Path, Settings]:
    """The inverse of `library_told`."""
    settings = Settings(**{**told["settings"], "limits": Limits(**told["settings"]["limits"])})
    return Path(os.fsdecode(bytes.fromhex(told["folder"]))), settings
