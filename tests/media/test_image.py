import subprocess
import sys
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from pinakes.errors import BadInput, BadMedia, TooLarge
from pinakes.media.base import DecodeSpec, ImageWant
from tests.media import makers
from tests.media.conftest import SPEC

WHOLE = DecodeSpec(images=(ImageWant(160, 120, fit="squash"),))
STRAIGHT = ("PNG", "BMP", "TIFF")


def near(pixels, image, most=1.0):
    return float(np.abs(pixels.astype(int) - np.asarray(image).astype(int)).mean()) <= most


@pytest.mark.parametrize("format", STRAIGHT)
def test_lossless_pictures_come_through_unchanged(read, format):
    image = makers.photo()
    outcome = read(makers.encoded(image, format), "a", WHOLE)
    assert np.array_equal(outcome.image, np.asarray(image))
    assert outcome.record.facts["width"] == 160
    assert outcome.record.facts["height"] == 120


@pytest.mark.parametrize(("format", "most"), [("JPEG", 5), ("WEBP", 6), ("GIF", 8)])
def test_lossy_pictures_come_through_nearly_unchanged(read, format, most):
    assert near(read(makers.encoded(makers.photo(), format), "a", WHOLE).image, makers.photo(), most)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_made_upright(read, format, orientation):
    upright = makers.photo(160, 120)
    turns = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    # The transposition that is undone by the orientation's own.
    stored = upright.transpose(Image.Transpose(turns[orientation])) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    outcome = read(
        makers.encoded(stored, format, exif=exif, **({"quality": 95} if format != "TIFF" else {})), "a", WHOLE
    )
    assert near(outcome.image, upright, 6)
    assert (outcome.record.facts["width"], outcome.record.facts["height"]) == (160, 120)


def test_transparency_is_laid_on_white(read):
    image = Image.new("RGBA", (40, 30), (200, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 20, 30))
    image.paste((0, 0, 0, 128), (20, 0, 30, 30))
    want = DecodeSpec(images=(ImageWant(40, 30, fit="squash"),))
    pixels = read(makers.png(image), "a", want).image
    assert tuple(pixels[15, 5]) == (0, 0, 255)
    assert tuple(pixels[15, 35]) == (255, 255, 255)
    assert abs(int(pixels[15, 25, 0]) - 127) <= 1


@pytest.mark.parametrize("mode", ["LA", "P", "PA", "1", "L", "I;16", "I", "F", "CMYK", "YCbCr", "LAB", "RGBX"])
def test_pictures_of_every_mode_become_rgb(read, mode):
    grey = Image.linear_gradient("L").resize((40, 30))
    colours = dict.fromkeys(("LA", "P", "PA", "1", "L", "I;16"), "PNG")
    if mode == "I;16":
        image = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    elif mode in ("I", "F"):
        image = Image.fromarray(
            (np.asarray(grey) / 255).astype(np.float32) if mode == "F" else np.asarray(grey).astype(np.int32) * 257
        )
    elif mode == "LAB":
        from PIL import ImageCms

        lab = ImageCms.createProfile("LAB")
        image = ImageCms.profileToProfile(grey.convert("RGB"), ImageCms.createProfile("sRGB"), lab, outputMode="LAB")
    elif mode == "PA":
        image = grey.convert("RGB").convert("P")
        image.info["transparency"] = 3
    elif mode == "RGBX":
        image = grey.convert("RGB").convert("RGBX")
    else:
        image = grey.convert("RGB").convert(mode) if mode in ("CMYK", "YCbCr") else grey.convert(mode)
    data = makers.encoded(image, colours.get(mode, "TIFF"))
    pixels = read(data, "a", DecodeSpec(images=(ImageWant(40, 30, fit="squash"),))).image
    assert pixels.shape == (30, 40, 3)
    if mode not in ("1", "PA"):
        assert near(pixels[..., 0], grey, 6), mode


def test_a_cmyk_jpeg_is_read(read):
    image = makers.photo().convert("CMYK")
    assert near(read(makers.jpeg(image), "a", WHOLE).image, image.convert("RGB"), 5)


def test_a_grey_jpeg_is_read(read):
    image = makers.photo().convert("L")
    pixels = read(makers.jpeg(image), "a", WHOLE).image
    assert near(pixels[..., 1], image, 3)


def test_colours_are_brought_from_their_profile_to_srgb(read):
    image = Image.new("RGB", (40, 30), (220, 30, 60))
    for format in ("PNG", "JPEG", "WEBP", "TIFF"):
        data = makers.encoded(image, format, icc_profile=makers.swapped_profile())
        red, green, blue = (int(v) for v in read(data, "a").image[10, 10])
        assert red < 70, format
        assert green > 180, format
        assert blue < 100, format


@pytest.mark.reliability
@pytest.mark.parametrize("profile", [b"no profile", makers.swapped_profile()[:200], makers.swapped_profile()[:-100]])
def test_a_bad_profile_is_ignored_with_a_note(read, profile):
    """A8."""
    outcome = read(makers.png(Image.new("RGB", (40, 30), (220, 30, 60)), icc_profile=profile), "a")
    assert outcome.of("image")
    assert any("profile" in note for note in outcome.record.notes) or tuple(outcome.image[0, 0]) != (220, 30, 60)


@pytest.mark.reliability
def test_a_profile_beyond_the_limit_is_ignored_with_a_note(read):
    """A8."""
    profile = makers.swapped_profile()
    data = makers.png(Image.new("RGB", (40, 30), (220, 30, 60)), icc_profile=profile)
    outcome = read(data, "a", max_profile_bytes=len(profile) - 1)
    assert tuple(outcome.image[0, 0]) == (220, 30, 60)
    assert "the limit is" in outcome.record.notes[0]
    assert read(data, "a", max_profile_bytes=len(profile)).record.notes == ()


def test_a_grey_picture_with_a_profile_of_colours_needs_no_note(read):
    from PIL import ImageCms

    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert read(makers.png(makers.photo().convert("L"), icc_profile=srgb), "a").record.notes == ()


@pytest.mark.reliability
@pytest.mark.parametrize(("pixels", "refused"), [(999_000, False), (1_000_000, False), (1_001_000, True)])
@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP"])
def test_the_limit_of_pixels_is_the_last_size_taken(read, pixels, refused, format):
    """A2."""
    data = makers.encoded(Image.new("RGB", (1000, pixels // 1000), (1, 2, 3)), format)
    if refused:
        with pytest.raises(TooLarge, match=r"1\.001 megapixels; the limit is 1"):
            read(data, "a", max_megapixels=1)
    else:
        assert read(data, "a", max_megapixels=1).of("image")


@pytest.mark.reliability
@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from Linux")
@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (1, 1_000_000_000), (1_000_000_000, 1)])
def test_a_picture_bomb_is_refused_by_its_header(tmp_path, width, height):
    """A1."""
    path = tmp_path / "bomb.png"
    path.write_bytes(makers.flat_png(width, height))
    assert path.stat().st_size < 60_000
    code = (
        "import sys, resource\nfrom pathlib import Path\nfrom pinakes.media.base import DecodeSpec\n"
        "from pinakes.media.decode import decode\nimport pinakes.media.image\n"
        "start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    list(decode(Path(sys.argv[1]), DecodeSpec()))\n"
        "except Exception as error:\n    name = error.code\n"
        "print(name, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start)\n"
    )
    out = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True).stdout
    name, growth = out.split()
    assert name == "too-large"
    assert int(growth) < 20 * 1024


@pytest.mark.reliability
def test_a_picture_without_width_is_damaged(read):
    """A1."""
    with pytest.raises(BadMedia):
        read(makers.flat_png(0, 10), "a.png")


def test_a_raised_limit_lets_a_larger_picture_in_than_pillow_would(read):
    with pytest.raises(TooLarge, match="200 megapixels"):
        read(makers.flat_png(20_000, 10_000), "a.png")
    outcome = read(makers.flat_png(20_000, 10_000), "a.png", max_megapixels=200)
    assert outcome.record.facts["width"] == 20_000
    assert outcome.of("image")[0].flags[0] == "blank"


@pytest.mark.reliability
@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_read(read, format):
    """A3."""
    outcome = read(makers.animation(format), "a", DecodeSpec(images=(ImageWant(48, 32, fit="squash"),)))
    assert len(outcome.parts) == 1
    assert near(outcome.image, makers.photo(48, 32, seed=0), 8)
    assert outcome.record.notes == ("The picture is animated; its first frame was read.",)


@pytest.mark.reliability
def test_an_animation_of_a_hundred_thousand_frames_is_not_walked_through(read):
    """A3: the bytes after the first two frames are not even a GIF any more, which no reader of them all could miss."""
    two = makers.animation("GIF", 2)[:-1]
    frame = two[two.rindex(b"\x21\xf9") :]
    data = two + frame * 2000 + b"\x00rubbish" * 1000
    assert len(read(data, "a.gif").parts) == 1


def test_every_page_of_a_scan_is_a_part(read):
    outcome = read(
        makers.tiff_pages(3, compression="tiff_lzw"), "a.tif", DecodeSpec(images=(ImageWant(40, 30, fit="squash"),))
    )
    assert [part.place.page for part in outcome.parts] == [1, 2, 3]
    for seed, part in enumerate(outcome.parts):
        assert np.array_equal(next(iter(part.arrays.values())), np.asarray(makers.photo(40, 30, seed=seed)))
    assert outcome.record.facts["pages"] == 3


@pytest.mark.reliability
@pytest.mark.parametrize(("pages", "told"), [(4, False), (5, False), (6, True)])
def test_pages_beyond_the_limit_are_left_out_with_a_note(read, pages, told):
    """A3."""
    outcome = read(makers.tiff_pages(pages), "a.tif", max_image_pages=5)
    assert len(outcome.parts) == min(pages, 5)
    assert any("max_image_pages" in note for note in outcome.record.notes) is told


def test_a_damaged_page_of_a_scan_costs_that_page(read):
    data = bytearray(makers.tiff_pages(3, compression="tiff_deflate"))
    with Image.open(BytesIO(bytes(data))) as image:
        image.seek(1)
        at = image.tag_v2[273][0]
    data[at : at + 40] = b"\xff" * 40
    outcome = read(bytes(data), "a.tif")
    assert [part.place.page for part in outcome.parts] == [1, 3]
    assert "page 2 of a.tif" in outcome.record.notes[0]


def test_jpegs_decoded_small_look_like_those_decoded_whole(read):
    image = makers.photo(1600, 1200, seed=3)
    want = ImageWant(64, 64)
    spec = DecodeSpec(images=(want,), preview_pixels=256)
    fast = read(makers.jpeg(image), "a.jpg", spec)
    slow = read(makers.png(image), "a.png", spec)
    assert near(fast.image, slow.image, 2.0)
    assert fast.record.facts == slow.record.facts
    near_bits = (fast.parts[0].signature ^ slow.parts[0].signature).bit_count()
    assert near_bits <= 6


def test_a_jpeg_that_the_fast_decoder_refuses_is_read_by_the_other(read, monkeypatch):
    def refuse(*_, **__):
        raise ValueError("stray bytes")

    monkeypatch.setattr("pinakes.media.picture.simplejpeg.decode_jpeg", refuse)
    assert near(read(makers.jpeg(), "a.jpg", WHOLE).image, makers.photo(), 3)


def test_a_large_picture_is_reduced_in_strips_like_a_whole_one(read, monkeypatch):
    image = makers.photo(700, 500, seed=4)
    spec = DecodeSpec(images=(ImageWant(50, 50),), preview_pixels=128)
    whole = read(makers.png(image), "a.png", spec).image
    monkeypatch.setattr("pinakes.media.picture._LARGE_PIXELS", 1000)
    monkeypatch.setattr("pinakes.media.picture._STRIP_PIXELS", 9000)
    for stored in (image, image.convert("RGBA"), image.convert("CMYK"), image.convert("P")):
        outcome = read(makers.encoded(stored, "TIFF"), "a.tif", spec)
        assert near(outcome.image, whole, 12 if stored.mode == "P" else 2)


def test_numbers_of_a_large_picture_share_one_range(read, monkeypatch):
    slope = np.linspace(-3, 5, 300 * 400, dtype=np.float32).reshape(300, 400)
    slope[0, 0] = np.nan
    data = makers.encoded(Image.fromarray(slope), "TIFF")
    whole = read(data, "a.tif").image
    monkeypatch.setattr("pinakes.media.picture._LARGE_PIXELS", 1000)
    assert near(read(data, "a.tif").image, whole, 3)


@pytest.mark.reliability
def test_a_jpeg_cut_anywhere_is_read_or_refused(read):
    """A4."""
    data = makers.jpeg(makers.noise(160, 120), quality=85)
    cuts = range(1, len(data) - 1, 97)
    assert len(cuts) > 150
    refused = 0
    for cut in cuts:
        try:
            outcome = read(data[:cut], "a.jpg")
        except BadInput as error:
            assert error.code in ("bad-media", "unsupported", "no-content")
            refused += 1
        else:
            assert outcome.of("image")
    assert refused >= len(cuts) - 2


@pytest.mark.reliability
@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (10, 120, 200)])
def test_a_picture_of_one_colour_is_a_part_that_says_so(read, colour):
    """A15."""
    (part,) = read(makers.png(Image.new("RGB", (60, 60), colour)), "a").parts
    assert "blank" in part.flags
    assert part.signature is None


@pytest.mark.reliability
def test_blocks_of_64_mb_within_a_picture_are_bounded(read):
    """A8: text and profile chunks that inflate beyond the limit."""
    import zlib

    flood = zlib.compress(bytes(64 << 20), 9)
    for chunk in (
        makers.png_chunk(b"zTXt", b"Comment\0\0" + flood),
        makers.png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + flood),
        makers.png_chunk(b"iCCP", b"flood\0\0" + flood),
    ):
        try:
            outcome = read(makers.flat_png(40, 30, [chunk]), "a.png")
        except BadMedia:
            continue
        assert sum(len(v) for values in outcome.record.metadata.values() for v in values) < 1 << 20


def test_the_same_picture_gives_the_same_bytes(read):
    first, second = read(makers.jpeg(), "a.jpg"), read(makers.jpeg(), "b.jpg")
    assert np.array_equal(first.image, second.image)
    assert first.parts[0].preview == second.parts[0].preview
    assert first.record.sha256 == second.record.sha256


def test_the_wrong_suffix_is_noted_and_changes_nothing(read):
    right, wrong = read(makers.png(), "a.png"), read(makers.png(), "song.mp3")
    assert np.array_equal(right.image, wrong.image)
    assert wrong.record.kind == "image/png"
    assert "song" not in wrong.record.notes[0]
    assert ".mp3" in wrong.record.notes[0]


def test_cleaning_steps_are_applied_and_named(read):
    spec = replace(SPEC, cleaning=("stretch", "mojibake"))
    (part,) = read(makers.png(makers.photo().point(lambda v: v // 4)), "a", spec).parts
    assert [note.step for note in part.cleaning] == ["stretch"]


def test_a_picture_that_no_step_touches_is_resized_for_its_preview_only_once(read, monkeypatch):
    made = []
    monkeypatch.setattr(
        "pinakes.media.geometry.thumbnail", lambda image, longest: made.append(longest) or image.resize((64, 64))
    )
    read(makers.png(), "a.png", replace(SPEC, cleaning=("mojibake",)))
    read(makers.png(makers.photo(640, 480)), "a.png", replace(SPEC, cleaning=("size",)))
    assert made == [SPEC.preview_pixels] * 2
    read(makers.png(makers.photo().point(lambda v: v // 4)), "a.png", replace(SPEC, cleaning=("stretch",)))
    assert len(made) == 4
