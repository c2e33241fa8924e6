"""What spaces weigh beside one another where nothing is said of them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from pinakes.index.calibrate import Asking
from pinakes.search.encode import Asked
from pinakes.search.near import usual_weights

# Of two spaces one tells how likely its hits are right, of words and of pictures.
TOLD = [8.0, -4.0, 0.1]
SNAPSHOT = SimpleNamespace(calibration={"1": {"words-image": TOLD, "image-image": TOLD}})


def asked(number: int, name: str, source: Asking) -> Asked:
    """A query of a space."""
    space = SimpleNamespace(id=number, name=name, metric="cosine")
    return Asked(space, np.ones(2, np.float32), source, 1.0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("near", "weights"),
    [
        ([asked(1, "learned", "words")], {"learned": 1}),
        ([asked(1, "learned", "image"), asked(2, "colour", "image")], {"learned": 1, "colour": 0.3}),
        ([asked(1, "learned", "words"), asked(2, "colour", "image")], {"learned": 1, "colour": 0.3}),
        ([asked(2, "colour", "image"), asked(3, "texture", "image")], {"colour": 1, "texture": 1}),
        # Of sounds the first tells nothing.
        ([asked(1, "learned", "audio"), asked(2, "mfcc", "audio")], {"learned": 1, "mfcc": 1}),
        ([asked(1, "learned", "words"), asked(2, "topics", "words")], {"learned": 1, "topics": 1}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_an_example_leaves_little_to_what_tells_no_likelihoods_beside_what_does(
    near: list[Asked], weights: dict[str, float]
) -> None:
    assert usual_weights(SNAPSHOT, near) == weights  # type: ignore[arg-type]
