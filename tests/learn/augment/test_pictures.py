"""Changes of pictures: they keep shape and range, repeat by their draws, and do what their names say."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pinakes.errors import BadSetting, UnknownName
from pinakes.learn.augment.draws import Draws, keys_of
from pinakes.learn.augment.pictures import (
    PICTURE_STEPS,
    USUAL,
    Colour,
    Crop,
    Flip,
    Gaussian,
    PictureStep,
    Rotate,
    SaltAndPepper,
    Scale,
    changed,
)
from pinakes.learn.augment.steps import described, made


def pictures(rows: int = 3, height: int = 12, width: int = 12, seed: int = 0) -> Tensor:
    return torch.rand((rows, 3, height, width), generator=torch.Generator().manual_seed(seed))


def draws(rows: int = 3, seed: int = 0) -> Draws:
    return Draws(keys_of([f"{seed}-{row}" for row in range(rows)]))


def smooth(height: int = 33, width: int = 33) -> Tensor:
    """One picture whose red falls from left to right and whose green from top to bottom."""
    down, across = torch.meshgrid(torch.linspace(0, 1, height), torch.linspace(0, 1, width), indexing="ij")
    return torch.stack([across, down, torch.full_like(down, 0.5)])[None]


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(PICTURE_STEPS.names()), st.integers(0, 5), st.integers(1, 9), st.integers(1, 9), st.integers(0, 9)
)
def test_every_step_keeps_shape_and_range_and_repeats(name: str, rows: int, height: int, width: int, seed: int) -> None:
    step = PICTURE_STEPS.get(name)()
    given_ = pictures(rows, height, width, seed)
    before = given_.clone()
    found = changed(given_, (step,), draws(rows, seed))
    assert found.shape == given_.shape and found.dtype == torch.float32
    assert torch.isfinite(found).all() and (found >= 0).all() and (found <= 1).all()
    assert torch.equal(found, changed(given_, (step,), draws(rows, seed)))
    assert torch.equal(given_, before), "what is handed in stays as it is"


def test_a_picture_is_changed_alone_as_among_others() -> None:
    whole = changed(pictures(), USUAL, draws())
    for row in range(3):
        alone = changed(pictures()[row : row + 1], USUAL, Draws(draws().keys[row : row + 1]))
        assert torch.equal(alone[0], whole[row])


def test_what_cannot_change_a_picture_leaves_it_as_it_is() -> None:
    nothing: tuple[PictureStep, ...] = (
        Rotate(0),
        Scale(1, 1),
        Crop(1),
        Flip(0),
        Colour(0, 0, 0, 0),
        Gaussian(0),
        SaltAndPepper(0),
    )
    assert torch.allclose(changed(pictures(), nothing, draws()), pictures(), atol=1e-5)


def test_a_flip_exchanges_left_and_right_exactly() -> None:
    assert torch.allclose(changed(pictures(), (Flip(1),), draws()), pictures().flip(3), atol=1e-6)


@pytest.mark.parametrize("width", [33, 65])
def test_a_rotation_turns_by_an_angle_within_its_limit_whatever_the_sides(width: int) -> None:
    found = changed(smooth(33, width).repeat(40, 1, 1, 1), (Rotate(15),), draws(40))
    centre = found[:, :, 12:21, width // 2 - 4 : width // 2 + 5]
    # How fast red and green change along x and y tells the turn.
    red_x, red_y = (
        centre[:, 0].diff(dim=2).mean((1, 2)) * (width - 1),
        centre[:, 0].diff(dim=1).mean((1, 2)) * (width - 1),
    )
    angles = torch.rad2deg(torch.atan2(red_y, red_x))
    assert angles.abs().max() <= 15.1 and angles.max() > 10 and angles.min() < -10
    assert torch.allclose(torch.hypot(red_x, red_y), torch.ones(40), atol=0.02)


def test_a_scale_makes_larger_or_smaller_within_its_limits() -> None:
    found = changed(smooth().repeat(60, 1, 1, 1), (Scale(),), draws(60))
    slope = found[:, 0, 16, 12:21].diff(dim=1).mean(1) * 32
    factors = 1 / slope
    assert 0.79 < factors.min() < 0.85 and 1.15 < factors.max() < 1.21


def test_a_crop_stays_inside_the_picture() -> None:
    found = changed(smooth().repeat(60, 1, 1, 1), (Crop(0.5),), draws(60))
    left, right = found[:, 0, :, 0].mean(1), found[:, 0, :, -1].mean(1)
    assert ((right - left) >= 0.45).all() and left.max() > 0.2 and right.min() < 0.8


def test_colours_change_a_picture_as_a_whole_and_hue_keeps_grey_grey() -> None:
    grey = torch.full((4, 3, 5, 5), 0.4)
    assert torch.allclose(changed(grey, (Colour(0, 0, 1, 180),), draws(4)), grey, atol=1e-6)
    brighter = changed(grey, (Colour(0.5, 0, 0, 0),), draws(4))
    assert brighter.flatten(2).std(2).max() < 1e-6 and brighter.mean((1, 2, 3)).std() > 0.01
    contrast = changed(pictures(), (Colour(0, 0.5, 0, 0),), draws())
    luma = torch.tensor([0.299, 0.587, 0.114])[:, None, None]
    inside = pictures() * 0.4 + 0.3
    changed_luma = (changed(inside, (Colour(0, 0.5, 0, 0),), draws()) * luma).sum(1).mean((1, 2))
    assert torch.allclose(changed_luma, (inside * luma).sum(1).mean((1, 2)), atol=1e-4)
    assert not torch.allclose(contrast, pictures(), atol=0.01)


def test_noise_has_the_size_that_was_asked_for() -> None:
    grey = torch.full((30, 3, 32, 32), 0.5)
    sigmas = changed(grey, (Gaussian(0.1, 1),), draws(30)).flatten(1).std(1)
    assert sigmas.max() <= 0.105 and sigmas.max() > 0.08 and sigmas.min() < 0.03
    specks = changed(grey, (SaltAndPepper(0.1, 1),), draws(30))
    changed_points = (specks != 0.5).any(1).flatten(1).float().mean(1)
    assert changed_points.max() <= 0.1 and changed_points.max() > 0.07
    assert set(specks.unique().tolist()) == {0.0, 0.5, 1.0}
    assert (specks[:, 0] == specks[:, 1]).all()


def test_steps_that_only_move_points_are_interpolated_once() -> None:
    fine = (torch.arange(64) % 2).float().expand(1, 3, 64, 64).contiguous()
    once = changed(fine, (Rotate(1e-6), Scale(1, 1), Crop(1), Flip(0)), draws(1))
    assert torch.allclose(once, fine, atol=1e-3)


def test_a_view_is_the_middle_and_a_side_the_size_of_the_outcome() -> None:
    middle = changed(pictures(3, 16, 16), (), draws(), view=0.5, side=8)
    assert torch.allclose(middle, pictures(3, 16, 16)[:, :, 4:12, 4:12], atol=1e-6)


def test_steps_are_told_as_plain_data_and_made_again() -> None:
    assert made(PICTURE_STEPS, described(USUAL)) == USUAL
    assert described((Rotate(),)) == [{"step": "rotate", "degrees": 15.0}]


@pytest.mark.parametrize(
    ("told", "error", "message"),
    [
        ({"degrees": 15}, BadSetting, "does not say which"),
        ({"step": "turn"}, UnknownName, "no step for pictures named turn"),
        ({"step": "rotate", "angle": 3}, BadSetting, "no setting named angle"),
        ({"step": "rotate", "degrees": -1}, BadSetting, "from 0 to 180"),
        ({"step": "flip", "probability": "often"}, BadSetting, "'often'"),
        ({"step": "scale", "low": 1.5}, BadSetting, "low = 1.5 above high = 1.2"),
    ],
)
def test_wrong_settings_are_refused(told: dict[str, object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        made(PICTURE_STEPS, [told])
