"""Sounds as files: WAV, FLAC, Ogg Vorbis and MP3, with their tags."""

from __future__ import annotations

import struct
import zlib
from fractions import Fraction
from io import BytesIO

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

from pinakes.sources.sample.creators import RIGHTS
from pinakes.sources.sample.sound.dsp import RATE
from pinakes.sources.sample.work import Work

FORMATS = {"wav": ("WAV", "PCM_16"), "flac": ("FLAC", "PCM_16"), "ogg": ("OGG", "VORBIS")}
KINDS = (*FORMATS, "mp3")


def encoded(sound: NDArray[np.float32], kind: str, work: Work | None = None) -> bytes:
    """The bytes of a sound; with a work, its metadata are embedded."""
    if kind == "mp3":
        return _mp3(sound, work)
    out = BytesIO()
    name, subtype = FORMATS[kind]
    with soundfile.SoundFile(out, "w", RATE, 1, format=name, subtype=subtype) as file:
        if work is not None:
            file.title = work.title
            file.artist = work.creator
            file.comment = work.description if kind in ("flac", "ogg") else work.captions["en"]
            file.copyright = RIGHTS
            if work.day is not None:
                file.date = str(work.day.year)
        file.write(sound)
    return _steady(out.getvalue()) if kind == "ogg" else out.getvalue()


def _mp3(sound: NDArray[np.float32], work: Work | None) -> bytes:
    """MPEG layer 3 whose frames stand alone (no bit reservoir), so that players can begin anywhere."""
    out = BytesIO()
    with av.open(out, "w", format="mp3", options={"fflags": "+bitexact"}) as file:
        if work is not None:
            file.metadata.update({"title": work.title, "artist": work.creator, "comment": work.description})
            file.metadata.update({"copyright": RIGHTS, "date": str(work.day.year) if work.day else ""})
        track = file.add_stream(
            "libmp3lame", rate=RATE, layout="mono", options={"reservoir": "0", "flags": "+bitexact"}
        )
        track.bit_rate = 64_000
        add_sound(file, track, sound)
    return out.getvalue()


def add_sound(file: av.container.OutputContainer, track: av.AudioStream, sound: NDArray[np.float32]) -> None:
    """Encode a mono sound into a track, a second at a time."""
    for start in range(0, len(sound), RATE):
        frame = av.AudioFrame.from_ndarray(sound[None, start : start + RATE], format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        file.mux(track.encode(frame))
    file.mux(track.encode(None))


def _checksum_table() -> list[int]:
    table = []
    for value in range(256):
        rest = value << 24
        for _ in range(8):
            rest = (rest << 1) ^ 0x04C11DB7 if rest & 0x80000000 else rest << 1
        table.append(rest & 0xFFFFFFFF)
    return table


_TABLE = _checksum_table()


def _checksum(page: bytes) -> int:
    rest = 0
    for byte in page:
        rest = ((rest << 8) & 0xFFFFFFFF) ^ _TABLE[(rest >> 24) ^ byte]
    return rest


def _steady(ogg: bytes) -> bytes:
    """The same stream under a serial number made of its sound, not by chance: equal works are equal bytes."""
    pages, at = [], 0
    while at < len(ogg):
        count = ogg[at + 26]
        size = 27 + count + sum(ogg[at + 27 : at + 27 + count])
        pages.append(bytearray(ogg[at : at + size]))
        at += size
    serial = zlib.crc32(b"".join(bytes(page[27 + page[26] :]) for page in pages)) & 0x7FFFFFFF
    for page in pages:
        struct.pack_into("<I", page, 14, serial)
        struct.pack_into("<I", page, 22, 0)
        struct.pack_into("<I", page, 22, _checksum(bytes(page)))
    return b"".join(bytes(page) for page in pages)
