"""IIIF: manifests and collections (Presentation API 3.0), and pictures in any piece and size (Image API 3.0)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from pinakes.library.viewing import part, small
from pinakes.web.http.ranges import original_of
from pinakes.web.http.site import library_of, picture_of, site_of
from pinakes.web.http.who import who_of
from pinakes.web.logic import image_made, manifest, manifest_lists
from pinakes.web.logic.image_asked import FORMATS
from pinakes.web.logic.releasing import may_have

_KIND = 'application/ld+json;profile="{}"'
_IMAGE = "http://iiif.io/api/image/3/context.json"
_SEE_OTHER = 303
_DAY = {"Cache-Control": "private, max-age=86400"}


def _told(request: Request, made: manifest.Made) -> Response:
    """As the type that IIIF asks for; to whoever looks with a browser, as one that it shows."""
    looks = "text/html" in request.headers.get("accept", "")
    kind = "application/json" if looks else _KIND.format(made["@context"])
    return JSONResponse(made, media_type=kind, headers={"Vary": "Accept"})


def _addresses(request: Request) -> manifest.Addresses:
    return manifest.Addresses(str(request.base_url))


def item(request: Request) -> Response:
    """An item as a manifest."""
    number = request.path_params["number"]
    return _told(request, manifest.manifest(library_of(request), number, _addresses(request)))


def collections(request: Request) -> Response:
    """All collections."""
    return _told(request, manifest_lists.all_of_them(library_of(request), _addresses(request)))


def collection(request: Request) -> Response:
    """One collection, or a piece of a large one."""
    number, page = request.path_params["number"], request.path_params.get("page", 0)
    return _told(request, manifest_lists.one_of_them(library_of(request), number, page, _addresses(request)))


def base(request: Request) -> Response:
    """The address of a picture leads to what is known of it."""
    return RedirectResponse(f"{_addresses(request).picture(request.path_params['number'])}/info.json", _SEE_OTHER)


def information(request: Request) -> Response:
    """What a viewer must know of a picture."""
    number, most = request.path_params["number"], _most(request)
    site = site_of(request)
    size = image_made.size_of(image_made.drawn_once(site.library, site.views, number, most))
    return _told(request, image_made.information(_addresses(request).picture(number), size, most))


def picture(request: Request) -> Response:
    """A piece of a picture."""
    told = request.path_params
    site, number, most = site_of(request), told["number"], _most(request)
    address = told["region"], told["size"], told["rotation"], told["name"]

    def made() -> bytes:
        return image_made.cut(image_made.drawn_once(site.library, site.views, number, most), address, most)

    data = site.views.get((number, most, address), made)
    return Response(data, media_type=FORMATS[address[-1].rpartition(".")[2]], headers=_DAY)


def _most(request: Request) -> int:
    """The longer side of what is handed out: no more than a page shows, where the original is not theirs to have."""
    library = library_of(request)
    limits = library.settings.limits
    entry = library.item(part(library, request.path_params["number"]).item_id)
    has = may_have(who_of(request), entry, library.settings.downloads)
    return limits.image_pixels if has else min(limits.image_pixels, limits.view_pixels)


def thumbnail(request: Request) -> Response:
    """The small picture of a part, for viewers elsewhere."""
    return picture_of(small(library_of(request), request.path_params["number"]))


def original(request: Request) -> Response:
    """A sound or film, for players elsewhere."""
    return original_of(request, request.path_params["number"], download=False)
