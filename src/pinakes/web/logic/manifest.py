"""Items and collections as the manifests that viewers of other libraries open: the IIIF Presentation API 3.0."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from pinakes.catalogue.records import FileEntry, ItemEntry, PartEntry
from pinakes.errors import NotFound
from pinakes.library import Library
from pinakes.library.lately import Lately
from pinakes.library.originals import picture
from pinakes.limits import MIB

CONTEXT = "http://iiif.io/api/presentation/3/context.json"
_FULL_DATE = re.compile(r"\d{4}-\d\d-\d\d")
# Rights that are addresses of these registries are told as such; others in words.
_REGISTRIES = ("creativecommons.org/", "rightsstatements.org/")
Made = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where everything lies, beginning with the address of the pages."""

    pages: str

    def manifest(self, item: int) -> str:
        """The manifest of an item."""
        return f"{self.pages}iiif/items/{item}/manifest"

    def collection(self, number: int = 0, page: int = 0) -> str:
        """A collection; 0: the one of all collections; with a page: a piece of a large one."""
        address = f"{self.pages}iiif/collections" + (f"/{number}" if number else "")
        return f"{address}/{page}" if page else address

    def picture(self, part: int) -> str:
        """The service that hands out pieces of a part's picture."""
        return f"{self.pages}iiif/pictures/{part}"

    def canvas(self, item: int, part: int) -> str:
        """What a part is shown on."""
        return f"{self.pages}iiif/items/{item}/canvas/{part}"


def manifest(library: Library, number: int, where: Addresses) -> Made:
    """An item as a manifest; refused where there is nothing to look at or to listen to."""
    item, parts = library.item(number), library.parts(number)
    canvases = [made for file in item.files for made in _canvases(library, item, file, parts, where)]
    if not canvases:
        raise NotFound(f"Item {number} has no picture, page, sound or film.", "Its page shows what is known of it.")
    told: Made = {
        "@context": CONTEXT,
        "id": where.manifest(number),
        "type": "Manifest",
        "label": words([item.title or str(number)], item.language),
        **_told(item, where),
        "items": canvases,
    }
    shots = [part for part in parts if part.place.seconds and part.modality == "image"]
    if len(shots) > 1:
        told["structures"] = [_ranges(item, parts, shots, where)]
    return told


def _told(item: ItemEntry, where: Addresses) -> Made:
    """What is known of an item."""
    fields = {name: values for name, values in item.fields.items() if name not in ("title", "description", "rights")}
    told: Made = {"metadata": [_pair(name, values, item.language) for name, values in fields.items()]}
    if "description" in item.fields:
        told["summary"] = words(item.fields["description"], item.language)
    rights = item.fields.get("rights", ())
    named = next((one for one in rights if any(registry in one for registry in _REGISTRIES) and " " not in one), "")
    if named:
        told["rights"] = named.replace("https://", "http://")
    if others := [one for one in rights if one != named]:
        told["requiredStatement"] = _pair("rights", others, item.language)
    date = next(iter(item.fields.get("date", ())), "")
    if _FULL_DATE.fullmatch(date):
        told["navDate"] = f"{date}T00:00:00Z"
    page = f"{where.pages}items/{item.id}"
    label = words([item.title or str(item.id)], item.language)
    told["homepage"] = [{"id": page, "type": "Text", "label": label, "format": "text/html"}]
    told["seeAlso"] = [{"id": f"{page}/citation/dublin-core", "type": "Dataset", "format": "application/xml"}]
    return told


def words(values: Sequence[str], language: str = "") -> dict[str, list[str]]:
    """Texts in their language. What looks like markup gets a space behind it, which says that it is none."""
    return {language or "none": [f"{one} " if one[:1] == "<" and one[-1:] == ">" else one for one in values]}


def _pair(name: str, values: Sequence[str], language: str) -> Made:
    return {"label": {"en": [name.replace("_", " ").capitalize()]}, "value": words(values, language)}


def _canvases(
    library: Library, item: ItemEntry, file: FileEntry, parts: Sequence[PartEntry], where: Addresses
) -> Iterator[Made]:
    """What a file is shown on: a canvas for each picture or page, one for a whole sound or film."""
    own = [part for part in parts if part.file_id == file.id]
    family = file.kind.partition("/")[0]
    if family in ("audio", "video") and own and file.facts.get("seconds"):
        yield _timed(item, file, own[0], family, where)
    elif family == "image" or file.kind == "application/pdf":
        for part in own:
            if part.modality == "image" and (size := _size(library, file, part)):
                yield _pictured(item, part, size, where)


def _size(library: Library, file: FileEntry, part: PartEntry) -> tuple[int, int] | None:
    """Width and height of a picture, or of a page by its preview, whose sides are in the same ratio."""
    most = library.settings.limits.image_pixels
    if part.place.page is None and file.facts.get("width"):
        return _within((file.facts["width"], file.facts["height"]), min(1.0, most / _longer(file)))
    path = picture(library.folder, part.id, file.id)
    try:
        sides = _SIDES.get(path, lambda: _sides(path)) if path else None
    except (OSError, ValueError):
        return None
    return _within(sides, most / max(sides)) if sides else None


# Every manifest of a PDF asks for those of all its pages; what a part looks like stays as long as its number.
_SIDES: Lately[tuple[int, int]] = Lately(MIB, lambda sides: 256)


def _sides(path: Path) -> tuple[int, int]:
    """Width and height of a small picture, which its first bytes tell."""
    with Image.open(path, formats=["JPEG"]) as image:
        return image.size


def _longer(file: FileEntry) -> float:
    return max(file.facts["width"], file.facts["height"])


def _within(size: tuple[float, float], by: float) -> tuple[int, int]:
    return max(1, round(size[0] * by)), max(1, round(size[1] * by))


def _pictured(item: ItemEntry, part: PartEntry, size: tuple[int, int], where: Addresses) -> Made:
    service = where.picture(part.id)
    sides = {"width": size[0], "height": size[1]}
    body = {
        "id": f"{service}/full/max/0/default.jpg",
        "type": "Image",
        "format": "image/jpeg",
        # Of a page they are known when it is drawn.
        **(sides if part.place.page is None else {}),
        "service": [{"id": service, "type": "ImageService3", "profile": "level2"}],
    }
    canvas = where.canvas(item.id, part.id)
    label = {"label": {"none": [str(part.place.page)]}} if part.place.page else {}
    return _painted(canvas, {**label, **sides, "thumbnail": [_thumbnail(part, where)]}, body)


def _timed(item: ItemEntry, file: FileEntry, part: PartEntry, family: str, where: Addresses) -> Made:
    body: Made = {
        "id": f"{where.pages}iiif/parts/{part.id}/original",
        "type": "Sound" if family == "audio" else "Video",
        "format": file.kind,
        "duration": file.facts["seconds"],
    }
    told: Made = {"duration": file.facts["seconds"]}
    if family == "video" and file.facts.get("width"):
        sides = {name: int(file.facts[name]) for name in ("width", "height")}
        body |= sides
        told |= sides
    return _painted(where.canvas(item.id, part.id), {**told, "thumbnail": [_thumbnail(part, where)]}, body)


def _painted(canvas: str, told: Made, body: Made) -> Made:
    """A canvas with one thing on it."""
    painting = {
        "id": f"{canvas}/painting",
        "type": "Annotation",
        "motivation": "painting",
        "body": body,
        "target": canvas,
    }
    page = {"id": f"{canvas}/page", "type": "AnnotationPage", "items": [painting]}
    return {"id": canvas, "type": "Canvas", **told, "items": [page]}


def _thumbnail(part: PartEntry, where: Addresses) -> Made:
    return {"id": f"{where.pages}iiif/parts/{part.id}/thumbnail", "type": "Image", "format": "image/jpeg"}


def _ranges(item: ItemEntry, parts: Sequence[PartEntry], shots: Sequence[PartEntry], where: Addresses) -> Made:
    """The shots of a film, each a range of seconds."""
    first = {part.file_id: part.id for part in reversed(parts)}
    ranges = []
    for count, shot in enumerate(shots, 1):
        begin, end = shot.place.seconds or (0.0, 0.0)
        canvas = f"{where.canvas(item.id, first[shot.file_id])}#t={begin:g},{end:g}"
        ranges.append(
            {
                "id": f"{where.manifest(item.id)}/shots/{count}",
                "type": "Range",
                "label": {"none": [str(count)]},
                "items": [{"id": canvas, "type": "Canvas"}],
            }
        )
    whole = f"{where.manifest(item.id)}/shots"
    return {"id": whole, "type": "Range", "label": {"en": ["Shots"], "zh": ["镜头"]}, "items": ranges}
