import itertools

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.media.base import AudioWant, DecodeSpec
from pinakes.media.spans import Spans, mono
from tests.media.makers import tone


def cut(samples, rate, spec, block=1000):
    spans = Spans(rate, spec)
    parts = []
    for at in range(0, len(samples), block):
        parts += spans.add(samples[at : at + block])
    return parts + list(spans.finish())


def spec_of(*rates, length=2.0, overlap=0.5):
    return DecodeSpec(sounds=tuple(AudioWant(rate) for rate in rates), span_seconds=length, span_overlap=overlap)


def test_a_short_sound_is_one_span():
    (part,) = cut(tone(1.5, 8000)[:, 0], 8000, spec_of(8000))
    assert part.place.seconds == (0.0, 1.5)
    assert len(part.arrays["audio-8000"]) == 12_000


def test_a_sound_of_exactly_one_span_is_one():
    assert [p.place.seconds for p in cut(tone(2, 8000)[:, 0], 8000, spec_of(8000))] == [(0.0, 2.0)]


def test_a_long_sound_is_cut_into_overlapping_spans_and_the_last_reaches_back():
    parts = cut(tone(6.1, 8000)[:, 0], 8000, spec_of(8000))
    assert [p.place.seconds for p in parts] == [(0.0, 2.0), (1.5, 3.5), (3.0, 5.0), (4.1, 6.1)]
    assert all(len(p.arrays["audio-8000"]) == 16_000 for p in parts)


def test_an_end_of_a_few_samples_is_worth_no_span():
    assert len(cut(tone(3.52, 8000)[:, 0], 8000, spec_of(8000))) == 2


@settings(max_examples=40, deadline=None)
@given(
    st.floats(0.01, 12),
    st.sampled_from([8000, 11_025]),
    st.sampled_from([(2.0, 0.5), (1.0, 0.0), (0.5, 0.4), (3.0, 3.0), (0.0, 9.0)]),
    st.integers(50, 30_000),
)
def test_spans_lie_exactly_where_they_say_in_the_whole_sound(seconds, rate, shape, block):
    samples = (np.arange(round(seconds * rate)) % 997 / 1000).astype(np.float32)
    parts = cut(samples, rate, spec_of(rate, length=shape[0], overlap=shape[1]), block)
    assert parts[0].place.seconds[0] == 0
    assert abs(parts[-1].place.seconds[1] - len(samples) / rate) < 0.051
    for part in parts:
        start, end = part.place.seconds
        expected = samples[round(start * rate) : round(end * rate)]
        got = part.arrays[f"audio-{rate}"]
        assert np.array_equal(got, expected)
    for before, after in itertools.pairwise(parts):
        assert before.place.seconds[0] < after.place.seconds[0] <= before.place.seconds[1] < after.place.seconds[1]


@pytest.mark.parametrize("block", [313, 5000, 100_000])
def test_resampling_in_pieces_gives_what_resampling_the_whole_gives(block):
    samples = tone(5, 44_100, 300)[:, 0]
    parts = cut(samples, 44_100, spec_of(16_000, 48_000), block)
    for rate in (16_000, 48_000):
        whole = soxr.resample(samples, 44_100, rate)
        for part in parts:
            start = round(part.place.seconds[0] * rate)
            got = part.arrays[f"audio-{rate}"]
            assert np.abs(got - whole[start : start + len(got)]).max() < 1e-3


def test_memory_does_not_grow_with_the_length_of_the_sound():
    import tracemalloc

    spans = Spans(8000, spec_of(8000, 16_000))
    block = np.zeros(80_000, np.float32)
    tracemalloc.start()
    peaks = []
    for _ in range(3):
        for _ in range(20):
            list(spans.add(block))
        peaks.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
    assert peaks[-1] <= peaks[0] * 1.1


@pytest.mark.reliability
def test_numbers_that_are_none_become_silence():
    """A10."""
    frames = np.array([[np.nan, 1.0], [np.inf, -np.inf], [0.5, 0.5], [3e38, 3e38]], np.float32)
    mixed, bad = mono(frames)
    assert bad == 3
    assert np.isfinite(mixed).all()
    assert mixed[:3].tolist() == [0.5, 0.0, 0.5]
