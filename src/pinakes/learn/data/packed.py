"""Pictures decoded and resized once, kept in a file that is mapped into memory: an epoch only augments them."""

from __future__ import annotations

import hashlib
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import PinakesError
from pinakes.learn.data.decoding import PictureFiles
from pinakes.learn.data.files import FolderFiles, LyingFiles
from pinakes.limits import GIB
from pinakes.media.base import DecodeSpec, ImageWant
from pinakes.media.sandbox import DecoderPool, FileFailed, Job, PartReady
from pinakes.storage import DISK, explained
from pinakes.threads import cores
from pinakes.types import Pixels, Rows

N = TypeVar("N", np.uint8, np.uint32)
# What a pack may take on the disk where nobody says otherwise; rows beyond it are decoded each time.
MOST_BYTES = 16 * GIB


class PackedPictures:
    """A view of square pictures (b, side, side, 3), each decoded when it is first read and then kept on the disk.

    Each row has a checksum, which is written after its pixels: what a kill or a full disk left half done is decoded
    again.
    """

    kind: Literal["pixels"] = "pixels"

    def __init__(self, view: PictureFiles, side: int, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._view = view.wanting(ImageWant(side, side, "crop"))
        self.side = side
        told = f"{view.files.state()} {view.cleaning} {side}"
        stem = folder / hashlib.sha256(told.encode()).hexdigest()[:24]
        self._kept = min(len(view), most_bytes // (side * side * 3))
        with explained(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._pixels = _mapped(stem.with_suffix(".pixels"), np.uint8, (self._kept, side, side, 3))
            self._sums = _mapped(stem.with_suffix(".sums"), np.uint32, (self._kept,))
        self._paths = stem.with_suffix(".pixels"), stem.with_suffix(".sums")
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._view)

    def digests(self, rows: Rows) -> list[str]:
        """SHA-256 of each file."""
        return self._view.digests(rows)

    def read(self, rows: Rows) -> Pixels:
        """Pictures (b, side, side, 3)."""
        found = np.empty((len(rows), self.side, self.side, 3), np.uint8)
        missing = []
        for place, row in enumerate(rows.tolist()):
            if row < self._kept and self._sums[row]:
                found[place] = self._pixels[row]
                if _sum(found[place]) == self._sums[row]:
                    continue
            missing.append(place)
        if missing:
            for place, pixels in zip(missing, self._view.read(rows[missing]), strict=True):
                found[place] = pixels
                self._keep(int(rows[place]), pixels)
        return found

    def fill(
        self, progress: Callable[[int, int], None] | None = None, wanted: Rows | None = None
    ) -> dict[int, PinakesError]:
        """Decode all, or those wanted, that are not kept yet; tells which can not be, and why.

        Files of their own are decoded by child processes, members of archives here; rows beyond the limit not at all.
        """
        rows = np.flatnonzero(self._sums == 0)
        rows = rows if wanted is None else np.intersect1d(rows, wanted)
        failed: dict[int, PinakesError] = {}
        files = self._view.files
        done = (
            self._pooled(files, rows, failed)
            if isinstance(files, FolderFiles | LyingFiles)
            else self._here(rows, failed)
        )
        for number, _ in enumerate(done, 1):
            if progress is not None:
                progress(number, len(rows))
        return failed

    def _here(self, rows: Rows, failed: dict[int, PinakesError]) -> Iterator[int]:
        for row in rows.tolist():
            try:
                self._keep(row, self._view.read(np.array([row]))[0])
            except PinakesError as error:
                failed[row] = error
            yield row

    def _pooled(self, files: FolderFiles | LyingFiles, rows: Rows, failed: dict[int, PinakesError]) -> Iterator[int]:
        view = self._view
        spec = DecodeSpec(images=(view.want,), previews=False, cleaning=view.cleaning, limits=view.limits)
        with DecoderPool(spec, cores()) as pool:
            for event in pool.run(Job(row, files.path(row)) for row in rows.tolist()):
                if isinstance(event, PartReady):
                    pixels = event.part.arrays.get(view.want.key)
                    if pixels is not None and not self._sums[event.token]:
                        self._keep(event.token, pixels)
                    continue
                if isinstance(event, FileFailed):
                    failed[event.token] = event.error
                yield event.token

    def _keep(self, row: int, pixels: Pixels) -> None:
        """Write a row and then its sum; by the file and not through memory, where a full disk would end the process."""
        if row >= self._kept:
            return
        data = np.ascontiguousarray(pixels)
        told = np.array([_sum(data)], np.uint32)
        with self._lock:
            for path, values, start in ((self._paths[0], data, row * data.nbytes), (self._paths[1], told, row * 4)):
                with explained(path), DISK.open(path, "r+b") as file:
                    file.seek(start)
                    DISK.write(file, values.tobytes())


def _mapped(path: Path, dtype: type[N], shape: tuple[int, ...]) -> NDArray[N]:
    """A file of numbers, made full of zeros where there is none of that size."""
    size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
    if not size:
        return np.zeros(shape, dtype)
    if not path.exists() or path.stat().st_size != size:
        with DISK.open(path, "wb") as file:
            file.truncate(size)
    return np.memmap(path, dtype, "r", shape=shape)


def _sum(pixels: Pixels) -> int:
    """CRC-32, but never 0, which says that nothing was written."""
    return zlib.crc32(pixels.data) or 1
