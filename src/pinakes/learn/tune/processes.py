"""Trials in processes of their own, several at a time; the study is asked and told by this process alone."""

from __future__ import annotations

import json
import subprocess
import threading
from contextlib import suppress
from typing import Any

from pinakes import errors
from pinakes.children import ended, started
from pinakes.errors import Interrupted, PinakesError
from pinakes.learn.experiment.plan import Plan
from pinakes.learn.training.run_folder import RunFolder
from pinakes.learn.tune.record import Ended
from pinakes.learn.tune.trial import Stops

# Seconds in which a process ends the step that it is in, and writes a checkpoint.
_GRACE = 30.0
# Seconds for one that no longer answers.
_GONE = 1.0
# How often a trial is begun whose process dies, for instance because it wants more memory than there is.
_BEGUN = 2


class Died(Exception):
    """A process ended within a trial."""


class Process:
    """A process that makes one trial after the other."""

    def __init__(self, *, keep_weights: bool) -> None:
        self.keep_weights = keep_weights
        self._lock = threading.Lock()
        self._closed = False
        self._child: subprocess.Popen[bytes] | None = None

    def attempt(self, plan: Plan, folder: RunFolder, stops: Stops) -> Ended:
        """Try a plan there; where the process dies, once more in a new one, which goes on from the checkpoint."""
        for _ in range(_BEGUN):
            with suppress(Died):
                return self._attempt(plan, folder, stops)
        return Ended("failed", None, seed=plan.train.seed, reason=f"Its process died {_BEGUN} times.")

    def _attempt(self, plan: Plan, folder: RunFolder, stops: Stops) -> Ended:
        child = self._running()
        self._say(child, {"plan": plan.as_dict(), "folder": str(folder.path), "keep_weights": self.keep_weights})
        while True:
            heard = self._hear(child)
            if "ended" in heard:
                return Ended(**heard["ended"])
            if "error" in heard:
                raise _error(heard)
            self._say(child, {"stop": stops(heard["epoch"], heard["value"])})

    def _running(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._closed:
                raise Interrupted("Tuning was interrupted.")
            if self._child is None or self._child.poll() is not None:
                self._child = started("pinakes.learn.tune.worker", stdout=subprocess.PIPE)
            return self._child

    def _say(self, child: subprocess.Popen[bytes], line: dict[str, Any]) -> None:
        if child.stdin is None:
            raise Died
        try:
            child.stdin.write(json.dumps(line).encode() + b"\n")
            child.stdin.flush()
        except (OSError, ValueError) as error:
            raise self._gone(child) from error

    def _hear(self, child: subprocess.Popen[bytes]) -> dict[str, Any]:
        line = child.stdout.readline() if child.stdout is not None else b""
        if not line.endswith(b"\n"):
            raise self._gone(child)
        heard: dict[str, Any] = json.loads(line)
        return heard

    def _gone(self, child: subprocess.Popen[bytes]) -> Exception:
        """Why a process no longer answers."""
        with self._lock:
            if self._closed:
                return Interrupted("Tuning was interrupted.")
        ended(child, _GONE)
        return Died()

    def close(self) -> None:
        """Let the process write a checkpoint and end."""
        with self._lock:
            self._closed, child = True, self._child
        if child is not None and child.stdin is not None:
            with suppress(OSError):
                child.stdin.close()

    def wait(self) -> None:
        """Wait until it has ended."""
        if self._child is not None:
            ended(self._child, _GRACE)


def _error(heard: dict[str, Any]) -> PinakesError:
    """The error that a process tells, as the class that it was there."""
    kind = getattr(errors, heard["error"], PinakesError)
    found: PinakesError = PinakesError.__new__(kind)
    PinakesError.__init__(found, heard["message"], heard["hint"])
    return found
