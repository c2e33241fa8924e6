"""The description that lies beside a trained model's graphs, and from which it is opened."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pinakes.encoders.base import Description
from pinakes.encoders.hub.configs import read
from pinakes.encoders.hub.record import FileRecord, fault, safe_name
from pinakes.encoders.trained.inputs import Inputs, inputs_of
from pinakes.errors import BadInput, Damaged, NewerLibrary
from pinakes.limits import Limits
from pinakes.types import MODALITIES, Modality

RECORD, KIND, FORMAT = "encoder.json", "trained", 1


@dataclass(frozen=True)
class Part:
    """The graph of a modality, and what makes its inputs."""

    graph: Path
    inputs: Inputs


@dataclass(frozen=True)
class Trained:
    """What is known of a trained model."""

    description: Description
    parts: Mapping[Modality, Part]


def read_record(folder: Path, limits: Limits) -> Trained:
    """The trained model in a folder, its graphs checked as those of fetched models are."""
    told = read(folder / RECORD, limits)
    if told.text("kind") != KIND:
        raise BadInput(f"{folder} holds no model that was trained here.", "Export one with: pinakes export RUN")
    if told.whole("format") > FORMAT:
        raise NewerLibrary(f"The model in {folder} was exported by a newer version.", "Update Pinakes.")
    tables = {each: told.table("parts").table(each) for each in MODALITIES if each in told.table("parts")}
    graphs = {modality: safe_name(part.text("graph")) for modality, part in tables.items()}
    files = {graphs[each]: FileRecord(part.whole("bytes"), part.text("sha256")) for each, part in tables.items()}
    if wrong := fault(folder, files):
        raise Damaged(f"{wrong[0]} is not what was exported: it {wrong[1]}.", "Export the run again.")
    parts: dict[Modality, Part] = {}
    for modality, part in tables.items():
        try:
            parts[modality] = Part(folder / graphs[modality], inputs_of(part.values["reader"]))
        except (KeyError, TypeError, ValueError) as error:
            raise Damaged(
                f"{folder / RECORD} does not tell how {modality} is read: {error!r}.", "Export the run again."
            ) from error
    if not parts:
        raise Damaged(f"{folder / RECORD} names no graph.", "Export the run again.")
    return Trained(_described(told.values, parts, sum(file.size for file in files.values())), parts)


def _described(told: Mapping[str, Any], parts: Mapping[Modality, Part], size: int) -> Description:
    image, audio = parts.get("image"), parts.get("audio")
    return Description(
        name=str(told["name"]),
        modalities=tuple(parts),
        dim=int(told["dim"]),
        metric="cosine",
        licence=str(told.get("licence", "")),
        size=size,
        fingerprint=fingerprint(told),
        image=image.inputs.image if image else None,
        audio=audio.inputs.audio if audio else None,
        about=str(told.get("about", "")),
        hasher=str(told.get("hasher", "rotation")),
    )


def fingerprint(told: Mapping[str, Any]) -> str:
    """The hash of everything that decides a model's vectors: its graphs by their hashes, and how inputs are made."""
    decides = {"parts": told["parts"], "dim": told["dim"], "format": told["format"]}
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()
