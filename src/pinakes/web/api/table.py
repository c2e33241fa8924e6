"""All typed routes of the API, joined."""

from __future__ import annotations

from pinakes.web.api import collections, people, routes, staff, tasks
from pinakes.web.http.typed import Typed

TYPED: tuple[Typed, ...] = (*routes.TYPED, *people.TYPED, *tasks.TYPED, *collections.TYPED, *staff.TYPED)
