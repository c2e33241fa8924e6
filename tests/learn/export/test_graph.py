"""A graph takes any number of rows, or is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from pinakes.errors import Unsupported
from pinakes.learn.base import Batch, Learner
from pinakes.learn.export.graph import run_graph, write_graph


class _Counting(Learner):
    modalities = ("text",)
    dim = 3

    def __init__(self, *, counts: bool) -> None:
        super().__init__()
        self.counts = counts

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        rows = int(inputs.shape[0]) if self.counts else 1
        return inputs[:, :3] * torch.ones(rows, 1)

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        raise NotImplementedError


def test_a_graph_of_any_number_of_rows_is_written(tmp_path: Path) -> None:
    write_graph(_Counting(counts=False), "text", torch.rand(2, 5), tmp_path / "text.onnx")
    assert run_graph(tmp_path / "text.onnx", torch.rand(7, 5).numpy()).shape == (7, 3)


def test_a_graph_of_one_number_of_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match="text"):
        write_graph(_Counting(counts=True), "text", torch.rand(2, 5), tmp_path / "text.onnx")
    assert not list(tmp_path.iterdir())
