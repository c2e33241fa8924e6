"""XML read without document types, entities or anything fetched: those are refused, not expanded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from pinakes.errors import BadMedia, TooLarge
from pinakes.limits import Limits

_SEPARATOR = "\x1f"


@dataclass(slots=True)
class Element:
    """A node: namespace and local name, attributes (and their namespaces) by local name, own text and children."""

    space: str
    name: str
    attributes: dict[str, str]
    attribute_spaces: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def all(self, name: str) -> Iterator[Element]:
        """This node and those under it with that local name, in document order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            if node.name == name:
                yield node
            waiting.extend(reversed(node.children))

    def all_children(self) -> Iterator[Element]:
        """Everything under this node, in document order."""
        for child in self.children:
            yield child
            yield from child.all_children()

    def first(self, name: str) -> Element | None:
        """The first of `all`."""
        return next(self.all(name), None)


def parse_xml(data: bytes, what: str, limits: Limits) -> Element:
    """The root of a document; a document type, an entity, or anything not well-formed is BadMedia."""
    builder = _Builder(what, limits)
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartDoctypeDeclHandler = builder.refuse_type
    parser.EntityDeclHandler = builder.refuse_entity
    parser.ExternalEntityRefHandler = builder.refuse_reference
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise BadMedia(f"{what} is no well-formed XML: {error}.") from error
    if builder.root is None:
        raise BadMedia(f"{what} is empty.")
    return builder.root


def without_type(data: bytes) -> bytes:
    """The document without a document type that declares nothing of its own, such as that of older ebooks."""
    start = data.find(b"<!DOCTYPE", 0, 4096)
    end = data.find(b">", start)
    if start < 0 or end < 0 or b"[" in data[start:end]:
        return data
    return data[:start] + data[end + 1 :]


class _Builder:
    """Grows the tree as the parser reports it, and refuses what no medium needs."""

    def __init__(self, what: str, limits: Limits) -> None:
        self.root: Element | None = None
        self._what, self._limits = what, limits
        self._open: list[Element] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > self._limits.max_xml_elements:
            raise TooLarge(
                f"{self._what} has more than {self._limits.max_xml_elements:,} elements; max_xml_elements is the limit."
            )
        if len(self._open) >= self._limits.max_xml_depth:
            raise TooLarge(
                f"{self._what} lies more than {self._limits.max_xml_depth} levels deep; max_xml_depth is the limit."
            )
        space, _, local = name.rpartition(_SEPARATOR)
        node = Element(space, local, {})
        for key, value in attributes.items():
            key_space, _, key_name = key.rpartition(_SEPARATOR)
            node.attributes[key_name], node.attribute_spaces[key_name] = value, key_space
        if self._open:
            self._open[-1].children.append(node)
        elif self.root is None:
            self.root = node
        self._open.append(node)

    def end(self, name: str) -> None:
        self._open.pop()

    def characters(self, text: str) -> None:
        self._open[-1].text += text

    def refuse_type(self, *_: object) -> None:
        raise BadMedia(f"{self._what} declares a document type; such XML is not read.")

    def refuse_entity(self, *_: object) -> None:
        raise BadMedia(f"{self._what} declares entities; such XML is not read.")

    def refuse_reference(self, *_: object) -> int:
        raise BadMedia(f"{self._what} refers to another file; such XML is not read.")
