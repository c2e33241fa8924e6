"""Every example of docs/reference/query.md is read as the page says, and what is written again is read as the same."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from pinakes.errors import BadQuery
from pinakes.index.filters import Filter
from pinakes.library.asking import is_file
from pinakes.limits import Limits
from pinakes.search.query import parse as parser_module
from pinakes.search.query.parse import parse, parse_arguments
from pinakes.search.query.terms import FileTerm, ItemTerm, Query, Term, TextTerm, UploadTerm
from pinakes.search.query.write import written

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "query.md").read_text(encoding="utf-8")
LIMITS = Limits()


def examples(language: str) -> list[tuple[str, list[str]]]:
    """The blocks of that kind: an example, and the lines after its arrows."""
    found = []
    for body in re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.M | re.S):
        example, *lines = body.splitlines()
        assert all(line.startswith("→ ") for line in lines), body
        found.append((example, [line.removeprefix("→ ") for line in lines]))
    assert found
    return found


def understood(query: Query) -> list[str]:
    """A query in the words of the page."""
    return [*map(in_words, query.terms), *map(filter_in_words, query.filters)]


def in_words(term: Term) -> str:
    """One term in the words of the page."""
    weight = "" if abs(term.weight) == 1 else f"{abs(term.weight):g} × "
    away = "away from " if term.weight < 0 else ""
    match term:
        case TextTerm():
            quoted = '"' + term.text.replace('"', '\\"') + '"'
            what = f"{'phrase' if term.phrase else 'words'} {quoted}" + (f" in {term.field}" if term.field else "")
        case FileTerm():
            what = f"file {term.path}"
        case ItemTerm():
            what = f"item {term.item}"
        case UploadTerm():
            what = f"upload {term.upload}"
        case _:
            raise AssertionError(term)
    return weight + away + what


def filter_in_words(condition: Filter) -> str:
    """One filter in the words of the page."""
    return f"filter {condition.field} {condition.operator} {' or '.join(condition.values)}"


@pytest.mark.parametrize(("example", "lines"), examples("query"))
def test_a_query_is_read_as_the_page_says_and_as_the_same_when_written_again(example: str, lines: list[str]) -> None:
    query = parse(example, LIMITS, is_file)
    assert understood(query) == lines
    assert parse(written(query), LIMITS, is_file) == query


@pytest.mark.parametrize(("example", "lines"), examples("arguments"))
def test_arguments_are_read_as_the_page_says(example: str, lines: list[str]) -> None:
    query = parse_arguments(shlex.split(example), LIMITS, is_file)
    assert understood(query) == lines
    assert parse(written(query), LIMITS, is_file) == query


@pytest.mark.parametrize(("example", "lines"), examples("query-error"))
def test_an_error_is_told_as_the_page_says(example: str, lines: list[str]) -> None:
    with pytest.raises(BadQuery) as caught:
        parse(example, LIMITS, is_file)
    assert [f"{(caught.value.position or 0) + 1}: {caught.value.message}"] == lines
    assert caught.value.hint


def test_the_grammar_of_the_page_is_that_of_the_parser() -> None:
    grammar = [line.strip() for line in (parser_module.__doc__ or "").splitlines() if " = " in line or "  = " in line]
    assert len(grammar) == 3
    assert all(line in PAGE for line in grammar)


def test_the_numbers_of_the_page_are_those_of_the_limits() -> None:
    assert f"{LIMITS.max_query_chars:,} characters and {LIMITS.max_query_terms} terms" in PAGE
    assert f"at most {parser_module.MAX_WEIGHT:g}" in PAGE
