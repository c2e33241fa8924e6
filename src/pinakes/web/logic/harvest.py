"""Harvesting the catalogue by OAI-PMH 2.0: its six verbs, and the errors that it asks for.

The Open Archives Initiative Protocol for Metadata Harvesting, version 2.0, 2002 (as of 2015).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element, SubElement, tostring

from sqlalchemy import Connection

from pinakes.catalogue import collections, harvest
from pinakes.catalogue.counters import generation
from pinakes.catalogue.entries import item_entries
from pinakes.catalogue.harvest import Record
from pinakes.library import Library
from pinakes.web.logic.citing import OAI_DC, OAI_DC_SCHEMA, XSI, dublin_element, fit_for_xml
from pinakes.web.logic.harvest_list import PREFIX, Listing, Refused, begun, continued, moment, set_of

_OAI = "http://www.openarchives.org/OAI/2.0/"
_OAI_SCHEMA = f"{_OAI}OAI-PMH.xsd"
_IDENTIFIER = f"{_OAI}oai-identifier"
_TOKEN = "resumptionToken"  # noqa: S105 -- an argument's name


@dataclass(frozen=True, slots=True)
class Repository:
    """What a repository says of itself."""

    # Where it is asked, and where its pages begin.
    base: str
    pages: str
    # A domain name, which begins every identifier, and whom to write to.
    domain: str
    contact: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that was understood, at one state of the catalogue."""

    library: Library
    about: Repository
    connection: Connection
    told: Mapping[str, str]
    now: float


@dataclass(frozen=True, slots=True)
class _Verb:
    """What a verb takes, and what it puts into its element."""

    fill: Callable[[_Asked, Element], None]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    # Whether a token may stand instead of all others.
    resumed: bool = False


def answered(library: Library, about: Repository, pairs: Sequence[tuple[str, str]], now: float) -> str:
    """The whole document that answers a request, given by its arguments in order."""
    spaces = {"xmlns": _OAI, "xmlns:xsi": XSI, "xsi:schemaLocation": f"{_OAI} {_OAI_SCHEMA}"}
    root = Element("OAI-PMH", spaces)
    SubElement(root, "responseDate").text = moment(now)
    request = SubElement(root, "request")
    request.text = about.base
    try:
        name, told = _understood(pairs)
        request.attrib.update({"verb": name, **{key: fit_for_xml(value) for key, value in told.items()}})
        answer = Element(name)
        with library.catalogue.reading() as connection:
            _VERBS[name].fill(_Asked(library, about, connection, told, now), answer)
        root.append(answer)
    except Refused as error:
        # Arguments that were not understood are not said again.
        if error.code in ("badVerb", "badArgument"):
            request.attrib.clear()
        SubElement(root, "error", code=error.code).text = fit_for_xml(error.message)
    return tostring(root, encoding="unicode", xml_declaration=False)


def _understood(pairs: Sequence[tuple[str, str]]) -> tuple[str, dict[str, str]]:
    """The verb and its arguments; what is missing, too much or said twice is refused."""
    verbs = [value for name, value in pairs if name == "verb"]
    if len(verbs) != 1 or verbs[0] not in _VERBS:
        raise Refused("badVerb", f"Name one verb of {', '.join(_VERBS)}.")
    verb, told = _VERBS[verbs[0]], {name: value for name, value in pairs if name != "verb"}
    if len(told) + 1 != len(pairs):
        raise Refused("badArgument", "An argument is given twice.")
    if verb.resumed and _TOKEN in told:
        if len(told) > 1:
            raise Refused("badArgument", f"{_TOKEN} stands alone.")
        return verbs[0], told
    wrong = [name for name in told if name not in (*verb.required, *verb.optional)]
    # One with nothing in it is written wrongly, also where it may be left out.
    missing = [name for name in dict.fromkeys((*verb.required, *told)) if not told.get(name)]
    if wrong or missing:
        said = f"{verbs[0]} takes no {', '.join(wrong)}." if wrong else f"{', '.join(missing)} must be given."
        raise Refused("badArgument", said)
    return verbs[0], told


def _texts(parent: Element, pairs: Iterable[tuple[str, str]]) -> None:
    for name, text in pairs:
        SubElement(parent, name).text = fit_for_xml(text)


def _identify(asked: _Asked, answer: Element) -> None:
    about = asked.about
    earliest = harvest.earliest(asked.connection)
    said = (
        ("repositoryName", asked.library.folder.name),
        ("baseURL", about.base),
        ("protocolVersion", "2.0"),
        ("adminEmail", about.contact),
        ("earliestDatestamp", moment(asked.now if earliest is None else earliest)),
        # Every removal is kept for good, with its time.
        ("deletedRecord", "persistent"),
        ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
    )
    _texts(answer, said)
    scheme = {"xmlns": _IDENTIFIER, "xsi:schemaLocation": f"{_IDENTIFIER} {_IDENTIFIER}.xsd"}
    described = SubElement(SubElement(answer, "description"), "oai-identifier", scheme)
    parts = {"scheme": "oai", "repositoryIdentifier": about.domain, "delimiter": ":"}
    _texts(described, [*parts.items(), ("sampleIdentifier", _identifier(about, 1))])


def _formats(asked: _Asked, answer: Element) -> None:
    if "identifier" in asked.told:
        _record_of(asked, asked.told["identifier"])
    told = (("metadataPrefix", PREFIX), ("schema", OAI_DC_SCHEMA), ("metadataNamespace", OAI_DC))
    _texts(SubElement(answer, "metadataFormat"), told)


def _sets(asked: _Asked, answer: Element) -> None:
    if _TOKEN in asked.told:
        raise Refused("badResumptionToken", "The list of sets is handed over whole; there is no token of it.")
    found = collections.all_collections(asked.connection)
    if not found:
        raise Refused("noSetHierarchy", "There is no collection yet.")
    for one in found:
        _texts(SubElement(answer, "set"), (("setSpec", set_of(one.id)), ("setName", one.name)))


def _one(asked: _Asked, answer: Element) -> None:
    _check_prefix(asked.told["metadataPrefix"])
    answer.extend(_written(asked, [_record_of(asked, asked.told["identifier"])], whole=True))


def _headers(asked: _Asked, answer: Element) -> None:
    _list(asked, answer, whole=False)


def _records(asked: _Asked, answer: Element) -> None:
    _list(asked, answer, whole=True)


_SPAN = {"required": ("metadataPrefix",), "optional": ("from", "until", "set")}
_VERBS: dict[str, _Verb] = {
    "Identify": _Verb(_identify),
    "ListMetadataFormats": _Verb(_formats, optional=("identifier",)),
    "ListSets": _Verb(_sets, resumed=True),
    "GetRecord": _Verb(_one, required=("identifier", "metadataPrefix")),
    "ListIdentifiers": _Verb(_headers, **_SPAN, resumed=True),
    "ListRecords": _Verb(_records, **_SPAN, resumed=True),
}


def _list(asked: _Asked, answer: Element, *, whole: bool) -> None:
    """A piece of a list, and the token of the next."""
    listing = _listing(asked)
    most = asked.library.settings.limits.max_page_hits
    found = harvest.records(asked.connection, listing.span, listing.after, most + 1)
    if not found and not listing.sent:
        raise Refused("noRecordsMatch", "There is no record in that time and set.")
    answer.extend(_written(asked, found[:most], whole=whole))
    if len(found) > most or listing.sent:
        size = {"completeListSize": str(listing.total), "cursor": str(listing.sent)}
        token = SubElement(answer, _TOKEN, size)
        token.text = listing.further(found[most - 1].item_id, most).token() if len(found) > most else None


def _listing(asked: _Asked) -> Listing:
    current = generation(asked.connection)
    if _TOKEN in asked.told:
        return continued(asked.told[_TOKEN], current)
    _check_prefix(asked.told["metadataPrefix"])
    made = begun(asked.told, current)
    return replace(made, total=harvest.count(asked.connection, made.span))


def _check_prefix(prefix: str) -> None:
    if prefix != PREFIX:
        raise Refused("cannotDisseminateFormat", f"Records are handed over as {PREFIX} alone.")


def _identifier(about: Repository, item: int) -> str:
    return f"oai:{about.domain}:{item}"


def _record_of(asked: _Asked, identifier: str) -> Record:
    head, _, number = identifier.rpartition(":")
    fits = head == f"oai:{asked.about.domain}" and number.isascii() and number.isdigit() and len(number) < 19
    found = harvest.record(asked.connection, int(number)) if fits else None
    if found is None:
        raise Refused("idDoesNotExist", f"There is no {identifier} in this library.")
    return found


def _written(asked: _Asked, records: Sequence[Record], *, whole: bool) -> Iterator[Element]:
    """Records or their headers; of what is gone there is but a header."""
    numbers = [one.item_id for one in records if whole and not one.gone]
    entries = item_entries(asked.connection, numbers)
    for one in records:
        header = _header(asked.about, one)
        if not whole:
            yield header
            continue
        record = Element("record")
        record.append(header)
        if one.item_id in entries:
            address = f"{asked.about.pages}items/{one.item_id}"
            SubElement(record, "metadata").append(dublin_element(entries[one.item_id], address))
        yield record


def _header(about: Repository, record: Record) -> Element:
    header = Element("header", {"status": "deleted"} if record.gone else {})
    _texts(header, (("identifier", _identifier(about, record.item_id)), ("datestamp", moment(record.at))))
    if record.collection_id is not None:
        SubElement(header, "setSpec").text = set_of(record.collection_id)
    return header
