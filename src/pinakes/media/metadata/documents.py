"""What PDFs and ebooks say of themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pinakes.limits import Limits
from pinakes.media.metadata.vocabulary import Value, clean_fields
from pinakes.media.safexml import Element
from pinakes.types import Fields

# In a PDF the creator is the program, and the subject is what others call a description.
_PDF_NAMES = {
    "Title": "title",
    "Author": "creator",
    "Subject": "description",
    "Keywords": "keywords",
    "Creator": "software",
    "Producer": "producer",
    "CreationDate": "date",
    "ModDate": "modified",
}
# How programs call what they print, and what nobody has named.
_PRINTED = re.compile(r"Microsoft (?:Office )?(?:Word|PowerPoint|Excel|Publisher|Visio)\s+-\s*")
_OFFICE = re.compile(r"\.(?:docx?|docm|dotx?|rtf|odt|pptx?|xlsx?|pub|vsdx?)$", re.I)
_UNNAMED = re.compile(
    r"(?:untitled|unbenannt|sans titre|sin t\u00edtulo|senza titolo|\u65e0\u6807\u9898)[ -]*\d*"
    r"|powerpoint[ -]pr(?:e|\u00e4)sentation|(?:slide|folie|layout) \d+"
    r"|(?:document|dokument|presentation|pr\u00e4sentation|mappe|\u6587\u6863)\d+",
    re.I,
)
_DC = "http://purl.org/dc/elements/1.1/"
_AUTHORS = frozenset(("", "aut", "cre"))


def of_pdf(information: Mapping[str, str], limits: Limits) -> Fields:
    """Fields of the information dictionary."""
    told = {_PDF_NAMES.get(name, name): value for name, value in information.items()}
    return clean_fields(told | ({"title": _told_title(told["title"])} if "title" in told else {}), limits)


def _told_title(title: str) -> str:
    """A title without what a program puts around it; none that a program gives by itself."""
    title = title.strip()
    printed = _PRINTED.match(title)
    name = _OFFICE.sub("", title[printed.end() :]) if printed else title
    return "" if _UNNAMED.fullmatch(name) else name


def of_package(package: Element, limits: Limits) -> Fields:
    """Fields of an ebook's package: its Dublin Core, and the series and dates that programs add."""
    metadata = package.first("metadata")
    if metadata is None:
        return {}
    roles = {
        meta.attributes.get("refines", "").lstrip("#"): meta.text.strip()
        for meta in metadata.all("meta")
        if meta.attributes.get("property") == "role"
    }
    raw: dict[str, list[Value]] = {}
    for node in metadata.all_children():
        if node.space == _DC:
            raw.setdefault(_dc_name(node, roles), []).append(node.text)
        elif node.name == "meta" and not node.attributes.get("refines"):
            name, value = _meta(node)
            if name:
                raw.setdefault(name, []).append(value)
    fields = clean_fields(raw, limits)
    dates = fields.get("date", ())
    return {**fields, "date": dates[:1]} if len(dates) > 1 else fields


def _dc_name(node: Element, roles: Mapping[str, str]) -> str:
    """The element's own name; a creator who is no author by their role is a contributor."""
    role = node.attributes.get("role") or roles.get(node.attributes.get("id", ""), "")
    return "contributor" if node.name == "creator" and role not in _AUTHORS else node.name


def _meta(node: Element) -> tuple[str, str]:
    """Name and value in the form of EPUB 3, or in that of EPUB 2; what only programs need is left out."""
    name, value = node.attributes.get("property", ""), node.text
    if not name:
        name, value = node.attributes.get("name", ""), node.attributes.get("content", "")
    if name in ("cover", "dcterms:modified") or name.startswith(
        ("rendition:", "media:", "schema:", "ibooks:", "Sigil", "generator")
    ):
        return "", ""
    return name.removeprefix("calibre:"), value
