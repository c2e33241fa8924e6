"""pinakes info: versions, settings and what this machine offers."""

from __future__ import annotations

import argparse
import os
import platform
from dataclasses import fields

from pinakes import __version__
from pinakes.cli.columns import fit
from pinakes.cli.library_options import loaded_settings
from pinakes.cli.output import Output, printable
from pinakes.errors import EXIT_DONE

HELP = "versions, settings and what this machine offers"
EPILOG = (
    "A setting is given for one command with --set NAME=VALUE, for all commands of a shell with a variable, PINAKES_ "
    "and the name in capitals, for a library in settings.toml in its folder, and for all libraries in the user's "
    "settings.toml, whose place is shown. The earlier of these win."
)
EXAMPLES = (
    ("everything, with the meaning of each setting", "pinakes info"),
    ("what a setting would be", "pinakes info --set max_megapixels=400 --json"),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""


def run(options: argparse.Namespace, output: Output) -> int:
    """Show what there is."""
    from pinakes.library.health import versions
    from pinakes.threads import cores

    settings = loaded_settings(options)
    packages = versions()
    chosen = {field.name: getattr(settings, field.name) for field in fields(settings) if field.name != "limits"}
    limits = {field.name: getattr(settings.limits, field.name) for field in fields(settings.limits)}
    system = {"python": platform.python_version(), "system": platform.platform(), "cores": cores()}
    places = _places(options)
    output.record(
        {
            "pinakes": __version__,
            **places,
            "system": system,
            "packages": packages,
            "settings": chosen,
            "limits": limits,
        }
    )
    output.line(f"pinakes {__version__}")
    _show("places", places, {}, output)
    _show("system", system, {}, output)
    _show("packages", packages, {}, output)
    helps = _helps()
    _show("settings", chosen, helps, output)
    _show("limits", limits, helps, output)
    return EXIT_DONE


def _places(options: argparse.Namespace) -> dict[str, str]:
    """Where things lie."""
    from pinakes.encoders.hub.installed import models_folder
    from pinakes.library.paths import library_folder
    from pinakes.settings import user_file

    return {
        "library": str(library_folder(options.library)),
        "models": str(models_folder(loaded_settings(options))),
        "settings_file": str(user_file(os.environ) or ""),
    }


def _helps() -> dict[str, str]:
    from pinakes.settings import rows

    return {row.name: f"{row.help}{f' ({row.unit})' if row.unit else ''}" for row in rows()}


def _show(title: str, values: dict[str, object] | dict[str, str], helps: dict[str, str], output: Output) -> None:
    output.line(output.bold(title))
    for name, value in values.items():
        line = f"  {name:23} {printable(str(value)) or '-'}"
        told = helps.get(name)
        room = output.width - 44
        output.line(f"{line:42} {output.dim(fit(told, room))}" if told and room >= 24 else line)
