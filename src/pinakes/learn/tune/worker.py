"""A process that tries settings for a study: python -m pinakes.learn.tune.worker, told by lines of JSON what to do.

It writes {"epoch", "value"} after each epoch and hears {"stop"}; then {"ended"}, or {"error"} where no trial could go
on. When the one who started it is gone, it leaves a checkpoint and goes too.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

import torch

from pinakes.errors import Interrupted, PinakesError
from pinakes.learn.data.layouts import Loaded
from pinakes.learn.experiment.data import opened
from pinakes.learn.experiment.plan import DataPlan, Plan, from_dict
from pinakes.learn.training import events
from pinakes.learn.training.run_folder import RunFolder
from pinakes.learn.tune.trial import attempt


class Told:
    """What this process hears: a line at a time, and at once that nobody is there any more."""

    def __init__(self, stream: TextIO) -> None:
        self.gone = threading.Event()
        self._lines: queue.Queue[dict[str, Any] | None] = queue.Queue()
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream: TextIO) -> None:
        for line in stream:
            self._lines.put(json.loads(line))
        self.gone.set()
        self._lines.put(None)

    def next(self) -> dict[str, Any] | None:
        """The next line; None where there will be none."""
        return self._lines.get()

    def check(self, _event: events.Event) -> None:
        """Leave training between two steps when nobody waits for it."""
        if self.gone.is_set():
            raise Interrupted("Whoever started this trial is gone.")


def main() -> None:
    """Try what is told until no more comes."""
    torch.set_num_threads(1)
    # What libraries write is not to be taken for ours.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    told = Told(sys.stdin)
    opener = Opener()
    while (task := told.next()) is not None:
        try:
            say(answers, tried(task, told, answers, opener))
        except Interrupted:
            return
        except PinakesError as error:
            say(answers, {"error": type(error).__name__, "message": error.message, "hint": error.hint})
        except Exception as error:
            # Nobody sees this process's own standard error.
            say(answers, {"error": "PinakesError", "message": f"{type(error).__name__}: {error}", "hint": ""})


class Opener:
    """Opens the data once for all trials."""

    def __init__(self) -> None:
        self.known: tuple[DataPlan, Loaded] | None = None

    def __call__(self, plan: Plan) -> Loaded:
        """The data of a plan."""
        if self.known is None or self.known[0] != plan.data:
            self.known = plan.data, opened(plan.data)
        return self.known[1]


def tried(task: dict[str, Any], told: Told, answers: TextIO, opener: Opener) -> dict[str, Any]:
    """Make one trial."""

    def stops(epoch: int, value: float) -> bool:
        say(answers, {"epoch": epoch, "value": value})
        heard = told.next()
        if heard is None:
            raise Interrupted("Whoever started this trial is gone.")
        return bool(heard["stop"])

    plan = from_dict(task["plan"])
    folder = RunFolder(Path(task["folder"]))
    ended = attempt(plan, folder, stops, opener(plan), keep_weights=task["keep_weights"], listen=told.check)
    return {"ended": asdict(ended)}


def say(answers: TextIO, line: dict[str, Any]) -> None:
    """Write a line at once."""
    answers.write(json.dumps(line) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
