import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from pinakes.media.clean import flags_of_image, normalise_size, remove_gaussian_noise, remove_impulses
from pinakes.media.clean.colour import normalise_cast, normalise_contrast
from pinakes.media.clean.flags import BLANK_LEVELS, BLANK_SPECKS
from pinakes.media.clean.gaussian import measure_noise
from pinakes.media.clean.impulses import measure_impulses


def texture(side=256, slope=1.5, seed=0, spread=40):
    """A coloured picture whose spectrum falls as that of photographs does."""
    rng = np.random.default_rng(seed)
    waves = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None])
    waves[0, 0] = 1
    bands = []
    for _ in range(3):
        spectrum = (rng.normal(size=waves.shape) + 1j * rng.normal(size=waves.shape)) / waves**slope
        band = np.fft.irfft2(spectrum, (side, side))
        bands.append((band - band.mean()) / band.std() * spread + 128)
    return np.clip(np.stack(bands, axis=2), 0, 255).astype(np.uint8)


def grey(plane):
    return np.repeat(np.asarray(plane).astype(np.uint8)[:, :, None], 3, axis=2)


def page():
    image = Image.new("L", (256, 256), 255)
    draw = ImageDraw.Draw(image)
    for line in range(25):
        draw.text((5, 5 + line * 10), "The quick brown fox jumps over it.", fill=0)
    return grey(image)


def clean_pictures():
    y, x = np.mgrid[:256, :256]
    stars = np.zeros((256, 256, 3), np.uint8)
    stars[np.random.default_rng(1).integers(0, 256, (2, 400)).tolist()] = 255
    pictures = {f"texture {slope} {seed}": texture(slope=slope, seed=seed) for slope in (1.0, 1.5) for seed in range(5)}
    return pictures | {
        "checkers": grey((x // 8 + y // 8) % 2 * 255),
        "fine checkers": grey((x + y) % 2 * 255),
        "stripes": grey(x // 2 % 2 * 200),
        "grating": grey(128 + 100 * np.sin(x * 0.9 + y * 0.7)),
        "fine grating": grey(128 + 100 * np.sin(x * 2.9 + y * 1.7)),
        "page": page(),
        "halftone": grey(np.asarray(Image.fromarray(texture()[:, :, 0]).convert("1")) * 255),
        "lines": grey(np.where((x % 7 == 0) | (y % 5 == 0), 0, 255)),
        "stars": stars,
        "gradient": grey(x),
        "blank": grey(x * 0 + 255),
    }


def salted(pixels, share, seed=0):
    chance = np.random.default_rng(seed).random(pixels.shape[:2])
    noisy = pixels.copy()
    noisy[chance < share / 2] = 0
    noisy[chance > 1 - share / 2] = 255
    return noisy


def noised(pixels, sigma, seed=0):
    noise = np.random.default_rng(seed).normal(0, sigma, pixels.shape)
    return np.clip(np.rint(pixels + noise), 0, 255).astype(np.uint8)


def psnr(pixels, truth):
    error = np.square(pixels.astype(float) - truth).mean()
    return 10 * np.log10(255**2 / max(error, 1e-9))


@pytest.mark.parametrize("name", clean_pictures())
def test_clean_pictures_are_returned_untouched_by_both_filters(name):
    pixels = clean_pictures()[name]
    for step in (remove_impulses, remove_gaussian_noise):
        cleaned, note = step(pixels)
        assert cleaned is pixels
        assert not note.applied


@pytest.mark.parametrize("share", [0.03, 0.1, 0.3])
def test_salt_and_pepper_is_found_and_removed(share):
    truth = texture()
    noisy = salted(truth, share)
    cleaned, note = remove_impulses(noisy)
    assert note.applied
    assert psnr(cleaned, truth) > psnr(noisy, truth) + 9


def test_the_share_of_impulses_is_estimated():
    found = measure_impulses(salted(texture(), 0.1))
    assert found.salt == pytest.approx(0.05, rel=0.15)
    assert found.pepper == pytest.approx(0.05, rel=0.15)


def test_the_median_touches_only_impulses():
    truth = texture()
    noisy = salted(truth, 0.05)
    cleaned, _ = remove_impulses(noisy)
    good = (noisy == truth).all(axis=2)
    assert (cleaned[good] == truth[good]).mean() > 0.999


@pytest.mark.parametrize("sigma", [8, 16, 30])
def test_gaussian_noise_is_found_and_removed(sigma):
    truth = texture(slope=2.0)
    noisy = noised(truth, sigma)
    cleaned, note = remove_gaussian_noise(noisy)
    assert note.applied
    assert psnr(cleaned, truth) > psnr(noisy, truth) + 4


def test_the_strength_of_gaussian_noise_is_estimated():
    assert measure_noise(noised(texture(slope=2.0), 12)).sigma == pytest.approx(12, rel=0.15)


def test_edges_stay_sharp_when_noise_is_removed():
    y, x = np.mgrid[:256, :256]
    truth = grey(np.where((x // 32 + y // 32) % 2, 60, 190))
    cleaned, note = remove_gaussian_noise(noised(truth, 12))
    assert note.applied
    assert psnr(cleaned, truth) > 36


def test_a_large_picture_is_denoised_without_seams():
    truth = grey(np.tile(np.linspace(60, 200, 300), (700, 1)))
    cleaned, _ = remove_gaussian_noise(noised(truth, 10))
    steps = np.abs(np.diff(cleaned[:, :, 1].astype(float), axis=0)).mean(axis=1)
    assert steps[255] < 3 * np.median(steps) + 0.5


def test_salt_and_pepper_is_not_taken_for_gaussian_noise():
    pixels = salted(texture(), 0.1)
    assert remove_gaussian_noise(pixels)[0] is pixels


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 255))
def test_pictures_of_any_shape_pass_through_all_steps(height, width, value):
    from pinakes.media.clean import STEPS, apply_image, signature_of_image

    pixels = np.random.default_rng(value).integers(0, value + 1, (height, width, 3), dtype=np.uint8)
    cleaned, _ = apply_image(pixels, STEPS.names())
    assert cleaned.dtype == np.uint8
    assert cleaned.shape == pixels.shape
    flags_of_image(pixels)
    signature_of_image(pixels)


def test_a_large_picture_is_scaled_down_and_a_small_one_is_not_enlarged():
    large, note = normalise_size(np.zeros((2048, 1000, 3), np.uint8))
    assert large.shape == (1024, 500, 3)
    assert note.applied
    small = np.zeros((30, 40, 3), np.uint8)
    assert normalise_size(small)[0] is small


def test_a_colour_cast_is_removed_within_its_bound():
    scene = texture(spread=20).astype(float)
    cast = np.clip(scene * [1.2, 1.0, 0.85], 0, 255).astype(np.uint8)
    balanced, note = normalise_cast(cast)
    means = balanced.reshape(-1, 3).mean(axis=0)
    assert note.applied
    assert means.max() / means.min() < 1.02
    red = np.full((32, 32, 3), (200, 40, 40), np.uint8)
    assert normalise_cast(red)[0][0, 0].tolist() != [93, 93, 93]


def test_a_pale_picture_is_stretched_and_a_full_one_is_left():
    pale = (texture().astype(float) * 0.3 + 90).astype(np.uint8)
    stretched, note = normalise_contrast(pale)
    assert note.applied
    assert np.quantile(stretched, 0.99) > 230
    full = grey(np.tile(np.arange(256), (64, 1)))
    assert normalise_contrast(full)[0] is full


def test_outliers_among_pictures_are_flagged():
    assert flags_of_image(np.zeros((0, 5, 3), np.uint8)) == ("no-content",)
    assert flags_of_image(np.full((64, 64, 3), 200, np.uint8)) == ("blank",)
    assert flags_of_image(noised(np.full((64, 64, 3), 240, np.uint8), 1)) == ("blank",)
    assert flags_of_image(texture(64)[:8]) == ("tiny",)
    assert flags_of_image(np.concatenate([texture(64)[:16]] * 25, axis=1)[:, :1600]) == ("elongated",)
    assert flags_of_image(texture()) == ()
    assert flags_of_image(page()) == ()


def test_what_is_blank_agrees_with_medians_and_specks_counted_one_by_one():
    random = np.random.default_rng(5)
    found = []
    for _ in range(400):
        height, width = random.integers(16, 60, 2)
        spread = random.integers(1, 9)
        pixels = np.clip(random.integers(0, 256, 3) + random.integers(-spread, spread, (height, width, 3)), 0, 255)
        for _ in range(random.integers(0, 5)):
            pixels[random.integers(height), random.integers(width)] = random.integers(0, 256, 3)
        flat = pixels.reshape(-1, 3)
        specks = (np.abs(flat - np.median(flat, axis=0).astype(int)) > BLANK_LEVELS).any(axis=1).sum()
        found.append("blank" in flags_of_image(pixels.astype(np.uint8)))
        assert found[-1] == (specks <= BLANK_SPECKS * len(flat))
    assert 100 < sum(found) < 300


def test_a_picture_whose_rest_was_filled_in_grey_is_flagged_as_truncated():
    cut = texture()
    cut[180:] = 128
    assert flags_of_image(cut) == ("truncated",)
