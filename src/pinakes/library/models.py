"""The table of encoders, and the folder of fetched ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pinakes.encoders import builtin
from pinakes.encoders.base import ENCODERS, Description
from pinakes.encoders.find import fitted, open_own
from pinakes.encoders.hub import installed as folder_of_models
from pinakes.encoders.hub.installed import InstalledModel
from pinakes.encoders.hub.load import rates
from pinakes.encoders.hub.models import KnownModel, known_models
from pinakes.encoders.hub.pull import Transfer
from pinakes.encoders.hub.pull import pull as fetch
from pinakes.errors import PinakesError
from pinakes.settings import Settings
from pinakes.types import Modality


def table(settings: Settings, library_models: Path | None = None) -> list[dict[str, Any]]:
    """All encoders: those that are code, published models, those that were fetched, and those trained on a library."""
    import pinakes.encoders.classical  # noqa: F401 -- files them

    folder = folder_of_models.models_folder(settings)
    here = {model.name: model for model in folder_of_models.installed(folder, settings)}
    rows = [_code_row(name, settings) for name in ENCODERS.names()] + [_TOPICS]
    rows += [] if builtin.NAME in ENCODERS else [_ABSENT | {"name": builtin.NAME, "about": builtin.HOW_TO_GET}]
    rows += [_published_row(known, here.get(known.name), settings) for known in known_models()]
    listed = {row["name"] for row in rows}
    rows += [_own_row(model, settings) for name, model in here.items() if name not in listed]
    listed |= here.keys()
    rows += [_trained_row(name, path, settings) for name, path in fitted(library_models).items() if name not in listed]
    return rows


# Fitted to a library when it is used there, so that nothing more can be said of it here.
_TOPICS: dict[str, Any] = {
    "name": "lsa",
    "modalities": ["text"],
    "languages": [],
    "dim": 0,
    "megabytes": 0,
    "speed": "instant",
    "licence": "Apache-2.0",
    "about": "Topics of the library's own words, fitted to it when it is used (Deerwester et al. 1990).",
    "installed": True,
}


# What can not be used here.
_ABSENT = _TOPICS | {"modalities": [], "speed": "", "licence": "", "installed": False}


def _code_row(name: str, settings: Settings) -> dict[str, Any]:
    try:
        described = ENCODERS.get(name)(settings).description
        card = builtin.CARD if name == builtin.NAME else None
    except Exception as error:
        # Somebody else's code: what is wrong in it must not hide the rest of the table.
        return _ABSENT | {"name": name, "about": f"This extension can not be used: {error}"}
    return _row_of(described) | {
        "name": name,
        "about": f"{described.about}. Its card: {card}" if card else described.about,
    }


def _row_of(described: Description) -> dict[str, Any]:
    return {
        "modalities": list(described.modalities),
        "languages": list(described.languages),
        "dim": described.dim,
        "megabytes": round(described.size / 1e6),
        "speed": "instant" if not described.size else "fast",
        "licence": described.licence,
        "installed": True,
    }


def _published_row(known: KnownModel, here: InstalledModel | None, settings: Settings) -> dict[str, Any]:
    return {
        "name": known.name,
        "modalities": list(known.modalities),
        "languages": list(known.languages),
        "dim": known.dim,
        "megabytes": round(here.record.size / 1e6) if here else known.megabytes,
        "speed": (_measured(here, settings) if here else "") or known.speed,
        "licence": known.licence,
        "about": known.about,
        "installed": here is not None,
    }


def _own_row(model: InstalledModel, settings: Settings) -> dict[str, Any]:
    return {
        "name": model.name,
        "modalities": list(model.record.modalities),
        "languages": list(model.record.languages),
        "dim": model.record.dim,
        "megabytes": round(model.record.size / 1e6),
        "speed": _measured(model, settings),
        "licence": model.record.licence,
        "about": str(model.folder),
        "installed": True,
    }


def _trained_row(name: str, folder: Path, settings: Settings) -> dict[str, Any]:
    try:
        described = open_own(folder, settings).description
    except PinakesError as error:
        return _ABSENT | {"name": name, "about": f"This model can not be used: {error}"}
    return _row_of(described) | {"name": name, "about": str(folder)}


def _measured(model: InstalledModel, settings: Settings) -> str:
    """What the engine that was chosen on this machine encodes in a second; nothing before the model was used here."""
    try:
        measured = rates(model, settings)
    except PinakesError:
        return ""
    return ", ".join(f"{rate:,.0f} {_MEDIA[modality]}/s" for modality, rate in measured.items())


_MEDIA: dict[Modality, str] = {"text": "texts", "image": "pictures", "audio": "sounds"}


def pull(
    settings: Settings,
    name: str,
    variant: str,
    revision: str,
    token: str,
    progress: Callable[[int, int], None],
    *,
    link: bool,
) -> InstalledModel:
    """Fetch a model into the folder of models."""

    def step(transfer: Transfer) -> None:
        progress(transfer.done, transfer.total)

    folder = folder_of_models.models_folder(settings)
    return fetch(name, folder, settings, step, token, variant=variant, revision=revision, link=link)


def remove(settings: Settings, name: str) -> Path:
    """Delete a fetched model; returns where it was."""
    folder = folder_of_models.models_folder(settings)
    return folder_of_models.remove(name, folder, settings).folder
