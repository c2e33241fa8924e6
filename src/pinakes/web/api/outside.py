"""Routes for programs that speak protocols of others: harvesters, viewers of manifests, Prometheus."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pinakes.web.api import iiif, metrics, oai
from pinakes.web.http.rights import needs
from pinakes.web.http.sharing import shared


def _iiif(path: str, endpoint: Callable[[Request], Response]) -> Route:
    return Route(f"/iiif{path}", needs("search", shared(endpoint)))


ROUTES: tuple[Route, ...] = (
    Route(oai.PATH, needs("search", oai.harvest), methods=["GET", "POST"]),
    # Who may read them is a setting, which the route itself looks at.
    Route(metrics.PATH, needs("anyone", metrics.metrics)),
    _iiif("/collections", iiif.collections),
    _iiif("/collections/{number:whole}", iiif.collection),
    _iiif("/collections/{number:whole}/{page:whole}", iiif.collection),
    _iiif("/items/{number:whole}/manifest", iiif.item),
    _iiif("/pictures/{number:whole}", iiif.base),
    _iiif("/pictures/{number:whole}/info.json", iiif.information),
    _iiif("/pictures/{number:whole}/{region}/{size}/{rotation}/{name}", iiif.picture),
    _iiif("/parts/{number:whole}/thumbnail", iiif.thumbnail),
    _iiif("/parts/{number:whole}/original", iiif.original),
)
