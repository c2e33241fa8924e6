"""The machine that figures come from."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypedDict

from pinakes import __version__
from pinakes.threads import cores

_PARTS = ("pinakes", "numpy", "faiss-cpu", "onnxruntime", "SQLAlchemy")


def described(compared: Mapping[str, str]) -> dict[str, Any]:
    """CPU, cores, memory, system, Python, and the versions of our parts and of what was compared."""
    return {
        "cpu": cpu(),
        "cores": cores(),
        "memory_gb": memory_gb(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {name: found for name in _PARTS if (found := version_of(name))} | dict(compared),
    }


class Stamp(TypedDict):
    """What figures are stamped with."""

    version: str
    machine: str
    date: str


def stamp() -> Stamp:
    """With which version of Pinakes, on which machine and when figures are made, in words."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {"version": __version__, "machine": f"{cpu()}, {cores()} cores", "date": now}


def cpu() -> str:
    """The name of the processor."""
    path = Path("/proc/cpuinfo")
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def memory_gb() -> float:
    """Gigabytes of memory; 0 where the system does not say."""
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (AttributeError, ValueError, OSError):
        return 0.0


def version_of(package: str) -> str:
    """The version of an installed package, or empty."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
