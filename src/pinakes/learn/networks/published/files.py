"""Weights as they lie in files: safetensors, alone or in shards, and torch's own format, of tensors alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from pinakes.errors import BadInput, Unreadable

# What a folder of the hub holds, the safer first.
_FILES = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin")
_TORCH = (".pth", ".pt", ".bin", ".tar", ".ckpt")
# Under what training scripts keep the weights beside the rest.
_WITHIN = ("state_dict", "model", "model_state_dict")
_READ = f"Files that end in .safetensors or {', '.join(_TORCH)} are read, and folders of the hub with one of them."


@dataclass(frozen=True, slots=True)
class Weights:
    """Tensors by their published names, and the configuration beside them, if there is any."""

    path: Path
    tensors: Mapping[str, Tensor]
    config: Mapping[str, Any] = field(default_factory=dict)


def read(path: Path | str) -> Weights:
    """The weights in a file or in a folder of the hub."""
    path = Path(path)
    if not path.exists():
        raise Unreadable(f"There is no {path}.", _READ)
    file = _in_folder(path) if path.is_dir() else path
    tensors = _shards(file) if file.name.endswith(".index.json") else _tensors(file)
    config = file.parent / "config.json"
    return Weights(path, tensors, _json(config) if config.is_file() else {})


def _in_folder(folder: Path) -> Path:
    for name in _FILES:
        if (folder / name).is_file():
            return folder / name
    raise Unreadable(f"The folder {folder} holds none of {', '.join(_FILES)}.", _READ)


def _shards(index: Path) -> dict[str, Tensor]:
    """The tensors of all files that an index names, which must lie beside it."""
    names = _json(index).get("weight_map")
    if not isinstance(names, dict):
        raise BadInput(f"{index} names no files of weights.", "Fetch it anew; it should hold a weight_map.")
    tensors: dict[str, Tensor] = {}
    for name in sorted({str(each) for each in names.values()}):
        if Path(name).name != name:
            raise BadInput(f"{index} names the file {name}, which is not beside it.", "Fetch the weights anew.")
        tensors |= _tensors(index.parent / name)
    return tensors


def _tensors(file: Path) -> dict[str, Tensor]:
    if not file.is_file():
        raise Unreadable(f"There is no {file}.", "Fetch the weights anew; a part of them is missing.")
    if file.suffix == ".safetensors":
        try:
            return load_file(file)
        except (SafetensorError, OSError) as error:
            raise BadInput(f"{file} can not be read: {error}.", "Fetch it anew.") from error
    if file.suffix not in _TORCH:
        raise BadInput(f"{file} is not a file of weights that is read here.", _READ)
    try:
        held = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:
        # Torch raises whatever its reader raises; most of it says that there is more than tensors in the file.
        raise BadInput(
            f"{file} holds more than weights, or is damaged.",
            "Only tensors are read, since anything else in such a file could run code. Save its state_dict alone, "
            "or look for the same weights as .safetensors.",
        ) from error
    return _unwrapped(file, held)


def _unwrapped(file: Path, held: object) -> dict[str, Tensor]:
    for key in _WITHIN:
        if isinstance(held, Mapping) and isinstance(held.get(key), Mapping):
            held = held[key]
    if not isinstance(held, Mapping):
        raise BadInput(f"{file} holds no weights by their names.", "Save the state_dict of the network.")
    wrong = [str(name) for name, value in held.items() if not isinstance(value, Tensor)]
    if wrong:
        raise BadInput(
            f"{file} holds things that are no tensors: {', '.join(wrong[:5])}.", "Save its state_dict alone."
        )
    return {str(name): value for name, value in held.items()}


def _json(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} can not be read as JSON: {error}.", "Fetch it anew.") from error
    return read if isinstance(read, dict) else {}
