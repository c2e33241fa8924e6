"""What methods are called with: a value of another type than theirs is refused before it fails somewhere inside."""

from __future__ import annotations

import os
import reprlib
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import wraps
from inspect import Parameter, signature
from numbers import Integral, Real
from typing import Any, TypeAlias, TypeVar

from pinakes.errors import BadInput

_Class = TypeVar("_Class", bound=type)

_HINT = "docs/reference/python.md tells what each method takes."


def _strings(value: Any) -> bool:
    return isinstance(value, Iterable) and (not isinstance(value, Collection) or all(isinstance(v, str) for v in value))


# What is wanted, and whether a value is that.
_Kind: TypeAlias = tuple[str, Callable[[Any], bool]]
# By what a parameter is annotated with.
_WANTED: Mapping[str, _Kind] = {
    "int": ("a whole number", lambda value: isinstance(value, Integral)),
    "float": ("a number", lambda value: isinstance(value, Real)),
    "str": ("a string", lambda value: isinstance(value, str)),
    "Metric": ("a string", lambda value: isinstance(value, str)),
    "PathLike": ("a path", lambda value: isinstance(value, str | os.PathLike)),
    "Path | str": ("a path", lambda value: isinstance(value, str | os.PathLike)),
    "Words": ("a string or a list of strings", _strings),
    "Where": ("a string or a mapping", lambda value: isinstance(value, str | Mapping)),
    "Sequence[str]": ("a list of strings", _strings),
    "Sequence[Mode]": ("a list of strings", _strings),
    "Sequence[int]": ("a list of whole numbers", lambda value: isinstance(value, Iterable)),
    "Mapping": ("a mapping", lambda value: isinstance(value, Mapping)),
}
_MAYBE = " | None"


def checked(made: _Class) -> _Class:
    """A class whose methods refuse what their annotations do not let them take."""
    for name, method in [*vars(made).items()]:
        if name.startswith("_") and name != "__init__":
            continue
        if isinstance(method, classmethod):
            setattr(made, name, classmethod(_checked(method.__func__)))
        elif callable(method) and not isinstance(method, type):
            setattr(made, name, _checked(method))
    return made


def _checked(method: Callable[..., Any]) -> Callable[..., Any]:
    told = signature(method).parameters.values()
    places = [one.name for one in told if one.kind is Parameter.POSITIONAL_OR_KEYWORD]
    rest = next((one.name for one in told if one.kind is Parameter.VAR_POSITIONAL), "")
    kinds = {one.name: kind for one in told if (kind := _kind(str(one.annotation)))}
    if not kinds:
        return method

    @wraps(method)
    def refusing(*given: Any, **named: Any) -> Any:
        for name, value in (*zip(places, given, strict=False), *named.items()):
            _refuse(name, value, kinds.get(name))
        for value in given[len(places) :]:
            _refuse(f"each of {rest}", value, kinds.get(rest))
        return method(*given, **named)

    return refusing


def _kind(annotation: str) -> _Kind | None:
    """What an annotation asks for, where it is one of ours."""
    plain = annotation.removesuffix(_MAYBE)
    known = _WANTED.get("Mapping" if plain.startswith("Mapping[") else plain)
    if known is None or plain == annotation:
        return known
    said, holds = known
    return said, lambda value: value is None or holds(value)


def _refuse(name: str, value: Any, kind: _Kind | None) -> None:
    if kind is not None and not kind[1](value):
        raise BadInput(f"{name} must be {kind[0]}, not {reprlib.repr(value)}.", _HINT)
