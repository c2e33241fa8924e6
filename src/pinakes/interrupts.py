"""Steps that Ctrl-C and a request to terminate may come before or after, and not into the middle of."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

_NUMBERS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def unbroken() -> Iterator[None]:
    """Put off signals that would raise until the block is left; who asks twice is heard at once.

    An exception between any two steps of a database's driver can leave a transaction open that nobody ends.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    usual: dict[int, Callable[[int, FrameType | None], Any]] = {}
    waiting: list[int] = []

    def put_off(number: int, frame: FrameType | None) -> None:
        waiting.append(number)
        if waiting.count(number) > 1:
            usual[number](number, frame)

    try:
        for number in _NUMBERS:
            handler = signal.getsignal(number)
            if callable(handler):
                usual[number] = handler
                signal.signal(number, put_off)
        yield
    finally:
        for changed, handler in usual.items():
            # While the interpreter ends, there is no main thread to set it from.
            with suppress(ValueError):
                signal.signal(changed, handler)
    for asked in waiting[:1]:
        usual[asked](asked, None)
