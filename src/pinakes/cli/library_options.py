"""Opening the library that a command is about, under the settings that it names."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pinakes.errors import UsageError

if TYPE_CHECKING:
    from pinakes.library import Library
    from pinakes.settings import Settings


def settings_of(options: argparse.Namespace) -> dict[str, str]:
    """The settings that a command names with --set NAME=VALUE."""
    values = {}
    for pair in options.set:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"--set {pair} has no value.", "Write --set NAME=VALUE.")
        values[name.strip()] = value
    return values


def open_library(options: argparse.Namespace, *, create: bool = False) -> Library:
    """The library of a command."""
    from pinakes.library import Library

    return Library.open(options.library, create=create, settings=settings_of(options))


def loaded_settings(options: argparse.Namespace) -> Settings:
    """The settings of a command that needs no library, with those of the library that it would be about."""
    from pinakes.library.paths import library_folder
    from pinakes.settings import load, with_values

    return with_values(load(library_folder(options.library)), settings_of(options))
