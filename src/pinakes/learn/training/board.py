"""The log that TensorBoard reads: records with checksums, each with a scalar in the layout of its Event message.

Written here in some sixty lines, because the package that writes it brings a web server and gRPC with it.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Mapping
from pathlib import Path

_MASK = 0xA282EAD8


def _table() -> list[int]:
    found = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        found.append(value)
    return found


_CRC = _table()


def crc32c(data: bytes) -> int:
    """Castagnoli's checksum (RFC 3720), which zlib has not."""
    value = 0xFFFFFFFF
    for byte in data:
        value = _CRC[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value ^ 0xFFFFFFFF


def _masked(data: bytes) -> bytes:
    value = crc32c(data)
    return struct.pack("<I", (((value >> 15) | (value << 17)) + _MASK) & 0xFFFFFFFF)


def record(event: bytes) -> bytes:
    """An event with its length and both checksums."""
    length = struct.pack("<Q", len(event))
    return length + _masked(length) + event + _masked(event)


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def _nested(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def version(seconds: float) -> bytes:
    """The event with which a log begins."""
    return b"\x09" + struct.pack("<d", seconds) + _nested(3, b"brain.Event:2")


def scalars(step: int, values: Mapping[str, float], seconds: float) -> bytes:
    """An event with numbers by name."""
    summary = b"".join(
        _nested(1, _nested(1, name.encode()) + b"\x15" + struct.pack("<f", value)) for name, value in values.items()
    )
    return b"\x09" + struct.pack("<d", seconds) + b"\x10" + _varint(step) + _nested(5, summary)


def append(folder: Path, step: int, values: Mapping[str, float]) -> None:
    """Add numbers of a step to the log in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "events.out.tfevents.0.pinakes"
    with path.open("ab") as file:
        if not file.tell():
            file.write(record(version(time.time())))
        file.write(record(scalars(step, values, time.time())))
