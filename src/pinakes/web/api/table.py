"""All typed routes of the API, joined."""

from __future__ import annotations

from pinakes.web.api import collections, editing, past, people, routes, shelves, staff, tasks
from pinakes.web.http.typed import Typed

TYPED: tuple[Typed, ...] = (
    *routes.TYPED,
    *editing.TYPED,
    *people.TYPED,
    *shelves.TYPED,
    *past.TYPED,
    *tasks.TYPED,
    *collections.TYPED,
    *staff.TYPED,
)
