"""The first bytes by which kinds of files are known; those that no reader takes too, so that errors can name them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from pinakes.media.textual import is_text

# Given the first bytes of a file: its MIME type, or nothing.
Signature: TypeAlias = Callable[[bytes], str]

# How XML and HTML documents open, in lower case and without declarations and comments.
XML_ROOTS = (
    ("<svg", "image/svg+xml"),
    ("<svg:svg", "image/svg+xml"),
    ("<!doctype svg", "image/svg+xml"),
    ("<!doctype html", "text/html"),
    ("<html", "text/html"),
    ("<head", "text/html"),
    ("<body", "text/html"),
    ("<title", "text/html"),
    ("<meta", "text/html"),
    ("<script", "text/html"),
    ("<style", "text/html"),
    ("<link", "text/html"),
    ("<table", "text/html"),
    ("<div", "text/html"),
    ("<iframe", "text/html"),
    ("<h1", "text/html"),
    ("<p>", "text/html"),
    ("<a ", "text/html"),
    ("<br", "text/html"),
    ("<b>", "text/html"),
    ("<img", "text/html"),
    ("<!doctype", "application/xml"),
)

_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
    (b"fLaC", "audio/flac"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    # What no reader takes: playlists make players open other files and addresses.
    (b"#EXTM3U", "application/vnd.apple.mpegurl"),
    (b"\xef\xbb\xbf#EXTM3U", "application/vnd.apple.mpegurl"),
    (b"ffconcat version", "text/x-ffconcat"),
    (b";FFMETADATA", "text/x-ffmetadata"),
    (b"{\\rtf", "application/rtf"),
    (b"%!PS", "application/postscript"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"\xff\x0a", "image/jxl"),
    (b"\x00\x00\x00\x0cJXL ", "image/jxl"),
    (b"\x00\x00\x00\x0cjP  ", "image/jp2"),
    (b"\x00\x00\x01\x00", "image/vnd.microsoft.icon"),
    (b"AT&TFORM", "image/vnd.djvu"),
    (b"MThd", "audio/midi"),
    (b"#!AMR", "audio/amr"),
    (b"0&\xb2u\x8ef\xcf\x11", "video/x-ms-asf"),
    (b"FLV\x01", "video/x-flv"),
    (b"\x00\x00\x01\xba", "video/mpeg"),
    (b"\x00\x00\x01\xb3", "video/mpeg"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"\x7fELF", "application/x-elf"),
)

_RIFFS = {b"WAVE": "audio/wav", b"WEBP": "image/webp", b"AVI ": "video/x-msvideo"}

_BRANDS: dict[bytes, str] = {
    **dict.fromkeys((b"M4A ", b"M4B ", b"M4P "), "audio/mp4"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"), "image/heic"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    b"crx ": "image/x-canon-cr3",
    b"jp2 ": "image/jp2",
    b"qt  ": "video/quicktime",
}

_ATOMS = (b"ftyp", b"moov", b"mdat", b"wide", b"pnot", b"skip", b"free")
_BITMAP_HEADERS = frozenset((12, 16, 40, 52, 56, 64, 108, 124))
_PDF_IN_JUNK = re.compile(rb"%PDF-\d\.\d")


# Most files are told by their first byte not to be any of these.
_BY_FIRST: dict[bytes, list[tuple[bytes, str]]] = {}
for _begin, _mime in _STARTS:
    _BY_FIRST.setdefault(_begin[:1], []).append((_begin, _mime))


def _start(head: bytes) -> str:
    return next((mime for start, mime in _BY_FIRST.get(head[:1], ()) if head.startswith(start)), "")


def _id3(head: bytes) -> str:
    return "audio/mpeg" if head[:3] == b"ID3" and len(head) > 10 and head[3] < 0x10 else ""


def tag_length(head: bytes) -> int:
    """Length of the ID3 tag with which a file begins; 0 without one."""
    if not _id3(head):
        return 0
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))


def _bzip2(head: bytes) -> str:
    return "application/x-bzip2" if head[:3] == b"BZh" and head[4:10] == b"1AY&SY" else ""


def _riff(head: bytes) -> str:
    return _RIFFS.get(head[8:12], "") if head[:4] in (b"RIFF", b"RF64", b"BW64") else ""


def _mp4(head: bytes) -> str:
    if head[4:8] not in _ATOMS or len(head) < 16 or is_text(head[:512]):
        return ""
    if head[4:8] != b"ftyp":
        return "video/quicktime"
    brand = head[8:12]
    return _BRANDS.get(brand) or ("video/3gpp" if brand[:3] in (b"3gp", b"3g2") else "video/mp4")


def _matroska(head: bytes) -> str:
    if not head.startswith(b"\x1aE\xdf\xa3"):
        return ""
    return "video/webm" if b"webm" in head[:64] else "video/x-matroska"


def _ogg(head: bytes) -> str:
    if not head.startswith(b"OggS"):
        return ""
    return "video/ogg" if b"\x80theora" in head[:512] else "audio/ogg"


def _pdf(head: bytes) -> str:
    """A PDF may be preceded by junk; a text that merely speaks of PDF is none."""
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    found = _PDF_IN_JUNK.search(head, 0, 1024)
    return "application/pdf" if found and b" obj" in head[found.end() :] else ""


def _bitmap(head: bytes) -> str:
    if head[:2] != b"BM" or len(head) < 26 or head[6:10] != b"\0\0\0\0":
        return ""
    return "image/bmp" if int.from_bytes(head[14:18], "little") in _BITMAP_HEADERS else ""


def _tar(head: bytes) -> str:
    return "application/x-tar" if head[257:262] == b"ustar" else ""


def _aiff(head: bytes) -> str:
    return "audio/aiff" if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC") else ""


def _transport_stream(head: bytes) -> str:
    return "video/mp2t" if len(head) > 376 and head[0] == head[188] == head[376] == 0x47 else ""


def _program(head: bytes) -> str:
    if head[:2] != b"MZ" or len(head) < 64:
        return ""
    offset = int.from_bytes(head[60:64], "little")
    return "application/vnd.microsoft.portable-executable" if head[offset : offset + 2] == b"PE" else ""


# Samples in a frame and kbit/s by (version is 1, layer); enough to find the next frame of an MPEG sound.
_MPEG_RATES = {0: (11025, 12000, 8000), 2: (22050, 24000, 16000), 3: (44100, 48000, 32000)}
_MPEG_KBITS: dict[tuple[bool, int], Sequence[int]] = {
    (True, 1): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (True, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (False, 1): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


def _mpeg_frame(head: bytes, at: int) -> int:
    """Length of the MPEG sound frame (layers II and III) that starts here; 0 if none does."""
    if len(head) < at + 4 or head[at] != 0xFF or head[at + 1] & 0xE0 != 0xE0:
        return 0
    version, layer = head[at + 1] >> 3 & 3, head[at + 1] >> 1 & 3
    kbit, rate, padding = head[at + 2] >> 4, head[at + 2] >> 2 & 3, head[at + 2] >> 1 & 1
    if version == 1 or layer not in (1, 2) or kbit in (0, 15) or rate == 3:
        return 0
    samples = 1152 if version == 3 or layer == 2 else 576
    return samples // 8 * _MPEG_KBITS[version == 3, layer][kbit] * 1000 // _MPEG_RATES[version][rate] + padding


def _mpeg(head: bytes) -> str:
    length = _mpeg_frame(head, 0)
    if not length:
        return ""
    # A second frame makes it sure; a file too short to show one is believed.
    return "audio/mpeg" if length + 4 > len(head) or _mpeg_frame(head, length) else ""


def _adts(head: bytes) -> str:
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or head[2] >> 2 & 15 > 12:
        return ""
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    again = head[length : length + 2]
    return "audio/aac" if length >= 7 and (not again or (again[0] == 0xFF and again[1:2] >= b"\xf0")) else ""


SIGNATURES: tuple[Signature, ...] = (
    _start,
    _id3,
    _bzip2,
    _riff,
    _mp4,
    _matroska,
    _ogg,
    _pdf,
    _bitmap,
    _mpeg,
    _adts,
    _tar,
    _aiff,
    _transport_stream,
    _program,
)
