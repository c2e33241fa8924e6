"""Bodies of JSON, read into dataclasses: what is missing, unknown or of another type is refused by name."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from starlette.requests import Request

from pinakes.errors import Unsupported, UsageError, nearest

_NAMES = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


async def read_body(kind: Any, request: Request) -> Any:
    """The body of a request; its type must be told, since no form of another site can tell it."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Unsupported("The body is not told to be JSON.", "Send it with Content-Type: application/json.")
    try:
        told = json.loads(await request.body())
        # JSON may write halves of characters, which nothing can keep or send.
        json.dumps(told, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise UsageError(f"The body is no JSON: {str(error)[:80]}.", "Send one JSON object.") from None
    return parsed("the body", kind, told)


def parsed(name: str, kind: Any, told: Any) -> Any:
    """A value of that type from what JSON has."""
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _object(name, kind, told)
    if origin in (Union, types.UnionType):
        return None if told is None else parsed(name, next(one for one in inner if one is not type(None)), told)
    if origin is Literal and isinstance(told, str):
        if told not in inner:
            raise UsageError(f"{name} can not be {told[:40]!r}.", nearest(told, inner))
        return told
    if origin in (list, tuple, Sequence) and isinstance(told, list):
        found = [parsed(f"{name}[{at}]", inner[0], one) for at, one in enumerate(told)]
        return tuple(found) if origin is tuple else found
    if origin in (dict, Mapping) and isinstance(told, dict):
        return {key: parsed(f"{name}.{key}", inner[1], one) for key, one in told.items()}
    return _plain(name, kind, told)


def _plain(name: str, kind: Any, told: Any) -> Any:
    if kind is Any or (kind in _NAMES and type(told) is kind):
        return told
    if kind is float and type(told) is int:
        return float(told)
    raise UsageError(f"{name} can not be {json.dumps(told)[:40]}.", f"It is {_NAMES.get(kind, 'of another type')}.")


def _object(name: str, kind: Any, told: Any) -> Any:
    if not isinstance(told, dict):
        raise UsageError(f"{name} must be a JSON object.", f"It has {', '.join(one.name for one in fields(kind))}.")
    hints, known = get_type_hints(kind), {one.name.rstrip("_"): one for one in fields(kind)}
    for key in told:
        if key not in known:
            raise UsageError(f"There is no field named {key[:40]}.", nearest(key, known))
    values = {}
    for key, one in known.items():
        if key in told:
            values[one.name] = parsed(key, hints[one.name], told[key])
        elif one.default is MISSING:
            raise UsageError(f"The field {key} is missing.", f"It is {one.metadata.get('help', 'needed')}.")
    return kind(**values)
