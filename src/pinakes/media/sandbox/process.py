"""The parent's handle on one decoding child: its pipes, its memory, what it owes us, and why it ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import cast

from pinakes.children import ended, module_folders
from pinakes.errors import DecoderDied, PinakesError, TimedOut
from pinakes.limits import MIB
from pinakes.media.base import DecodeSpec
from pinakes.media.sandbox import records, wire
from pinakes.media.sandbox.queues import Work
from pinakes.media.sandbox.region import BEAT, CURRENT, FILLED, FRAME, RETIRED, SLOT_BYTES, FrameReader, Region
from pinakes.media.sandbox.watch import Clock, memory_verdict, resident_bytes, too_much_memory

# Time that a start may take: a cold disk, a busy machine.
START_SECONDS = 60.0
# What Python itself may need to start; nothing else of our surroundings reaches a child.
# How parsers end that can not go on: by abort, trap, or a look at memory that is not there.
_ABORTED = frozenset(getattr(signal, name, 0) for name in ("SIGABRT", "SIGTRAP", "SIGSEGV", "SIGILL", "SIGBUS"))
_PASSED_ON = ("PYTHONHOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR")


class ChildGone(Exception):
    """The child's end of the pipe is closed, or what came out of it made no sense."""


class ChildProcess:
    """One running child; a single thread talks to it, the keeper watches it."""

    def __init__(self, spec: DecodeSpec, decode: str) -> None:
        self._spec = spec
        self._region = Region.create()
        try:
            self._process = _spawn(self._region, decode)
        except BaseException:
            self._region.close()
            raise
        self._region.close_descriptor()
        self._listening = False
        self._spoke_nonsense = False
        self._announced = 0
        self._started = False
        self._at_start = self._held = 0
        self._clock = Clock()
        self._stopped_for: PinakesError | None = None
        self._closing = threading.Lock()
        self.owed: dict[int, Work] = {}
        self.confined_by: tuple[str, ...] = ()
        self._frames = FrameReader(self._incoming(), self._give_back)

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    def begin(self) -> None:
        """Tell the child what is wanted and wait until its limits are in force; ChildGone if it can not start."""
        self._say({"spec": self._spec.as_dict()})
        message = self._hear()
        self.confined_by = tuple(map(str, cast("list[str]", message.get("ready", []))))
        self._at_start = resident_bytes(self.pid) or 0
        self._started = True

    @property
    def is_busy(self) -> bool:
        """Whether it is starting, or owes us something."""
        return not self._started or bool(self.owed)

    def send(self, works: dict[int, Work]) -> None:
        """Hand over jobs by number; ChildGone if the child is no more."""
        self.owed |= works
        self._say({"jobs": [(number, wire.path_to_wire(work.job.path)) for number, work in works.items()]})

    def receive(self) -> list[records.Received]:
        """What the next frame holds, and the frames that its last thing goes on in; ChildGone at the end."""
        received: list[records.Received] = []
        self._listening = True
        try:
            while not received or not self._frames.at_frame_end:
                received.append(records.read(self._frames, self._spec.limits))
        except EOFError:
            # What came before the end is good.
            if not received:
                raise ChildGone from None
        except records.Nonsense:
            self._stop_for_nonsense()
            if not received:
                raise ChildGone from None
        finally:
            self._listening = False
        return received

    @property
    def at_fault(self) -> int:
        """The number of the job at which the child ended; 0 where that is not known."""
        return 0 if self._spoke_nonsense else self._region[CURRENT]

    def watch(self, seconds: float) -> None:
        """Count the time since the last look, and stop the child if it is past a limit."""
        if not self._started:
            self._clock.silent += seconds
            if self._clock.silent > START_SECONDS:
                self.stop(DecoderDied(f"The decoding process did not start within {START_SECONDS:g} seconds."))
            return
        # While nobody listens, the child may be waiting for room.
        waits_for_us = not self.owed or not self._listening
        self._clock.tick(seconds, self._region[BEAT], self._region[CURRENT], waits_for_us=waits_for_us)
        verdict = self._clock.verdict(self._spec.limits)
        self._held = resident_bytes(self.pid) or self._held
        if verdict is None and "memory" not in self.confined_by:
            verdict = memory_verdict(self._held, self._at_start, self._spec.limits)
        if verdict is not None:
            self.stop(verdict)

    def stop(self, why: PinakesError | None = None) -> None:
        """End the child at once; `why` is what its file failed of."""
        if self._stopped_for is None:
            self._stopped_for = why
        self._process.kill()

    def end(self) -> PinakesError | None:
        """Wait for the end of a child that is gone, and say why it ended; None if it asked to be replaced."""
        self._process.kill()
        code = self._process.wait()
        if self._stopped_for is not None:
            return self._stopped_for
        if code == RETIRED:
            return None
        # A parser that is refused memory aborts: what it held by then tells that from other ends.
        if -code in _ABORTED and self._held - self._at_start > self._spec.limits.decode_memory_mib * MIB // 2:
            return too_much_memory(self._spec.limits)
        return _why(code, self._spec.limits.decode_cpu_seconds)

    def last_words(self) -> str:
        """The last line that a child which could not start said of it."""
        self.end()
        said = self._process.stderr.read(1 << 16) if self._process.stderr else b""
        lines = (said or b"").decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:500] if lines else ""

    def close(self) -> None:
        """End the child and give back all that it had."""
        with self._closing:
            ended(self._process)
            self._frames = FrameReader(iter(()), lambda: None)
            self._region.close()

    def _say(self, message: dict[str, object]) -> None:
        if self._process.stdin is None:
            raise ChildGone
        try:
            wire.send(self._process.stdin.write, message)
        except (OSError, ValueError):
            raise ChildGone from None

    def _hear(self) -> dict[str, object]:
        if self._process.stdout is None:
            raise ChildGone
        try:
            return wire.receive(self._process.stdout.read)
        except (EOFError, OSError):
            raise ChildGone from None
        except ValueError:
            self._stop_for_nonsense()
            raise ChildGone from None

    def _stop_for_nonsense(self) -> None:
        self._spoke_nonsense = True
        self.stop(DecoderDied("The decoding process handed over what no decoder makes; it was stopped."))

    def _give_back(self) -> None:
        with contextlib.suppress(ChildGone):
            self._say({"free": 1})

    def _incoming(self) -> Iterator[memoryview]:
        """The frames as they are announced; after the child's end also what it had not announced yet."""
        while True:
            try:
                message = self._hear()
                frame, filled = int(str(message["frame"])), int(str(message["bytes"]))
            except ChildGone:
                break
            except (KeyError, ValueError):
                raise records.Nonsense("message") from None
            if frame != self._announced or not 0 < filled <= SLOT_BYTES:
                raise records.Nonsense("frame")
            self._announced += 1
            yield self._region.slot(frame)[:filled]
        if self._region[FRAME] == self._announced and 0 < self._region[FILLED] <= SLOT_BYTES:
            self._announced += 1
            yield self._region.slot(self._announced - 1)[: self._region[FILLED]]


def _spawn(region: Region, decode: str) -> subprocess.Popen[bytes]:
    if not sys.executable:
        raise DecoderDied("Decoding needs child processes, and this Python does not know its own program.")
    # -P: nothing is imported from the current folder; -B: nothing is written beside the sources.
    arguments = [sys.executable, "-P", "-B", "-m", "pinakes.media.sandbox.child", region.name, decode, str(os.getpid())]
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment |= {
        "PYTHONPATH": module_folders(),
        "PYTHONUTF8": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        # Each arena of the C library takes 64 MiB of the address space that is limited.
        "MALLOC_ARENA_MAX": "2",
        # The C library would give the memory of each picture back, to take it anew, page by page, for the next.
        "MALLOC_TRIM_THRESHOLD_": str(64 * MIB),
        "MALLOC_MMAP_THRESHOLD_": str(32 * MIB),
        # Pillow keeps so many blocks of 16 MiB, rather than have each picture's pages made anew.
        "PILLOW_BLOCKS_MAX": "4",
    }
    pipe = subprocess.PIPE
    if sys.platform == "win32":
        return subprocess.Popen(  # noqa: S603 -- our own program
            arguments, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0, env=environment, creationflags=0x08000200
        )
    passed = () if region.descriptor is None else (region.descriptor,)
    # A session of its own, so that Ctrl-C reaches only us.
    return subprocess.Popen(  # noqa: S603 -- our own program
        arguments,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        bufsize=0,
        env=environment,
        pass_fds=passed,
        start_new_session=True,
    )


def _why(code: int, cpu_seconds: int) -> PinakesError:
    """What a return code says of a child's end."""
    if code == -getattr(signal, "SIGXCPU", 0):
        return TimedOut(
            f"Decoding took more than {cpu_seconds} seconds of processor time without a result.",
            "Raise decode_cpu_seconds if the file is good.",
        )
    if code < 0:
        name = signal.Signals(-code).name if -code in {s.value for s in signal.Signals} else f"signal {-code}"
        hint = "The system may have run out of memory." if name == "SIGKILL" else ""
        return DecoderDied(f"The process that was decoding it ended by {name}.", hint)
    return DecoderDied(f"The process that was decoding it ended with code {code}.")
