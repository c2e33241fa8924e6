"""A process that searches vectors and speaks JSON lines, seen from the side that asks."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.processes import ROOT, environment

# An engine that takes longer for one request is given up.
PATIENCE = 3600.0


class Failed(Exception):
    """An engine is missing or broke."""


class Engine:
    """One adapter in a process of its own, on one core."""

    def __init__(self, module: str, python: Path | str = sys.executable, patience: float = PATIENCE) -> None:
        self.module, self._patience = module, patience
        self._process = subprocess.Popen(
            [str(python), "-m", f"benchmarks.peers.{module}"],
            env=environment(1),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            told = self.ask(do="hello")
        except Failed:
            self.__exit__()
            raise
        self.version: str = told["version"]
        self.efforts: list[int] = told["efforts"]

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()
        self._process.wait()

    def ask(self, **request: Any) -> dict[str, Any]:
        """One request and its answer."""
        assert self._process.stdin and self._process.stdout
        guard = threading.Timer(self._patience, self._process.kill)
        guard.start()
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError as error:
            raise Failed(f"{self.module} ended: {error}") from error
        finally:
            guard.cancel()
        if not line:
            raise Failed(f"{self.module} could not be started, ended, or took more than {self._patience:g} s")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise Failed(f"{self.module}: {answer['error']}")
        return answer

    def search(
        self, queries: Path, span: tuple[int, int], count: int, effort: int, allowed: Sequence[str] | None
    ) -> tuple[list[list[int]], list[float]]:
        """Rows and milliseconds for the queries from the first to the last of a file."""
        told = self.ask(
            do="search",
            queries=str(queries),
            first=span[0],
            last=span[1],
            count=count,
            effort=effort,
            allowed=list(allowed) if allowed else None,
        )
        return told["rows"], told["ms"]


def masks_of(labels: np.ndarray, filters: dict[str, tuple[str, ...]]) -> dict[str, np.ndarray | None]:
    """Which rows each filter keeps; the empty name keeps all."""
    return {"": None, **{name: np.isin(labels, allowed) for name, allowed in filters.items()}}
