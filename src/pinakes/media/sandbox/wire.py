"""Messages between parent and child: JSON with its length before it; and the form in which records cross."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pinakes.errors import DecoderDied, PinakesError

_LENGTH = struct.Struct(">I")
MAX_MESSAGE_BYTES = 16 << 20


def send(write: Callable[[memoryview], int | None], message: dict[str, Any]) -> None:
    """Write a whole message to a pipe."""
    body = json.dumps(message, separators=(",", ":")).encode("ascii")
    left = memoryview(_LENGTH.pack(len(body)) + body)
    while left:
        left = left[write(left) or 0 :]


def receive(read: Callable[[int], bytes | None]) -> dict[str, Any]:
    """Read a whole message from a pipe; EOFError at its end, ValueError if it is nonsense."""
    (size,) = _LENGTH.unpack(_exactly(read, _LENGTH.size))
    if size > MAX_MESSAGE_BYTES:
        raise ValueError(size)
    message = json.loads(_exactly(read, size))
    if not isinstance(message, dict):
        raise ValueError(message)
    return message


def _exactly(read: Callable[[int], bytes | None], size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = read(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def path_to_wire(path: Path) -> str:
    """The very bytes of a path, whatever encoding either side takes names to be in."""
    return os.fsencode(path).decode("latin-1")


def path_from_wire(text: str) -> Path:
    """The inverse of `path_to_wire`."""
    return Path(os.fsdecode(text.encode("latin-1")))


def _family(root: type[PinakesError]) -> Iterator[type[PinakesError]]:
    yield root
    for child in root.__subclasses__():
        yield from _family(child)


def error_from_wire(data: dict[str, str]) -> PinakesError:
    """One of our errors, of the class that has the code."""
    kind = next((k for k in _family(PinakesError) if k.code == data["code"]), DecoderDied)
    error = kind.__new__(kind)
    # Not through its own constructor, which may take other arguments.
    PinakesError.__init__(error, str(data["message"]), str(data["hint"]))
    return error
