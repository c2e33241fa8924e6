"""Collections as IIIF tells them: all of them, the works of one, and of a large one piece by piece."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from pinakes.catalogue.collections import Collection, all_collections
from pinakes.catalogue.schema import files, items
from pinakes.errors import NotFound
from pinakes.library import Library
from pinakes.web.logic.manifest import CONTEXT, Addresses, Made, words

# Works in one answer; a larger collection is handed over as collections of so many.
PIECE = 1_000
_KINDS = ("image/%", "audio/%", "video/%", "application/pdf")


def all_of_them(library: Library, where: Addresses) -> Made:
    """The collections of the library."""
    with library.catalogue.reading() as connection:
        found = all_collections(connection)
    inner = [_named(where.collection(one.id), one.name) for one in found]
    return {"@context": CONTEXT, **_named(where.collection(), library.folder.name), "items": inner}


def one_of_them(library: Library, number: int, page: int, where: Addresses) -> Made:
    """A collection, or a piece of it, counted from 1; page 0: the whole, as pieces if it is large."""
    with library.catalogue.reading() as connection:
        found = next((one for one in all_collections(connection) if one.id == number), None)
        if found is None:
            raise NotFound(f"There is no collection {number}.", "The list of all collections names them.")
        count = connection.scalar(select(func.count()).where(*_shown(number))) or 0
        pages = -(-count // PIECE)
        if page > pages:
            raise NotFound(f"Collection {number} has {pages} pieces, not {page}.", "Begin with the collection itself.")
        if not page and pages > 1:
            inner = [_named(where.collection(number, one), f"{found.name} {one}") for one in range(1, pages + 1)]
        else:
            inner = _works(connection, number, max(0, page - 1) * PIECE, where)
    return {
        "@context": CONTEXT,
        **_named(where.collection(number, page), found.name),
        "partOf": [_part_of(found, page, where)],
        "items": inner,
    }


def _part_of(found: Collection, page: int, where: Addresses) -> Made:
    return {"id": where.collection(found.id if page else 0), "type": "Collection"}


def _named(address: str, name: str) -> Made:
    return {"id": address, "type": "Collection", "label": words([name])}


def _shown(number: int) -> list[ColumnElement[bool]]:
    """The works of a collection that have something to look at or to listen to."""
    kinds = or_(*(files.c.kind.like(kind) for kind in _KINDS))
    return [items.c.collection_id == number, exists().where(files.c.item_id == items.c.id, kinds)]


def _works(connection: Connection, number: int, first: int, where: Addresses) -> list[Made]:
    query = select(items.c.id, items.c.title, items.c.language).where(*_shown(number)).order_by(items.c.id)
    return [
        {"id": where.manifest(item), "type": "Manifest", "label": words([title or str(item)], language)}
        for item, title, language in connection.execute(query.offset(first).limit(PIECE))
    ]
