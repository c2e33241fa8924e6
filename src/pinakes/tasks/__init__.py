"""Work that is asked for and done by processes of its own: a durable queue in the catalogue, kinds, workers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pinakes.library import Library


def ask(
    library: Library,
    kind: str,
    arguments: Mapping[str, Any],
    user: int | None = None,
    request_key: str | None = None,
) -> int:
    """Ask for work; it is durable when this returns. What is asked for again under the same key is done once."""
    # Imported here: who only looks at the package pays for no database.
    from pinakes.tasks import queue
    from pinakes.tasks.kinds import kind_of

    found = kind_of(kind)
    if found.check is not None:
        found.check(library, arguments)
    with library.catalogue.writing() as connection:
        most = library.settings.limits.max_tasks
        return queue.ask(connection, kind, arguments, user, request_key, most=most)
