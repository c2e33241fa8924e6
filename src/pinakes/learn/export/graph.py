"""From a learner's modality to a graph in ONNX, held against torch before anyone relies on it."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from pinakes.encoders.runtime.ort import FATAL_ONLY
from pinakes.errors import PinakesError, Unsupported
from pinakes.learn.base import Learner
from pinakes.types import Floats

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

# The largest difference between a vector's number here and there, with numbers of the size of one.
PARITY = 1e-4
# What every runtime of the last years reads.
_OPSET = 18


class Embedding(nn.Module):
    """One modality of a learner as a function of its input."""

    def __init__(self, learner: Learner, modality: str) -> None:
        super().__init__()
        self.learner, self.modality = learner, modality

    def forward(self, inputs: Tensor) -> Tensor:
        """Vectors (n, dim)."""
        return self.learner.embed(self.modality, inputs)


def write_graph(learner: Learner, modality: str, sample: Tensor, path: Path, *, any_length: bool = False) -> float:
    """Write the graph of a modality for any number of rows; returns how far its vectors of the sample differ.

    With `any_length` a row may be shorter or longer than those of the sample: a short text is then read sooner.
    """
    module = Embedding(learner, modality).eval()
    if len(sample) < 2:
        # A single row would be taken for a fixed size.
        sample = torch.cat([sample, sample])
    free = {0: torch.export.Dim("rows", min=1)}
    if any_length:
        free[1] = torch.export.Dim("length", min=1)
    with torch.no_grad(), quiet():
        try:
            program = torch.onnx.export(
                module,
                (sample,),
                dynamo=True,
                input_names=["inputs"],
                output_names=["vectors"],
                dynamic_shapes={"inputs": free},
                opset_version=_OPSET,
                verbose=False,
            )
        except Exception as error:  # whatever a network does that can not be traced
            raise Unsupported(
                f"The {modality} of this model can not be written as a graph: {str(error).splitlines()[0]}.",
                "Networks of this package can; one of your own must be traceable by torch.export.",
            ) from error
        if program is None:
            raise PinakesError(f"torch wrote no graph for {modality}.")
        program.save(str(path), external_data=False)
        session = open_graph(path)
        _check_rows(session, path, modality)
        told = module(sample)
    return _difference(told.numpy(), _vectors(session, sample.numpy()), path)


def run_graph(path: Path, inputs: NDArray[np.generic]) -> Floats:
    """Vectors (n, dim) that a graph makes of inputs."""
    return _vectors(open_graph(path), inputs)


def open_graph(path: Path, threads: int = 0) -> InferenceSession:
    """A graph on the processor, with so many threads for one run; 0: as many as there are cores."""
    import onnxruntime

    wish = onnxruntime.SessionOptions()
    wish.log_severity_level = FATAL_ONLY
    wish.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(str(path), wish, providers=["CPUExecutionProvider"])


def _vectors(session: InferenceSession, inputs: NDArray[np.generic]) -> Floats:
    (vectors,) = session.run(None, {session.get_inputs()[0].name: inputs})
    return np.asarray(vectors, np.float32)


def _check_rows(session: InferenceSession, path: Path, modality: str) -> None:
    """Refuse a graph that takes no other number of rows than its sample had."""
    if isinstance(rows := session.get_inputs()[0].shape[0], int):
        path.unlink()
        raise Unsupported(
            f"The graph of {modality} would take {rows} rows and no other number.",
            "Its network computes with the number of rows: write -1 for it in view and reshape.",
        )


def _difference(here: Floats, there: Floats, path: Path) -> float:
    scale = max(1.0, float(np.abs(here).max(initial=0.0)))
    difference = float(np.abs(here - there).max(initial=0.0)) / scale
    if difference > PARITY:
        path.unlink()
        raise PinakesError(
            f"The graph {path.name} gives other vectors than torch: they differ by {difference:.2g}; "
            f"{PARITY:g} is allowed.",
            "Report it with the network's name and settings.",
        )
    return difference


@contextmanager
def quiet() -> Iterator[None]:
    """What exporters say of their own insides is nothing that a user could act upon."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
