"""Publishing in a process of its own while works are added: it takes no time from the process that adds them.

What it publishes is what `LocalIndex.publish` would have published. It holds no lock of its own: its parent holds the
right to write, and it ends with its parent. Where it fails, whoever publishes next does its work, and says why it can
not be done. Run by the index alone, as `python -m pinakes.index.beside`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import closing, suppress

from pinakes.catalogue.catalogue import Catalogue
from pinakes.children import library_heard, library_told, started
from pinakes.errors import PinakesError
from pinakes.threads import spare_address_space


class Beside:
    """At most one publishing of one library in a child process."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Whether the last one that was begun has not ended yet."""
        return self._process is not None and self._process.poll() is None

    def begin(self) -> bool:
        """Begin to publish, unless that is going on already; false where no process can be had."""
        if self.is_running:
            return True
        self.wait()
        try:
            self._process = started("pinakes.index.beside", bufsize=0)
            if self._process.stdin is not None:
                self._process.stdin.write(_request(self._catalogue))
        except OSError:
            self.stop()
            return False
        return True

    def wait(self) -> None:
        """Wait until what was begun has ended."""
        if self._process is not None:
            # The pipe stays open until then: its end would be taken for the end of the parent.
            self._process.wait()
            self._close()

    def stop(self) -> None:
        """End what was begun: what it has written of a new generation is swept away by the next."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._close()

    def _close(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        self._process = None


def _request(catalogue: Catalogue) -> bytes:
    return json.dumps(library_told(catalogue.folder, catalogue.settings)).encode() + b"\n"


def _end_with_parent() -> None:
    """Nothing more is said to us: what can be read is the end of who holds the right to write."""
    sys.stdin.buffer.read()
    os._exit(1)


def main() -> int:
    """Read what is to be published, and publish it."""
    from pinakes.index.local import LocalIndex

    told = json.loads(sys.stdin.buffer.readline())
    spare_address_space()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        with closing(Catalogue.open(*library_heard(told))) as catalogue:
            LocalIndex(catalogue).publish()
    except PinakesError:
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    # At once: a thread still waits for the parent.
    os._exit(code)
