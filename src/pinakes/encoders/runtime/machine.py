"""What decides which engine is fastest here: the processor, its cores and the engines' versions."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pinakes.settings import Settings
from pinakes.threads import cores

ENGINE_PACKAGES = ("onnxruntime", "onnxruntime-gpu", "onnxruntime-directml", "openvino")


def threads(settings: Settings) -> int:
    """Threads for encoding: as set, else as many as this process may use."""
    return settings.threads or cores()


@cache
def identity() -> str:
    """A short name of this machine's kind and its engines; equal machines share it."""
    facts = [platform.system(), platform.machine(), processor(), *versions()]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]


def versions() -> list[str]:
    """The engines' installed versions."""
    found = []
    for package in ENGINE_PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return found


def processor() -> str:
    """The processor's model and, where the system tells them, its abilities."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    wanted = ("model name", "flags", "Features", "CPU part")
    first = {line.split(":")[0].strip(): line for line in reversed(lines) if line.startswith(wanted)}
    return "\n".join(sorted(first.values()))
