"""Every check of bad media, archives, paths and names has a test that names it and is marked."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
# Groups of docs/reliability.md: bad media; archives, paths and names. B6 is that of the pages.
CHECKS = {f"A{number}" for number in range(1, 16)} | {f"B{number}" for number in range(1, 6)}
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
