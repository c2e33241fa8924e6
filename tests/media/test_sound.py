import numpy as np
import pytest

from pinakes.errors import BadMedia, NoContent, TooLarge
from pinakes.media.base import AudioWant, DecodeSpec
from tests.media import makers
from tests.media.conftest import SPEC

FORMATS = {
    "a.wav": lambda s: makers.sound("WAV", s),
    "a.flac": lambda s: makers.sound("FLAC", s),
    "a.ogg": lambda s: makers.sound("OGG", s),
    "a.mp3": lambda s: makers.sound("MP3", s),
}


def pitch_of(samples, rate):
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return np.argmax(spectrum) * rate / len(samples)


@pytest.mark.parametrize("name", FORMATS)
def test_a_sound_is_one_part_at_the_wanted_rate(read, name):
    outcome = read(FORMATS[name](makers.tone(1.0)), name)
    (part,) = outcome.parts
    samples = part.arrays["audio-16000"]
    assert part.place.seconds == (0.0, 1.0)
    assert samples.dtype == np.float32
    assert abs(len(samples) - 16_000) <= 1
    assert abs(pitch_of(samples, 16_000) - 440) < 3
    assert outcome.record.facts == {"seconds": 1.0, "rate": 22_050.0, "channels": 1.0}


@pytest.mark.parametrize(("format", "kind"), [("ipod", "audio/mp4"), ("adts", "audio/aac"), ("mp4", "audio/mp4")])
def test_aac_is_read_in_and_out_of_mp4(read, format, kind):
    outcome = read(makers.m4a(2.0, format=format), "a.m4a")
    (part,) = outcome.parts
    assert outcome.record.kind == kind
    assert abs(part.place.seconds[1] - 2.0) < 0.1
    assert abs(pitch_of(part.arrays["audio-16000"][2000:20_000], 16_000) - 440) < 3
    assert outcome.record.preview


def test_opus_in_ogg_is_read(read):
    outcome = read(makers.sound("OGG", makers.tone(1, 48_000), 48_000, "OPUS"), "a.opus")
    assert outcome.record.kind == "audio/ogg"
    assert outcome.of("audio")


def test_several_rates_are_made_at_once_and_none_is_no_reason_for_no_part(read):
    data = makers.sound("WAV")
    both = read(data, "a.wav", DecodeSpec(sounds=(AudioWant(16_000), AudioWant(48_000), AudioWant(22_050))))
    assert {key: len(value) for key, value in both.parts[0].arrays.items()} == {
        "audio-16000": 16_000,
        "audio-48000": 48_000,
        "audio-22050": 22_050,
    }
    none = read(data, "a.wav", DecodeSpec())
    assert len(none.parts) == 1
    assert none.parts[0].arrays == {}


def test_channels_are_mixed_to_one(read):
    left, right = makers.tone(1, pitch=440), makers.tone(1, pitch=440) * -1
    assert np.abs(read(makers.sound("FLAC", np.hstack([left, right])), "a").parts[0].arrays["audio-16000"]).max() < 1e-3


def test_a_long_sound_becomes_overlapping_spans(read):
    outcome = read(makers.sound("FLAC", makers.tone(25)), "a.flac")
    assert [part.place.seconds for part in outcome.parts] == [(0, 10), (8, 18), (15, 25)]


@pytest.mark.reliability
@pytest.mark.parametrize("name", FORMATS)
def test_silence_is_a_part_that_says_so(read, name):
    """A15."""
    (part,) = read(FORMATS[name](np.zeros((22_050, 1), np.float32)), name).parts
    assert "silent" in part.flags
    assert np.isfinite(part.arrays["audio-16000"]).all()


@pytest.mark.reliability
def test_a_sound_without_samples_has_no_content(read):
    """A15."""
    with pytest.raises(NoContent):
        read(makers.wav_header(44_100, 1, 0), "a.wav")


@pytest.mark.reliability
def test_a_header_that_promises_4_gb_gives_what_is_there(read):
    """A10."""
    outcome = read(makers.wav_header(44_100, 1, 0xFFFFFF00) + bytes(1000), "a.wav")
    assert outcome.record.facts["seconds"] == pytest.approx(500 / 44_100)


@pytest.mark.reliability
@pytest.mark.parametrize(
    ("rate", "channels", "error"),
    [
        (1, 1, BadMedia),
        (999, 1, BadMedia),
        (768_001, 1, TooLarge),
        (10_000_000, 1, TooLarge),
        (44_100, 0, BadMedia),
        (44_100, 65, TooLarge),
    ],
)
def test_rates_and_channels_that_no_recording_has_are_refused(read, rate, channels, error):
    """A10."""
    with pytest.raises(error):
        read(makers.wav_header(rate, channels, 2600) + bytes(2600), "a.wav")


@pytest.mark.reliability
@pytest.mark.parametrize(("rate", "channels"), [(1000, 1), (768_000, 1), (44_100, 64)])
def test_rates_and_channels_at_the_limit_are_taken(read, rate, channels):
    """A10."""
    assert read(makers.wav_header(rate, channels, 256_000) + bytes(range(256)) * 1000, "a.wav").of("audio")


@pytest.mark.reliability
@pytest.mark.parametrize(("seconds", "refused"), [(2.9, False), (3.0, False), (3.1, True)])
@pytest.mark.parametrize("name", ["a.wav", "a.m4a"])
def test_the_limit_of_length_is_the_last_length_taken(read, name, seconds, refused):
    """A10."""
    data = makers.sound("WAV", makers.tone(seconds)) if name == "a.wav" else makers.m4a(seconds - 0.05)
    if refused:
        with pytest.raises(TooLarge):
            read(data, name, max_seconds=3)
    else:
        assert read(data, name, max_seconds=3).of("audio")


@pytest.mark.reliability
def test_floats_that_are_no_numbers_become_silence_with_a_note(read):
    """A10."""
    samples = makers.tone(1)
    samples[100:200] = np.nan
    samples[300] = np.inf
    outcome = read(makers.sound("WAV", samples, subtype="FLOAT"), "a.wav")
    assert np.isfinite(outcome.parts[0].arrays["audio-16000"]).all()
    assert "101 samples" in outcome.record.notes[0]


def test_loud_floats_stay_within_full_scale(read):
    samples = read(makers.sound("WAV", makers.tone(1) * 50, subtype="FLOAT"), "a.wav").parts[0].arrays["audio-16000"]
    assert np.abs(samples).max() <= 1.0


def test_a_sound_that_is_cut_off_keeps_what_is_there_and_says_so(read):
    data = makers.sound("FLAC", makers.tone(30) * np.random.default_rng(0).uniform(0.2, 1, (30 * 22_050, 1)))
    outcome = read(data[: len(data) * 2 // 3], "a.flac")
    assert outcome.parts
    assert "truncated" in outcome.parts[-1].flags
    assert "cut off" in outcome.record.notes[0]


def test_tags_are_read_into_the_vocabulary(read):
    tags = {
        "title": "Foghorn",
        "artist": "Ida Bell",
        "album": "Coasts",
        "date": "1999-05-01",
        "genre": "field recording",
    }
    fields = read(makers.m4a(tags=tags), "a.m4a").record.metadata
    assert fields == {
        "title": ("Foghorn",),
        "creator": ("Ida Bell",),
        "album": ("Coasts",),
        "date": ("1999-05-01",),
        "subjects": ("field recording",),
    }


@pytest.mark.parametrize(("format", "codec"), [("mp3", "libmp3lame"), ("flac", "flac"), ("ogg", "libopus")])
def test_tags_of_id3_and_vorbis_are_read(read, format, codec):
    from io import BytesIO

    import av

    out = BytesIO()
    with av.open(out, "w", format=format) as container:
        container.metadata.update({"title": "Foghorn 雾号", "artist": "Ida Bell", "TOWN": "Kiel"})
        stream = container.add_stream(codec, rate=48_000)
        stream.layout = "stereo"
        makers._sound_into(container, stream, 1.0, 48_000, 300.0)
    fields = read(out.getvalue(), f"a.{format}").record.metadata
    assert fields["title"] == ("Foghorn 雾号",)
    assert fields["creator"] == ("Ida Bell",)
    assert fields["town"] == ("Kiel",)


def test_the_waveform_is_the_preview(read):
    from io import BytesIO

    from PIL import Image

    loud_then_quiet = makers.tone(4)
    loud_then_quiet[2 * 22_050 :] *= 0.05
    with Image.open(BytesIO(read(makers.sound("WAV", loud_then_quiet), "a.wav").record.preview)) as image:
        assert image.size == (384, 96)
        ink = np.asarray(image.convert("L")) < 128
    assert ink[:, :180].sum() > 5 * ink[:, 210:].sum() > 0
    assert read(makers.sound("WAV"), "a.wav", DecodeSpec(previews=False)).record.preview == b""


def test_cleaning_of_sound_is_applied_and_named(read):
    from dataclasses import replace

    (part,) = read(makers.sound("WAV", makers.tone(1) * 0.05), "a.wav", replace(SPEC, cleaning=("loudness",))).parts
    assert [note.step for note in part.cleaning] == ["loudness"]
    assert np.abs(part.arrays["audio-16000"]).max() > 0.1


def test_the_length_of_an_mp3_without_an_index_is_not_believed(read, monkeypatch):
    quiet_then_loud = np.concatenate(
        [np.zeros((22_050 * 10, 1)), np.random.default_rng(0).normal(0, 0.3, (22_050 * 10, 1))]
    )
    data = makers.indexless_mp3(quiet_then_loud.astype(np.float32))
    outcome = read(data, "a.mp3")
    assert outcome.record.notes == ()
    assert not any("truncated" in part.flags for part in outcome.parts)


@pytest.mark.reliability
def test_a_tag_of_megabytes_is_kept_to_its_limit(read):
    """A8."""

    def safe(number):
        return bytes((number >> shift) & 0x7F for shift in (21, 14, 7, 0))

    title = b"\x03" + b"x" * (4 << 20)
    frame = b"TIT2" + safe(len(title)) + b"\0\0" + title
    outcome = read(b"ID3\x04\0\0" + safe(len(frame)) + frame + makers.sound("MP3"), "a.mp3")
    assert len(outcome.record.metadata["title"][0]) == 65_536
    assert outcome.of("audio")


@pytest.mark.reliability
def test_the_reason_of_a_refusal_does_not_name_objects_of_python(read):
    """A10."""
    with pytest.raises(BadMedia, match=r"a\.wav is damaged: Channel count is zero\.") as caught:
        read(makers.wav_header(8_000, 0, 100) + bytes(100), "a.wav")
    assert "<_io" not in caught.value.message
