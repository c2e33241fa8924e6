"""How parts, records and failures cross the shared memory: a JSON head, then the arrays' bytes as they are."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import PinakesError, TooLarge
from pinakes.limits import Limits
from pinakes.media.base import CleaningNote, DecodedPart, FileRecord
from pinakes.media.sandbox.region import FrameReader, FrameWriter
from pinakes.media.sandbox.wire import error_from_wire
from pinakes.types import MODALITIES, Fields, Place

_SIZES = struct.Struct(">II")
# No type whose bytes mean anything but numbers.
_TYPES = frozenset({"|u1", "<i2", "<f4"})


class Nonsense(Exception):
    """What a child handed over is not what a decoder hands over."""


@dataclass(frozen=True, slots=True)
class Received:
    """One thing that a child said of a job, and about how much memory it takes."""

    job: int
    what: DecodedPart | FileRecord | PinakesError
    size: int


def write_part(stream: FrameWriter, job: int, part: DecodedPart, limits: Limits) -> None:
    """Hand over a part; TooLarge if it is beyond what one part may take."""
    arrays = [(key, np.ascontiguousarray(array)) for key, array in part.arrays.items()]
    place = part.place
    head = {
        "job": job,
        "modality": part.modality,
        "place": [place.page, place.chapter, place.chars, place.seconds, place.box, place.frame],
        "text": part.text,
        "arrays": [[key, array.dtype.newbyteorder("<").str, array.shape] for key, array in arrays],
        "preview": len(part.preview),
        "signature": part.signature,
        "flags": part.flags,
        "cleaning": [[note.step, note.applied, note.detail] for note in part.cleaning],
        "fields": part.fields,
    }
    blobs = [_bytes_of(array) for _, array in arrays]
    _write(stream, head, [*blobs, memoryview(part.preview)], limits)


def write_record(stream: FrameWriter, job: int, record: FileRecord, limits: Limits) -> None:
    """Hand over what is known of a whole file."""
    head = {
        "job": job,
        "kind": record.kind,
        "size": record.size,
        "sha256": record.sha256,
        "metadata": record.metadata,
        "facts": dict(record.facts),
        "notes": record.notes,
        "preview": len(record.preview),
    }
    _write(stream, head, [memoryview(record.preview)], limits)


def write_failure(stream: FrameWriter, job: int, error: PinakesError, limits: Limits) -> None:
    """Hand over why a file could not be decoded."""
    told = {name: text[: limits.max_field_chars] for name, text in error.as_dict().items()}
    _write(stream, {"job": job, "error": told}, [], limits)


def _bytes_of(array: NDArray[Any]) -> memoryview:
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return little.reshape(-1).view(np.uint8).data


def _write(stream: FrameWriter, head: dict[str, Any], blobs: Sequence[memoryview], limits: Limits) -> None:
    # A lone surrogate has no bytes in UTF-8; none may reach the catalogue.
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    payload = sum(blob.nbytes for blob in blobs)
    if len(text) + payload > limits.max_part_bytes:
        raise TooLarge(
            f"A part takes {len(text) + payload:,} bytes; the limit is {limits.max_part_bytes:,}.",
            "Raise max_part_bytes, or make the spans, passages or pictures smaller.",
        )
    stream.write(_SIZES.pack(len(text), payload) + text)
    for blob in blobs:
        stream.write(blob)


def read(stream: FrameReader, limits: Limits) -> Received:
    """The next thing from the stream; Nonsense where it is malformed, EOFError where the stream ends."""
    head_size, payload = _SIZES.unpack(stream.read(_SIZES.size))
    if head_size + payload > limits.max_part_bytes:
        raise Nonsense("beyond max_part_bytes")
    try:
        raw = stream.read(head_size)
        head = json.loads(raw, parse_constant=_refuse_constant)
        # What is escaped may be a lone surrogate.
        if b"\\u" in raw:
            json.dumps(head, ensure_ascii=False).encode("utf-8")
        what = _what(head, stream, payload)
        return Received(int(head["job"]), what, 256 + head_size + payload)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise Nonsense(str(error)) from error


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _what(head: dict[str, Any], stream: FrameReader, payload: int) -> DecodedPart | FileRecord | PinakesError:
    if "error" in head:
        return error_from_wire(head["error"])
    if "kind" in head:
        _check(head["preview"] == payload)
        return _record(head, stream.read(payload))
    return _part(head, stream, payload)


def _record(head: dict[str, Any], preview: bytes) -> FileRecord:
    return FileRecord(
        kind=_text(head["kind"]),
        size=int(head["size"]),
        sha256=_text(head["sha256"]),
        metadata=_fields(head["metadata"]),
        facts={_text(name): float(value) for name, value in head["facts"].items()},
        notes=_texts(head["notes"]),
        preview=preview,
    )


def _part(head: dict[str, Any], stream: FrameReader, payload: int) -> DecodedPart:
    _check(head["modality"] in MODALITIES)
    shapes = [(_text(key), _dtype(kind), _shape(shape)) for key, kind, shape in head["arrays"]]
    sizes = [math.prod(shape) * kind.itemsize for _, kind, shape in shapes]
    preview_size = int(head["preview"])
    # Before anything is allocated.
    _check(preview_size >= 0 and sum(sizes) + preview_size == payload)
    arrays = {}
    for key, kind, shape in shapes:
        array = np.empty(shape, kind)
        stream.read_into(array.reshape(-1).view(np.uint8).data)
        arrays[key] = array
    signature = head["signature"]
    _check(signature is None or (isinstance(signature, int) and 0 <= signature < 1 << 64))
    return DecodedPart(
        modality=head["modality"],
        place=_place(head["place"]),
        text=_text(head["text"]),
        arrays=arrays,
        preview=stream.read(preview_size),
        signature=signature,
        flags=_texts(head["flags"]),
        cleaning=tuple(CleaningNote(_text(step), bool(on), _text(detail)) for step, on, detail in head["cleaning"]),
        fields=_fields(head["fields"]),
    )


def _place(values: list[Any]) -> Place:
    page, chapter, chars, seconds, box, frame = values
    _check(all(value is None or isinstance(value, int) for value in (page, chapter, frame)))
    spans: list[Any] = [None if span is None else tuple(float(number) for number in span) for span in (seconds, box)]
    first_last: Any = None if chars is None else tuple(int(number) for number in chars)
    for span, length in ((first_last, 2), (spans[0], 2), (spans[1], 4)):
        _check(span is None or len(span) == length)
    return Place(page, chapter, first_last, spans[0], spans[1], frame)


def _dtype(kind: str) -> np.dtype[Any]:
    _check(kind in _TYPES)
    return np.dtype(kind)


def _shape(shape: list[Any]) -> tuple[int, ...]:
    _check(len(shape) <= 4 and all(isinstance(length, int) and length >= 0 for length in shape))
    return tuple(shape)


def _fields(fields: dict[str, Any]) -> Fields:
    return {_text(name): _texts(values) for name, values in fields.items()}


def _texts(values: list[Any]) -> tuple[str, ...]:
    _check(isinstance(values, list))
    return tuple(map(_text, values))


def _text(value: Any) -> str:
    _check(isinstance(value, str))
    return str(value)


def _check(holds: bool) -> None:
    if not holds:
        raise ValueError("out of place")
