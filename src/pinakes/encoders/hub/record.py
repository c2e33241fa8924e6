"""What is written beside a fetched model: where it came from, its licence, and the hash of each of its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from pinakes.encoders.hub.configs import read_json
from pinakes.encoders.hub.published import Hints
from pinakes.errors import Damaged, NewerLibrary, PinakesError, UnsafePath
from pinakes.limits import Limits
from pinakes.storage import explained, write_whole
from pinakes.types import Modality

RECORD, VERIFIED = "pinakes-model.json", "verified.json"
FORMAT = 1
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of a model."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """A fetched model."""

    name: str
    # owner/name on the hub; empty for a model that was taken from a folder.
    repository: str
    # The commit it was fetched at.
    revision: str
    variant: str
    licence: str
    modalities: tuple[Modality, ...]
    dim: int
    files: dict[str, FileRecord]
    languages: tuple[str, ...] = ()
    citation: str = ""
    hints: Hints = field(default_factory=Hints)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files.values())


def write_record(folder: Path, record: ModelRecord) -> None:
    """Write the record; it comes last and makes the folder a whole model."""
    content = {"format": FORMAT, **asdict(record)}
    write_whole(folder / RECORD, [json.dumps(content, indent=1, ensure_ascii=False).encode()])


def read_record(folder: Path, limits: Limits) -> ModelRecord:
    """The record of a model's folder."""
    path = folder / RECORD
    content = read_json(path, limits)
    hint = "Fetch the model again: pinakes models pull NAME."
    if isinstance(content, dict) and isinstance(content.get("format"), int) and content["format"] > FORMAT:
        raise NewerLibrary(f"{path} was written in format {content['format']}; this version reads {FORMAT}.")
    try:
        values: dict[str, Any] = {**content}
        values.pop("format")
        files = {safe_name(name): FileRecord(**file) for name, file in values.pop("files").items()}
        hints = Hints(**values.pop("hints"))
        modalities, languages = tuple(values.pop("modalities")), tuple(values.pop("languages"))
        return ModelRecord(files=files, hints=hints, modalities=modalities, languages=languages, **values)
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise Damaged(f"{path} can not be read: {error!r}", hint) from error


def safe_name(name: str) -> str:
    """A file's name within a model, checked to stay within it."""
    path = PurePosixPath(name)
    odd = path.is_absolute() or ".." in path.parts or not path.parts or "\\" in name or ":" in name or "\0" in name
    if odd or str(path) != name:
        raise UnsafePath(f"The model lists a file {name!r}, which would lie outside its folder.")
    return name


def verify(folder: Path, record: ModelRecord) -> None:
    """Check every file's size, and the hash of those that were not checked since they last changed."""
    if wrong := fault(folder, record.files):
        name, why = wrong
        raise Damaged(f"{folder / name} {why}.", "Fetch the model again: pinakes models pull NAME.")


def fault(folder: Path, files: Mapping[str, FileRecord]) -> tuple[str, str] | None:
    """The first of a folder's files that is not what it was, and how; which were found whole is noted beside them."""
    seen = _verified(folder)
    now: dict[str, list[int]] = {}
    for name, file in files.items():
        try:
            state = (folder / name).stat()
        except OSError as error:
            return name, f"is missing: {error.strerror}"
        if state.st_size != file.size:
            return name, f"has {state.st_size} bytes instead of {file.size}"
        now[name] = [state.st_size, state.st_mtime_ns]
        if seen.get(name) != now[name] and sha256_of(folder / name) != file.sha256:
            return name, "does not match its checksum"
    if seen != now:
        _note_verified(folder, now)
    return None


def _verified(folder: Path) -> dict[str, Any]:
    try:
        content = json.loads((folder / VERIFIED).read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _note_verified(folder: Path, states: dict[str, list[int]]) -> None:
    try:
        write_whole(folder / VERIFIED, [json.dumps(states).encode()], durable=False)
    except PinakesError:
        return  # a folder that can not be written to is checked each time


def sha256_of(path: Path, told: Callable[[int], None] = lambda count: None) -> str:
    """The SHA-256 of a file; `told` hears how many bytes were read."""
    digest = hashlib.sha256()
    with explained(path), path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            told(len(chunk))
    return digest.hexdigest()
