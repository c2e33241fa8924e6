"""An item as a page shows it: the viewer at the part that was found, with its neighbours, and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pinakes.accounts.who import Who
from pinakes.catalogue.naming import path_below
from pinakes.catalogue.records import FileEntry, ItemEntry, Outline
from pinakes.errors import NotFound, PinakesError
from pinakes.library import Library
from pinakes.library.reading import marks
from pinakes.library.viewing import outlined, some_parts, waveform
from pinakes.web.logic.asked import Asked
from pinakes.web.logic.leafing import Leaves, Stretch, leafed, same_leaf, time_line
from pinakes.web.logic.meaning import meant_query
from pinakes.web.logic.releasing import may_have
from pinakes.web.logic.showing import Piece, by_places, medium_of

# Types that browsers play by themselves; everything else is handed over as a download.
PLAYED = {
    "audio/wav": "audio", "audio/flac": "audio", "audio/ogg": "audio", "audio/mpeg": "audio", "audio/mp4": "audio",
    "audio/aac": "audio", "video/mp4": "video", "video/webm": "video", "video/quicktime": "video",
    "video/x-matroska": "video",
}  # fmt: skip
# Fields that the heading says already.
_SAID = ("title", "description")
# Words of a search that are marked on the picture of a page.
MOST_MARKS, MARK_CHARS = 12, 100
# Passages of one page or chapter that are shown at once.
_PASSAGES = 24


@dataclass(frozen=True, slots=True)
class Passage:
    """A text part with the words that were asked for marked."""

    part: int
    language: str
    pieces: tuple[Piece, ...]
    here: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of a page or chapter, as far as it is shown, and the parts where what lies around it begins."""

    passages: Sequence[Passage] = ()
    before: int = 0
    after: int = 0

    @property
    def marked(self) -> list[str]:
        """The words that are marked, each once, as they stand there."""
        found = [piece.text for passage in self.passages for piece in passage.pieces if piece.marked]
        return list({word.casefold(): word for word in found})[:MOST_MARKS]


@dataclass(frozen=True, slots=True)
class Viewed:
    """Everything that an item's page shows."""

    item: ItemEntry
    medium: str
    part: Outline | None
    file: FileEntry | None
    # Its name, and the folder below what was added in which it lies.
    file_name: str
    folder: str
    # How the browser plays it: audio, video or nothing.
    player: str
    large: int
    reading: Reading
    leaves: Leaves
    seconds: float
    line: Sequence[Stretch]
    # The outline of a sound: highest and lowest, from -1 to 1, column by column.
    wave: Sequence[tuple[float, float]]
    description: tuple[str, ...]
    fields: dict[str, tuple[str, ...]]
    # The file is there; and its rights let it be had by who asks.
    present: bool
    allowed: bool


def viewed(library: Library, who: Who, number: int, part: int, asked: Asked, stretch: int = 0) -> Viewed:
    """An item at one of its parts; 0: at its first."""
    item, parts = library.item(number), outlined(library, number)
    here = next((one for one in parts if one.id == part), None)
    if part and here is None:
        raise NotFound(f"Item {number} has no part {part}.", "It may have been read anew: open the item itself.")
    here = here or (parts[0] if parts else None)
    file = next((one for one in item.files if here and one.id == here.file_id), None)
    leaves = leafed(parts, here, stretch)
    seconds = file.facts.get("seconds", 0.0) if file else 0.0
    medium = medium_of(item)
    folder, _, name = path_below(file.path, item.source).rpartition("/") if file else ("", "", "")
    return Viewed(
        item=item,
        medium=medium,
        part=here,
        file=file,
        file_name=name,
        folder=folder,
        player=PLAYED.get(file.kind, "") if file else "",
        large=_large(parts, here, file),
        reading=_reading(library, item, parts, here, asked),
        leaves=leaves,
        seconds=seconds,
        line=time_line(leaves, seconds),
        wave=waveform(library, file.id) if file and medium == "sound" else (),
        description=item.fields.get("description", ()),
        fields={name: values for name, values in item.fields.items() if name not in _SAID},
        present=file is not None and file.state == "here",
        allowed=may_have(who, item, library.settings.downloads),
    )


def _large(parts: Sequence[Outline], here: Outline | None, file: FileEntry | None) -> int:
    """The part whose picture is shown large: itself, or that of its page."""
    if here is None or file is None or not file.kind.startswith(("image/", "application/pdf")):
        return 0
    if here.modality == "image":
        return here.id
    return next((one.id for one in parts if one.modality == "image" and same_leaf(one, here)), 0)


def _reading(
    library: Library, item: ItemEntry, parts: Sequence[Outline], here: Outline | None, asked: Asked
) -> Reading:
    """The text of the page or chapter around here, with the words of the search marked where it can be read."""
    if here is None:
        return Reading()
    leaf = [one.id for one in parts if same_leaf(one, here)]
    first = leaf.index(here.id) // _PASSAGES * _PASSAGES
    shown = some_parts(library, leaf[first : first + _PASSAGES])
    texts = [part for part in shown if part.text]
    try:
        places = marks(library, meant_query(library, asked), item, texts)
    except PinakesError:
        places = {}
    passages = [
        Passage(part.id, part.language, tuple(by_places(part.text, places.get(part.id, ()))), part.id == here.id)
        for part in texts
    ]
    following = leaf[first + _PASSAGES : first + _PASSAGES + 1]
    return Reading(passages, leaf[first - _PASSAGES] if first else 0, following[0] if following else 0)
