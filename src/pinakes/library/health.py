"""How a library is: its catalogue, its index, the room on its disk, and the versions of what it is made of."""

from __future__ import annotations

import platform
import shutil
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from pinakes import __version__
from pinakes.catalogue.migrations import STEPS
from pinakes.errors import PinakesError
from pinakes.limits import MIB
from pinakes.threads import cores

if TYPE_CHECKING:
    from pinakes.library.facade import Library

PACKAGES = (
    "numpy", "pillow", "simplejpeg", "onnxruntime", "tokenizers", "faiss-cpu", "SQLAlchemy", "soundfile", "soxr", "av",
    "pypdfium2", "PyStemmer", "ftfy", "starlette", "uvicorn", "Jinja2", "python-multipart", "openvino", "torch",
    "rapidocr", "jieba", "pyarrow", "psycopg", "matplotlib", "spacy",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of a library without reading all of it."""

    # What is wrong, in words; empty where all is well.
    troubles: tuple[str, ...]
    items: int
    parts: int
    missing: int
    failures: int
    catalogue: str
    schema: int
    # Of the last change, and of what is searched; the second follows the first.
    generation: int
    indexed: int
    segments: int
    building: tuple[str, ...]
    free_bytes: int
    total_bytes: int
    version: str
    system: str
    cores: int
    packages: dict[str, str]
    # Milliseconds that a question to the catalogue took.
    answered_ms: float


def versions() -> dict[str, str]:
    """The versions of the packages that are installed."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def health(library: Library) -> Health:
    """How a library is now."""
    began = time.perf_counter()
    generation = library.catalogue.generation()
    answered = 1000 * (time.perf_counter() - began)
    status = library.status()
    disk = shutil.disk_usage(library.folder)
    return Health(
        troubles=tuple(_troubles(library, status, disk.free)),
        items=int(status["items"]),
        parts=int(status["parts"]),
        missing=int(status["missing"]),
        failures=int(status["failures"]),
        catalogue=str(status["catalogue"]),
        schema=len(STEPS),
        generation=generation,
        indexed=int(status["generation"]),
        segments=int(status["segments"]),
        building=tuple(status["building"]),
        free_bytes=disk.free,
        total_bytes=disk.total,
        version=__version__,
        system=f"Python {platform.python_version()}, {platform.platform()}",
        cores=cores(),
        packages=versions(),
        answered_ms=round(answered, 2),
    )


def _troubles(library: Library, status: dict[str, Any], free: int) -> list[str]:
    found = [str(error) for error in status.get("damage", ())]
    try:
        library.catalogue.check_space()
    except PinakesError as error:
        found.append(str(error))
    if library.catalogue.read_only:
        found.append("The library's folder can not be written to: it can be searched, and nothing be changed.")
    low = 4 * library.settings.limits.min_free_mib * MIB
    if not found and free < low:
        found.append(f"Only {free // MIB:,} MiB are free on the disk of the library.")
    return found
