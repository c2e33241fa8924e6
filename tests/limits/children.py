"""Trials of the bounds on what decoding children use."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pinakes.limits import MIB, Limits
from pinakes.media.base import DecodedPart, DecodeSpec
from pinakes.media.sandbox import DecoderPool, FileDone, FileFailed, Job, decodes_here
from pinakes.media.sandbox.records import write_part
from pinakes.media.sandbox.watch import Clock, memory_verdict
from pinakes.types import Place
from tests.limits.trials import taken, trial, written

# Two sizes go before every part.
SIZES = 8
FAKES = Path(__file__).parents[1] / "media" / "sandbox"


def in_a_child(content: str, folder: Path, **limits: int) -> str:
    """The code with which a fake decoder fails in a real child under a bound; nothing if it does not."""
    if sys.platform == "win32":
        pytest.skip("Windows has no such limits; the docs say what stands in")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FAKES))
        spec = DecodeSpec(limits=replace(Limits(), **limits))
        with DecoderPool(spec, 1, decode="fake_decoders:by_content") as pool:
            (*_, last) = pool.run([Job(0, written(folder, content.encode()))])
    assert isinstance(last, FileDone | FileFailed)
    return "" if isinstance(last, FileDone) else last.error.code


class Stream:
    """Counts what would be handed over."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, data: bytes | memoryview) -> None:
        self.size += len(data)


@trial("max_part_bytes")
def part_bytes(more: int, folder: Path) -> bool:
    def part(length: int) -> DecodedPart:
        return DecodedPart("text", Place(), text="x" * length, arrays={"a": np.zeros(24, np.uint8)})

    measured = Stream()
    write_part(measured, 1, part(1000), Limits())  # type: ignore[arg-type]
    bound = Limits(max_part_bytes=measured.size - SIZES)
    return taken("max_part_bytes", lambda: write_part(Stream(), 1, part(1000 + more), bound))  # type: ignore[arg-type]


@trial("decode_memory_mib")
def memory(more: int, folder: Path) -> bool:
    start = 30 * MIB
    return memory_verdict(start + 100 * MIB + more, start, Limits(decode_memory_mib=100)) is None


@trial("decode_cpu_seconds")
def processor_time(more: int, folder: Path) -> bool:
    # The system counts whole seconds, and gives the one that has begun on top.
    spin = {-1: 1.0, 0: 1.9, 1: 3.2}[more]
    code = in_a_child(f"spin {spin}", folder, decode_cpu_seconds=2)
    assert code in ("", "timeout")
    return not code


@trial("decode_silent_seconds")
def silence(more: int, folder: Path) -> bool:
    return Clock(silent=5.0 + more).verdict(Limits(decode_silent_seconds=5)) is None


@trial("decode_total_seconds")
def total(more: int, folder: Path) -> bool:
    return Clock(total=5.0 + more).verdict(Limits(decode_total_seconds=5)) is None


@trial("decode_open_files")
def open_files(more: int, folder: Path) -> bool:
    # Descriptors are numbered from 0: of 32 the last is 31.
    return not in_a_child(f"descriptor {31 + more}", folder, decode_open_files=32)


@trial("decode_written_bytes")
def written_bytes(more: int, folder: Path) -> bool:
    return not in_a_child(f"write {folder / 'out'} {1000 + more}", folder, decode_written_bytes=1000)


@trial("small_text_bytes")
def small_text(more: int, folder: Path) -> bool:
    return decodes_here(folder / "a.txt", 100 + more, b"plain words", Limits(small_text_bytes=100))
