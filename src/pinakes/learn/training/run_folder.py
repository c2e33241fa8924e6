"""A run's folder: what was asked for, from which data, every figure on the way, and the checkpoints."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pinakes.errors import BadInput, Busy, NotFound
from pinakes.learn.training import board
from pinakes.storage import explained, write_whole

# What the configuration says of the data as they were.
DATA = "fingerprint"
CONFIG, METRICS, RESULT, BEST = "config.json", "metrics.jsonl", "result.json", "best.safetensors"


# What may change between two sittings of one run: where and how it is computed, and what is kept of it.
_FREE = {"train.threads", "train.device", "train.checkpoint_seconds", "train.keep"}


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Where a training keeps all that it writes."""

    path: Path

    @property
    def checkpoints(self) -> Path:
        """The folder of its checkpoints."""
        return self.path / "checkpoints"

    @property
    def best(self) -> Path:
        """The weights of the best epoch, or of the last where nothing was watched."""
        return self.path / BEST

    def begin(self, config: Mapping[str, Any]) -> None:
        """Make the folder with its configuration; one that is there must be of the same."""
        with explained(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
        path = self.path / CONFIG
        if not path.exists():
            write_whole(path, [(json.dumps(config, indent=1, sort_keys=True) + "\n").encode()])
            return
        here = self.config()
        told = json.loads(json.dumps(config))
        different = sorted(set(_differences(here, told)) - _FREE)
        if different == [DATA]:
            raise BadInput(
                f"The run in {self.path} was begun with other data: rows came, went or changed since.",
                "Put the data back as they were, or learn from them as they are in another folder, given with --to.",
            )
        if different:
            raise BadInput(
                f"The run in {self.path} was begun with another configuration: {', '.join(different[:5])} differ.",
                "Give another folder with --to, or remove this one.",
            )

    def clear(self) -> None:
        """Forget the configuration of a run from which nothing was learned, so that it can be put right."""
        begun = self.checkpoints.is_dir() and any(self.checkpoints.iterdir())
        learned = begun or any((self.path / name).exists() for name in (RESULT, BEST))
        if not learned and (self.path / CONFIG).exists():
            with self.locked():
                (self.path / CONFIG).unlink(missing_ok=True)

    def config(self) -> dict[str, Any]:
        """What was asked for."""
        try:
            found: dict[str, Any] = json.loads((self.path / CONFIG).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise NotFound(
                f"{self.path} is no folder of a run: it has no {CONFIG}.", "`pinakes train` makes one."
            ) from error
        except ValueError as error:
            raise BadInput(f"{self.path / CONFIG} is damaged: {error}.", "Train again in another folder.") from error
        return found

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Only one training at a time writes into a folder."""
        with explained(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.path / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise Busy(f"Another process trains in {self.path}.", "Wait for it, or give another folder.") from error
        try:
            yield
        finally:
            lock.release()

    def add_figures(self, line: Mapping[str, Any]) -> None:
        """Add the figures of an epoch to the list and to the log."""
        numbers = {n: float(v) for n, v in line.items() if n != "steps" and isinstance(v, int | float)}
        with explained(self.path / METRICS):
            with (self.path / METRICS).open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
            board.append(self.path / "log", int(line["steps"]), numbers)

    def figures(self) -> list[dict[str, Any]]:
        """The figures of all epochs so far; a line that a kill has cut is left out."""
        path = self.path / METRICS
        if not path.exists():
            return []
        found = []
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                break
        return found

    def forget_from(self, epoch: int) -> None:
        """Forget the figures of epochs that no checkpoint has behind it: they will be made again."""
        kept = [line for line in self.figures() if line["epoch"] < epoch]
        path = self.path / METRICS
        if path.exists():
            write_whole(path, ["".join(json.dumps(line) + "\n" for line in kept).encode()])

    def end(self, result: Mapping[str, Any]) -> None:
        """Write what came out."""
        write_whole(self.path / RESULT, [(json.dumps(result, indent=1, sort_keys=True) + "\n").encode()])

    def result(self) -> dict[str, Any] | None:
        """What came out, if it has ended."""
        path = self.path / RESULT
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _differences(one: Mapping[str, Any], other: Mapping[str, Any], where: str = "") -> Iterator[str]:
    for name in one.keys() | other.keys():
        here, there = one.get(name), other.get(name)
        if isinstance(here, Mapping) and isinstance(there, Mapping):
            yield from _differences(here, there, f"{where}{name}.")
        elif here != there:
            yield f"{where}{name}"
