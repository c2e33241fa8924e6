"""What the thread that talks to one child does: it sends jobs ahead, makes events of the answers, buries the dead."""

from __future__ import annotations

import contextlib
import errno

from pinakes.errors import DecoderDied, PinakesError
from pinakes.media.base import DecodedPart, DecodeSpec, FileRecord
from pinakes.media.sandbox.events import Event, FileDone, FileFailed, PartReady
from pinakes.media.sandbox.keeper import Keeper
from pinakes.media.sandbox.process import ChildGone, ChildProcess
from pinakes.media.sandbox.queues import EventBox, Intake, Work
from pinakes.media.sandbox.records import Received
from pinakes.storage import NO_ROOM, explain

# A child is sent at most so many files ahead, and none beyond so many bytes: what lies behind a long film waits for it.
AHEAD_FILES = 64
AHEAD_BYTES = 4 << 20
MAX_FAILED_STARTS = 3
# Where a child can not be started, what the system is short of.
_WAYS_OUT = {
    errno.EMFILE: "Allow this process more open files (ulimit -n), or set decoders=1.",
    errno.ENFILE: "The system has no open files left; close some programs.",
    errno.EAGAIN: "The system has no processes left (ulimit -u); close some programs, or set decoders=1.",
    errno.ENOMEM: "The system has no memory left (ulimit -v); close some programs, or set decoders=1.",
}


class Server:
    """Serves one place of the pool for one run; the child in it may change."""

    def __init__(
        self,
        place: int,
        children: list[ChildProcess | None],
        keeper: Keeper,
        intake: Intake,
        box: EventBox,
        spec: DecodeSpec,
    ) -> None:
        self._place = place
        self._children = children
        self._keeper = keeper
        self._intake = intake
        self._box = box
        self._limits = spec.limits
        self._number = 0

    def serve(self) -> None:
        """Work until no jobs are left."""
        while True:
            child = self._children[self._place]
            owed = child.owed if child is not None else {}
            ahead = sum(work.size for work in owed.values())
            alone = any(work.suspect for work in owed.values())
            if len(owed) <= AHEAD_FILES // 2 and ahead < AHEAD_BYTES and not alone:
                files = AHEAD_FILES - len(owed)
                works = self._intake.take(len(self._children), files, AHEAD_BYTES - ahead, wait=not owed)
                if works is None and not owed:
                    return
                if works:
                    self._send(works)
            child = self._children[self._place]
            if child is not None and child.owed:
                self._receive(child)

    def _send(self, works: list[Work]) -> None:
        child = self._children[self._place]
        try:
            if child is None:
                child = self._start()
        except BaseException:
            self._intake.put_back(works)
            raise
        numbered = {self._number + i: work for i, work in enumerate(works, 1)}
        self._number += len(works)
        # Where the child is no more, what it left has to be read before it is buried.
        with contextlib.suppress(ChildGone):
            child.send(numbered)

    def _start(self) -> ChildProcess:
        said = ""
        for _ in range(MAX_FAILED_STARTS):
            try:
                child = self._keeper.start_child()
            except OSError as error:
                raise _not_started(error) from error
            self._children[self._place] = child
            try:
                child.begin()
            except ChildGone:
                said = child.last_words()
                self._drop(child)
            else:
                return child
        raise DecoderDied("A decoding process ends as soon as it is started.", said)

    def _receive(self, child: ChildProcess) -> None:
        try:
            received = child.receive()
        except ChildGone:
            self._bury(child)
            return
        events: list[Event] = []
        for one in received:
            event = self._event(child, one)
            if event is None:
                child.stop(DecoderDied("The decoding process handed over what it was not asked for; it was stopped."))
                break
            events.append(event)
        self._box.put(events, sum(one.size for one in received))

    def _event(self, child: ChildProcess, received: Received) -> Event | None:
        work = child.owed.get(received.job)
        if work is None:
            return None
        token, what = work.job.token, received.what
        if isinstance(what, DecodedPart):
            work.parts += 1
            # The child counts too, and refuses politely.
            return PartReady(token, what) if work.parts <= self._limits.max_parts else None
        del child.owed[received.job]
        return FileDone(token, what) if isinstance(what, FileRecord) else FileFailed(token, what)

    def _bury(self, child: ChildProcess) -> None:
        """Tell what became of the file that a dead child was at work on, and put back what it did not get to."""
        why = child.end()
        at_fault, owed = child.at_fault, child.owed
        child.owed = {}
        self._drop(child)
        if why is not None and at_fault not in owed and len(owed) == 1:
            (at_fault,) = owed
        failed: list[Work] = []
        spared: list[Work] = []
        for number, work in owed.items():
            # What has delivered parts can not be begun again, or they would come twice.
            (failed if number == at_fault or work.parts else spared).append(work)
            # Where nobody is known to be at fault, each is tried again alone, and then it shows.
            work.suspect = why is not None and at_fault not in owed
        reason = why or DecoderDied("The decoding process ended before its time.")
        self._box.put([FileFailed(work.job.token, _about(work, reason)) for work in failed], 0)
        self._intake.put_back(spared)

    def _drop(self, child: ChildProcess) -> None:
        self._children[self._place] = None
        self._keeper.forget(child)


def _not_started(error: OSError) -> PinakesError:
    """Why no child can be started: no room for the memory shared with it is a full disk, not the end of a decoder."""
    if error.errno in NO_ROOM:
        return explain(error, "The memory shared with a decoding process")
    hint = _WAYS_OUT.get(error.errno or 0, "")
    return DecoderDied(f"A decoding process can not be started: {error.strerror or error}.", hint)


def _about(work: Work, why: PinakesError) -> PinakesError:
    """The reason of a child's end, said of the file."""
    return type(why)(f"{work.job.path.name}: {why.message}", why.hint)
