"""Which layout a model's folder has, and what its files say."""

from __future__ import annotations

from pathlib import Path

from pinakes.encoders.hub import immich, published
from pinakes.encoders.hub.plans import ModelPlan
from pinakes.encoders.hub.published import Hints
from pinakes.errors import NotFound, Unsupported
from pinakes.limits import Limits

NO_HINTS = Hints()


def read_plan(folder: Path, limits: Limits, variant: str = "", hints: Hints = NO_HINTS) -> ModelPlan:
    """How to use the model in a folder, whichever of the known layouts it has."""
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}.")
    if immich.is_immich(folder):
        return immich.read_plan(folder, limits)
    if published.is_published(folder):
        return published.read_plan(folder, variant, hints, limits)
    raise Unsupported(
        f"{folder} holds no model in a layout that Pinakes reads.",
        "It needs config.json and onnx/*.onnx (transformers.js), model.onnx (sentence-transformers, fastembed),"
        " or visual/ and textual/ (Immich).",
    )
