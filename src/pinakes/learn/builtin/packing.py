"""From what was trained to what comes with the program: four graphs, the codes, and the record that opens them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

from pinakes.encoders.hashers import LEARNED
from pinakes.encoders.hub.record import sha256_of
from pinakes.encoders.trained.record import FORMAT, KIND, RECORD
from pinakes.errors import BadInput
from pinakes.learn.builtin.coding import Coding, write_codes
from pinakes.learn.builtin.looking import Looking
from pinakes.learn.builtin.seeing import reader_of
from pinakes.learn.builtin.sounds import write_audio
from pinakes.learn.builtin.space import BITS
from pinakes.learn.builtin.train_space import write_text
from pinakes.learn.export.compress import compress
from pinakes.learn.export.graph import write_graph
from pinakes.storage import explained, write_whole
from pinakes.types import Modality

NAME, CODES, MANY = "builtin", "codes.npz", "texts.onnx"
# What a release may weigh.
MOST_BYTES = 25_000_000
# Said of it wherever encoders are listed.
ABOUT = (
    "Small model, trained on little, that comes with Pinakes: pictures, words and sounds in one space. For the best "
    "quality run: pinakes models pull"
)
LICENCE = "research and education (see its card)"
FREE_LICENCE = "Apache-2.0"


def pack(
    target: Path, looking: Looking, side: int, words: Path, coding: Coding, sounds: Path | None, *, research: bool
) -> Path:
    """Write graphs with weights in eight bits, codes and record into a folder."""
    with explained(target):
        target.mkdir(parents=True, exist_ok=True)
    readers: dict[Modality, dict[str, Any]] = {}
    readers["text"] = _small(target / "text.onnx", lambda path: write_text(words, path))
    _small(target / MANY, lambda path: write_text(words, path, for_many=True), fold=False)
    readers["image"] = _small(target / "image.onnx", lambda path: _write_image(looking, side, path))
    if sounds is not None:
        readers["audio"] = _small(target / "audio.onnx", lambda path: write_audio(sounds, path))
    write_codes(coding, target / CODES)
    described = {
        "kind": KIND,
        "format": FORMAT,
        "name": NAME,
        "dim": looking.dim,
        "method": "builtin",
        "hasher": LEARNED,
        "codes": {"file": CODES, "bits": list(BITS), **_file(target / CODES)},
        "int8": False,
        "languages": ["en", "zh"],
        "licence": LICENCE if research else FREE_LICENCE,
        "about": ABOUT,
        "parts": {
            name: {"graph": f"{name}.onnx", **_file(target / f"{name}.onnx"), "reader": reader}
            | ({"many": {"graph": MANY, **_file(target / MANY)}} if name == "text" else {})
            for name, reader in readers.items()
        },
    }
    write_record(target, described)
    if (size := sum(path.stat().st_size for path in target.iterdir())) > MOST_BYTES:
        raise BadInput(f"The encoder takes {size:,} bytes, more than {MOST_BYTES:,}.", "Make its towers narrower.")
    return target


def write_record(folder: Path, told: Mapping[str, Any]) -> None:
    """Write the record of an encoder."""
    write_whole(folder / RECORD, [(json.dumps(told, ensure_ascii=False) + "\n").encode()])


def read_told(folder: Path) -> dict[str, Any]:
    """The record of an encoder as it stands."""
    found: dict[str, Any] = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    return found


def _small(path: Path, write: Callable[[Path], dict[str, Any]], *, fold: bool = True) -> dict[str, Any]:
    """Write a graph, and bring its weights to eight bits; returns how its inputs are read."""
    whole = path.with_suffix(".whole.onnx")
    try:
        told: dict[str, Any] = write(whole)
        compress(whole, path, fold=fold)
    finally:
        whole.unlink(missing_ok=True)
    return told


def _write_image(looking: Looking, side: int, path: Path) -> dict[str, Any]:
    # Of all orders of numbers in memory graphs know only one.
    looking.tower.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    write_graph(looking.eval(), "image", torch.rand(4, 3, side, side) * 2 - 1, path)
    return reader_of(side).describe()


def _file(path: Path) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
