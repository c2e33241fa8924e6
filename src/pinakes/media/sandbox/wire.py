"""Messages between parent and child: JSON with its length before it; and the form in which records cross."""

from __future__ import annotations

import io
import json
import os
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pinakes.errors import DecoderDied, PinakesError

_LENGTH = struct.Struct(">I")
MAX_MESSAGE_BYTES = 16 << 20
# Room for what is read is set aside before it comes.
_PIECE_BYTES = 1 << 20


def own_pipes() -> tuple[io.FileIO, io.FileIO]:
    """The two pipes to our parent under numbers of their own, so that nothing that prints can disturb them."""
    inbox, outbox = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(inbox, os.O_BINARY)
        msvcrt.setmode(outbox, os.O_BINARY)
    return io.FileIO(inbox, "rb"), io.FileIO(outbox, "wb")


def send(write: Callable[[memoryview], int | None], message: dict[str, Any]) -> None:
    """Write a whole message to a pipe."""
    body = json.dumps(message, separators=(",", ":")).encode("ascii")
    send_bytes(write, _LENGTH.pack(len(body)) + body)


def send_bytes(write: Callable[[memoryview], int | None], data: bytes) -> None:
    """Write all of some bytes to a pipe, which may take them in pieces."""
    left = memoryview(data)
    while left:
        left = left[write(left) or 0 :]


def receive(read: Callable[[int], bytes | None]) -> dict[str, Any]:
    """Read a whole message from a pipe; EOFError at its end, ValueError if it is nonsense."""
    (size,) = _LENGTH.unpack(exactly(read, _LENGTH.size))
    if size > MAX_MESSAGE_BYTES:
        raise ValueError(size)
    message = json.loads(exactly(read, size))
    if not isinstance(message, dict):
        raise ValueError(message)
    return message


def exactly(read: Callable[[int], bytes | None], size: int) -> bytes:
    """So many bytes from a pipe; EOFError at its end."""
    pieces: list[bytes] = []
    left = size
    while left:
        piece = read(min(left, _PIECE_BYTES))
        if not piece:
            raise EOFError
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


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
