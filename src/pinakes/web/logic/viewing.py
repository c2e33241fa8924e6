"""An item as a page shows it: the viewer at the part that was found, with its neighbours, and what is known of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from pinakes.catalogue.records import FileEntry, ItemEntry, PartEntry
from pinakes.errors import NotFound, PinakesError
from pinakes.library import Library
from pinakes.library.reading import marks
from pinakes.web.logic.asked import Asked, query_of
from pinakes.web.logic.showing import Piece, by_places, medium_of

# Types that browsers play by themselves; everything else is handed over as a download.
PLAYED = {
    "audio/wav": "audio", "audio/flac": "audio", "audio/ogg": "audio", "audio/mpeg": "audio", "audio/mp4": "audio",
    "audio/aac": "audio", "video/mp4": "video", "video/webm": "video", "video/quicktime": "video",
    "video/x-matroska": "video",
}  # fmt: skip
# Fields that the heading says already.
_SAID = ("title", "description")


@dataclass(frozen=True, slots=True)
class Passage:
    """A text part with the words that were asked for marked."""

    part: int
    pieces: tuple[Piece, ...]
    here: bool


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page, chapter, shot or span on the way through an item."""

    part: PartEntry
    here: bool
    pictured: bool


@dataclass(frozen=True, slots=True)
class Viewed:
    """Everything that an item's page shows."""

    item: ItemEntry
    medium: str
    part: PartEntry | None
    file: FileEntry | None
    file_name: str
    # How the browser plays it: audio, video or nothing.
    player: str
    large: int
    passages: Sequence[Passage]
    leaves: Sequence[Leaf]
    before: Leaf | None
    after: Leaf | None
    description: tuple[str, ...]
    fields: dict[str, tuple[str, ...]]
    downloadable: bool
    count: int


def viewed(library: Library, number: int, part: int, asked: Asked) -> Viewed:
    """An item at one of its parts; 0: at its first."""
    item, parts = library.item(number), library.parts(number)
    here = next((one for one in parts if one.id == part), None)
    if part and here is None:
        raise NotFound(f"Item {number} has no part {part}.", "It may have been read anew: open the item itself.")
    here = here or (parts[0] if parts else None)
    file = next((one for one in item.files if here and one.id == here.file_id), None)
    leaves = _leaves(library, parts, here)
    place = next((number for number, leaf in enumerate(leaves) if leaf.here), 0)
    return Viewed(
        item=item,
        medium=medium_of(item),
        part=here,
        file=file,
        file_name=PurePath(os.fsdecode(file.path)).name if file else "",
        player=PLAYED.get(file.kind, "") if file else "",
        large=_large(parts, here, file),
        passages=_passages(library, item, parts, here, asked),
        leaves=leaves,
        before=leaves[place - 1] if place else None,
        after=leaves[place + 1] if place + 1 < len(leaves) else None,
        description=item.fields.get("description", ()),
        fields={name: values for name, values in item.fields.items() if name not in _SAID},
        downloadable=file is not None and file.state == "here",
        count=len(parts),
    )


def _same_leaf(one: PartEntry, other: PartEntry) -> bool:
    """Whether two parts lie on one page, or in one chapter, of the same file."""
    if one.file_id != other.file_id:
        return False
    places = (one.place.page, one.place.chapter)
    return places == (other.place.page, other.place.chapter) and (any(places) or one.modality == other.modality)


def _leaves(library: Library, parts: Sequence[PartEntry], here: PartEntry | None) -> list[Leaf]:
    """One part for each page or chapter, and each shot or span by itself."""
    if here is None:
        return []
    found: list[Leaf] = []
    for part in parts:
        if part.place.seconds is None and any(_same_leaf(part, leaf.part) for leaf in found[-1:]):
            continue
        is_here = part.id == here.id if part.place.seconds else _same_leaf(part, here)
        found.append(Leaf(part, is_here, part.modality == "image"))
    return found


def _large(parts: Sequence[PartEntry], here: PartEntry | None, file: FileEntry | None) -> int:
    """The part whose picture is shown large: itself, or that of its page."""
    if here is None or file is None or not file.kind.startswith(("image/", "application/pdf")):
        return 0
    if here.modality == "image":
        return here.id
    return next((one.id for one in parts if one.modality == "image" and _same_leaf(one, here)), 0)


def _passages(
    library: Library, item: ItemEntry, parts: Sequence[PartEntry], here: PartEntry | None, asked: Asked
) -> list[Passage]:
    """The text of the page or chapter, with the words of the search marked where it can be read."""
    texts = [part for part in parts if part.text and here and _same_leaf(part, here)]
    try:
        places = marks(library, query_of(asked, library.settings.limits), item, texts)
    except PinakesError:
        places = {}
    return [
        Passage(part.id, tuple(by_places(part.text, places.get(part.id, ()))), bool(here and part.id == here.id))
        for part in texts
    ]
