"""The teacher is read from layers and integers, and gives what the same layers give when they are written out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pinakes.errors import BadInput, NotFound
from pinakes.learn.builtin.teacher import SIDE, WEIGHTS, normal, read

LAYERS = [
    {"op": "CONV_2D", "name": "stem", "inputs": [0], "output": 1, "stride": 2, "activation": "relu6", "channel_dim": 0},
    {
        "op": "DEPTHWISE_CONV_2D",
        "name": "deep",
        "inputs": [1],
        "output": 2,
        "stride": 1,
        "activation": "none",
        "channel_dim": 3,
    },
    {"op": "ADD", "inputs": [1, 2], "output": 3},
    {"op": "MEAN", "inputs": [3], "output": 4},
    {"op": "CONV_2D", "name": "told", "inputs": [4], "output": 5, "stride": 1, "activation": "none", "channel_dim": 0},
]
SHAPES = {"stem": (4, 3, 3, 3), "deep": (1, 3, 3, 4), "told": (5, 1, 1, 4)}


def make_weights() -> dict[str, np.ndarray]:
    """Integers with scales, as the folder of a teacher has them."""
    random = np.random.default_rng(0)
    found: dict[str, np.ndarray] = {}
    for name, shape in SHAPES.items():
        channels = shape[3] if name == "deep" else shape[0]
        found[f"{name}.weight_int8"] = random.integers(-127, 128, shape).astype(np.int8)
        found[f"{name}.scale"] = random.uniform(0.001, 0.01, channels)
        found[f"{name}.bias"] = random.normal(size=channels).astype(np.float32)
    return found


def lay(folder: Path, weights: dict[str, np.ndarray]) -> Path:
    """A folder as a teacher's: layers and weights."""
    (folder / "layers.json").write_text(json.dumps(LAYERS))
    np.savez(folder / WEIGHTS, **weights)  # type: ignore[arg-type]
    return folder


@pytest.fixture
def weights() -> dict[str, np.ndarray]:
    return make_weights()


@pytest.fixture
def folder(tmp_path: Path, weights: dict[str, np.ndarray]) -> Path:
    return lay(tmp_path, weights)


def test_its_vector_is_the_mean_of_the_last_map(folder: Path, weights: dict[str, np.ndarray]) -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (2, SIDE, SIDE, 3)).astype(np.uint8)
    vectors, logits = read(folder)(normal(pictures))

    def floats(name: str, axis: int) -> np.ndarray:
        shape = [1, 1, 1, 1]
        shape[axis] = -1
        found: np.ndarray = weights[f"{name}.weight_int8"] * weights[f"{name}.scale"].reshape(shape)
        return found

    # By hand at one place of the stem: 224 is even, so that TensorFlow pads right and below alone.
    pixels = pictures.astype(np.float64) / 127.5 - 1
    patch = pixels[0, 20:23, 40:43]
    stem = np.clip((floats("stem", 0) * patch).sum((1, 2, 3)) + weights["stem.bias"], 0, 6)
    padded = np.pad(pixels, ((0, 0), (0, 1), (0, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (1, 2))[:, ::2, ::2]
    maps = np.clip(np.einsum("nhwcij,oijc->nhwo", windows, floats("stem", 0)) + weights["stem.bias"], 0, 6)
    assert maps[0, 10, 20] == pytest.approx(stem)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(maps, ((0, 0), (1, 1), (1, 1), (0, 0))), (3, 3), (1, 2))
    deep = np.einsum("nhwcij,ijc->nhwc", around, floats("deep", 3)[0]) + weights["deep.bias"]
    wanted = (maps + deep).mean((1, 2))
    assert np.allclose(vectors.numpy(), wanted, atol=1e-4)
    assert np.allclose(logits.numpy(), wanted @ floats("told", 0)[:, 0, 0].T + weights["told.bias"], atol=1e-4)


def test_a_folder_that_is_not_whole_and_pictures_of_another_size_are_refused(folder: Path) -> None:
    with pytest.raises(BadInput, match="224"):
        normal(np.zeros((1, 96, 96, 3), np.uint8))
    (folder / WEIGHTS).unlink()
    with pytest.raises(NotFound, match=WEIGHTS):
        read(folder)
