"""The page about errors, from their classes."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from docs.pages.markdown import code, page, table
from pinakes import errors as ours
from pinakes.errors import PinakesError

_INTRODUCTION = """Every failure that a user can meet is one of these: a class with a stable code, an HTTP status,
an exit code of the command line, and a hint. The message says what and which; the hint says the way out. Where an
error is raised it often brings a hint of its own; the one below is given where it does not.

In Python they are in `pinakes.errors`, and all are `PinakesError`:"""
_EXAMPLE = """```python
from pinakes import Library, PinakesError

try:
    library = Library.open("nowhere")
except PinakesError as error:
    print(error.code, error.status, error.message, error.hint)
```"""
_SHAPE = """For machines every error has one shape: `{"code": "not-found", "message": "...", "hint": "..."}`. The
files that could not be read are kept with these three by `pinakes status --failures` and `Library.failures()`."""


def errors() -> str:
    """The page."""
    return page(
        "Errors",
        _INTRODUCTION,
        _EXAMPLE,
        _SHAPE,
        table(
            ("code", "class", "HTTP", "exit", "meaning", "the way out"),
            [
                (
                    code(one.code),
                    code(one.__name__),
                    str(one.status),
                    str(one.exit),
                    inspect.getdoc(one) or "",
                    one.hint,
                )
                for one in classes()
            ],
        ),
        "[cli.md](cli.md#exit-codes) says what the exit codes mean.",
    )


def classes() -> Iterator[type[PinakesError]]:
    """All classes of errors, in the order in which they are written."""
    return (one for one in vars(ours).values() if isinstance(one, type) and issubclass(one, PinakesError))
