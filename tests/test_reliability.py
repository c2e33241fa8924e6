"""Every check of docs/reliability.md has a test that names it and is marked, and its row says where that is."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "reliability.md"
# The groups of the page and the last check in each; D10 is that of released versions, H9 of explanations by deletion.
LAST = {"A": 15, "B": 6, "C": 6, "D": 12, "E": 7, "H": 10}
# Of the groups about load, security and the interface, those that are tested by now.
OF_PAGES = {f"G{number}" for number in (*range(1, 7), *range(8, 16), 17, 19)} | {"F3", "I1"}
CHECKS = {f"{group}{number}" for group, last in LAST.items() for number in range(1, last + 1)} - {
    "D10",
    "H9",
} | OF_PAGES
_ROW = re.compile(r"^\| ([A-I]\d+) \|.*\| (`.+`) \| [a-z ]+ \|$", re.M)
_NAMED = re.compile(r"^((?:[A-I]\d+, )*[A-I]\d+)[.:,]")


def naming_checks() -> Iterator[tuple[str, set[str], bool]]:
    """Each test that names checks: where it stands, the checks, and whether it is marked."""
    for path in sorted(TESTS.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        whole = any("pytestmark" in ast.unparse(node) and "reliability" in ast.unparse(node) for node in tree.body)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                named = _NAMED.match(ast.get_docstring(node) or "")
                if named:
                    marked = any("mark.reliability" in ast.unparse(one) for one in node.decorator_list)
                    yield f"{path.relative_to(TESTS)}::{node.name}", set(named[1].split(", ")), whole or marked


def test_every_test_that_names_a_check_is_marked() -> None:
    assert [where for where, _, marked in naming_checks() if not marked] == []


def test_every_check_has_a_test() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for where, checks, _ in naming_checks():
        for check in checks:
            found[check].append(where)
    assert sorted(CHECKS - set(found)) == []


def test_the_page_says_of_every_check_where_it_is_tested() -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for where, checks, _ in naming_checks():
        for check in checks:
            found[check].add(where.partition("::")[0])
    told = {check: set(re.findall(r"`([^`]+)`", files)) for check, files in _ROW.findall(PAGE.read_text("utf-8"))}
    assert told == {check: found[check] for check in CHECKS}
