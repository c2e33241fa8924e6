"""The options that every command has, also each action of a command."""

from __future__ import annotations

import argparse
from typing import Any

COMMON: dict[str, Any] = {"library": None, "json": False, "set": ()}


def add_common(command: argparse.ArgumentParser) -> None:
    """Add them to a parser."""
    # Left out where they are not given, so that an action does not undo what its command was given.
    command.add_argument(
        "--library",
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="the library's folder (default: the one that `pinakes info` names)",
    )
    command.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="print JSON Lines, for programs"
    )
    command.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=argparse.SUPPRESS,
        help="a setting for this command; `pinakes info` lists them",
    )
