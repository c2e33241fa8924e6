"""The rules of OAI-PMH.xsd, oai-identifier.xsd and oai_dc.xsd, as far as any repository can break them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

OAI = "{http://www.openarchives.org/OAI/2.0/}"
_NAMED = "{http://www.openarchives.org/OAI/2.0/oai-identifier}"
_DUBLIN = "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"
_DC = "{http://purl.org/dc/elements/1.1/}"
_PLACES = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
ELEMENTS = {
    "title", "creator", "subject", "description", "publisher", "contributor", "date", "type", "format", "identifier",
    "source", "language", "relation", "coverage", "rights",
}  # fmt: skip
SECOND = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_SET = re.compile(r"([A-Za-z0-9\-_.!~*'()])+(:[A-Za-z0-9\-_.!~*'()]+)*")
_PREFIX = re.compile(r"[A-Za-z0-9\-_.!~*'()]+")
_MAIL = re.compile(r"\S+@(\S+\.)+\S+")
_DOMAIN = re.compile(r"[a-zA-Z][a-zA-Z0-9\-]*(\.[a-zA-Z][a-zA-Z0-9\-]+)+")
_SAMPLE = re.compile(r"oai:[a-zA-Z][a-zA-Z0-9\-]*(\.[a-zA-Z][a-zA-Z0-9\-]+)+:[a-zA-Z0-9\-_.!~*'();/?:@&=+$,%]+")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:\S+")
ERRORS = {
    "cannotDisseminateFormat",
    "idDoesNotExist",
    "badArgument",
    "badVerb",
    "noMetadataFormats",
    "noRecordsMatch",
    "badResumptionToken",
    "noSetHierarchy",
}
ARGUMENTS = {"verb", "identifier", "metadataPrefix", "from", "until", "set", "resumptionToken"}


def valid(document: str) -> Element:
    """The document, which breaks no rule; the rule that it breaks is told otherwise."""
    root = ElementTree.fromstring(document)
    assert root.tag == f"{OAI}OAI-PMH" and _PLACES in root.attrib
    date, request, *rest = root
    assert date.tag == f"{OAI}responseDate" and SECOND.fullmatch(date.text or "")
    assert request.tag == f"{OAI}request" and _ADDRESS.fullmatch(request.text or "")
    assert set(request.attrib) <= ARGUMENTS
    assert rest
    if rest[0].tag == f"{OAI}error":
        assert all(one.tag == f"{OAI}error" and one.get("code") in ERRORS for one in rest)
        codes = {one.get("code") for one in rest}
        assert not codes & {"badVerb", "badArgument"} or not request.attrib
        return root
    (answer,) = rest
    verb = answer.tag.removeprefix(OAI)
    assert request.get("verb") == verb
    {
        "Identify": _identify,
        "ListMetadataFormats": _formats,
        "ListSets": _sets,
        "GetRecord": _one,
        "ListIdentifiers": _headers,
        "ListRecords": _records,
    }[verb](answer)
    return root


def _in_order(parent: Element, names: Sequence[str], *, repeated: Sequence[str] = ()) -> dict[str, list[Element]]:
    """The children by name, which stand in this order, each once unless it may be repeated."""
    found: dict[str, list[Element]] = {}
    places = []
    for child in parent:
        name = child.tag.removeprefix(OAI)
        assert name in names, f"{name} has no place in {parent.tag}"
        places.append(names.index(name))
        found.setdefault(name, []).append(child)
    assert places == sorted(places), f"children of {parent.tag} are out of order"
    assert all(len(ones) == 1 or name in repeated for name, ones in found.items())
    return found


def _text(found: dict[str, list[Element]], name: str, pattern: re.Pattern[str]) -> None:
    for one in found[name]:
        assert pattern.fullmatch(one.text or ""), f"{name}: {one.text}"


def _identify(answer: Element) -> None:
    names = "repositoryName baseURL protocolVersion adminEmail earliestDatestamp deletedRecord granularity compression"
    order = [*names.split(), "description"]
    found = _in_order(answer, order, repeated=("adminEmail", "compression", "description"))
    assert set(order[:7]) <= set(found)
    _text(found, "repositoryName", re.compile(r"(?s).*"))
    _text(found, "baseURL", _ADDRESS)
    _text(found, "protocolVersion", re.compile("2.0"))
    _text(found, "adminEmail", _MAIL)
    _text(found, "earliestDatestamp", SECOND)
    _text(found, "deletedRecord", re.compile("no|persistent|transient"))
    _text(found, "granularity", re.compile("YYYY-MM-DDThh:mm:ssZ"))
    for described in found["description"]:
        (named,) = described
        assert named.tag == f"{_NAMED}oai-identifier" and _PLACES in named.attrib
        scheme, domain, delimiter, sample = named
        assert [one.tag.removeprefix(_NAMED) for one in named] == [
            "scheme", "repositoryIdentifier", "delimiter", "sampleIdentifier",
        ]  # fmt: skip
        assert (scheme.text, delimiter.text) == ("oai", ":")
        assert _DOMAIN.fullmatch(domain.text or "") and _SAMPLE.fullmatch(sample.text or "")


def _formats(answer: Element) -> None:
    assert len(answer)
    for one in answer:
        found = _in_order(one, ("metadataPrefix", "schema", "metadataNamespace"))
        assert len(found) == 3
        _text(found, "metadataPrefix", _PREFIX)
        _text(found, "schema", _ADDRESS)
        _text(found, "metadataNamespace", _ADDRESS)


def _sets(answer: Element) -> None:
    found = _in_order(answer, ("set", "resumptionToken"), repeated=("set",))
    for one in found["set"]:
        told = _in_order(one, ("setSpec", "setName", "setDescription"), repeated=("setDescription",))
        _text(told, "setSpec", _SET)
        _text(told, "setName", re.compile(r"(?s).*"))


def _one(answer: Element) -> None:
    (record,) = answer
    _record(record)


def _headers(answer: Element) -> None:
    found = _in_order(answer, ("header", "resumptionToken"), repeated=("header",))
    for one in found["header"]:
        _header(one)
    _token(found)


def _records(answer: Element) -> None:
    found = _in_order(answer, ("record", "resumptionToken"), repeated=("record",))
    for one in found["record"]:
        _record(one)
    _token(found)


def _record(record: Element) -> None:
    found = _in_order(record, ("header", "metadata", "about"), repeated=("about",))
    _header(found["header"][0])
    assert ("metadata" in found) == (found["header"][0].get("status") is None)
    for one in found.get("metadata", ()):
        (told,) = one
        assert told.tag == _DUBLIN and _PLACES in told.attrib
        assert {child.tag for child in told} <= {_DC + name for name in ELEMENTS}
        assert all(child.text for child in told)


def _header(header: Element) -> None:
    found = _in_order(header, ("identifier", "datestamp", "setSpec"), repeated=("setSpec",))
    assert set(header.attrib) <= {"status"} and header.get("status", "deleted") == "deleted"
    _text(found, "identifier", _ADDRESS)
    _text(found, "datestamp", SECOND)
    if "setSpec" in found:
        _text(found, "setSpec", _SET)


def _token(found: dict[str, list[Element]]) -> None:
    for one in found.get("resumptionToken", ()):
        assert set(one.attrib) <= {"expirationDate", "completeListSize", "cursor"}
        assert int(one.get("completeListSize", "1")) > 0 and int(one.get("cursor", "0")) >= 0
