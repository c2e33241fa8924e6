"""pinakes users: people from the command line."""

from __future__ import annotations

import io

import pytest

from pinakes.accounts import entering
from pinakes.library import Library
from tests.cli.conftest import Ran, Run
from tests.web.people import PASSWORD

pytestmark = pytest.mark.usefixtures("quick_passwords")


@pytest.fixture
def typed(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `pinakes users` on a library of its own, with a line on standard input."""

    def users(*arguments: str, line: str = PASSWORD) -> Ran:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{line}\n" if line else ""))
        return run("users", *arguments, "--library", "library")

    return users


def test_people_are_added_changed_and_removed(typed: Run) -> None:
    assert typed("add", "Anna").out == "anna can use this library as administrator.\n"
    added = typed("add", "rolf", "--link", "--json")
    assert added.records[0]["role"] == "reader"
    assert added.records[1]["path"].startswith("/reset?code=")
    assert typed("role", "rolf", "editor").out == "rolf is editor and active.\n"
    assert typed("lock", "ROLF").out == "rolf is editor and locked.\n"
    assert typed("unlock", "rolf").code == 0
    assert [(one["name"], one["role"]) for one in typed("list", "--json").records] == [
        ("anna", "administrator"),
        ("rolf", "editor"),
    ]
    assert "1 account." in typed("list", "rol").out
    assert "code=" in typed("reset", "rolf").out
    assert typed("remove", "rolf").out == "Removed rolf.\n"
    refused = typed("remove", "anna")
    assert (refused.code, "last administrator" in refused.err) == (3, True)
    assert typed("lock", "nobody").code == 3
    with Library.open("library") as library:
        entering.log_in(library.catalogue, "anna", PASSWORD, "10.0.0.1")


@pytest.mark.parametrize(("line", "said"), [("", "no password on standard input"), ("short", "10 to 256")])
def test_a_password_comes_by_standard_input_and_is_never_printed(typed: Run, line: str, said: str) -> None:
    refused = typed("add", "anna", line=line)
    assert refused.code != 0
    assert said in refused.err
    assert not line or line not in refused.out + refused.err


def test_a_password_that_is_asked_for_is_typed_twice(typed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([PASSWORD, "something else", PASSWORD, PASSWORD])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(answers))

    class Terminal(io.StringIO):
        """Someone sits before it."""

        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("io.StringIO", Terminal)
    assert "not the same" in typed("add", "anna").err
    assert typed("add", "anna").code == 0
