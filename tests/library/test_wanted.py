"""Values of a wrong type are refused at the door, in words."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pinakes.errors import BadInput
from pinakes.library import Library
from pinakes.library.wanted import _kind

# What is not looked at: switches, arrays of any kind, and what is handed on as it is.
_ANY = {"bool", "Floats", "Any", "object"}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda library: library.search(5), "query must be a string or a list of strings, not 5."),
        (lambda library: library.search(b"boat"), "query must be a string or a list of strings, not b'boat'."),
        (lambda library: library.search("x", limit="3"), "limit must be a whole number, not '3'."),
        (lambda library: library.search("x", limit=2.5), "limit must be a whole number, not 2.5."),
        (lambda library: library.search("x", page=1.5), "page must be a string, not 1.5."),
        (lambda library: library.search("x", min_score="0.5"), "min_score must be a number, not '0.5'."),
        (lambda library: library.search("x", where=3), "where must be a string or a mapping, not 3."),
        (lambda library: library.search("x", weights=["colour"]), "weights must be a mapping, not ['colour']."),
        (lambda library: library.search(image=7), "image must be a path, not 7."),
        (lambda library: library.item("1"), "number must be a whole number, not '1'."),
        (lambda library: library.remove(1, "2"), "each of numbers must be a whole number, not '2'."),
        (lambda library: library.add("here", 5), "each of paths must be a path, not 5."),
        (lambda library: library.add("here", collection=5), "collection must be a string, not 5."),
        (lambda library: library.evaluate(sample="9"), "sample must be a whole number, not '9'."),
        (lambda library: library.desk.judge("ann", 5, 1, 1), "query must be a string, not 5."),
        (lambda _: Library.open(5), "path must be a path, not 5."),  # type: ignore[arg-type]
    ],
)
def test_a_value_of_another_type_is_refused_with_what_is_wanted(
    call: Callable[[Any], Any], message: str, tmp_path: Path
) -> None:
    with Library.open(tmp_path, create=True) as library, pytest.raises(BadInput) as refused:
        call(library)
    assert refused.value.message == message


def test_numbers_of_numpy_are_numbers(tmp_path: Path) -> None:
    with Library.open(tmp_path, create=True) as library:
        found = library.search("x", limit=np.int64(3), min_score=np.float32(0.5))  # type: ignore[arg-type]
    assert not len(found)


def test_every_argument_of_the_facade_is_looked_at() -> None:
    methods = [method for name, method in vars(Library).items() if not name.startswith("_")]
    told = [
        one.annotation
        for method in (getattr(each, "__func__", each) for each in methods)
        if callable(method)
        for one in signature(method).parameters.values()
        if one.annotation is not Parameter.empty and one.kind is not Parameter.VAR_KEYWORD
    ]
    assert not {kind for kind in told if not _kind(kind)} - _ANY
