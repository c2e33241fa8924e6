"""Media of every format, made from nothing: each function gives the bytes of a file. Other rooms use them too."""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from fractions import Fraction
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, ImageCms, ImageDraw

# --- pictures ---------------------------------------------------------------------------------------------------------


def photo(width: int = 160, height: int = 120, seed: int = 0) -> Image.Image:
    """A smooth picture with a few things in it, like a photograph to a codec."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / max(width, height)
    waves = rng.uniform(1, 9, (3, 4, 3))
    image = sum(np.sin(fx * x[..., None] + fy * y[..., None] + phase) for fx, fy, phase in waves.transpose(1, 2, 0))
    picture = Image.fromarray(np.clip(128 + 40 * image, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    for _ in range(5):
        left, top = rng.integers(0, max(width, 2)), rng.integers(0, max(height, 2))
        size = int(rng.integers(2, max(width // 4, 3)))
        draw.rectangle((left, top, left + size, top + size), fill=tuple(int(v) for v in rng.integers(0, 256, 3)))
    return picture


def noise(width: int = 64, height: int = 48, seed: int = 0) -> Image.Image:
    """Every pixel by chance."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def encoded(image: Image.Image, format: str, **options: Any) -> bytes:
    """A picture as the bytes of a file."""
    out = BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def jpeg(image: Image.Image | None = None, quality: int = 90, **options: Any) -> bytes:
    """A JPEG."""
    return encoded(image or photo(), "JPEG", quality=quality, **options)


def png(image: Image.Image | None = None, **options: Any) -> bytes:
    """A PNG."""
    return encoded(image or photo(), "PNG", **options)


def exif_block(orientation: int = 1, **tags: Any) -> Image.Exif:
    """EXIF of a camera."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F], exif[0x0110] = "Akme", "Akme Seeker 3"
    exif[0x010E] = "A red boat at the quay"
    exif[0x013B] = "Ida Bell"
    exif[0x8298] = "(c) 2019 Ida Bell"
    exif.get_ifd(0x8769)[0x9003] = "2019:07:14 10:11:12"
    exif.get_ifd(0x8825).update({1: "S", 2: (33.0, 51.0, 35.9), 3: "E", 4: (151.0, 12.0, 40.0)})
    for tag, value in tags.items():
        exif[int(tag)] = value
    return exif


def xmp_packet(inner: str = "") -> bytes:
    """XMP as picture programs write it."""
    inner = inner or (
        '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">The Quay</rdf:li></rdf:Alt></dc:title>'
        "<dc:creator><rdf:Seq><rdf:li>Ida Bell</rdf:li><rdf:li>Tom Reed</rdf:li></rdf:Seq></dc:creator>"
        "<dc:subject><rdf:Bag><rdf:li>boat</rdf:li><rdf:li>harbour</rdf:li></rdf:Bag></dc:subject>"
        "<xmp:Rating>4</xmp:Rating>"
    )
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="Darkroom 1">'
        f'{inner}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def jpeg_segment(data: bytes, marker: int, content: bytes) -> bytes:
    """A JPEG with one more segment after its start."""
    return data[:2] + bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content + data[2:]


def iptc_segment(fields: Mapping[int, Sequence[bytes]]) -> bytes:
    """The content of the segment (0xED) in which JPEG files keep IPTC data of record 2."""
    block = b"".join(
        b"\x1c\x02" + bytes((tag,)) + struct.pack(">H", len(value)) + value
        for tag, values in fields.items()
        for value in values
    )
    return b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + struct.pack(">I", len(block)) + block + b"\x00" * (len(block) % 2)


def png_chunk(kind: bytes, content: bytes) -> bytes:
    """One chunk with its length and checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def flat_png(width: int, height: int, extra: Sequence[bytes] = ()) -> bytes:
    """A 1-bit PNG of any size in few bytes: what a picture bomb is; the pixels of a huge one are not all there."""
    rows = zlib.compress(b"\x00" * min((width // 8 + 2) * height, 50_000_000), 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = [png_chunk(b"IHDR", header), *extra, png_chunk(b"IDAT", rows), png_chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def tiff_pages(count: int, width: int = 40, height: int = 30, **options: Any) -> bytes:
    """A scan of several pages."""
    pages = [photo(width, height, seed=n) for n in range(count)]
    return encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:], **options)


def animation(format: str, frames: int = 5) -> bytes:
    """A GIF, WebP or PNG that moves."""
    pictures = [photo(48, 32, seed=n) for n in range(frames)]
    return encoded(pictures[0], format, save_all=True, append_images=pictures[1:], duration=40)


def swapped_profile() -> bytes:
    """A colour profile of RGB in which red and green have changed places."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    at = {bytes(data[132 + 12 * n : 136 + 12 * n]): 136 + 12 * n for n in range(struct.unpack_from(">I", data, 128)[0])}
    for field in range(2):
        red, green = at[b"rXYZ"] + 4 * field, at[b"gXYZ"] + 4 * field
        data[red : red + 4], data[green : green + 4] = data[green : green + 4], data[red : red + 4]
    # Not to be taken for sRGB by its name.
    return bytes(data).replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be")).replace(b"sRGB", b"swap")


# --- sound ------------------------------------------------------------------------------------------------------------


def tone(seconds: float = 1.0, rate: int = 22_050, pitch: float = 440.0, channels: int = 1) -> np.ndarray:
    """A steady sound (n, channels)."""
    t = np.arange(round(seconds * rate)) / rate
    wave = (0.4 * np.sin(2 * np.pi * pitch * t)).astype(np.float32)
    return np.repeat(wave[:, None], channels, axis=1)


def sound(
    format: str = "WAV", samples: np.ndarray | None = None, rate: int = 22_050, subtype: str | None = None
) -> bytes:
    """WAV, FLAC, OGG or MP3."""
    import soundfile

    out = BytesIO()
    soundfile.write(out, tone(rate=rate) if samples is None else samples, rate, format=format, subtype=subtype)
    return out.getvalue()


def wav_header(rate: int, channels: int, data_bytes: int, bits: int = 16) -> bytes:
    """The header of a WAV that says whatever it likes."""
    step = channels * bits // 8
    per_second = min(rate * step, 0xFFFFFFFF)
    form = struct.pack("<HHIIHH", 1, channels, rate, per_second, step, bits)
    riff = struct.pack("<4sI4s", b"RIFF", min(data_bytes + 36, 0xFFFFFFFF), b"WAVE")
    return riff + struct.pack("<4sI", b"fmt ", len(form)) + form + struct.pack("<4sI", b"data", data_bytes)


def m4a(seconds: float = 1.0, rate: int = 44_100, tags: Mapping[str, str] | None = None, format: str = "ipod") -> bytes:
    """AAC in MP4 (format ipod) or bare (format adts)."""
    import av

    out = BytesIO()
    with av.open(out, "w", format=format) as container:
        container.metadata.update(tags or {})
        stream = container.add_stream("aac", rate=rate)
        stream.layout = "stereo"
        _sound_into(container, stream, seconds, rate, 440.0)
    return out.getvalue()


def indexless_mp3(samples: np.ndarray, rate: int = 22_050) -> bytes:
    """An MP3 of changing bit rate that does not say how long it is; its length can only be guessed."""
    import av

    out = BytesIO()
    with av.open(out, "w", format="mp3", options={"write_xing": "0"}) as container:
        stream = container.add_stream("libmp3lame", rate=44_100)
        stream.layout = "stereo"
        stream.codec_context.flags |= 2
        stream.codec_context.global_quality = 4 * 118
        _samples_into(container, stream, np.repeat(samples.T, 2, axis=0), rate)
    return out.getvalue()


def _sound_into(container: Any, stream: Any, seconds: float, rate: int, pitch: float) -> None:
    _samples_into(container, stream, tone(seconds, rate, pitch, 2).T, rate)


def _samples_into(container: Any, stream: Any, wave: np.ndarray, rate: int) -> None:
    import av

    resampler = av.AudioResampler(format=stream.codec_context.format, layout="stereo", rate=stream.rate)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(wave), format="fltp", layout="stereo")
    frame.sample_rate, frame.pts = rate, 0
    fifo = av.AudioFifo()
    for one in [*resampler.resample(frame), *resampler.resample(None)]:
        fifo.write(one)
    size = stream.codec_context.frame_size or 1024
    while (chunk := fifo.read(size, partial=True)) is not None:
        container.mux(stream.encode(chunk))
    container.mux(stream.encode(None))


# --- film -------------------------------------------------------------------------------------------------------------


def scene(seed: int, seconds: float, width: int = 160, height: int = 96) -> np.ndarray:
    """One frame of a scene: a background and things that move slowly."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    phase = rng.uniform(0, 6, 3)
    wave = np.sin(rng.uniform(-0.06, 0.06) * x + rng.uniform(-0.06, 0.06) * y)
    image = rng.uniform(50, 200, 3) + 35 * wave[..., None] * np.cos(phase)
    for _ in range(4):
        left, top = rng.uniform(0, width), rng.uniform(0, height)
        size, colour, speed = rng.uniform(8, 24), rng.uniform(0, 255, 3), rng.uniform(-8, 8)
        inside = (abs((x - left - speed * seconds) % width) < size) & (abs(y - top) < size / 2)
        image[inside] = colour
    return np.clip(image, 0, 255).astype(np.uint8)


def film_frames(shots: Sequence[tuple[int, float]], rate: int = 25, fade: float = 0.0, **size: int) -> list[np.ndarray]:
    """Frames of shots (seed, seconds), cut hard or dissolved into each other within `fade` seconds."""
    frames: list[np.ndarray] = []
    for number, (seed, seconds) in enumerate(shots):
        count = round(seconds * rate)
        frames += [scene(seed, n / rate, **size) for n in range(count)]
        if fade and number + 1 < len(shots):
            steps = round(fade * rate)
            last, first = (
                scene(seed, seconds, **size).astype(float),
                scene(shots[number + 1][0], 0, **size).astype(float),
            )
            frames += [(last + (first - last) * (n + 1) / (steps + 1)).astype(np.uint8) for n in range(steps)]
    return frames


FILMS = {
    "mp4": ("mp4", "mpeg4", "aac"),
    "mov": ("mov", "mpeg4", "aac"),
    "mkv": ("matroska", "libvpx", "libopus"),
    "webm": ("webm", "libvpx-vp9", "libopus"),
    "avi": ("avi", "mpeg4", "libmp3lame"),
}


def film(
    suffix: str = "mp4",
    frames: Sequence[np.ndarray] | None = None,
    rate: int = 25,
    sound_seconds: float = 0.0,
    tags: Mapping[str, str] | None = None,
    **options: str,
) -> bytes:
    """A film in one of the containers of FILMS."""
    import av

    format, video, audio = FILMS[suffix]
    frames = film_frames([(1, 1.0), (2, 1.0)], rate) if frames is None else frames
    out = BytesIO()
    with av.open(out, "w", format=format) as container:
        container.metadata.update(tags or {})
        pictures = container.add_stream(video, rate=rate)
        fast = {"deadline": "realtime", "cpu-used": "8"} if video.startswith("libvpx") else {}
        pictures.width, pictures.height, pictures.pix_fmt = frames[0].shape[1], frames[0].shape[0], "yuv420p"
        pictures.bit_rate, pictures.options = 2_000_000, {**fast, **options}
        sounds = None
        if sound_seconds:
            sounds = container.add_stream(audio, rate=48_000)
            sounds.layout = "stereo"
        for number, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            container.mux(pictures.encode(frame))
        container.mux(pictures.encode(None))
        if sounds is not None:
            _sound_into(container, sounds, sound_seconds, 48_000, 330.0)
    return out.getvalue()


def turned(mp4: bytes) -> bytes:
    """The film as a telephone held upright writes it: to be shown a quarter turn clockwise."""
    data = bytearray(mp4)
    height = struct.unpack_from(">I", data, data.index(b"tkhd") + 4 + 80)[0]
    matrix = (0, 0x10000, 0, -0x10000, 0, 0, height, 0, 0x40000000)
    struct.pack_into(">9i", data, data.index(b"tkhd") + 4 + 40, *matrix)
    return bytes(data)


# --- PDF --------------------------------------------------------------------------------------------------------------


def pdf_of(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of numbered objects, of which the first is the catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, table)
    return bytes(out)


def pdf_stream(content: bytes, more: bytes = b"") -> bytes:
    """The object of a stream."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), more, content)


def pdf(
    pages: Sequence[str] = ("A page about a red boat.",), info: Mapping[str, str] | None = None, roman: bool = False
) -> bytes:
    """Pages of text, a line each for every line, with an information dictionary."""
    labels = b"/PageLabels << /Nums [0 << /S /r >>] >>" if roman else b""
    kids = b" ".join(b"%d 0 R" % (5 + 2 * n) for n in range(len(pages)))
    notes = " ".join(f"/{name} ({_pdf_text(value)})" for name, value in (info or {}).items())
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % labels,
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        f"<< {notes} >>".encode("latin-1"),
    ]
    for n, text in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (6 + 2 * n)
        )
        shown = "".join(f"({_pdf_text(line)}) Tj T* " for line in text.split("\n"))
        objects.append(pdf_stream(f"BT /F1 12 Tf 14 TL 50 800 Td {shown}ET".encode("cp1252") if text else b""))
    return pdf_of(objects, b"/Info 4 0 R")


def _pdf_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def locked_pdf(password: bytes = b"secret") -> bytes:
    """A PDF encrypted with a user's password (standard handler, 40-bit RC4)."""
    pad = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    padded = (password + pad)[:32]
    owner = _rc4(hashlib.md5(padded).digest()[:5], padded)
    name = b"0123456789abcdef"
    key = hashlib.md5(padded + owner + struct.pack("<i", -4) + name).digest()[:5]
    user = _rc4(key, pad)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (owner.hex().encode(), user.hex().encode()),
    ]
    identity = name.hex().encode()
    return pdf_of(objects, b"/Encrypt 4 0 R /ID [<%s> <%s>]" % (identity, identity))


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


# --- ebooks and archives ----------------------------------------------------------------------------------------------


def zipped(entries: Mapping[str, bytes | str], stored: Sequence[str] = ("mimetype",)) -> bytes:
    """A zip file of entries in that order."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            method = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, compress_type=method)
    return out.getvalue()


CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
EBOOK_METADATA = (
    "<dc:title>The Lighthouse</dc:title><dc:creator>Ida Bell</dc:creator>"
    '<dc:creator id="c2">Tom Reed</dc:creator><meta refines="#c2" property="role">ill</meta>'
    "<dc:language>eng</dc:language><dc:date>1907-03</dc:date><dc:subject>sea</dc:subject><dc:subject>light</dc:subject>"
    '<dc:identifier>urn:isbn:9780000000001</dc:identifier><meta name="calibre:series" content="Coasts"/>'
)


def chapter(body: str, title: str = "A chapter") -> str:
    """An XHTML document."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" lang="en">'
        f"<head><title>{title}</title></head><body>{body}</body></html>"
    )


def epub(
    chapters: Sequence[str] = ("<h1>One</h1><p>The lamp is lit.</p>", "<h1>Two</h1><p>The fog comes in.</p>"),
    plates: Mapping[str, bytes] | None = None,
    metadata: str = EBOOK_METADATA,
    cover: str = "",
    more: Mapping[str, bytes | str] | None = None,
    mimetype_first: bool = True,
) -> bytes:
    """An EPUB with chapters c1.xhtml, c2.xhtml... and plates by name, all in the folder OEBPS."""
    plates = plates or {}
    items = [
        f'<item id="c{n}" href="c{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(1, len(chapters) + 1)
    ]
    items += [
        f'<item id="p{n}" href="{name}" media-type="image/jpeg" properties="{"cover-image" * (name == cover)}"/>'
        for n, name in enumerate(plates)
    ]
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(1, len(chapters) + 1))
    package = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata>'
        f"<manifest>{''.join(items)}</manifest><spine>{spine}</spine></package>"
    )
    entries: dict[str, bytes | str] = {"META-INF/container.xml": CONTAINER, "OEBPS/content.opf": package}
    entries |= {f"OEBPS/c{n}.xhtml": chapter(body) for n, body in enumerate(chapters, 1)}
    entries |= {f"OEBPS/{name}": content for name, content in plates.items()}
    entries |= more or {}
    kind = {"mimetype": "application/epub+zip"}
    return zipped({**kind, **entries} if mimetype_first else {**entries, **kind})


def every_format() -> dict[str, bytes]:
    """One small good file of every format that is read, by a fitting name."""
    frames = film_frames([(1, 0.8), (2, 0.8)], width=64, height=48)
    return {
        "plain.txt": b"The red boat lies at the quay.\n\nA lamp is lit in the harbour.\n" * 4,
        "notes.md": b"---\ntitle: Notes\n---\n# Boats\n\nA *red* boat and [a lamp](lamp.html).\n",
        "page.html": b"<!doctype html><title>Boats</title><p>A red boat.<p>A lamp.",
        "photo.jpg": jpeg(photo(96, 64), exif=exif_block()),
        "drawing.png": png(photo(96, 64)),
        "picture.webp": encoded(photo(96, 64), "WEBP"),
        "picture.gif": encoded(photo(96, 64), "GIF"),
        "scan.tiff": tiff_pages(2),
        "picture.bmp": encoded(photo(96, 64), "BMP"),
        "sound.wav": sound("WAV"),
        "sound.flac": sound("FLAC"),
        "sound.ogg": sound("OGG"),
        "sound.mp3": sound("MP3"),
        "sound.m4a": m4a(),
        "sound.aac": m4a(format="adts"),
        **{f"film.{suffix}": film(suffix, frames, sound_seconds=1.6) for suffix in FILMS},
        "paper.pdf": pdf(("A page about a red boat.", "Another about a lamp."), {"Title": "Boats"}),
        "book.epub": epub(plates={"plate.jpg": jpeg(photo(64, 48))}, cover="plate.jpg"),
    }
