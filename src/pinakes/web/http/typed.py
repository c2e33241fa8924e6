"""Routes whose parameters and answers are dataclasses: read, checked, written and described from their types."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pinakes.accounts.who import Need
from pinakes.errors import UsageError, nearest
from pinakes.web.http.bodies import read_body
from pinakes.web.http.numbers import LARGEST
from pinakes.web.http.rates import Rate
from pinakes.web.http.rights import needs

_NO_CONTENT = 204
_TRUTHS = {"1": True, "true": True, "0": False, "false": False}
_NAMES: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    Any: {},
}


def asks(help: str, default: Any = MISSING) -> Any:
    """A field of a dataclass of parameters or of an answer, and the sentence that describes it."""
    if default is MISSING:
        return field(metadata={"help": help})
    return field(default=default, metadata={"help": help})


@dataclass(frozen=True, slots=True)
class Nothing:
    """No parameters."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A route of the API: where it lies, what it takes and what it gives."""

    path: str
    about: str
    # A dataclass of what stands in the path and behind the question mark.
    takes: type
    # A dataclass that is written as JSON, the type of a medium, or None: an answer without a body.
    gives: type | str | None
    # Given the request and `takes`, and `body` too where there is one.
    call: Callable[..., Any]
    method: str = "GET"
    # A dataclass that is read from a body of JSON.
    body: type | None = None
    need: Need = field(kw_only=True)
    # By which limit it is counted how often one asks.
    rate: Rate = ""

    @property
    def status(self) -> int:
        """The status of what was done."""
        return _NO_CONTENT if self.gives is None else 200

    def route(self, prefix: str) -> Route:
        """The route as the router takes it; it runs in a thread, since all that it does waits for disk or processor."""

        def done(request: Request, *more: Any) -> Response:
            found = self.call(request, read(self.takes, request), *more)
            if isinstance(found, Response):
                return found
            return Response(status_code=_NO_CONTENT) if self.gives is None else JSONResponse(plain(found))

        async def with_body(request: Request) -> Response:
            return await run_in_threadpool(done, request, await read_body(self.body, request))

        def without(request: Request) -> Response:
            return done(request)

        answer = needs(self.need, with_body if self.body else without, self.rate)
        return Route(prefix + self.path, answer, methods=[self.method], name=f"api{self.method}{self.path}")


def read(takes: type, request: Request) -> Any:
    """The parameters of a request; what is missing, unknown or of another type is refused by name."""
    hints = {spelt(name): kind for name, kind in get_type_hints(takes).items()}
    given: dict[str, list[str]] = {name: [str(value)] for name, value in request.path_params.items()}
    for name, value in request.query_params.multi_items():
        if name not in hints or name in request.path_params:
            raise UsageError(f"There is no parameter named {name}.", nearest(name, hints))
        given.setdefault(name, []).append(value)
    values = {}
    for one in fields(takes):
        name = spelt(one.name)
        if name in given:
            values[one.name] = _value(name, hints[name], given[name])
        elif one.default is MISSING:
            raise UsageError(f"The parameter {name} is missing.", f"It is {one.metadata['help']}.")
    return takes(**values)


def spelt(name: str) -> str:
    """A field's name as it is written in addresses: `with_` is `with`, which Python keeps for itself."""
    return name.rstrip("_")


def _value(name: str, kind: Any, texts: Sequence[str]) -> Any:
    if get_origin(kind) is tuple:
        return tuple(texts)
    text = texts[0]
    if get_origin(kind) is Literal:
        if text not in get_args(kind):
            raise UsageError(f"{name} can not be {text!r}.", nearest(text, get_args(kind)))
        return text
    if kind is bool and text.lower() in _TRUTHS:
        return _TRUTHS[text.lower()]
    if kind is str:
        return text
    try:
        if kind is int and len(text) <= len(str(LARGEST)) and abs(int(text)) <= LARGEST:
            return int(text)
    except ValueError:
        pass
    raise UsageError(f"{name} can not be {text[:40]!r}.", f"It is of type {_NAMES[kind]['type']}.")


def plain(value: Any) -> Any:
    """Dataclasses as what JSON has."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def schema(kind: Any, known: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of a type; that of each dataclass is filed by its name."""
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _filed(kind, known)  # type: ignore[arg-type]
    if origin is Literal:
        return {"type": "string", "enum": list(inner)}
    if origin in (list, tuple, Sequence):
        return {"type": "array", "items": schema(inner[0], known)}
    if origin in (dict, Mapping):
        return {"type": "object", "additionalProperties": schema(inner[1], known)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [{"type": "null"} if one is type(None) else schema(one, known) for one in inner]}
    return dict(_NAMES[kind])


def _filed(kind: type, known: dict[str, Any]) -> dict[str, Any]:
    name = kind.__name__
    if name not in known:
        known[name] = {}
        hints = get_type_hints(kind)
        properties = {}
        for one in fields(kind):
            help = one.metadata.get("help", "")
            properties[one.name] = schema(hints[one.name], known) | ({"description": help} if help else {})
        known[name] = {
            "type": "object",
            "description": kind.__doc__ or "",
            "properties": properties,
            "required": [one.name for one in fields(kind) if one.default is MISSING],
        }
    return {"$ref": f"#/components/schemas/{name}"}
