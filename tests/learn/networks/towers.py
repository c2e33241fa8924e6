"""What several tests of networks do with a tower: export it, and have it learn a few pictures by heart."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn
from torch.nn import functional

PICTURES = 32


def exported(tower: nn.Module, inputs: Tensor, folder: Path) -> onnxruntime.InferenceSession:
    """The tower as ONNX, of any number of rows."""
    path = folder / "tower.onnx"
    with warnings.catch_warnings():
        # Torch's exporter calls what torch itself has deprecated.
        warnings.filterwarnings("ignore", message=".*LeafSpec", category=FutureWarning)
        torch.onnx.export(
            tower.eval(),
            (inputs,),
            path,
            dynamo=True,
            input_names=["inputs"],
            output_names=["vectors"],
            dynamic_shapes=({0: torch.export.Dim("n", min=1, max=64)},),
            external_data=False,
            verbose=False,
        )
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


def farthest(tower: nn.Module, session: onnxruntime.InferenceSession, inputs: Tensor) -> float:
    """How far the exported tower is from torch's own, at most."""
    with torch.no_grad():
        wanted = tower.eval()(inputs).numpy()
    return float(np.abs(session.run(None, {"inputs": inputs.numpy()})[0] - wanted).max())


def learned(tower: nn.Module, side: int, classes: int, steps: int, rate: float = 3e-3) -> float:
    """The share of 32 pictures of noise whose class the tower tells after so many steps."""
    torch.manual_seed(7)
    pictures, labels = torch.randn(PICTURES, 3, side, side), torch.arange(PICTURES) % classes
    steps_of = torch.optim.AdamW(tower.parameters(), rate)
    tower.train()
    for _ in range(steps):
        steps_of.zero_grad()
        functional.cross_entropy(tower(pictures), labels).backward()
        steps_of.step()
    tower.eval()
    with torch.no_grad():
        return float((tower(pictures).argmax(1) == labels).float().mean())
