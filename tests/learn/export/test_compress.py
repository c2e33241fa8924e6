"""Weights in eight bits on the disk, floats in use."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from pinakes.learn.base import Batch, Learner
from pinakes.learn.export.compress import compress, eight
from pinakes.learn.export.graph import run_graph, write_graph
from pinakes.learn.networks.hearing import LogMel

torch.set_num_threads(1)


class _Small(Learner):
    modalities = ("image", "text")
    dim = 16

    def __init__(self) -> None:
        super().__init__()
        self.seen = nn.Sequential(nn.Conv2d(3, 48, 3), nn.BatchNorm2d(48), nn.ReLU(), nn.AdaptiveAvgPool2d(1))
        self.words = nn.Embedding(500, 32)
        self.read = nn.GRU(32, 24, batch_first=True, bidirectional=True)
        self.heads = nn.ModuleDict({"image": nn.Linear(48, 32), "text": nn.Linear(48, 32)})
        self.last = nn.Parameter(torch.randn(32, 64))

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        if modality == "image":
            vectors: Tensor = self.heads["image"](self.seen(inputs).flatten(1))
        else:
            vectors = self.heads["text"](self.read(self.words(inputs))[0].mean(1))
        return vectors @ self.last

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        raise NotImplementedError


@pytest.fixture(scope="module")
def small() -> _Small:
    torch.manual_seed(3)
    learner = _Small()
    for each in learner.modules():
        if isinstance(each, nn.BatchNorm2d):
            each.running_mean.normal_()  # type: ignore[union-attr]
            each.running_var.uniform_(0.5, 2)  # type: ignore[union-attr]
    return learner.eval()


@pytest.mark.parametrize(
    ("modality", "inputs"), [("image", torch.rand(5, 3, 12, 12)), ("text", torch.ones(5, 7).long())]
)
def test_a_compressed_graph_is_smaller_and_says_nearly_the_same(
    small: _Small, tmp_path: Path, modality: str, inputs: Tensor
) -> None:
    if modality == "text":
        inputs = torch.randint(0, 500, (5, 7), generator=torch.Generator().manual_seed(1))
    write_graph(small, modality, inputs, tmp_path / "whole.onnx")
    compress(tmp_path / "whole.onnx", tmp_path / "small.onnx")
    whole, less = (run_graph(tmp_path / f"{name}.onnx", inputs.numpy()) for name in ("whole", "small"))
    cosines = (whole * less).sum(1) / np.linalg.norm(whole, axis=1) / np.linalg.norm(less, axis=1)
    assert cosines.min() > 0.999
    assert not np.array_equal(whole, less)
    assert (tmp_path / "small.onnx").stat().st_size < 0.62 * (tmp_path / "whole.onnx").stat().st_size
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["small.onnx", "whole.onnx"]


def test_each_row_or_column_has_a_scale_of_its_own() -> None:
    values = np.array([[100.0, 0.01], [-50.0, 0.02]], np.float32)
    for by_column, shape in ((True, (1, 2)), (False, (2, 1))):
        small, scale = eight(values, by_column=by_column)
        assert small.dtype == np.int8
        assert scale.shape == shape
    small, scale = eight(values, by_column=True)
    np.testing.assert_allclose(small * scale, values, atol=0.4)
    np.testing.assert_allclose((small * scale)[:, 1], values[:, 1], atol=1e-4)


def test_weights_that_are_all_zero_stay_zero() -> None:
    small, scale = eight(np.zeros((4, 4), np.float32), by_column=False)
    assert np.isfinite(scale).all()
    assert not (small * scale).any()


class _Hears(Learner):
    modalities = ("audio",)
    dim = 16

    def __init__(self) -> None:
        super().__init__()
        self.front = LogMel(16, 256, 128)

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        levels: Tensor = self.front(inputs)
        return levels.mean(1)

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        raise NotImplementedError


def test_what_is_faint_beside_what_is_loud_is_still_heard(tmp_path: Path) -> None:
    time = torch.arange(3_200) / 16_000
    loud = 0.9 * torch.sin(2 * torch.pi * 200 * time)
    sounds = torch.stack([loud, loud + 3e-4 * torch.sin(2 * torch.pi * 6_000 * time)])
    hears = _Hears().eval()
    write_graph(hears, "audio", sounds, tmp_path / "whole.onnx")
    compress(tmp_path / "whole.onnx", tmp_path / "small.onnx")
    with torch.no_grad():
        exact = hears.embed("audio", sounds).numpy()
    small = run_graph(tmp_path / "small.onnx", sounds.numpy())
    faint = int(np.argmax(exact[1] - exact[0]))
    assert exact[1, faint] - exact[0, faint] > 10
    assert abs(small[1, faint] - exact[1, faint]) < 1, "decibels, sixty below the loud tone"
    assert (tmp_path / "small.onnx").stat().st_size < 0.6 * (tmp_path / "whole.onnx").stat().st_size
