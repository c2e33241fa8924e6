"""Memory shared with one decoding child: a page of counters, and slots that carry a stream of bytes in frames."""

from __future__ import annotations

import contextlib
import mmap
import os
import secrets
import tempfile
import threading
from collections.abc import Callable, Iterator

HEADER_BYTES = 4096
SLOTS = 4
SLOT_BYTES = 4 << 20
_SIZE = HEADER_BYTES + SLOTS * SLOT_BYTES

# The code with which a child asks to be replaced: its memory was used up, and pieces of it may still be taken.
RETIRED = 75

# The counters: items handed over, the job at work, the frame being filled, and the bytes in it.
BEAT, CURRENT, FRAME, FILLED = range(4)


class Region:
    """A mapping that one parent and one child see; `name` tells the child how to reach it."""

    def __init__(self, memory: mmap.mmap, name: str, descriptor: int | None) -> None:
        self.name = name
        self.descriptor = descriptor
        self._memory = memory
        self._bytes = memoryview(memory)
        # One store of eight bytes each, so that the other side never sees half a number.
        self._counters = self._bytes[:HEADER_BYTES].cast("Q")

    @classmethod
    def create(cls) -> Region:
        """New memory, nameless on POSIX (inherited by descriptor), a named mapping on Windows."""
        if os.name == "nt":
            name = f"pinakes-{secrets.token_hex(16)}"
            return cls(_named_mapping(name), f"tag:{name}", None)
        descriptor = _nameless_file()
        return cls(mmap.mmap(descriptor, _SIZE), f"fd:{descriptor}", descriptor)

    @classmethod
    def attach(cls, name: str) -> Region:
        """The child's side of a region, by the name that its parent told."""
        kind, _, place = name.partition(":")
        if kind == "tag":
            return cls(_named_mapping(place), name, None)
        memory = mmap.mmap(int(place), _SIZE)
        os.close(int(place))
        return cls(memory, name, None)

    def __getitem__(self, counter: int) -> int:
        return int(self._counters[counter])

    def __setitem__(self, counter: int, value: int) -> None:
        self._counters[counter] = value

    def slot(self, frame: int) -> memoryview:
        """The memory in which the frame of that number lies."""
        start = HEADER_BYTES + frame % SLOTS * SLOT_BYTES
        return self._bytes[start : start + SLOT_BYTES]

    def close_descriptor(self) -> None:
        """Forget the descriptor once the child has it."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None

    def close(self) -> None:
        """Give the memory back."""
        self.close_descriptor()
        # A view that someone still holds keeps the memory; it goes with that view.
        with contextlib.suppress(BufferError):
            self._counters.release()
            self._bytes.release()
            self._memory.close()


def _nameless_file() -> int:
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("pinakes-decoder")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, _SIZE)
    return descriptor


def _named_mapping(name: str) -> mmap.mmap:
    # Windows alone has the argument `tagname`.
    named: Callable[..., mmap.mmap] = mmap.mmap
    return named(-1, _SIZE, tagname=name)


class FrameWriter:
    """The child's end of the stream; a frame is announced when its slot is full or when it is flushed."""

    def __init__(
        self, region: Region, wait_for_slot: Callable[[], object], announce: Callable[[int, int], None]
    ) -> None:
        self._region = region
        self._wait_for_slot = wait_for_slot
        self._announce = announce
        self._slot: memoryview | None = None
        self._filled = 0
        # Two threads flush; one writes.
        self._lock = threading.RLock()

    def write(self, data: bytes | memoryview) -> None:
        """Append bytes to the stream, over as many frames as it takes."""
        with self._lock:
            self._write(memoryview(data))

    def _write(self, left: memoryview) -> None:
        while left:
            if self._slot is None:
                self._wait_for_slot()
                self._slot = self._region.slot(self._region[FRAME])
            piece = left[: SLOT_BYTES - self._filled]
            self._slot[self._filled : self._filled + len(piece)] = piece
            self._filled += len(piece)
            # After the bytes, so that a parent who finds us dead can trust the count.
            self._region[FILLED] = self._filled
            left = left[len(piece) :]
            if self._filled == SLOT_BYTES:
                self.flush()

    def flush(self) -> None:
        """Hand over what is in the open frame."""
        with self._lock:
            if self._slot is None:
                return
            frame, filled = self._region[FRAME], self._filled
            self._slot, self._filled = None, 0
            self._announce(frame, filled)
            # After the announcement, so that no byte is ever unaccounted for.
            self._region[FILLED] = 0
            self._region[FRAME] = frame + 1


class FrameReader:
    """The parent's end of the stream; each frame is given back as soon as its bytes are read."""

    def __init__(self, frames: Iterator[memoryview], give_back: Callable[[], None]) -> None:
        self._frames = frames
        self._give_back = give_back
        self._frame = memoryview(b"")

    @property
    def at_frame_end(self) -> bool:
        """Whether all that was announced so far is read."""
        return not self._frame

    def read_into(self, target: memoryview) -> None:
        """Fill the target, waiting for frames where needed; EOFError when the stream ends before."""
        while target:
            if not self._frame:
                self._frame = next(self._frames, memoryview(b""))
                if not self._frame:
                    raise EOFError
            count = min(len(target), len(self._frame))
            target[:count] = self._frame[:count]
            target, self._frame = target[count:], self._frame[count:]
            if not self._frame:
                self._give_back()

    def read(self, size: int) -> bytes:
        """The next bytes of the stream."""
        data = bytearray(size)
        self.read_into(memoryview(data))
        return bytes(data)
