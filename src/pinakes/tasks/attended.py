"""A worker that ends with the process that started it: run as `python -m pinakes.tasks.attended` by `keeping` alone."""

from __future__ import annotations

import os
import sys

from pinakes.children import library_heard
from pinakes.errors import PinakesError
from pinakes.kept import heard
from pinakes.tasks.worker import work
from pinakes.threads import step_back

# What can not be put down in so many seconds is left as it is; the next worker recovers it.
_GRACE_SECONDS = 8.0


def main() -> int:
    """Hear of the library, and work until told to end."""
    try:
        told = heard(grace_seconds=_GRACE_SECONDS)
        # Readers wait for pages of the server that keeps it; nobody waits for a task in that way.
        step_back()
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
