"""How often Python looks for the garbage that counting references leaves, of which long work of ours makes hardly any.

In its usual rhythm, to look for it is a fourteenth of what it takes to add texts.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = (50_000, 20, 100)
_lock = threading.Lock()
_inside = 0
_usual = gc.get_threshold()


def look_seldom() -> None:
    """From now on, for a process of ours that does one kind of work alone."""
    gc.set_threshold(*_SELDOM)


@contextmanager
def looked_for_seldom() -> Iterator[None]:
    """While this lasts; who has us in a process of their own gets back what they had chosen."""
    global _inside, _usual
    with _lock:
        if not _inside:
            _usual = gc.get_threshold()
            look_seldom()
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                gc.set_threshold(*_usual)
