"""The table of encoders, and the folder of fetched ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pinakes.encoders.base import ENCODERS
from pinakes.encoders.hub import installed as folder_of_models
from pinakes.encoders.hub.installed import InstalledModel
from pinakes.encoders.hub.models import KnownModel, known_models
from pinakes.encoders.hub.pull import Transfer
from pinakes.encoders.hub.pull import pull as fetch
from pinakes.settings import Settings


def table(settings: Settings) -> list[dict[str, Any]]:
    """All encoders: those that are code, those in the table of published models, and those that were fetched."""
    import pinakes.encoders.classical  # noqa: F401 -- files them

    folder = folder_of_models.models_folder(settings)
    here = {model.name: model for model in folder_of_models.installed(folder, settings)}
    rows = [_code_row(name, settings) for name in ENCODERS.names()]
    rows += [_published_row(known, installed=known.name in here) for known in known_models()]
    listed = {row["name"] for row in rows}
    rows += [_own_row(model) for name, model in here.items() if name not in listed]
    return rows


def _code_row(name: str, settings: Settings) -> dict[str, Any]:
    described = ENCODERS.get(name)(settings).description
    return {
        "name": name,
        "modalities": list(described.modalities),
        "languages": list(described.languages),
        "dim": described.dim,
        "megabytes": round(described.size / 1e6),
        "speed": "instant",
        "licence": described.licence,
        "about": described.about,
        "installed": True,
    }


def _published_row(known: KnownModel, *, installed: bool) -> dict[str, Any]:
    return {
        "name": known.name,
        "modalities": list(known.modalities),
        "languages": list(known.languages),
        "dim": known.dim,
        "megabytes": known.megabytes,
        "speed": known.speed,
        "licence": known.licence,
        "about": known.about,
        "installed": installed,
    }


def _own_row(model: InstalledModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "modalities": list(model.record.modalities),
        "languages": list(model.record.languages),
        "dim": model.record.dim,
        "megabytes": round(model.record.size / 1e6),
        "speed": "",
        "licence": model.record.licence,
        "about": str(model.folder),
        "installed": True,
    }


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
