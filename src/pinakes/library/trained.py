"""Models that were trained here: from the folder of a run into the library's own folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from pinakes.encoders.find import version_folder
from pinakes.encoders.hub.record import sha256_of
from pinakes.encoders.trained.record import RECORD, read_record
from pinakes.errors import BadInput, PinakesError
from pinakes.learn.extra import needs_torch
from pinakes.settings import Settings
from pinakes.sources.names import safe_name
from pinakes.storage import explained, sync_folder

# What a run's folder holds, where its export lies in it, and its weights.
_RUN, _EXPORT, _BEST = "config.json", "export", "best.safetensors"


def is_folder(name: str) -> bool:
    """Whether a name is the folder of a run or of an exported model, and no encoder's."""
    folder = Path(name)
    return (folder / _RUN).is_file() or (folder / RECORD).is_file()


def check(folder: Path, settings: Settings) -> None:
    """Refuse a folder whose model can not be opened, before long work is begun for it."""
    read_record(exported(folder), settings.limits)


def exported(folder: Path) -> Path:
    """The folder of the exported model; a run that was not exported yet, or went on since, is exported now."""
    if (folder / RECORD).is_file():
        return folder
    inner = folder / _EXPORT
    if not (inner / RECORD).is_file() or _went_on(folder, inner / RECORD):
        needs_torch("Exporting a run")
        from pinakes.learn.export.model import export

        export(folder)
    return inner


def _went_on(run: Path, record: Path) -> bool:
    """Whether a run has other weights than those that were exported."""
    try:
        told = json.loads(record.read_text(encoding="utf-8")).get("weights")
        return bool(told) and sha256_of(run / _BEST) != told
    except (PinakesError, OSError, ValueError, AttributeError):
        # Of a damaged record, or of a run without its weights, opening the model tells.
        return False


def take(folder: Path, models: Path, settings: Settings) -> tuple[str, str]:
    """Copy a trained model into the library's folder of models; returns its name and fingerprint."""
    source = exported(folder)
    record = read_record(source, settings.limits)
    described = record.description
    if safe_name(described.name) != described.name:
        raise BadInput(
            f"{described.name!r} can not be the name of a model.",
            "Give the configuration another name, and train again.",
        )
    target = version_folder(models, described.name, described.fingerprint)
    with explained(target):
        if not (target / RECORD).is_file():
            part = target.with_name(f".{target.name}.part")
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
            for path in (source / RECORD, *record.files):
                shutil.copyfile(path, part / path.name)
            shutil.rmtree(target, ignore_errors=True)
            part.rename(target)
            sync_folder(models)
    return described.name, described.fingerprint
