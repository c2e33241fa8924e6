"""pinakes check: read everything that the library has stored, and name what does not match."""

from __future__ import annotations

import argparse

from pinakes.cli.columns import plural
from pinakes.cli.library_options import open_library
from pinakes.cli.output import Output
from pinakes.errors import EXIT_DONE, EXIT_FAULT

HELP = "check every checksum of the catalogue and the index"
EPILOG = (
    "Reads all that the library has stored, and compares it with the checksums that were stored beside it. The "
    "originals of the media are not looked at. Ends with 1 if something does not match."
)
EXAMPLES = (
    ("look, and change nothing", "pinakes check"),
    ("make anew what can be made anew", "pinakes check --repair"),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--repair", action="store_true", help="make the index anew and give up damaged vectors")


def run(options: argparse.Namespace, output: Output) -> int:
    """Check, and repair if asked to."""
    with open_library(options) as library:
        found = library.check()
        for problem in found:
            output.record({"where": problem.where, "what": problem.what, "repair": problem.repair})
            output.line(f"{problem.where}: {problem.what} ({problem.repair})")
        if options.repair:
            library.repair()
            left = library.check()
            output.record({"problems": len(found), "left": len(left)})
            output.line(f"{plural(len(found), 'problem')} found, {len(left)} left.")
            return EXIT_FAULT if left else EXIT_DONE
    output.record({"problems": len(found)})
    output.line(f"{plural(len(found), 'problem')} found." if found else "Everything matches.")
    return EXIT_FAULT if found else EXIT_DONE
