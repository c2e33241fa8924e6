"""Real damaged and hostile media through real children."""

import os
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from pinakes.limits import Limits
from pinakes.media.base import DecodeSpec, ImageWant
from pinakes.media.sandbox import DecoderPool, FileDone, FileFailed, Job
from pinakes.media.sandbox.watch import resident_bytes
from tests.media import makers

pytestmark = pytest.mark.reliability
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the system limits memory and tells what is held")


def outcomes(paths, children=1, **limits):
    """What became of each file: nothing where it was read, else the code of its failure."""
    spec = DecodeSpec(images=(ImageWant(64, 64),), limits=replace(Limits(), **limits))
    with DecoderPool(spec, children) as pool:
        ends = [one for one in pool.run(map(Job, range(len(paths)), paths)) if isinstance(one, FileDone | FileFailed)]
    return {one.token: "" if isinstance(one, FileDone) else one.error.code for one in ends}


def packed_page(content, times):
    """A PDF of one page whose drawing is packed so many times."""
    for _ in range(times):
        content = zlib.compress(content, 9)
    filters = b"/Filter [" + b"/FlateDecode " * times + b"]"
    return makers.pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R >>",
            makers.pdf_stream(content, filters),
        ]
    )


@linux_only
def test_a_pdf_that_unpacks_to_more_than_the_memory_costs_that_file_alone(tmp_path):
    """A9: the real bomb, 250 MB in some kilobytes, in a child with 150 MiB: told as too large, and the next is read."""
    bomb, good = tmp_path / "bomb.pdf", tmp_path / "good.pdf"
    bomb.write_bytes(packed_page(b"0 0 m 1 1 l S " * 18_000_000, 2))
    good.write_bytes(makers.pdf(["a page"]))
    assert bomb.stat().st_size < 50_000
    before = resident_bytes(os.getpid())
    assert outcomes([bomb, good], decode_memory_mib=150) == {0: "too-large", 1: ""}
    assert resident_bytes(os.getpid()) - before < 200 << 20


def test_one_of_every_kind_of_hostile_file_leaves_the_others_readable(tmp_path, formats):
    """A1, A4, A6, A9, A10, A11, A12: with every format around them, all in two children; each has its own code."""
    hostile = {
        "flood.png": (makers.flat_png(20_000, 20_000), "too-large"),
        "cut.jpg": (makers.jpeg()[:300], "bad-media"),
        "locked.pdf": (makers.locked_pdf(), "bad-media"),
        "rate.wav": (makers.wav_header(1, 1, 100) + bytes(100), "bad-media"),
        "list.mp4": (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "unsupported"),
        "binary.txt": (bytes(range(256)) * 8, "unsupported"),
        "empty.gif": (b"", "no-content"),
    }
    paths, codes = [], {}
    for name, (data, code) in {**hostile, **{name: (data, "") for name, data in formats.items()}}.items():
        codes[len(paths)] = code
        paths.append(tmp_path / f"{len(paths)} {name}")
        paths[-1].write_bytes(data)
    assert outcomes(paths, children=2) == codes


@linux_only
def test_a_child_opens_no_file_but_the_one_that_it_was_given(tmp_path):
    """A11: what a script or playlist names is not opened, as the kernel's own list of accesses shows."""
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret")
    os.utime(secret, (1, 1))
    script = f"ffconcat version 1.0\nfile '{secret}'\n".encode()
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{secret.as_uri()}\n".encode()
    paths = []
    for number, data in enumerate((script, playlist, b"\0\0\0\x18ftypisom" + playlist)):
        paths.append(tmp_path / f"{number}.mp4")
        paths[-1].write_bytes(data)
    assert set(outcomes(paths).values()) <= {"unsupported", "bad-media", "no-content"}
    assert secret.stat().st_atime == 1 or not _times_are_kept(tmp_path)


def _times_are_kept(folder: Path) -> bool:
    """Whether this file system notes when a file was read."""
    probe = folder / "probe"
    probe.write_text("x")
    os.utime(probe, (1, 1))
    probe.read_text()
    return probe.stat().st_atime != 1
