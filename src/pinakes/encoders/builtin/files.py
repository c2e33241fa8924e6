"""The files of the built-in encoder, which lie in the package itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pinakes.errors import UnknownName
from pinakes.settings import Settings

if TYPE_CHECKING:
    from pinakes.encoders.hub.record import FileRecord
    from pinakes.encoders.trained.encoder import TrainedEncoder

NAME = "builtin"
FOLDER = Path(__file__).parent / "model"
CARD = Path(__file__).parent / "CARD.md"
HOW_TO_GET = (
    "Install a release (pip install pinakes), or train it: python -m pinakes.learn.builtin DATA --to FOLDER. To search "
    "without it, choose another: pinakes models list."
)


def is_there(folder: Path | None = None) -> bool:
    """Whether this copy of the program has the weights."""
    return ((folder or FOLDER) / "encoder.json").is_file()


def open_builtin(settings: Settings, folder: Path | None = None) -> TrainedEncoder:
    """The encoder; its graphs are opened with the first text, picture or sound."""
    # Imported here: finding an encoder by its name does not pay for it.
    from pinakes.encoders.trained.encoder import TrainedEncoder
    from pinakes.encoders.trained.record import read_record

    folder = folder or FOLDER
    if not is_there(folder):
        raise UnknownName("This copy of Pinakes has no weights of the built-in encoder.", HOW_TO_GET)
    return TrainedEncoder(read_record(folder, settings.limits, _wrong_size), settings)


def _wrong_size(folder: Path, files: Mapping[str, FileRecord]) -> tuple[str, str] | None:
    """The first file that was not installed whole; what was installed whole is the package manager's to keep."""
    for name, file in files.items():
        try:
            size = (folder / name).stat().st_size
        except OSError as error:
            return name, f"is missing: {error.strerror}"
        if size != file.size:
            return name, f"has {size} bytes instead of {file.size}"
    return None
