import io
import re
from collections import Counter
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance

from pinakes.errors import BadInput
from pinakes.media.clean import keywords, near_duplicates, signature_of_image, signature_of_text


def scene(seed, hue=None):
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (480, 360), tuple(rng.integers(120, 255, 3).tolist()))
    draw = ImageDraw.Draw(image)
    for i in range(9):
        x, y = (int(v) for v in rng.integers(0, 300, 2))
        w, h = (int(v) for v in rng.integers(40, 180, 2))
        colour = tuple(rng.integers(0, 255, 3).tolist())
        draw.ellipse((x, y, x + w, y + h), fill=hue if hue and i == 8 else colour)
    return image


def bits_apart(one, other):
    return (one ^ other).bit_count()


def signed(image):
    return signature_of_image(np.asarray(image.convert("RGB")))


def jpeg(image, quality):
    data = io.BytesIO()
    image.save(data, "JPEG", quality=quality)
    return Image.open(data)


CHANGES = {
    "half the size": lambda image: image.resize((240, 180), Image.Resampling.BICUBIC),
    "twice the size": lambda image: image.resize((960, 720), Image.Resampling.LANCZOS),
    "another ratio": lambda image: image.resize((400, 360), Image.Resampling.BICUBIC),
    "JPEG 30": lambda image: jpeg(image, 30),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.05),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.95),
    "more contrast": lambda image: ImageEnhance.Contrast(image).enhance(1.05),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_picture_keeps_its_signature_through_harmless_changes(change):
    apart = [bits_apart(signed(scene(seed)), signed(CHANGES[change](scene(seed)))) for seed in range(30)]
    assert np.mean(np.array(apart) <= 3) >= 0.9
    assert max(apart) <= 8


def test_different_pictures_have_distant_signatures():
    signatures = [signed(scene(seed)) for seed in range(40)]
    apart = [bits_apart(a, b) for i, a in enumerate(signatures) for b in signatures[:i]]
    assert min(apart) > 6
    assert np.mean(apart) > 20


def test_the_same_drawing_in_another_colour_is_another_picture():
    def boat(colour):
        image = Image.new("RGB", (320, 240), (225, 225, 225))
        ImageDraw.Draw(image).rectangle((60, 60, 260, 180), fill=colour)
        return signed(image)

    # Red and blue of the same lightness.
    assert bits_apart(boat((180, 40, 40)), boat((40, 80, 240))) > 3


def test_a_blank_picture_has_no_signature():
    assert signature_of_image(np.full((50, 50, 3), 77, np.uint8)) is None
    assert signature_of_image(np.zeros((0, 0, 3), np.uint8)) is None
    assert signature_of_image(np.zeros((1, 1, 3), np.uint8)) is None


def naive_text_signature(text):
    """SimHash word by word and bit by bit, with plain integers."""
    words = re.findall(r"[^\W_]+", text.lower())
    if len(words) < 8:
        return None
    votes = [0] * 64
    for triple in zip(words, words[1:], words[2:], strict=False):
        factors = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
        value = sum(crc32(w.encode()) * f for w, f in zip(triple, factors, strict=True)) % 2**64
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        value = (value ^ value >> 27) * 0x94D049BB133111EB % 2**64
        value ^= value >> 31
        # The bits of each byte from the highest, the bytes from the lowest.
        for byte in range(8):
            for bit in range(8):
                votes[8 * byte + bit] += 1 if value >> (8 * byte + 7 - bit) & 1 else -1
    return int("".join("1" if vote > 0 else "0" for vote in votes), 2)


words = st.lists(st.text(alphabet="abcdeéèß1", min_size=1, max_size=6), max_size=40)


@given(words, st.sampled_from([" ", ", ", "\n", " – ", "_", "\xa0", "\u2019"]))
def test_the_signature_of_a_text_agrees_with_its_naive_twin(words, separator):
    text = separator.join(words)
    assert signature_of_text(text) == naive_text_signature(text)


def prose(seed, count):
    rng = np.random.default_rng(seed)
    return [f"word{n}" for n in rng.zipf(1.3, count) % 5000]


def test_texts_that_differ_in_a_word_are_close_and_others_are_far():
    apart = []
    for seed in range(20):
        one = prose(seed, 400)
        other = [*one]
        other[200] = "changed"
        apart.append(bits_apart(signature_of_text(" ".join(one)), signature_of_text(" ".join(other))))
    assert np.mean(apart) <= 3
    assert max(apart) <= 8
    far = [
        bits_apart(signature_of_text(" ".join(prose(s, 400))), signature_of_text(" ".join(prose(s + 100, 400))))
        for s in range(20)
    ]
    assert min(far) > 10


def test_case_punctuation_and_line_ends_do_not_change_a_signature():
    one = "The quick brown fox, it seems, jumps over the lazy dog again."
    assert signature_of_text(one) == signature_of_text(one.upper().replace(", ", "\n").replace(".", "!"))


def test_a_short_text_has_no_signature():
    assert signature_of_text("") is None
    assert signature_of_text("one two three four five six seven") is None
    assert signature_of_text("one two three four five six seven eight") is not None


def test_a_text_without_spaces_is_signed_by_its_characters():
    one = "一瓶红酒和一条红色的小船在海上航行，远处有一座灯塔。"
    assert signature_of_text(one) is not None
    assert signature_of_text(one) != signature_of_text(one[::-1])


def naive_groups(signatures, within):
    """Compare all pairs, then walk from each signature to all that it reaches."""
    numbers = list(range(len(signatures)))
    for i in range(len(signatures)):
        for j in range(i):
            if bits_apart(signatures[i], signatures[j]) <= within:
                old, new = max(numbers[i], numbers[j]), min(numbers[i], numbers[j])
                numbers = [new if n == old else n for n in numbers]
    return numbers


@st.composite
def clustered(draw):
    """Signatures of which many are few bits apart, and some share most of their bits with all others."""
    centres = draw(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 255), min_size=1, max_size=4))
    signatures = []
    for _ in range(draw(st.integers(0, 25))):
        signature = draw(st.sampled_from(centres))
        for bit in draw(st.lists(st.integers(0, 63), max_size=6)):
            signature ^= 1 << bit
        signatures.append(signature)
    return signatures


@settings(max_examples=200, deadline=None)
@given(clustered(), st.integers(0, 5))
def test_groups_of_near_duplicates_agree_with_their_naive_twin(signatures, within):
    found = near_duplicates(np.array(signatures, np.uint64), within)
    assert found.tolist() == naive_groups(signatures, within)


def test_long_runs_of_equal_bands_are_joined_exactly(monkeypatch):
    from pinakes.media.clean import duplicates

    monkeypatch.setattr(duplicates, "LONG_RUN", 3)
    rng = np.random.default_rng(5)
    signatures = (rng.integers(0, 2**20, 400) << 7).astype(np.uint64)
    assert near_duplicates(signatures, 3).tolist() == naive_groups([int(s) for s in signatures], 3)


def test_a_distance_out_of_range_is_refused():
    with pytest.raises(BadInput, match="0 to 12 bits, not 13"):
        near_duplicates(np.zeros(3, np.uint64), 13)


@given(st.lists(st.sampled_from("abcdef"), max_size=30), st.integers(0, 8))
def test_keywords_agree_with_their_formula(terms, top):
    import math

    frequency = {"a": 100, "b": 50, "c": 10, "d": 1, "e": 0, "f": 100}
    expected = {t: n * math.log(101 / (1 + frequency[t])) for t, n in Counter(terms).items() if frequency[t] < 100}
    found = keywords(terms, frequency.__getitem__, 100, top)
    assert len(found) == min(top, len(expected))
    assert all(score == pytest.approx(expected[term]) for term, score in found)
    assert [score for _, score in found] == sorted((expected[t] for t in expected), reverse=True)[: len(found)]


def test_a_rare_term_is_a_better_keyword_than_a_common_one():
    frequency = {"the": 990, "boat": 20}
    assert keywords(["the", "boat", "the"], frequency.__getitem__, 1000, 1)[0][0] == "boat"
