"""XMP: the RDF block that picture programs write, read without document types or entities."""

from __future__ import annotations

from pinakes.errors import BadMedia, TooLarge
from pinakes.limits import Limits
from pinakes.media.metadata.vocabulary import Value, clean_fields
from pinakes.media.safexml import Element, parse_xml
from pinakes.media.wordlist import names
from pinakes.types import Fields

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
# Programs' notes to themselves.
_SPACES_LEFT_OUT = (
    "xap/1.0/mm/",
    "camera-raw-settings",
    "xap/1.0/sType",
    "/xap/1.0/g/",
    "ps.adobe.com/xmp/note",
    "adobe:ns:meta",
)
_NAMES_LEFT_OUT = frozenset(
    names(
        """
        About about parseType resource lang MetadataDate History DocumentAncestors Thumbnails DocumentID InstanceID
        OriginalDocumentID DerivedFrom NativeDigest ColorMode ICCProfile Toolkit xmptk Orientation XResolution
        YResolution ResolutionUnit ColorSpace PixelXDimension PixelYDimension
        """
    )
)
_OWN_NAMES = {"ModifyDate": "modified", "CreateDate": "date", "CreatorTool": "software", "DateCreated": "date"}


def of_xmp(data: object, limits: Limits) -> tuple[Fields, str]:
    """Fields of an XMP packet, and a note if it could not be read."""
    packet = data.encode("utf-8", "replace") if isinstance(data, str) else data
    if not isinstance(packet, bytes) or not packet.strip(b"\0 \t\r\n"):
        return {}, ""
    if len(packet) > limits.max_metadata_bytes:
        return (
            {},
            f"The XMP metadata has {len(packet):,} bytes; the limit is {limits.max_metadata_bytes:,}. It was ignored.",
        )
    try:
        root = parse_xml(packet.strip(b"\0"), "The XMP metadata", limits)
    except (BadMedia, TooLarge) as error:
        return {}, f"{error.message} It was ignored."
    raw: dict[str, list[Value]] = {}
    for description in root.all("Description"):
        for name, value in description.attributes.items():
            _add(raw, description.attribute_spaces.get(name, ""), name, [value])
        for node in description.children:
            _add(raw, node.space, node.name, _values(node))
    return clean_fields(raw, limits), ""


def _add(raw: dict[str, list[Value]], space: str, name: str, values: list[Value]) -> None:
    if name not in _NAMES_LEFT_OUT and not any(part in space for part in _SPACES_LEFT_OUT):
        raw.setdefault(_OWN_NAMES.get(name, name), []).extend(values)


def _values(node: Element) -> list[Value]:
    """The items of a list, of which the default language comes first; or the node's own text."""
    items = [item for item in node.all("li") if item.space == _RDF]
    if not items:
        return [node.text.strip()] if not node.children else []
    items.sort(key=lambda item: item.attributes.get("lang") != "x-default")
    return [item.text.strip() for item in items]
