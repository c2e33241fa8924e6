"""What a library gives to a search; the rooms that only media as terms need are loaded with the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pinakes.catalogue.catalogue import Catalogue
from pinakes.index.local import LocalIndex
from pinakes.library.encoders import Encoders
from pinakes.search.request import Holdings

if TYPE_CHECKING:
    from pinakes.media.base import DecodedPart


def holdings(catalogue: Catalogue, index: LocalIndex, encoders: Encoders) -> Holdings:
    """The catalogue, the index and the encoders, and the ways to media that are terms."""

    def decode(path: Path) -> Sequence[DecodedPart]:
        from pinakes.library import originals

        return originals.decode_example(path, catalogue.settings, list(encoders.of_all(catalogue)))

    def upload(name: str) -> Path:
        from pinakes.library import originals

        return originals.upload(catalogue.folder, name)

    return Holdings(catalogue, index, catalogue.settings, encoders.of_space, decode, upload)
