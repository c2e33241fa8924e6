"""The description that lies beside a trained model's graphs, and from which it is opened."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from pinakes.encoders.base import FEW_PIECES, Description
from pinakes.encoders.certainty import Calibration
from pinakes.encoders.hashers import LEARNED
from pinakes.encoders.hub.configs import Config, read
from pinakes.encoders.hub.record import FileRecord, fault, safe_name
from pinakes.encoders.sentences import RECIPE
from pinakes.encoders.trained.inputs import Inputs, inputs_of
from pinakes.errors import BadInput, Damaged, NewerLibrary
from pinakes.limits import Limits
from pinakes.types import MODALITIES, Modality

RECORD, KIND, FORMAT = "encoder.json", "trained", 1
_AGAIN = "Export the run again."
# The first of a folder's files that is not what it was, and how.
Fault: TypeAlias = Callable[[Path, Mapping[str, FileRecord]], tuple[str, str] | None]


@dataclass(frozen=True)
class Part:
    """The graph of a modality, and what makes its inputs; `many` is one that is quicker for many, and opened later."""

    graph: Path
    inputs: Inputs
    many: Path | None = None


@dataclass(frozen=True)
class Trained:
    """What is known of a trained model; `codes` is the file of its learned projections, if it has one."""

    folder: Path
    description: Description
    parts: Mapping[Modality, Part]
    codes: Path | None = None
    calibration: Calibration = field(default_factory=dict)

    @property
    def files(self) -> tuple[Path, ...]:
        """All that belongs to it, beside its record."""
        graphs = [path for part in self.parts.values() for path in (part.graph, part.many) if path]
        return (*graphs, *([self.codes] if self.codes else []))


def read_record(folder: Path, limits: Limits, wrong_file: Fault = fault) -> Trained:
    """The trained model in a folder, its files checked as those of fetched models are."""
    told = read(folder / RECORD, limits)
    if told.text("kind") != KIND:
        raise BadInput(f"{folder} holds no model that was trained here.", "Export one with: pinakes export RUN")
    if told.whole("format") > FORMAT:
        raise NewerLibrary(f"The model in {folder} was exported by a newer version.", "Update Pinakes.")
    tables = {each: told.table("parts").table(each) for each in MODALITIES if each in told.table("parts")}
    many = {modality: part.table("many") for modality, part in tables.items() if "many" in part}
    every = [*tables.values(), *many.values()]
    files = {safe_name(one.text("graph")): FileRecord(one.whole("bytes"), one.text("sha256")) for one in every}
    codes = told.table("codes") if told.text("hasher", "") == LEARNED else None
    if codes is not None:
        files[safe_name(codes.text("file"))] = FileRecord(codes.whole("bytes"), codes.text("sha256"))
    if wrong := wrong_file(folder, files):
        raise Damaged(f"{wrong[0]} is not what was exported: it {wrong[1]}.", _AGAIN)
    parts = {modality: _part(folder, modality, part, many.get(modality)) for modality, part in tables.items()}
    if not parts:
        raise Damaged(f"{folder / RECORD} names no graph.", _AGAIN)
    return Trained(
        folder,
        _described(told.values, parts, sum(file.size for file in files.values())),
        parts,
        folder / codes.text("file") if codes is not None else None,
        _calibration(folder, told.values.get("calibration", {})),
    )


def _part(folder: Path, modality: Modality, told: Config, many: Config | None) -> Part:
    by_many = folder / many.text("graph") if many is not None else None
    try:
        return Part(folder / told.text("graph"), inputs_of(told.values["reader"]), by_many)
    except (KeyError, TypeError, ValueError) as error:
        raise Damaged(f"{folder / RECORD} does not tell how {modality} is read: {error!r}.", _AGAIN) from error


def _calibration(folder: Path, told: Any) -> Calibration:
    try:
        found = {str(name): (float(a), float(b), float(floor)) for name, (a, b, floor) in dict(told).items()}
    except (TypeError, ValueError) as error:
        raise Damaged(f"{folder / RECORD} does not tell what its cosines mean: {error}.", _AGAIN) from error
    if not all(math.isfinite(number) for one in found.values() for number in one):
        raise Damaged(f"{folder / RECORD} does not tell what its cosines mean in finite numbers.", _AGAIN)
    return found


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
        languages=tuple(map(str, told.get("languages", ()))),
        about=str(told.get("about", "")),
        hasher=str(told.get("hasher", "rotation")),
        sentences=_by_sentence(told),
    )


def _by_sentence(told: Mapping[str, Any]) -> bool:
    """Whether it reads the pieces of a text in their order, and only so many."""
    text = told["parts"].get("text", {}).get("reader", {})
    return text.get("reader") == "words" and int(text["length"]) <= FEW_PIECES


def fingerprint(told: Mapping[str, Any]) -> str:
    """The hash of everything that decides a model's vectors: its graphs by their hashes, and how inputs are made."""
    # What is quicker for many gives the same.
    parts = {each: {name: one for name, one in part.items() if name != "many"} for each, part in told["parts"].items()}
    decides = {"parts": parts, "dim": told["dim"], "format": told["format"]}
    if _by_sentence(told):
        decides["sentences"] = RECIPE
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()
