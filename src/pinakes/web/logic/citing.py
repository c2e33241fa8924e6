"""An item as a citation: BibTeX, RIS and Dublin Core, each escaped as its own rules ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

from pinakes.catalogue.records import ItemEntry
from pinakes.errors import UnknownName, nearest
from pinakes.media.metadata.dates import cut_date, first_date
from pinakes.web.logic.showing import medium_of

# Fields of Dublin Core by ours.
_DUBLIN = {"subjects": "subject", "labels": "subject"}
_ELEMENTS = (
    "title", "creator", "subject", "description", "publisher", "contributor", "date", "type", "format", "identifier",
    "source", "language", "relation", "coverage", "rights",
)  # fmt: skip
_DC, OAI_DC = "http://purl.org/dc/elements/1.1/", "http://www.openarchives.org/OAI/2.0/oai_dc/"
OAI_DC_SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
# What no document in XML may hold, however it is written.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RIS_TYPES = {"picture": "ART", "sound": "SOUND", "film": "VIDEO", "pdf": "GEN", "ebook": "EBOOK", "text": "GEN"}
_BIBTEX_TYPES = {"ebook": "book"}
_RIS = (("TI", "title"), ("AU", "creator"), ("A2", "contributor"), ("PB", "publisher"), ("AB", "description"),
        ("KW", "subjects"), ("KW", "labels"), ("LA", "language"), ("SN", "identifier"), ("C1", "rights"))  # fmt: skip
_BIBTEX = (("title", "title", "; "), ("author", "creator", " and "), ("editor", "contributor", " and "),
           ("publisher", "publisher", "; "), ("abstract", "description", "; "), ("keywords", "subjects", ", "),
           ("language", "language", ", "), ("copyright", "rights", "; "))  # fmt: skip
_TEX = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "$": r"\$", "#": r"\#", "_": r"\_",
        "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}  # fmt: skip


def bibtex(item: ItemEntry, address: str) -> str:
    """One entry, with the year apart from the date and the item's address."""
    fields = [(name, joint.join(_values(item, ours))) for name, ours, joint in _BIBTEX]
    fields += [("year", _year(item)), ("date", _date(item)), ("url", address)]
    kind = _BIBTEX_TYPES.get(medium_of(item), "misc")
    # An address is taken as it is: escaped, it would lead nowhere.
    lines = [f"  {name} = {{{value if name == 'url' else _tex(value)}}},\n" for name, value in fields if value]
    return f"@{kind}{{pinakes-{item.id},\n{''.join(lines)}}}\n"


def ris(item: ItemEntry, address: str) -> str:
    """One record of tagged lines."""
    lines = [("TY", _RIS_TYPES.get(medium_of(item), "GEN")), ("ID", f"pinakes-{item.id}")]
    lines += [(tag, value) for tag, ours in _RIS for value in _values(item, ours)]
    lines += [("PY", _year(item)), ("DA", _ris_date(item)), ("UR", address), ("ER", "")]
    return "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in lines if value or tag == "ER")


def dublin_core(item: ItemEntry, address: str) -> str:
    """The fifteen elements as the XML that OAI-PMH hands over."""
    root = dublin_element(item, address)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def dublin_element(item: ItemEntry, address: str) -> ElementTree.Element:
    """The same as an element of a larger document."""
    spaces = {"xmlns:oai_dc": OAI_DC, "xmlns:dc": _DC, "xmlns:xsi": XSI}
    # Where the rules for it lie; said in each record, as the protocol asks.
    root = ElementTree.Element("oai_dc:dc", {**spaces, "xsi:schemaLocation": f"{OAI_DC} {OAI_DC_SCHEMA}"})
    for name, value in sorted(_elements(item, address), key=lambda pair: _ELEMENTS.index(pair[0])):
        ElementTree.SubElement(root, f"dc:{name}").text = fit_for_xml(value)
    return root


def fit_for_xml(text: str) -> str:
    """A text without what no document in XML may hold."""
    return _NOT_XML.sub("", text)


def _elements(item: ItemEntry, address: str) -> Iterator[tuple[str, str]]:
    if "title" not in item.fields and item.title:
        yield "title", item.title
    for name, values in item.fields.items():
        element = _DUBLIN.get(name, name)
        if element in _ELEMENTS:
            yield from ((element, value) for value in values)
    yield "identifier", address
    yield from (("format", file.kind) for file in item.files[:1] if file.kind and "format" not in item.fields)


# Each with its type and the suffix of its file.
FORMATS: dict[str, tuple[Callable[[ItemEntry, str], str], str, str]] = {
    "bibtex": (bibtex, "application/x-bibtex", "bib"),
    "ris": (ris, "application/x-research-info-systems", "ris"),
    "dublin-core": (dublin_core, "application/xml", "xml"),
}


def cited(item: ItemEntry, address: str, name: str) -> tuple[str, str, str]:
    """The citation in a format, its type and its suffix."""
    if name not in FORMATS:
        raise UnknownName(f"There is no citation format named {name}.", nearest(name, FORMATS))
    write, kind, suffix = FORMATS[name]
    return write(item, address), kind, suffix


def _values(item: ItemEntry, name: str) -> tuple[str, ...]:
    return item.fields.get(name, (item.title,) if name == "title" and item.title else ())


def _date(item: ItemEntry) -> str:
    return next(iter(_values(item, "date")), "")


def _year(item: ItemEntry) -> str:
    return first_date(_date(item))[:4]


def _ris_date(item: ItemEntry) -> str:
    """Year, month and day, with what else is said of them behind a third stroke."""
    written = _date(item)
    found = first_date(written)
    day = found.replace("-", "/")
    if not found or cut_date(written, len(found)) == found:
        return day or written
    return day + "/" * (3 - day.count("/")) + written


def _tex(text: str) -> str:
    return "".join(_TEX.get(letter, letter) for letter in " ".join(text.split()))
