"""The pool of decoding children: takes jobs lazily, streams events as they come, and outlives any child.

Threads: one takes jobs from the caller's iterable, one talks to each child, one starts and watches the children; the
caller's own thread only waits for events. Both ways are bounded, so that neither a fast source nor a slow consumer
fills the memory.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from types import TracebackType

from pinakes.errors import PinakesError
from pinakes.media.base import DecodeSpec
from pinakes.media.sandbox.events import Event, Job
from pinakes.media.sandbox.keeper import Keeper
from pinakes.media.sandbox.process import ChildProcess
from pinakes.media.sandbox.queues import WAKE_SECONDS, EventBox, Intake, Work
from pinakes.media.sandbox.server import AHEAD_FILES, Server

DECODE = "pinakes.media.decode:decode"
# Decoded things that wait for the consumer.
WAITING_BYTES = 64 << 20


class DecoderPool:
    """Persistent child processes that decode files under the limits of the specification.

    The iterable of jobs is read in a thread of its own; parts of one file come in order, files as they are ready.
    """

    def __init__(self, spec: DecodeSpec, children: int, *, decode: str = DECODE) -> None:
        self._spec = spec
        self._keeper: Keeper | None = None
        self._decode = decode
        self._children: list[ChildProcess | None] = [None] * max(1, children)
        self._run: _Run | None = None
        self._turn = threading.Lock()

    def __enter__(self) -> DecoderPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all children; what was not yielded yet is lost."""
        if self._run is not None:
            self._run.stop()
        if self._keeper is not None:
            self._keeper.close()
            self._keeper = None
        self._children = [None] * len(self._children)

    @property
    def confined_by(self) -> tuple[str, ...]:
        """The limits that the system enforces on the children, as far as any have started."""
        return next((child.confined_by for child in self._children if child is not None), ())

    def run(self, jobs: Iterable[Job]) -> Iterator[Event]:
        """The events of these jobs; one run at a time. Leaving it early stops what is at work."""
        if not self._turn.acquire(blocking=False):
            raise PinakesError("This pool of decoders is at work on another run already.")
        try:
            self._keeper = self._keeper or Keeper(self._spec, self._decode)
            run = self._run = _Run(self._keeper, self._children, self._spec)
            run.start(jobs)
            try:
                while (events := run.box.take()) is not None:
                    yield from events
                run.check()
            finally:
                run.stop()
                self._run = None
        finally:
            self._turn.release()


class _Run:
    """One stream of jobs through the children, whose places in the pool it fills as needed."""

    def __init__(self, keeper: Keeper, children: list[ChildProcess | None], spec: DecodeSpec) -> None:
        self.box = EventBox(WAITING_BYTES)
        self._children = children
        self._intake = Intake(2 * AHEAD_FILES * len(children))
        self._source_failure: BaseException | None = None
        self._server_failure: BaseException | None = None
        self._servers = [
            Server(place, children, keeper, self._intake, self.box, spec) for place in range(len(children))
        ]
        self._threads: list[threading.Thread] = []

    def start(self, jobs: Iterable[Job]) -> None:
        """Start the thread that takes jobs, and one for each child."""
        self.box.open(len(self._servers))
        threading.Thread(target=self._feed, args=(jobs,), name="pinakes-jobs", daemon=True).start()
        for server in self._servers:
            thread = threading.Thread(target=self._serve, args=(server,), name="pinakes-decoder", daemon=True)
            thread.start()
            self._threads.append(thread)

    def check(self) -> None:
        """Once all events are out: raise what the iterable of jobs raised, or why no child could do the work."""
        if self._source_failure is not None:
            raise self._source_failure
        if self._server_failure is not None and not self._intake.drained:
            raise self._server_failure

    def stop(self) -> None:
        """End the run; children that are still at work are stopped, idle ones stay."""
        self._intake.stop()
        self.box.stop()
        for thread in self._threads:
            while thread.is_alive():
                for child in list(self._children):
                    if child is not None and child.is_busy:
                        child.stop()
                thread.join(WAKE_SECONDS)

    def _feed(self, jobs: Iterable[Job]) -> None:
        try:
            for job in jobs:
                if not self._intake.put(Work(job, _size(job))):
                    return
        except BaseException as error:
            self._source_failure = error
        finally:
            self._intake.complete()

    def _serve(self, server: Server) -> None:
        try:
            server.serve()
        except BaseException as error:
            self._server_failure = error
        finally:
            self.box.leave()


def _size(job: Job) -> int:
    """How large a file is; what can not be looked at counts as nothing, and its decoder says why."""
    try:
        return job.path.stat().st_size
    except (OSError, ValueError):
        return 0
