"""What commands print: lines for people, JSON Lines for machines, errors with their way out."""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import Any

from pinakes.errors import PinakesError

_BOLD, _DIM, _RED, _END = "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[0m"


class CannotPrint(Exception):
    """Standard output takes nothing more."""


class Output:
    """Standard output and standard error of one command."""

    def __init__(self, *, json: bool) -> None:
        self.json = json
        self.is_terminal = sys.stdout is not None and sys.stdout.isatty()
        self.colour = self.is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    @property
    def width(self) -> int:
        """Columns of the terminal."""
        return max(20, shutil.get_terminal_size((100, 24)).columns)

    def line(self, text: str = "") -> None:
        """A line for people; nothing where machines read."""
        if not self.json:
            _write(text)

    def name(self, path: str) -> None:
        """A path on a line of its own, byte for byte, whatever the locale."""
        if not self.json:
            _write_bytes(os.fsencode(path) + b"\n")

    def draw(self, sequence: str) -> None:
        """What a terminal takes as an order, without a line's end."""
        _write_bytes(sequence.encode())

    def record(self, record: dict[str, Any]) -> None:
        """A JSON object on a line of its own; nothing where people read."""
        if self.json:
            # Escaped to ASCII: names of files that are no text come through any pipe and any locale unharmed.
            _write(json.dumps(record))
            self.flush()

    def about(self, record: dict[str, Any]) -> None:
        """A JSON object about the answer as a whole, on standard error, so that every line of output is a hit."""
        if self.json:
            _to_stderr(json.dumps({"about": record}))

    def error(self, error: PinakesError) -> None:
        """An error on standard error, in the one shape that errors have."""
        if self.json:
            _to_stderr(json.dumps({"error": error.as_dict()}))
        else:
            self.error_line(str(error))

    def error_line(self, text: str) -> None:
        """A line on standard error."""
        red = sys.stderr is not None and sys.stderr.isatty() and not os.environ.get("NO_COLOR")
        _to_stderr(f"{_RED if red else ''}pinakes: {printable(text)}{_END if red else ''}")

    def bold(self, text: str) -> str:
        """Text that stands out, where the terminal can."""
        return f"{_BOLD}{text}{_END}" if self.colour else text

    def dim(self, text: str) -> str:
        """Text that stands back, where the terminal can."""
        return f"{_DIM}{text}{_END}" if self.colour else text

    def flush(self) -> None:
        """Write what is buffered."""
        if sys.stdout is None:
            return
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise CannotPrint(error.strerror or str(error)) from error


def printable(text: str) -> str:
    """Text without control characters and direction marks: a file's name must not drive the terminal."""
    return "".join(letter if letter.isprintable() or letter in "\t\u3000" else _escape(letter) for letter in text)


def _escape(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")


def _write(text: str) -> None:
    encoding = (sys.stdout and sys.stdout.encoding) or "utf-8"
    _write_bytes(text.encode(encoding, "backslashreplace") + b"\n")


def _write_bytes(data: bytes) -> None:
    if sys.stdout is None:
        # Closed by whoever started us: nobody reads.
        return
    try:
        sys.stdout.buffer.write(data)
        if sys.stdout.line_buffering:
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CannotPrint(error.strerror or str(error)) from error


def _to_stderr(text: str) -> None:
    if sys.stderr is not None:
        sys.stderr.buffer.write(text.encode(sys.stderr.encoding or "utf-8", "backslashreplace") + b"\n")
        sys.stderr.flush()
