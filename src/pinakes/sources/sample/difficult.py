"""Works that are difficult on purpose: copies, noise, a turned plate, a wrong suffix, odd encodings, an empty file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO

import numpy as np
from PIL import Image

from pinakes.sources.sample import pictures
from pinakes.sources.sample.made import Made
from pinakes.sources.sample.scene import stream
from pinakes.sources.sample.work import Work

FOLDER = "unsorted"


def _opened(plate: Made) -> Image.Image:
    with Image.open(BytesIO(plate.data)) as image:
        return image.convert("RGB")


def _copy(plate: Made, name: str, difficulty: str, kind: str = "jpg") -> Work:
    """A copy of a plate under a name that tells nothing."""
    return replace(
        plate.work,
        path=f"{FOLDER}/{name}.{kind}",
        title=f"{plate.work.title} (copy)",
        told="nowhere",
        difficulty=difficulty,
        copy_of=plate.work.path,
        extra={},
    )


def _smaller(plate: Made) -> Made:
    image = _opened(plate)
    small = image.resize((image.width * 5 // 8, image.height * 5 // 8), Image.Resampling.LANCZOS)
    return Made(_copy(plate, "scan-01", "smaller-copy"), pictures.encoded(small, "jpg", quality=58))


def _recompressed(plate: Made) -> Made:
    return Made(
        _copy(plate, "scan-02", "recompressed-copy", "webp"), pictures.encoded(_opened(plate), "webp", quality=38)
    )


def _turned(plate: Made) -> Made:
    lying = _opened(plate).transpose(Image.Transpose.ROTATE_90)
    return Made(_copy(plate, "scan-03", "turned"), pictures.encoded(lying, "jpg", turned=True))


def _salted(plate: Made, seed: int) -> Made:
    rng = stream("salt", seed)
    pixels = np.asarray(_opened(plate)).copy()
    hit = rng.random(pixels.shape[:2])
    pixels[hit < 0.03], pixels[hit > 0.97] = 0, 255
    return Made(
        _copy(plate, "scan-04", "salt-and-pepper-noise", "webp"),
        pictures.encoded(Image.fromarray(pixels), "webp", quality=90),
    )


def _grainy(plate: Made, seed: int) -> Made:
    pixels = np.asarray(_opened(plate)).astype(np.float64)
    noisy = np.clip(pixels + stream("grain", seed).normal(0, 22, pixels.shape), 0, 255).astype(np.uint8)
    return Made(_copy(plate, "scan-05", "gaussian-noise"), pictures.encoded(Image.fromarray(noisy), "jpg", quality=84))


def _misnamed(plate: Made) -> Made:
    """A WebP picture whose name says JPEG."""
    return Made(_copy(plate, "scan-06", "wrong-suffix"), pictures.encoded(_opened(plate), "webp"))


def _garbled(words: str) -> str:
    """UTF-8 read as Windows-1252; bytes that it does not know are read as Latin-1, as most programs do."""
    read = {value: bytes([value]).decode("cp1252", "ignore") or chr(value) for value in range(256)}
    return "".join(read[value] for value in words.encode())


def _oddly_encoded(text: Made, encoding: str, name: str, difficulty: str) -> Made:
    """A text in an encoding that its file does not tell, or put through a wrong one."""
    words = text.data.decode()
    data = words.encode("gb18030") if encoding == "gb18030" else _garbled(words.replace("\n\n", "\n\n— ", 1)).encode()
    work = replace(
        text.work, path=f"{FOLDER}/{name}.txt", told="nowhere", difficulty=difficulty, copy_of=text.work.path, extra={}
    )
    return Made(work, data)


def difficult(seed: int, plates: Sequence[Made], english: Sequence[Made], chinese: Sequence[Made]) -> Iterator[Made]:
    """One of each difficulty, made of the first plates and texts."""
    yield _smaller(plates[0])
    yield _recompressed(plates[1])
    yield _turned(plates[2])
    yield _salted(plates[3], seed)
    yield _grainy(plates[4], seed)
    yield _misnamed(plates[5])
    plain = [text for text in english if text.work.path.endswith(".txt")]
    characters = [text for text in chinese if text.work.path.endswith(".txt")]
    yield _oddly_encoded(plain[0], "cp1252", "typescript-01", "mojibake")
    yield _oddly_encoded(characters[0], "gb18030", "typescript-02", "gb18030")
    empty = Work(
        path=f"{FOLDER}/blank.txt",
        title="Blank",
        modality="text",
        labels=(),
        captions={"en": "", "zh": ""},
        difficulty="empty",
    )
    yield Made(empty, b"")
