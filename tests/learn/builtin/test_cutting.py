"""Parts of pictures are cut for a whole batch as Pillow cuts them one by one."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from pinakes.learn.augment.draws import Draws
from pinakes.learn.builtin.cutting import Cuts
from pinakes.types import Pixels

torch.set_num_threads(1)


def pictures(count: int) -> Pixels:
    """Pictures of blots, as smooth as photographs are."""
    random = np.random.default_rng(0)
    small = random.integers(0, 256, (count, 12, 12, 3)).astype(np.uint8)
    return np.stack([np.asarray(Image.fromarray(each).resize((80, 80), Image.Resampling.BICUBIC)) for each in small])


@pytest.mark.parametrize("side", [24, 64, 112])
def test_parts_are_those_that_pillow_cuts(side: int) -> None:
    shown, cuts = pictures(8), Cuts.drawn(Draws(np.arange(8, dtype=np.uint64)))
    assert cuts.mirrored.any() and not cuts.mirrored.all()
    found = cuts.of(torch.from_numpy(shown), side).permute(0, 2, 3, 1).numpy() * 255
    for row in range(8):
        left, top, right, bottom = (cuts.boxes[row] * 80).tolist()
        picture = Image.fromarray(shown[row]).resize(
            (side, side), Image.Resampling.BILINEAR, (left, top, right, bottom)
        )
        wanted = np.asarray(picture)[:, ::-1] if cuts.mirrored[row] else np.asarray(picture)
        assert np.abs(found[row] - wanted).max() <= 1.01, "Pillow rounds twice"


def test_parts_lie_within_their_pictures_and_differ() -> None:
    cuts = Cuts.drawn(Draws(np.arange(500, dtype=np.uint64)))
    left, top, right, bottom = cuts.boxes.T
    assert cuts.boxes.min() >= 0 and cuts.boxes.max() <= 1 + 1e-6
    area = (right - left) * (bottom - top)
    assert area.min() > 0.27 and 0.6 < area.mean() < 0.72
    assert len(np.unique(left)) > 400


def test_whole_pictures_of_their_own_side_are_what_they_were() -> None:
    shown = pictures(2)
    whole = np.tile(np.array([0, 0, 1, 1], np.float32), (2, 1))
    found = Cuts(whole, np.zeros(2, np.bool_)).of(torch.from_numpy(shown), 80)
    np.testing.assert_allclose(found.permute(0, 2, 3, 1).numpy() * 255, shown, atol=1e-3)
