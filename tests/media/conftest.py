"""What the tests of media share: files made on the spot, and decoding them to lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from pinakes.limits import Limits
from pinakes.media.base import AudioWant, DecodedPart, DecodeSpec, FileRecord, ImageWant
from pinakes.media.decode import decode
from tests.media import makers

# The machine may be busy: no everyday test asserts a wall-clock time.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

SPEC = DecodeSpec(images=(ImageWant(64, 64),), sounds=(AudioWant(16_000),))


@dataclass(frozen=True)
class Outcome:
    """All that decoding a file gave."""

    parts: list[DecodedPart]
    record: FileRecord

    def of(self, modality: str) -> list[DecodedPart]:
        return [part for part in self.parts if part.modality == modality]

    @property
    def text(self) -> str:
        return "\n".join(part.text for part in self.of("text"))

    @property
    def image(self) -> Any:
        """The first picture in its first wanted geometry."""
        return next(iter(self.of("image")[0].arrays.values()))


def decoded(path: Path, spec: DecodeSpec = SPEC) -> Outcome:
    """Decode a file to its end."""
    found = list(decode(path, spec))
    record = found[-1]
    assert isinstance(record, FileRecord)
    assert not any(isinstance(one, FileRecord) for one in found[:-1])
    return Outcome([one for one in found if isinstance(one, DecodedPart)], record)


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Outcome]:
    """Write bytes to a file and decode it: read(data, "name.png", spec, max_megapixels=1)."""

    def run(data: bytes | str, name: str = "file", spec: DecodeSpec = SPEC, **limits: float) -> Outcome:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return decoded(path, replace(spec, limits=replace(Limits(), **limits)) if limits else spec)

    return run


@pytest.fixture(scope="session")
def formats() -> dict[str, bytes]:
    """One small good file of every format, by name."""
    return makers.every_format()


@pytest.fixture
def folder_of_formats(formats: dict[str, bytes], tmp_path: Path) -> Iterator[Path]:
    """A folder with one small good file of every format."""
    for name, data in formats.items():
        (tmp_path / name).write_bytes(data)
    yield tmp_path
