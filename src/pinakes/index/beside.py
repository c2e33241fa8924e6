"""Publishing in a process of its own while works are added: it takes no time from the process that adds them.

What it publishes is what `LocalIndex.publish` would have published. It holds no lock of its own: its parent holds the
right to write, and it ends with its parent. Between two times it waits, since to begin takes it as long as to publish a
thousand works. Where it fails, whoever publishes next does its work, and says why it can not be done. Run by the index
alone, as `python -m pinakes.index.beside`.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from contextlib import closing
from typing import IO

from pinakes.catalogue.catalogue import Catalogue
from pinakes.children import ended, library_heard, library_told, started
from pinakes.errors import PinakesError
from pinakes.threads import give_back_large_blocks, give_back_memory, spare_address_space

# No word that anything else prints there.
_DONE = b"pinakes.index.beside: done\n"
_WAKE_SECONDS = 0.2


class Beside:
    """At most one publishing of one library at a time in a child process."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._process: subprocess.Popen[bytes] | None = None
        self._listener: threading.Thread | None = None
        self._idle = threading.Event()
        self._idle.set()

    @property
    def is_running(self) -> bool:
        """Whether the last one that was begun has not ended yet."""
        return not self._idle.is_set()

    def begin(self) -> bool:
        """Begin to publish, unless that is going on already; false where no process can be had."""
        if self.is_running:
            return True
        if self._process is not None and self._process.poll() is not None:
            self.stop()
        try:
            self._ask(self._process or self._started())
        except (OSError, RuntimeError):
            # The system has no process or no thread left.
            self.stop()
            return False
        return True

    def wait(self) -> None:
        """Wait until what was begun has ended."""
        # In pieces, so that Ctrl-C is seen on systems where a waiting thread is not woken for it.
        while not self._idle.wait(_WAKE_SECONDS):
            pass

    def stop(self) -> None:
        """End the process: what it has written of a new generation is swept away by the next."""
        if self._process is not None:
            self._process.kill()
            if self._listener is not None:
                self._listener.join()
            ended(self._process)
        self._process = self._listener = None
        self._idle.set()

    def _started(self) -> subprocess.Popen[bytes]:
        self._process = started("pinakes.index.beside", stdout=subprocess.PIPE, bufsize=0)
        listener = threading.Thread(
            target=self._listen, args=(self._process.stdout,), name="pinakes-index", daemon=True
        )
        listener.start()
        self._listener = listener
        return self._process

    def _ask(self, process: subprocess.Popen[bytes]) -> None:
        self._idle.clear()
        if process.stdin is not None:
            process.stdin.write(_request(self._catalogue))

    def _listen(self, answers: IO[bytes]) -> None:
        """Each answer, and the end of the process, is the end of a publishing."""
        for line in iter(answers.readline, b""):
            if line.endswith(_DONE):
                self._idle.set()
        self._idle.set()


def _request(catalogue: Catalogue) -> bytes:
    return json.dumps(library_told(catalogue.folder, catalogue.settings)).encode() + b"\n"


def _hear(requests: queue.SimpleQueue[bytes]) -> None:
    """Take what is asked; its end is the end of who holds the right to write, whatever is being published."""
    while line := sys.stdin.buffer.readline():
        requests.put(line)
    os._exit(1)


def main() -> int:
    """Publish each library that is asked for; at the first that can not be, end."""
    from pinakes.index.local import LocalIndex

    spare_address_space()
    give_back_large_blocks()
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_hear, args=(requests,), daemon=True).start()
    while True:
        told = json.loads(requests.get())
        try:
            with closing(Catalogue.open(*library_heard(told))) as catalogue:
                LocalIndex(catalogue).publish()
        except PinakesError:
            return 1
        give_back_memory()
        sys.stdout.buffer.write(_DONE)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    code = main()
    # At once: a thread still waits for the parent.
    os._exit(code)
