"""A progress bar at once: done, total, rate, time left, failures; silent where no one looks."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from types import TracebackType

from pinakes.durations import clock

_INTERVAL = 0.1


class Progress:
    """A line on standard error that is drawn again and again; the total may become known while the work runs."""

    def __init__(self, what: str, total: int | None = None, *, quiet: bool = False, unit: str = "") -> None:
        self.what = what
        self.total = total
        self.unit = unit
        self.done = 0
        self.failed = 0
        self._shown = not quiet and sys.stderr.isatty()
        self._began = time.monotonic()
        self._drawn = 0.0
        self._lock = threading.Lock()

    def __enter__(self) -> Progress:
        self.draw()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            self.draw()
            sys.stderr.write("\n")
            sys.stderr.flush()

    def step(self, done: int = 1, failed: int = 0) -> None:
        """Count what was done, and draw if it is time to."""
        self.done += done
        self.failed += failed
        if self._shown and time.monotonic() - self._drawn >= _INTERVAL:
            self.draw()

    def draw(self) -> None:
        """Draw the line now."""
        if not self._shown:
            return
        with self._lock:
            self._drawn = time.monotonic()
            width = shutil.get_terminal_size((80, 24)).columns - 1
            sys.stderr.write("\r" + bar(self, width, self._drawn - self._began).ljust(width)[:width])
            sys.stderr.flush()


def bar(progress: Progress, width: int, seconds: float) -> str:
    """The line that shows a progress within so many columns."""
    done, total = progress.done, progress.total
    rate = done / seconds if seconds > 0 else 0.0
    counted = f"{done:,}/{total:,}" if total else f"{done:,}"
    words = [f"{progress.what} {counted}{progress.unit}", f"{rate:,.0f}{progress.unit}/s"]
    if total and done and rate:
        words.append(f"{clock(max(0, total - done) / rate)} left")
    if progress.failed:
        words.append(f"{progress.failed:,} failed")
    text = "  ".join(words)
    room = width - len(text) - 3
    if not total or room < 10:
        return text
    filled = min(room, round(room * done / total))
    mark, space = ("█", "░") if _draws_blocks() else ("#", "-")
    return f"{text}  {mark * filled}{space * (room - filled)}"


def _draws_blocks() -> bool:
    encoding = (getattr(sys.stderr, "encoding", "") or "").lower().replace("-", "")
    return encoding.startswith("utf") and os.environ.get("TERM") != "dumb"
