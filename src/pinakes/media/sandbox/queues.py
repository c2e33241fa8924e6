"""Two bounded queues between threads: jobs on their way to the children, events on their way to the consumer."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pinakes.media.sandbox.events import Event, Job

# Waits are cut into pieces, so that Ctrl-C is seen on systems where a waiting thread is not woken for it.
WAKE_SECONDS = 0.2
Thing = TypeVar("Thing")


@dataclass(slots=True)
class Work:
    """A job on its way: its file's size, the parts that came of it, and whether a child may have ended by it."""

    job: Job
    size: int
    parts: int = 0
    suspect: bool = False


class Intake:
    """Jobs taken from the caller and not yet sent to a child."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._works: deque[Work] = deque()
        self._changed = threading.Condition()
        self._complete = False
        self._stopped = False

    def put(self, work: Work) -> bool:
        """Add a job when there is room; False if no more are wanted."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or len(self._works) < self._capacity)
            self._works.append(work)
            self._changed.notify_all()
            return not self._stopped

    def put_back(self, works: Sequence[Work]) -> None:
        """Return jobs that a child did not get to; they come first again."""
        with self._changed:
            self._works.extendleft(reversed(works))
            self._changed.notify_all()

    def complete(self) -> None:
        """Say that no more jobs will come."""
        with self._changed:
            self._complete = True
            self._changed.notify_all()

    def stop(self) -> None:
        """Drop everything and let everyone go."""
        with self._changed:
            self._stopped = True
            self._works.clear()
            self._changed.notify_all()

    @property
    def drained(self) -> bool:
        """Whether all jobs have come and gone."""
        with self._changed:
            return self._complete and not self._works

    def take(self, sharers: int, files: int, size: int, *, wait: bool) -> list[Work] | None:
        """A fair share of what is there: at most so many files and bytes, but one if `wait`; None at the end."""
        with self._changed:
            if wait:
                self._changed.wait_for(lambda: self._stopped or self._complete or self._works)
            if self._stopped or (self._complete and not self._works):
                return None
            taken: list[Work] = []
            files = min(files, -(-len(self._works) // sharers))
            while self._works and len(taken) < files:
                if self._works[0].suspect and (taken or not wait):
                    break
                size -= self._works[0].size
                if size < 0 and (taken or not wait):
                    break
                taken.append(self._works.popleft())
                if taken[-1].suspect:
                    break
            self._changed.notify_all()
            return taken


class Mailbox(Generic[Thing]):
    """Things from several threads to one, bounded by the memory that they take."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._batches: deque[tuple[list[Thing], int]] = deque()
        self._held = 0
        self._changed = threading.Condition()
        self._senders = 0
        self._stopped = False

    def open(self, senders: int) -> None:
        """Say how many threads will send, each of which calls `leave` in the end."""
        self._senders = senders

    def put(self, batch: list[Thing], size: int) -> None:
        """Send things that take that much memory, when there is room; once stopped they are dropped."""
        if not batch:
            return
        with self._changed:
            # A batch of any size gets through when it is alone.
            self._changed.wait_for(lambda: self._stopped or not self._held or self._held + size <= self._capacity)
            if not self._stopped:
                self._batches.append((batch, size))
                self._held += size
                self._changed.notify_all()

    def leave(self) -> None:
        """Say that one of the senders has sent all."""
        with self._changed:
            self._senders -= 1
            self._changed.notify_all()

    def stop(self) -> None:
        """Drop everything and let everyone go."""
        with self._changed:
            self._stopped = True
            self._batches.clear()
            self._held = 0
            self._changed.notify_all()

    def take(self) -> list[Thing] | None:
        """The next batch; None when all senders have left."""
        with self._changed:
            while not self._batches:
                if self._stopped or self._senders <= 0:
                    return None
                self._changed.wait(WAKE_SECONDS)
            batch, size = self._batches.popleft()
            self._held -= size
            self._changed.notify_all()
            return batch


EventBox = Mailbox[Event]
