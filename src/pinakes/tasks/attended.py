"""A worker that ends with the process that started it: run as `python -m pinakes.tasks.attended` by `keeping` alone."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from types import FrameType

from pinakes.children import library_heard
from pinakes.errors import PinakesError
from pinakes.tasks.worker import work
from pinakes.threads import spare_address_space

# What can not be put down in so many seconds is left as it is; the next worker recovers it.
_GRACE_SECONDS = 8.0


def _end_with_parent() -> None:
    """Nothing more is said to us: what can be read is the wish, or the end, of who started us."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os._exit(1)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Hear of the library, and work until told to end."""
    signal.signal(signal.SIGTERM, _interrupt)
    told = json.loads(sys.stdin.buffer.readline())
    spare_address_space()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        work(*library_heard(told))
    except KeyboardInterrupt:
        return 0
    except PinakesError as error:
        sys.stderr.write(f"pinakes worker: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    # At once: a thread still waits for the parent.
    os._exit(code)
