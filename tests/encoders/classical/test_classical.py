"""All encoders that are nothing but code: what holds of each of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import pinakes.encoders.classical  # noqa: F401
from pinakes.encoders.base import ENCODERS
from pinakes.errors import BadInput
from pinakes.settings import Settings

PICTURES, SOUNDS = ("colour", "gradient", "texture"), ("mfcc", "logmel")

# The largest numbers of the vectors of fixed inputs: if they change, raise the encoder's version.
KNOWN = {
    "colour": (0.1657, 0.1654, 0.1590),
    "gradient": (0.1000, 0.0949, 0.0895),
    "texture": (0.3273, 0.3261, 0.2768),
    "mfcc": (0.3474, 0.1934, 0.1926),
    "logmel": (0.2230, 0.2142, 0.2115),
}


def encoder(name: str) -> Any:
    return ENCODERS.get(name)(Settings())


def picture(seed: int = 0) -> np.ndarray:
    chance = np.random.default_rng(seed)
    down, across = np.mgrid[0:128, 0:128] / 128
    waves = np.sin(chance.uniform(5, 40) * (down + across * chance.uniform(-1, 1)))[..., None] * chance.uniform(
        20, 90, 3
    )
    return np.clip(128 + waves + chance.normal(0, 8, (128, 128, 3)), 0, 255).astype(np.uint8)


def sound(seed: int = 0, seconds: float = 1.0) -> np.ndarray:
    chance = np.random.default_rng(seed)
    time = np.arange(int(16_000 * seconds)) / 16_000
    tone = np.sin(2 * np.pi * chance.uniform(100, 4_000) * time) * (1 + np.sin(9 * time))
    return (0.2 * tone + chance.normal(0, 0.02, len(time))).astype(np.float32)


def check(vectors: np.ndarray, name: str, count: int) -> None:
    assert vectors.shape == (count, encoder(name).description.dim)
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()
    lengths = np.linalg.norm(vectors, axis=1)
    assert ((np.abs(lengths - 1) < 1e-5) | (lengths == 0)).all()


@pytest.mark.reliability
@pytest.mark.parametrize("name", PICTURES)
def test_any_picture_gives_a_unit_row(name: str) -> None:
    """A15: blank, single-coloured and noisy pictures give finite rows."""
    odd = [np.zeros((128, 128, 3), np.uint8), np.full((128, 128, 3), 255, np.uint8), picture()]
    odd += [np.random.default_rng(0).integers(0, 256, (128, 128, 3), np.uint8)]
    odd += [np.indices((128, 128)).sum(0)[..., None].repeat(3, 2).astype(np.uint8) % 2 * np.uint8(255)]
    check(encoder(name).encode("image", odd), name, len(odd))


@settings(max_examples=25, deadline=None)
@given(arrays.arrays(np.uint8, (16, 16, 3)), st.sampled_from(PICTURES))
def test_pictures_of_arbitrary_bytes_give_unit_rows(bytes_: np.ndarray, name: str) -> None:
    check(encoder(name).encode("image", [np.kron(bytes_, np.ones((8, 8, 1), np.uint8))]), name, 1)


@settings(max_examples=50, deadline=None)
@given(arrays.arrays(np.float32, st.integers(0, 3_000), elements=st.floats(width=32)), st.sampled_from(SOUNDS))
def test_sounds_of_arbitrary_numbers_give_unit_rows(samples: np.ndarray, name: str) -> None:
    check(encoder(name).encode("audio", [samples]), name, 1)


@pytest.mark.reliability
@pytest.mark.parametrize("name", SOUNDS)
def test_silence_is_no_content(name: str) -> None:
    """A15: a silent or empty sound gives a row of zeros."""
    silent = [np.zeros(0, np.float32), np.zeros(16_000, np.float32), np.full(16_000, np.nan, np.float32)]
    assert not encoder(name).encode("audio", silent).any()


def test_a_blank_picture_has_a_colour_but_no_edges() -> None:
    blank = [np.full((128, 128, 3), 200, np.uint8)]
    assert encoder("colour").encode("image", blank).any()
    assert not encoder("gradient").encode("image", blank).any()


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_has_the_same_vector_alone_and_in_a_batch(name: str) -> None:
    batch = [picture(seed) for seed in range(7)]
    together = encoder(name).encode("image", batch)
    alone = np.concatenate([encoder(name).encode("image", [one]) for one in batch])
    assert np.abs(together - alone).max() < 1e-6


@pytest.mark.parametrize("name", PICTURES + SOUNDS)
def test_an_empty_batch_gives_no_rows(name: str) -> None:
    modality = "image" if name in PICTURES else "audio"
    check(encoder(name).encode(modality, []), name, 0)


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_of_another_shape_are_refused(name: str) -> None:
    for wrong in (
        np.zeros((128, 127, 3), np.uint8),
        np.zeros((128, 128, 3), np.float32),
        np.zeros((128, 128), np.uint8),
    ):
        with pytest.raises(BadInput, match="128 x 128 x 3"):
            encoder(name).encode("image", [wrong])


@pytest.mark.parametrize("name", SOUNDS)
def test_sounds_of_another_shape_are_refused(name: str) -> None:
    for wrong in (np.zeros((2, 100), np.float32), np.zeros(100, np.int16)):
        with pytest.raises(BadInput, match="one row"):
            encoder(name).encode("audio", [wrong])


@pytest.mark.parametrize("name", PICTURES + SOUNDS)
def test_another_modality_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="not text"):
        encoder(name).encode("text", ["a boat"])


@pytest.mark.parametrize("name", PICTURES + SOUNDS)
def test_fixed_inputs_give_known_numbers(name: str) -> None:
    vectors = (
        encoder(name).encode("image", [picture(3)]) if name in PICTURES else encoder(name).encode("audio", [sound(3)])
    )
    shown = np.sort(np.abs(vectors[0]))[-3:][::-1]
    assert np.abs(shown - np.array(KNOWN[name])).max() < 2e-4, shown


@pytest.mark.parametrize("name", PICTURES + SOUNDS)
def test_every_encoder_has_a_fingerprint_of_its_own(name: str) -> None:
    description = encoder(name).description
    others = {encoder(other).description.fingerprint for other in PICTURES + SOUNDS if other != name}
    assert description.fingerprint not in others
    assert (description.name, description.metric, description.size) == (name, "cosine", 0)


def test_pictures_of_like_colours_are_nearer_than_others() -> None:
    def blob(colour: tuple[int, int, int], seed: int) -> np.ndarray:
        chance = np.random.default_rng(seed)
        pixels = np.full((128, 128, 3), 230, np.uint8)
        top, left = chance.integers(10, 60, 2)
        pixels[top : top + 50, left : left + 50] = colour
        return pixels

    vectors = encoder("colour").encode(
        "image", [blob((200, 20, 20), 1), blob((190, 30, 25), 2), blob((20, 40, 200), 1)]
    )
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_a_turned_texture_stays_itself() -> None:
    texture = picture(4)
    vectors = encoder("texture").encode("image", [texture, np.rot90(texture).copy(), picture(9)])
    assert vectors[0] @ vectors[1] > 0.999
    assert vectors[0] @ vectors[2] < 0.999


def test_the_level_of_a_sound_matters_little() -> None:
    for name in SOUNDS:
        vectors = encoder(name).encode("audio", [sound(1), 0.5 * sound(1), sound(2)])
        assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
