"""The page about the API, from its own description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docs.pages.markdown import code, page, table
from pinakes.web.api.description import described
from pinakes.web.http.failures import API

_INTRODUCTION = f"""`pinakes serve` answers programs too, under `{API}`. Its description in OpenAPI 3.1 is at
`{API}/openapi.json`, and as a page at `/api`; both are made from the same types as this page, and a test holds what
each route gives to them."""
_SHAPE = """Every failure has one shape, with the status of its class: `{"error": {"code": ..., "message": ...,
"hint": ...}}`. [errors.md](errors.md) lists the codes. A parameter that does not exist is refused with the nearest one
that does."""
_PAGING = """Answers come page by page: `next_page` is a token, to be handed back as `page` with the same other
parameters; it is empty on the last page. Originals are handed over in ranges too (`Range`). A request that changes
something is taken from our own pages, and from programs that send no cookie. What a route needs is one of the
[rights](rights.md); [a token](../how-to/accounts.md#programs) is sent as `Authorization: Bearer ...`."""


def api() -> str:
    """The page."""
    told = described()
    pieces = [_INTRODUCTION, _SHAPE, _PAGING, "## Routes"]
    for path, operations in told["paths"].items():
        for method, operation in operations.items():
            pieces += _route(method, path, operation)
    pieces.append("## Bodies and answers")
    for name, schema in told["components"]["schemas"].items():
        if name != "Error":
            pieces += [f"### {name}", schema["description"], table(("field", "type", "meaning"), _fields(schema))]
    return page("The API", *pieces)


def _route(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"### {method.upper()} {path}"
    yield operation["summary"]
    if operation["parameters"]:
        rows = [
            (code(one["name"]), _type(one["schema"]), _default(one), one["description"])
            for one in operation["parameters"]
        ]
        yield table(("parameter", "type", "default", "meaning"), rows)
    if "requestBody" in operation:
        kind, taken = next(iter(operation["requestBody"]["content"].items()))
        yield f"Takes a body: {code(kind)}{', ' + _type(taken['schema']) if 'schema' in taken else ''}."
    status, answer = next(iter(operation["responses"].items()))
    for kind, given in answer["content"].items():
        name = _type(given["schema"]) if "schema" in given else ""
        yield f"Gives {status}: {code(kind)}{f', {name}' if name else ''}."
    if not answer["content"]:
        yield f"Gives {status}, and nothing."
    yield f"Needs: {operation['x-needs']}."


def _default(parameter: dict[str, Any]) -> str:
    if parameter["required"]:
        return "required"
    default = parameter["schema"].get("default", "")
    return code(str(default)) if default not in ("", []) else "empty"


def _fields(schema: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, told in schema["properties"].items():
        yield code(name), _type(told), told.get("description", "")


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema:
        return ", ".join(code(one) for one in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"several {_type(schema['items'])}"
    return str(schema.get("type", "any"))
