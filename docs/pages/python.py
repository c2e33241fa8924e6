"""The page about Python: the public names with their signatures, docstrings and examples."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import pinakes
from docs.pages.markdown import block, code, page, table
from pinakes.catalogue.check import Problem
from pinakes.catalogue.jobs import Failure
from pinakes.catalogue.records import FileEntry, ItemEntry, PartEntry
from pinakes.encoders.base import Description, Encoder
from pinakes.evaluate.cost import Compared, Cost, Growth, Loaded, Stored, Timing
from pinakes.evaluate.load import Load
from pinakes.library.benchmarking import Plan
from pinakes.search.results import Correction, MatchedWord, SpaceReason, Why

# What the methods hand back, beside the public names.
HANDED_BACK: tuple[type, ...] = (
    Why,
    SpaceReason,
    MatchedWord,
    Correction,
    ItemEntry,
    FileEntry,
    PartEntry,
    Failure,
    Problem,
    Description,
    Encoder,
    Plan,
    Load,
    Cost,
    Timing,
    Loaded,
    Stored,
    Growth,
    Compared,
)
_INTRODUCTION = """```python
from pinakes import Library
```

`import pinakes` is cheap; the names below are loaded when they are first used. Everything is typed. The examples on
this page run one after the other in a folder with three pictures, `holiday-photos`; a test runs them."""
_INHERITED = re.compile(r"^_")


def python() -> str:
    """The page."""
    public = [getattr(pinakes, name) for name in pinakes.__all__ if name != "__version__"]
    pieces: list[str] = [_INTRODUCTION, _contents(public)]
    for one in public:
        pieces += _class(one)
    pieces += ["## What methods hand back", "Plain frozen data; `Plan` and `Load` are what `Library.benchmark` takes."]
    for one in HANDED_BACK:
        pieces += _class(one, "###")
    return page("Python", *pieces)


def _contents(public: list[type]) -> str:
    return "\n".join(f"- [`{one.__name__}`](#{one.__name__.lower()}): {_first(one)}" for one in public)


def _first(thing: Any) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0]


def _class(one: type, mark: str = "##") -> Iterator[str]:
    yield f"{mark} {one.__name__}"
    yield from _prose(one)
    if is_dataclass(one):
        shown = [field for field in fields(one) if not field.name.startswith("_")]
        yield table(
            ("field", "type", "default"),
            [(code(f.name), code(str(f.type)), code("" if f.default is MISSING else repr(f.default))) for f in shown],
        )
    properties = [name for name, value in vars(one).items() if isinstance(value, property) and not name.startswith("_")]
    if properties:
        rows = [(code(name), _returned(vars(one)[name]), _joined(vars(one)[name])) for name in properties]
        yield table(("property", "type", "meaning"), rows)
    for name, value in vars(one).items():
        function = value.__func__ if isinstance(value, classmethod) else value
        if inspect.isfunction(function) and not _INHERITED.match(name) and function.__doc__:
            yield f"{mark}# {one.__name__}.{name}"
            yield block(_signature(function, name, is_class=isinstance(value, classmethod)), "python")
            yield from _prose(function)


def _joined(thing: Any) -> str:
    return " ".join(line for line in (inspect.getdoc(thing) or "").splitlines() if line)


def _returned(thing: property) -> str:
    return code(str(thing.fget.__annotations__.get("return", ""))) if thing.fget else ""


def _prose(thing: Any) -> Iterator[str]:
    """The docstring, with its examples as blocks."""
    for piece in re.split(r"\n\s*\n", inspect.getdoc(thing) or ""):
        yield block(piece, "python") if piece.startswith(">>>") else piece


def _signature(function: Callable[..., Any], name: str, *, is_class: bool) -> str:
    """The call as one writes it, each parameter with its type, folded where it is long."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    written, star = [], False
    for one in parameters:
        if one.kind is one.KEYWORD_ONLY and not star:
            written.append("*")
        star = star or one.kind in (one.KEYWORD_ONLY, one.VAR_POSITIONAL)
        written.append(_parameter(one))
    returned = str(function.__annotations__.get("return", ""))
    owner = function.__qualname__.partition(".")[0] if is_class else ""
    called = f"{owner}.{name}" if is_class else name
    line = f"{called}({', '.join(written)}) -> {returned}"
    if len(line) <= 110:
        return line
    return f"{called}(\n    " + ",\n    ".join(written) + f",\n) -> {returned}"


def _parameter(one: inspect.Parameter) -> str:
    stars = "*" if one.kind is one.VAR_POSITIONAL else "**" if one.kind is one.VAR_KEYWORD else ""
    default = "" if one.default is one.empty else f" = {one.default!r}"
    return f"{stars}{one.name}: {one.annotation}{default}"
