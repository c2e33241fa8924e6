import json
import struct
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.errors import BadMedia, BadQuery, MissingExtra, PinakesError, TooLarge
from pinakes.limits import Limits
from pinakes.media.base import DecodedPart, FileRecord
from pinakes.media.sandbox import region, wire
from pinakes.media.sandbox.records import Nonsense, read, write_failure, write_part, write_record
from pinakes.media.sandbox.region import FrameReader, FrameWriter, Region
from pinakes.types import Place


class Loop:
    """Both ends of a stream in one process; the reader is behind by all frames that were announced."""

    def __init__(self, slots=region.SLOTS):
        self.region = Region.create()
        self.free = threading.Semaphore(slots)
        self.announced = []
        self.writer = FrameWriter(self.region, self._wait, lambda frame, filled: self.announced.append((frame, filled)))
        self.reader = FrameReader(self._frames(), self.free.release)
        self.blocked = False

    def _wait(self):
        self.blocked = not self.free.acquire(timeout=5)
        if self.blocked:
            raise TimeoutError

    def _frames(self):
        while self.announced:
            frame, filled = self.announced.pop(0)
            yield self.region.slot(frame)[:filled]


@pytest.fixture
def loop():
    made = Loop()
    yield made
    made.region.close()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_stream_gives_back_the_bytes_in_order(data):
    """Against plain concatenation, with slots so small that everything spans frames."""
    original, region.SLOT_BYTES = region.SLOT_BYTES, 7
    try:
        loop = Loop()
        wrote, got = b"", b""
        for piece in data.draw(st.lists(st.binary(max_size=20), max_size=20)):
            loop.writer.write(piece)
            wrote += piece
            if data.draw(st.booleans()):
                loop.writer.flush()
            announced = sum(filled for _, filled in loop.announced)
            loop.reader._frames = loop._frames()
            got += loop.reader.read(announced)
        loop.writer.flush()
        loop.reader._frames = loop._frames()
        got += loop.reader.read(len(wrote) - len(got))
        assert got == wrote
        assert loop.reader.at_frame_end
        loop.region.close()
    finally:
        region.SLOT_BYTES = original


def test_a_writer_waits_for_a_slot_when_all_are_taken():
    loop = Loop(slots=2)
    for _ in range(2):
        loop.writer.write(b"x")
        loop.writer.flush()
    waiting = threading.Thread(target=lambda: (loop.writer.write(b"y"), loop.writer.flush()))
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    assert loop.reader.read(1) == b"x"
    waiting.join(5)
    assert not waiting.is_alive()
    loop.reader._frames = loop._frames()
    assert loop.reader.read(2) == b"xy"
    loop.region.close()


PART = DecodedPart("text", Place(page=1), text="a text", arrays={"a": np.zeros((2, 2), np.float32)}, preview=b"12345")


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_part_is_measured_to_the_byte(loop, more):
    write_part(loop.writer, 1, PART, Limits())
    loop.writer.flush()
    size = loop.announced[0][1] - 8
    limits = Limits(max_part_bytes=size + more)
    if more < 0:
        with pytest.raises(TooLarge, match=f"takes {size:,} bytes; the limit is {size - 1:,}"):
            write_part(loop.writer, 2, PART, limits)
        with pytest.raises(Nonsense):
            read(loop.reader, limits)
    else:
        write_part(loop.writer, 2, PART, limits)
        assert read(loop.reader, limits).what.text == "a text"


def records(loop):
    write_part(loop.writer, 1, PART, Limits())
    write_record(loop.writer, 1, FileRecord("text/plain", 3, "ff", {"title": ("t",)}, {"pages": 2.0}), Limits())
    write_failure(loop.writer, 2, BadMedia("broken", "mend"), Limits())
    loop.writer.flush()
    frame, filled = loop.announced[0]
    return loop.region.slot(frame)[:filled]


def read_all(data):
    reader = FrameReader(iter([memoryview(data)] if data else []), lambda: None)
    received = []
    while not reader.at_frame_end or not received:
        received.append(read(reader, Limits()))
    return received


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6), st.integers(0, 10**6))
def test_damaged_records_are_told_as_nonsense_and_nothing_worse(changes, cut):
    loop = Loop()
    data = bytearray(records(loop))
    loop.region.close()
    for place, value in changes:
        data[place % len(data)] = value
    if cut % 3 == 0:
        del data[cut % len(data) :]
    try:
        for received in read_all(bytes(data)):
            assert isinstance(received.what, DecodedPart | FileRecord | PinakesError)
    except (Nonsense, EOFError):
        pass


LIES = {
    "an object array": {"arrays": [["a", "|O", [2, 2]]]},
    "a shape too large": {"arrays": [["a", "<f4", [2, 3]]]},
    "a negative shape": {"arrays": [["a", "<f4", [-2, -2]]]},
    "a wild modality": {"modality": "smell"},
    "a text that is a number": {"text": 5},
    "fields that are a list": {"fields": [1]},
    "a field that is one string": {"fields": {"title": "abc"}},
    "a signature of 65 bits": {"signature": 2**64},
    "a place of words": {"place": ["one", None, None, None, None, None]},
    "a lone surrogate": {"text": "\ud800"},
    "no job": {"job": None},
    "a number that is none": {"place": [None, None, None, [float("nan"), 1], None, None]},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_record_that_lies_is_nonsense(loop, lie):
    write_part(loop.writer, 1, PART, Limits())
    loop.writer.flush()
    data = bytes(loop.region.slot(0)[: loop.announced[0][1]])
    head_size, payload = struct.unpack(">II", data[:8])
    head = json.loads(data[8 : 8 + head_size]) | LIES[lie]
    text = json.dumps(head).encode()
    with pytest.raises(Nonsense):
        read_all(struct.pack(">II", len(text), payload) + text + data[8 + head_size :])


def test_the_unchanged_record_is_no_lie(loop):
    (part, record, failure) = read_all(bytes(records(loop)))
    assert part.what.place == Place(page=1)
    assert record.what.facts == {"pages": 2.0}
    assert failure.what.code == "bad-media"


@pytest.mark.parametrize("error", [BadMedia("m", "h"), MissingExtra("Parquet", "parquet"), BadQuery("m", position=3)])
def test_errors_cross_the_border_with_class_message_and_hint(error):
    crossed = wire.error_from_wire(error.as_dict())
    assert type(crossed) is type(error)
    assert crossed.as_dict() == error.as_dict()


def test_an_unknown_error_is_the_decoders_death():
    assert wire.error_from_wire({"code": "new", "message": "m", "hint": ""}).code == "decoder-died"


def test_a_message_beyond_any_size_is_refused():
    data = struct.pack(">I", wire.MAX_MESSAGE_BYTES + 1)
    with pytest.raises(ValueError, match=str(wire.MAX_MESSAGE_BYTES + 1)):
        wire.receive(lambda size: data[:size])
