"""What the commands that train share: the extra that they need."""

from __future__ import annotations

import argparse
from importlib.util import find_spec

from pinakes.errors import MissingExtra


def needs_torch() -> None:
    """Refuse with the line that installs it where torch is not there."""
    if any(find_spec(name) is None for name in ("torch", "safetensors")):
        raise MissingExtra("Training", "train")


def add_config(parser: argparse.ArgumentParser, folder: str) -> None:
    """The configuration, the folder that is written into, and changes of single settings."""
    parser.add_argument("config", metavar="CONFIG", help="the configuration, a file of TOML")
    parser.add_argument("--to", dest="folder", metavar="FOLDER", help=folder)
    parser.add_argument(
        "--change",
        action="append",
        default=[],
        metavar="TABLE.NAME=VALUE",
        help="change a setting of the configuration, as train.epochs=5; may be given again",
    )
