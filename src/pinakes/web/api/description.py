"""The description of the API: OpenAPI 3.1, made from the types of its routes."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, get_type_hints

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pinakes import __version__
from pinakes.web.api import collections
from pinakes.web.api.answers import UploadOut
from pinakes.web.api.table import TYPED
from pinakes.web.http.failures import API
from pinakes.web.http.site import render
from pinakes.web.http.typed import Typed, schema, spelt
from pinakes.web.http.who import who_of

_TYPED_PLACE = re.compile(r"\{(\w+):\w+\}")
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "hint"],
            "properties": {
                "code": {"type": "string", "description": "stable; the reference of errors lists them"},
                "message": {"type": "string", "description": "what, which, the number and the limit"},
                "hint": {"type": "string", "description": "the way out"},
            },
        }
    },
}


@cache
def described() -> dict[str, Any]:
    """The whole description."""
    known: dict[str, Any] = {"Error": _ERROR}
    paths: dict[str, Any] = {}
    for route in TYPED:
        operation = _operation(route, known)
        paths.setdefault(API + _TYPED_PLACE.sub(r"{\1}", route.path), {})[route.method.lower()] = operation
    paths[f"{API}/uploads"] = {"post": _upload(known)}
    described = collections.described(known)
    paths[API + collections.FILES] = {"post": {**described, "responses": described["responses"] | _failures()}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Pinakes",
            "version": __version__,
            "description": "Find anything in a library with anything.",
            "license": {"name": "Apache-2.0"},
        },
        "paths": paths,
        "components": {"schemas": known, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _operation(route: Typed, known: dict[str, Any]) -> dict[str, Any]:
    told = {
        "summary": route.about,
        "operationId": route.call.__name__,
        "x-needs": route.need,
        "parameters": _parameters(route, known),
        "responses": {str(route.status): {"description": "Done.", "content": _given(route, known)}, **_failures()},
    }
    if route.need != "anyone":
        told["security"] = [{"token": []}]
    if route.body is not None:
        content = {"application/json": {"schema": schema(route.body, known)}}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _given(route: Typed, known: dict[str, Any]) -> dict[str, Any]:
    gives = route.gives
    if gives is None:
        return {}
    return {gives: {}} if isinstance(gives, str) else {"application/json": {"schema": schema(gives, known)}}


def _parameters(route: Typed, known: dict[str, Any]) -> list[dict[str, Any]]:
    hints, found = get_type_hints(route.takes), []
    for one in fields(route.takes):
        name = spelt(one.name)
        in_path = f"{{{name}:" in route.path
        described = schema(hints[one.name], known)
        if one.default is not MISSING:
            described["default"] = list(one.default) if isinstance(one.default, tuple) else one.default
        found.append(
            {
                "name": name,
                "in": "path" if in_path else "query",
                "required": in_path or one.default is MISSING,
                "description": one.metadata["help"],
                "schema": described,
            }
        )
    return found


def _upload(known: dict[str, Any]) -> dict[str, Any]:
    return {
        "summary": "Hand in a picture, sound, film or text to search with; it is kept for a while.",
        "operationId": "hand_in",
        "x-needs": "search",
        "security": [{"token": []}],
        "parameters": [
            {
                "name": "X-File-Name",
                "in": "header",
                "required": False,
                "description": "what to call it, percent-encoded",
                "schema": {"type": "string"},
            }
        ],
        "requestBody": {"required": True, "content": {"application/octet-stream": {}}},
        "responses": {
            "201": {
                "description": "Kept.",
                "content": {"application/json": {"schema": schema(UploadOut, known)}},
            },
            **_failures(),
        },
    }


def _failures() -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {"default": {"description": "Not done; the error says why.", "content": content}}


def openapi(_request: Request) -> Response:
    """The description, for programs."""
    return JSONResponse(described())


def page(request: Request) -> Response:
    """The description, for people."""
    who_of(request)
    return render(request, "api.html", api=described())
