"""A stand-in for the built-in encoder: its layout and kinds of files, with graphs that a reader can work out by hand.

Words of colours, the colour of a picture, words of pitch and the pitch of a sound lie along the same axes; all other
words lie across them.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from pinakes.words.vocabulary import Pieces

DIM, SIDE, LENGTH, SAMPLES = 16, 32, 24, 16_000
COLOURS = {"red": (1, -0.5, -0.5), "green": (-0.5, 1, -0.5), "blue": (-0.5, -0.5, 1), "红色": (1, -0.5, -0.5)}
PITCHES = {"shrill": 1.0, "deep": -1.0}
OTHERS = (
    "a an the of in on at by and boat house sea harbour night snow sound picture tone meadow lighthouse quiet 小船 海"
)


def vocabulary() -> Pieces:
    """Every word above as one piece."""
    words = [*COLOURS, *PITCHES, *OTHERS.split()]
    return Pieces.trained([word for word in words for _ in range(50)], most=400)


def write(folder: Path, **extra: Any) -> Path:
    """The whole model in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces = vocabulary()
    _text(pieces, folder / "text.onnx")
    _image(folder / "image.onnx")
    _audio(folder / "audio.onnx")
    random = np.random.default_rng(2)
    projection = np.linalg.qr(random.standard_normal((128, 128)))[0][:DIM].astype(np.float32)
    np.savez(folder / "codes.npz", centre=np.zeros(DIM, np.float32), projection=projection)
    readers = {
        "text": {"reader": "words", "words": pieces.describe(), "length": LENGTH},
        "image": {"reader": "pictures", "side": SIDE, "whole": SIDE, "mean": [0.0] * 3, "std": [1.0] * 3},
        "audio": {"reader": "sounds", "seconds": SAMPLES / 16_000},
    }
    told = {
        "kind": "trained",
        "format": 1,
        "name": "builtin",
        "dim": DIM,
        "hasher": "learned",
        "licence": "Apache-2.0",
        "about": "A stand-in for tests.",
        "languages": ["en", "zh"],
        "codes": {"file": "codes.npz", "bits": [64, 128], **_facts(folder / "codes.npz")},
        "calibration": {
            "text-image": [10.0, -5.0, 0.3],
            "text-audio": [10.0, -5.0, 0.3],
            "text-text": [10.0, -6.0, 0.3],
            "image-image": [10.0, -6.0, 0.3],
        },
        "parts": {
            name: {"graph": f"{name}.onnx", **_facts(folder / f"{name}.onnx"), "reader": reader}
            for name, reader in readers.items()
        },
    }
    (folder / "encoder.json").write_text(json.dumps(told | extra, ensure_ascii=False), encoding="utf-8")
    return folder


def _facts(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _text(pieces: Pieces, path: Path) -> None:
    """The sum of the words' vectors."""
    table = np.zeros((len(pieces), DIM), np.float32)
    table[5:, 4:] = np.random.default_rng(1).normal(0, 0.15, (len(pieces) - 5, DIM - 4))
    for word, colour in COLOURS.items():
        table[pieces.ids(word), :3] = np.array(colour) / len(pieces.ids(word))
    for word, pitch in PITCHES.items():
        table[pieces.ids(word), 3] = pitch / len(pieces.ids(word))
    nodes = [
        helper.make_node("Gather", ["table", "inputs"], ["words"]),
        helper.make_node("ReduceSum", ["words", "across"], ["vectors"], keepdims=0),
    ]
    _save(nodes, {"table": table, "across": np.array([1])}, TensorProto.INT64, (LENGTH,), path)


def _image(path: Path) -> None:
    """Each colour's mean, less that of all three."""
    turn = np.zeros((3, DIM), np.float32)
    turn[:, :3] = np.eye(3) - 1 / 3
    nodes = [
        helper.make_node("ReduceMean", ["inputs", "across"], ["colour"], keepdims=0),
        helper.make_node("MatMul", ["colour", "turn"], ["vectors"]),
    ]
    _save(nodes, {"turn": turn, "across": np.array([2, 3])}, TensorProto.FLOAT, (3, SIDE, SIDE), path)


def _audio(path: Path) -> None:
    """How fast a sound swings, less how loud it is: above 0 for shrill ones, below for deep ones."""
    turn = np.zeros((1, DIM), np.float32)
    turn[0, 3] = 1
    nodes = [
        helper.make_node("Slice", ["inputs", "one", "end", "axis"], ["later"]),
        helper.make_node("Slice", ["inputs", "zero", "last", "axis"], ["before"]),
        helper.make_node("Sub", ["later", "before"], ["steps"]),
        helper.make_node("Abs", ["steps"], ["swings"]),
        helper.make_node("Abs", ["before"], ["loud"]),
        helper.make_node("Mul", ["loud", "part"], ["usual"]),
        helper.make_node("Sub", ["swings", "usual"], ["over"]),
        helper.make_node("ReduceMean", ["over", "axis"], ["pitch"], keepdims=1),
        helper.make_node("MatMul", ["pitch", "turn"], ["vectors"]),
    ]
    numbers = {"one": [1], "zero": [0], "end": [SAMPLES], "last": [SAMPLES - 1], "axis": [1]}
    arrays = {name: np.array(value) for name, value in numbers.items()}
    _save(nodes, {**arrays, "part": np.float32([0.5]), "turn": turn}, TensorProto.FLOAT, (SAMPLES,), path)


def _save(nodes: list[Any], arrays: dict[str, Any], kind: int, shape: tuple[int, ...], path: Path) -> None:
    graph = helper.make_graph(
        nodes,
        path.stem,
        [helper.make_tensor_value_info("inputs", kind, ["rows", *shape])],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["rows", DIM])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in arrays.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
