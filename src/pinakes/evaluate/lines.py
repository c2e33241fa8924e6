"""Files of one thing a line, also packed by gzip, read in bounded memory.

Whatever is wrong in one is named with its file and line.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from pinakes.errors import BadRun, NotFound, Unreadable
from pinakes.limits import Limits

_CHECK = "Check the path."
_GZIP = b"\x1f\x8b"


def lines(path: Path, limits: Limits | None = None, hint: str = _CHECK) -> Iterator[tuple[int, str]]:
    """The lines that hold anything, with their numbers; `hint` says what to do where there is no file."""
    bounds = limits or Limits()
    longest, left = bounds.max_line_bytes, bounds.max_file_bytes
    with opened(path, hint) as file:
        for number in range(1, 1 << 62):
            line = file.readline(longest + 1)
            if not line:
                return
            if len(line) > longest:
                raise wrong(path, number, f"is longer than {longest:,} bytes", "Raise max_line_bytes.")
            left -= len(line)
            if left < 0:
                raise wrong(path, number, f"ends beyond {bounds.max_file_bytes:,} bytes", "Raise max_file_bytes.")
            yield from ((number, text) for text in (_text(path, number, line),) if text)


@contextmanager
def opened(path: Path, hint: str = _CHECK) -> Iterator[IO[bytes]]:
    """A file to be read from its beginning, unpacked on the way where gzip packed it, whatever it is called."""
    try:
        with path.open("rb") as file:
            packed = file.read(len(_GZIP)) == _GZIP
            file.seek(0)
            yield cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if packed else file
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BadRun(f"{path} is packed by gzip and damaged: {error}.", "Fetch or pack it again.") from error
    except OSError as error:
        raise unopened(path, error, hint) from error


def stem(path: Path) -> str:
    """What a file is called without its endings."""
    return path.with_suffix("").stem if path.suffix.lower() == ".gz" else path.stem


def values(path: Path, limits: Limits | None = None, form: str = "") -> Iterator[tuple[int, Any]]:
    """The JSON value of each line that holds anything, with its number; `form` says how a line reads."""
    for number, line in lines(path, limits, form or _CHECK):
        if line.isspace():
            continue
        try:
            data = json.loads(line.removeprefix("\ufeff"))
        except (ValueError, RecursionError):
            raise wrong(path, number, "is no JSON", form) from None
        yield number, data


def wrong(path: Path, number: int, problem: str, hint: str = "") -> BadRun:
    """What is wrong with a line."""
    return BadRun(f"{path}, line {number} {problem}.", hint)


def unopened(path: Path, error: OSError, hint: str = _CHECK) -> NotFound | Unreadable:
    """Why a file can not be read."""
    if isinstance(error, FileNotFoundError):
        return NotFound(f"There is no file {path}.", hint)
    return Unreadable(f"{path} can not be read: {error.strerror}.")


def _text(path: Path, number: int, line: bytes) -> str:
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8").strip("\r\n ")
    except UnicodeDecodeError:
        raise wrong(path, number, "is not UTF-8", "Save the file as UTF-8.") from None
