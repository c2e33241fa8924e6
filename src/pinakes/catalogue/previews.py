"""Previews: small pictures made once, when a file is read, and kept in the library's folder."""

from __future__ import annotations

from pathlib import Path

from pinakes.storage import explained

FOLDER = "previews"


def part_preview(library: Path, part_id: int) -> Path:
    """Where the preview of a part lies."""
    return library / FOLDER / f"{part_id // 1000:06}" / f"part-{part_id}.jpg"


def file_preview(library: Path, file_id: int) -> Path:
    """Where the preview of a file as a whole lies: a waveform, a film strip."""
    return library / FOLDER / f"{file_id // 1000:06}" / f"file-{file_id}.jpg"


def save(path: Path, data: bytes) -> None:
    """Write a preview; where there is none to write, one that a broken transaction left under that number goes."""
    with explained(path):
        if not data:
            path.unlink(missing_ok=True)
            return
        try:
            path.write_bytes(data)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def forget(library: Path, part_ids: list[int], file_ids: list[int]) -> None:
    """Delete the previews of parts and files that are gone."""
    paths = [part_preview(library, number) for number in part_ids]
    for path in paths + [file_preview(library, number) for number in file_ids]:
        path.unlink(missing_ok=True)
