"""Reading the command line: help that wraps prose and leaves examples alone, and errors in the one shape of errors."""

from __future__ import annotations

import argparse
import re
import shutil
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from pinakes.errors import UsageError, nearest

# Numbers of items must fit where the catalogue keeps them.
_MOST = 2**63 - 1
_CHOICE = re.compile(r"argument (\S+): invalid choice: '(.*?)' \(choose from (.*)\)", re.S)
_VALUE = re.compile(r"argument (\S+): (.*)", re.S)
_KINDS = {"COMMAND": "command", "ACTION": "action"}


class Help(argparse.HelpFormatter):
    """Prose is wrapped to the terminal; paragraphs with lines that are set in stand as they were written."""

    def __init__(self, prog: str) -> None:
        width = max(30, min(100, shutil.get_terminal_size((80, 24)).columns) - 2)
        super().__init__(prog, max_help_position=min(26, width // 2), width=width)

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """Options are listed below: the first line names what stands beside them."""
        names = [
            self._format_args(action, self._get_default_metavar_for_positional(action))
            for action in actions
            if not action.option_strings
        ]
        super().add_usage(usage or " ".join(["%(prog)s", "[OPTIONS]", *names]), actions, groups, prefix)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        pieces = text.split("\n\n")
        return "\n\n".join(piece if "\n  " in piece else textwrap.fill(piece, width) for piece in pieces)


class Parser(argparse.ArgumentParser):
    """A parser whose errors are ours, with a way out."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and what would be right."""
        called = f"`{self.prog} --help` explains it."
        if wrong := _CHOICE.fullmatch(message):
            what, given, listed = wrong.groups()
            known = [name.strip().strip("'") for name in listed.split(",")]
            raise UsageError(f"{given!r} is no {_KINDS.get(what, f'value of {what}')}.", nearest(given, known))
        missing = message.removeprefix("the following arguments are required: ")
        if missing != message:
            raise UsageError(f"`{self.prog}` needs {missing}.", called)
        if wrong := _VALUE.fullmatch(message):
            raise UsageError(f"{wrong[1]}: {wrong[2].removesuffix('.')}.", called)
        raise UsageError(f"{message[:1].upper()}{message[1:].removesuffix('.')}.", called)

    def refuse(self, left: Sequence[str], command: str) -> NoReturn:
        """Refuse arguments that belong to nothing."""
        called = f"`{self.prog} {command} --help` lists what it takes."
        if command == "search":
            called = f"Put -- before a query with a minus sign in front: pinakes search -- {' '.join(left)}"
        if left[0].startswith("-"):
            raise UsageError(f"`{self.prog} {command}` has no option {left[0].partition('=')[0]}.", called)
        raise UsageError(f"`{self.prog} {command}` does not know what to do with {left[0]}.", called)


def examples(pairs: Sequence[tuple[str, str]]) -> str:
    """Commands, each under a line that says what it does."""
    lines = [f"  # {meaning}\n  {command}" if meaning else f"  {command}" for meaning, command in pairs]
    return "\n".join(["Examples:", *lines]) if pairs else ""


def item(text: str) -> int:
    """The number of an item, as a hit shows it: 12 or item:12."""
    digits = text.removeprefix("item:")
    if not digits.isdecimal() or not 0 < int(digits[:20]) <= _MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is not the number of an item; write 12 or item:12")
    return int(digits)


def count(text: str) -> int:
    """A number of things: zero or more."""
    if not text.isdecimal() or len(text) > 18:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of zero or more")
    return int(text)


def share(text: str) -> float:
    """A number from 0 to 1."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 1")
    return number
