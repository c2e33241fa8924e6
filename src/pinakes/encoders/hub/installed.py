"""The folder of fetched models: what lies in it, and taking one out."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from pinakes.encoders.hub.record import RECORD, ModelRecord, read_record
from pinakes.errors import PinakesError, UnknownName, nearest
from pinakes.settings import Settings, user_folder
from pinakes.storage import explained


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model that is ready to be loaded."""

    folder: Path
    record: ModelRecord

    @property
    def name(self) -> str:
        """The name by which it is loaded."""
        return self.record.name


def models_folder(settings: Settings) -> Path:
    """The folder of fetched models, as set or in the user's data folder."""
    if settings.models:
        return Path(settings.models)
    user = user_folder("data")
    if user is None:
        raise PinakesError("There is no user's data folder for models.", "Set PINAKES_MODELS to a folder.")
    return user / "models"


def folder_name(name: str) -> str:
    """The name of a model's folder: a repository's slash would make two."""
    return name.replace("/", "--")


def installed(folder: Path, settings: Settings) -> tuple[InstalledModel, ...]:
    """All whole models in the folder, by name; folders with a damaged record are left out."""
    if not folder.is_dir():
        return ()
    found = []
    for inner in sorted(folder.iterdir()):
        if (inner / RECORD).is_file() and not inner.name.startswith("."):
            try:
                found.append(InstalledModel(inner, read_record(inner, settings.limits)))
            except PinakesError:
                continue
    return tuple(found)


def find(name: str, folder: Path, settings: Settings) -> InstalledModel:
    """The installed model of that name or repository; its own folder may be named too."""
    inner = folder / folder_name(name)
    if folder_name(name) not in ("", ".", "..") and (inner / RECORD).is_file():
        return InstalledModel(inner, read_record(inner, settings.limits))
    models = installed(folder, settings)
    for model in models:
        if name in (model.record.name, model.record.repository):
            return model
    raise UnknownName(
        f"There is no installed model named {name}.",
        f"{nearest(name, (model.name for model in models))} Fetch one with: pinakes models pull NAME.",
    )


def remove(name: str, folder: Path, settings: Settings) -> InstalledModel:
    """Delete an installed model from the disk."""
    model = find(name, folder, settings)
    with explained(model.folder):
        # Without its record the rest is no model, whatever happens next.
        (model.folder / RECORD).unlink()
        shutil.rmtree(model.folder)
    return model
