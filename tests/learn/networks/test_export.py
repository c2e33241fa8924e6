"""A network in ONNX gives what it gives in torch, for batches of any size."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch

from pinakes.learn.networks.base import Tower
from tests.learn.networks.tiny import PICTURES, lived, pictures, tiny

QUICK = ["resnet18"]
# The exporter of torch warns of a part of torch that it uses itself.
pytestmark = pytest.mark.filterwarnings("ignore:.*LeafSpec.*:FutureWarning")


def exported(tower: Tower, inputs: torch.Tensor) -> onnxruntime.InferenceSession:
    program = torch.onnx.export(
        tower,
        (inputs,),
        dynamo=True,
        verbose=False,
        input_names=["pictures"],
        output_names=["vectors"],
        dynamic_shapes=({0: torch.export.Dim("rows")},),
    )
    assert program is not None
    return onnxruntime.InferenceSession(program.model_proto.SerializeToString(), providers=["CPUExecutionProvider"])


def agrees(tower: Tower, side: int) -> None:
    session = exported(lived(tower), pictures(2, side))
    for rows in (1, 5):
        inputs = pictures(rows, side, seed=rows)
        with torch.no_grad():
            expected = tower(inputs).numpy()
        [made] = session.run(None, {"pictures": inputs.numpy()})
        assert np.abs(expected).max() > 0.01
        np.testing.assert_allclose(made, expected, rtol=1e-4, atol=1e-4)


def named(names: list[str]) -> list[Any]:
    return [pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow) for name in names]


@pytest.mark.parametrize("name", named(PICTURES))
def test_an_exported_network_gives_the_vectors_of_torch(name: str) -> None:
    agrees(tiny(name), 64)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["alexnet", "vgg16", "mobilenet_v3_small"])
def test_a_network_exported_for_another_side_than_its_own_gives_the_vectors_of_torch(name: str) -> None:
    agrees(tiny(name, classes=7), 100)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["vgg16", "mobilenet_v2", "shufflenet_v2_x1.0"])
def test_an_exported_network_that_squeezes_gives_the_vectors_of_torch(name: str) -> None:
    agrees(tiny(name, squeeze=16), 64)
