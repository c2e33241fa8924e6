import warnings

import numpy as np
import pytest
import simplejpeg
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from benchmarks.photographs import noise as photograph
from pinakes.media.base import DecodeSpec, ImageWant
from pinakes.media.geometry import fit, magnification, reduced_size, reduction, thumbnail
from tests.media.makers import jpeg, noise, photo

SIZES = [(224, 224), (640, 481), (301, 900), (97, 64), (1000, 251), (224, 225), (33, 500)]


@pytest.fixture(scope="module")
def processors():
    """The published image processors on Pillow, as the independent implementation."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
        from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil
        from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

    raw = {"do_rescale": False, "do_normalize": False}

    def clip(short, crop, resample):
        return CLIPImageProcessorPil(size={"shortest_edge": short}, crop_size=crop, resample=resample, **raw)

    def squash(kind, width, height, resample):
        return kind(size={"height": height, "width": width}, resample=resample, **raw)

    return {
        ImageWant(224, 224): clip(224, {"height": 224, "width": 224}, 3),
        ImageWant(96, 64, short=100, resample="bilinear"): clip(100, {"height": 64, "width": 96}, 2),
        ImageWant(60, 60, short=64, resample="lanczos"): clip(64, {"height": 60, "width": 60}, 1),
        ImageWant(80, 81, short=50): clip(50, {"height": 81, "width": 80}, 3),
        ImageWant(160, 128, fit="squash"): squash(SiglipImageProcessorPil, 160, 128, 3),
        ImageWant(64, 64, fit="squash", resample="bilinear"): squash(ViTImageProcessorPil, 64, 64, 2),
        ImageWant(100, 60, fit="inside"): ViTImageProcessorPil(
            size={"max_height": 60, "max_width": 100}, resample=3, **raw
        ),
    }


@pytest.mark.parametrize("size", SIZES)
def test_pictures_are_bit_equal_to_what_the_published_processors_make(processors, size):
    image = photo(*size, seed=sum(size))
    for want, processor in processors.items():
        if want.fit == "crop" and max(size) / min(size) > 8:
            continue
        expected = np.asarray(processor(image)["pixel_values"][0]).transpose(1, 2, 0)
        assert np.array_equal(fit(image, want), expected), (size, want)


@pytest.mark.parametrize("size", SIZES)
def test_of_a_reduced_picture_the_crop_alone_is_computed_with_the_same_pixels(processors, size):
    image = photo(*size, seed=sum(size))
    for want in processors:
        whole, cropped = (fit(image, want, reduced=reduced).astype(np.int16) for reduced in (False, True))
        # Pillow takes the place of a crop in 32 bits, so that here and there a level is rounded the other way.
        assert np.abs(whole - cropped).max() <= 2, (size, want)
        assert np.abs(whole - cropped).mean() < 0.02, (size, want)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(1, 40), st.integers(1, 40), st.integers(0, 50))
def test_every_geometry_has_the_size_that_was_wanted(width, height, want_width, want_height, short):
    image = noise(width, height)
    assert fit(image, ImageWant(want_width, want_height, short=short)).shape == (want_height, want_width, 3)
    assert fit(image, ImageWant(want_width, want_height, fit="squash")).shape == (want_height, want_width, 3)
    inside = fit(image, ImageWant(want_width, want_height, fit="inside")).shape
    assert inside[0] <= want_height
    assert inside[1] <= want_width
    # The published rule cuts off what floating point leaves below a whole number.
    assert inside[0] >= want_height - 1 or inside[1] >= want_width - 1


@settings(max_examples=40, deadline=None)
@given(st.integers(20, 200), st.integers(9, 30))
def test_the_middle_of_a_long_strip_is_that_of_the_strip_resized_whole(short, ratio):
    """The fast path for strips against its naive twin; the two filters meet the strip at slightly other places."""
    image = photo(short * ratio, short, seed=short)
    want = ImageWant(32, 32)
    whole = image.resize((int(32 * ratio), 32), Image.Resampling.BICUBIC)
    left = (whole.width - 32) // 2
    slow = np.asarray(whole)[:, left : left + 32]
    assert np.abs(fit(image, want).astype(int) - slow).mean() < 1.5


def test_a_strip_of_a_hundred_million_pixels_is_not_blown_up():
    image = Image.new("RGB", (100_000, 1), (10, 200, 30))
    pixels = fit(image, ImageWant(224, 224))
    assert pixels.shape == (224, 224, 3)
    assert (pixels == (10, 200, 30)).all()


def test_a_picture_is_decoded_larger_than_it_is_wanted():
    spec = DecodeSpec(images=(ImageWant(224, 224),), preview_pixels=384)
    width, height = reduced_size((4000, 3000), spec)
    assert min(width, height) == 359
    assert reduction((600, 500), spec) == pytest.approx(500 / 358.4)
    assert reduction((300, 200), spec) == 1
    squash = DecodeSpec(images=(ImageWant(100, 50, fit="squash"),), preview_pixels=64)
    assert reduced_size((4000, 3000), squash) == (256, 192)
    inside = DecodeSpec(images=(ImageWant(200, 200, fit="inside"),), preview_pixels=16)
    assert reduced_size((40_000, 500), inside)[0] == 320


@pytest.mark.parametrize(("width", "height"), [(1152, 864), (2000, 1500)])
def test_a_picture_decoded_smaller_gives_nearly_what_the_whole_one_gives(width, height):
    want = ImageWant(224, 224)
    spec = DecodeSpec(images=(want,), preview_pixels=384)
    data = jpeg(Image.fromarray(photograph(width, height, 5).astype(np.uint8)), quality=88)
    least = reduced_size((width, height), spec)
    small = simplejpeg.decode_jpeg(data, "RGB", min_height=least[1], min_width=least[0])
    assert small.shape[0] <= height / 2
    whole = fit(Image.fromarray(simplejpeg.decode_jpeg(data, "RGB")), want)
    apart = fit(Image.fromarray(small), want, reduced=True).astype(float) - whole
    assert (apart**2).mean() ** 0.5 < 0.9


def test_previews_count_among_what_is_wanted():
    spec = DecodeSpec(images=(ImageWant(8, 8),), preview_pixels=1000)
    assert max(reduced_size((4000, 3000), spec)) == 1000


def test_a_thumbnail_keeps_the_ratio_and_is_never_larger_than_the_picture():
    assert thumbnail(noise(400, 100), 200).size == (200, 50)
    assert thumbnail(noise(40, 10), 200).size == (40, 10)
    assert thumbnail(noise(1000, 1), 100).size == (100, 1)


def test_pages_are_drawn_just_large_enough_and_never_as_a_flood():
    spec = DecodeSpec(images=(ImageWant(224, 224),), preview_pixels=384)
    assert magnification((595, 842), spec) == pytest.approx(384 / 842)
    assert magnification((842, 200), spec) == pytest.approx(224 / 200)
    wide = magnification((1_000_000, 1), spec)
    assert 1_000_000 * wide <= 8000
    big = DecodeSpec(images=(ImageWant(5000, 5000),))
    assert 600 * 800 * magnification((600, 800), big) ** 2 <= 8_000_001
