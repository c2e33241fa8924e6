"""Routes for programs that speak protocols of others: harvesters of catalogues."""

from __future__ import annotations

from starlette.routing import Route

from pinakes.web.api import oai
from pinakes.web.http.rights import needs

ROUTES: tuple[Route, ...] = (Route(oai.PATH, needs("search", oai.harvest), methods=["GET", "POST"]),)
