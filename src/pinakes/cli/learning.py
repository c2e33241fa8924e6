"""What the commands that train share: how they are told what to train and where."""

from __future__ import annotations

import argparse


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
