"""A5: every damaged file that once did harm is read or refused by a child that lives on."""

from pathlib import Path

import numpy as np
import pytest

from pinakes.media.base import AudioWant, DecodeSpec, ImageWant
from pinakes.media.sandbox import DecoderPool, FileDone, FileFailed, Job
from pinakes.media.soundtrack import interleaved, packed

CORPUS = sorted((Path(__file__).parents[1] / "corpus").iterdir())


@pytest.mark.reliability
def test_no_file_of_the_corpus_ends_a_decoding_child():
    """A5: what became of them does not matter, as long as the decoder itself says it."""
    with DecoderPool(DecodeSpec(images=(ImageWant(64, 64),), sounds=(AudioWant(16_000),)), 1) as pool:
        ends = [one for one in pool.run(map(Job, range(len(CORPUS)), CORPUS)) if isinstance(one, FileDone | FileFailed)]
    died = [CORPUS[one.token].name for one in ends if isinstance(one, FileFailed) and one.error.code == "decoder-died"]
    assert (len(ends), died) == (len(CORPUS), [])


@pytest.mark.reliability
def test_sound_of_more_planes_than_a_frame_has_room_for_is_read_from_one():
    """A5: the binding counts planes to the first that is none, beyond the end of a longer list of them."""
    import av

    frame = av.AudioFrame(format="fltp", layout="hexadecagonal", samples=64)
    frame.sample_rate = 48_000
    for number in range(8):
        frame.planes[number].update(np.full(64, number / 16, np.float32).tobytes())
    whole = packed(frame)
    assert len(whole.planes) == 1
    found = interleaved(whole.to_ndarray(), 16, whole.format.is_planar)
    assert found.shape == (64, 16)
    assert np.allclose(found[:, :8], np.arange(8) / 16)
    few = av.AudioFrame(format="fltp", layout="7.1", samples=64)
    assert packed(few) is few
