"""The child process: takes paths from a pipe, decodes them and hands the parts over through shared memory.

Run by the pool alone, as `python -m pinakes.media.sandbox.child REGION DECODE PARENT`.
"""

from __future__ import annotations

import importlib
import io
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias, cast

from pinakes.errors import BadMedia, PinakesError, TooLarge
from pinakes.media.base import Decoded, DecodedPart, DecodeSpec, FileRecord, StillGoing
from pinakes.media.sandbox import records, wire
from pinakes.media.sandbox.confine import ProcessorTime, confine
from pinakes.media.sandbox.region import BEAT, CURRENT, RETIRED, SLOTS, FrameWriter, Region

Decode: TypeAlias = Callable[[Path, DecodeSpec], Iterator[Decoded]]

# Things are handed over after so many seconds, so that many small ones share a message.
BATCH_SECONDS = 0.005
# Nothing finished waits longer than this, whatever takes so long behind it.
LATE_SECONDS = 0.05
# What lies finished is handed over before a file is begun that may take long.
LARGE_BYTES = 64 << 10


class Child:
    """One decoding child at work."""

    def __init__(self, region: Region, inbox: io.FileIO, outbox: io.FileIO) -> None:
        self._region = region
        self._inbox = inbox
        self._outbox = outbox
        self._jobs: queue.SimpleQueue[tuple[int, str]] = queue.SimpleQueue()
        self._free_slots = threading.Semaphore(SLOTS)
        self._stream = FrameWriter(region, self._free_slots.acquire, self._announce)
        self._flushed = time.monotonic()
        self._waiting = threading.Event()

    def start(self, decode_name: str, parent: int) -> tuple[Decode, DecodeSpec]:
        """Read the specification, put the limits in force, and say that we are ready."""
        first = wire.receive(self._inbox.read)
        spec = DecodeSpec.from_dict(first["spec"])
        module, _, function = decode_name.partition(":")
        decode = cast("Decode", getattr(importlib.import_module(module), function))
        holding = confine(spec.limits, parent)
        # After the filter, which threads inherit.
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._hand_over_late, daemon=True).start()
        wire.send(self._outbox.write, {"ready": holding})
        return decode, spec

    def work(self, decode: Decode, spec: DecodeSpec) -> None:
        """Decode jobs until the parent hangs up."""
        processor = ProcessorTime(spec.limits.decode_cpu_seconds)
        while True:
            if self._jobs.empty():
                self._flush()
            job, name = self._jobs.get()
            processor.renew()
            self._region[CURRENT] = job
            path = wire.path_from_wire(name)
            if _is_large(path):
                self._flush()
            out_of_memory = self._decode(job, path, decode, spec, processor)
            self._region[CURRENT] = 0
            if out_of_memory:
                self._flush()
                os._exit(RETIRED)

    def _decode(self, job: int, path: Path, decode: Decode, spec: DecodeSpec, processor: ProcessorTime) -> bool:
        """Decode one file; True if it took all our memory."""
        out_of_memory = False
        try:
            error = self._hand_over(job, decode(path, spec), spec, processor)
        except PinakesError as ours:
            error = ours
        except MemoryError:
            out_of_memory = True
            error = TooLarge(
                f"{path.name} takes more than the {spec.limits.decode_memory_mib} MiB that a decoder may use.",
                "Raise decode_memory_mib, or make the file smaller.",
            )
        except Exception as other:
            # A parser can raise anything on damaged input; one file must not end the run.
            error = BadMedia(f"{path.name} can not be decoded: {type(other).__name__}: {str(other)[:200]}")
        if error is not None:
            records.write_failure(self._stream, job, error, spec.limits)
        self._waiting.set()
        return out_of_memory

    def _hand_over(
        self, job: int, items: Iterator[Decoded], spec: DecodeSpec, processor: ProcessorTime
    ) -> PinakesError | None:
        parts = 0
        for item in items:
            self._region[BEAT] += 1
            processor.renew()
            if isinstance(item, DecodedPart):
                parts += 1
                if parts > spec.limits.max_parts:
                    return TooLarge(
                        f"There are more than {spec.limits.max_parts} parts in it.",
                        "Raise max_parts, or split the file.",
                    )
                records.write_part(self._stream, job, item, spec.limits)
            elif isinstance(item, FileRecord):
                records.write_record(self._stream, job, item, spec.limits)
                return None
            self._waiting.set()
            if isinstance(item, StillGoing) or time.monotonic() - self._flushed >= BATCH_SECONDS:
                self._flush()
        return BadMedia("The decoder ended without a record of the file.")

    def _flush(self) -> None:
        self._stream.flush()
        self._flushed = time.monotonic()

    def _hand_over_late(self) -> None:
        """Hand over what lies finished while the main thread is deep in a file."""
        while True:
            self._waiting.wait()
            time.sleep(LATE_SECONDS)
            self._waiting.clear()
            self._flush()

    def _announce(self, frame: int, filled: int) -> None:
        wire.send(self._outbox.write, {"frame": frame, "bytes": filled})

    def _listen(self) -> None:
        """Take what the parent sends; when it is gone, so are we, whatever the decoder is doing."""
        try:
            while True:
                message = wire.receive(self._inbox.read)
                for job, name in message.get("jobs", ()):
                    self._jobs.put((job, name))
                if message.get("free"):
                    self._free_slots.release(message["free"])
        except (EOFError, OSError, ValueError):
            os._exit(0)


def _is_large(path: Path) -> bool:
    try:
        return path.stat().st_size > LARGE_BYTES
    except (OSError, ValueError):
        return False


def main(arguments: list[str]) -> Any:
    """Serve one parent until it hangs up."""
    region_name, decode_name, parent = arguments
    child = Child(Region.attach(region_name), *wire.own_pipes())
    decode, spec = child.start(decode_name, int(parent))
    # What was printed up to here tells why a start failed; from here on it is chatter of parsers.
    os.dup2(0, 2)
    child.work(decode, spec)


if __name__ == "__main__":
    main(sys.argv[1:])
