"""Looking after what a library holds: of works that are almost the same one is kept, and failed files tried again."""

from __future__ import annotations

from pinakes.accounts.who import Who
from pinakes.errors import NotFound
from pinakes.library import Library
from pinakes.library.alike import alike
from pinakes.library.coverage import failing_sources
from pinakes.web.logic.tasking import ask

_ALL = 1_000_000


def keep_one(library: Library, who: Who, item: int) -> int:
    """Have the other works of a work's group removed from the library."""
    found = alike(library, _ALL)
    for group in found.groups if found else ():
        numbers = [work.id for _, work in group.members]
        if item in numbers:
            return ask(library, who, "remove", {"items": [one for one in numbers if one != item]})
    raise NotFound(f"Item {item} is in no group.", "Look for near-duplicates again.")


def try_again(library: Library, who: Who) -> list[int]:
    """Have the sources added again in which files could not be read; what is as it was is not read twice."""
    return [
        ask(library, who, "add", {"paths": paths, "collection": name, "retry": True})
        for name, paths in failing_sources(library).items()
    ]
