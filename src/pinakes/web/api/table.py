"""All typed routes of the API, joined."""

from __future__ import annotations

from pinakes.web.api import routes
from pinakes.web.http.typed import Typed

TYPED: tuple[Typed, ...] = (*routes.TYPED,)
