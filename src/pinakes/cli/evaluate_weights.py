"""What `pinakes evaluate --fit-weights` and `--leaks` do."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pinakes.cli.columns import table
from pinakes.cli.library_options import open_library, settings_of
from pinakes.cli.output import Output, printable
from pinakes.cli.progress import Progress
from pinakes.errors import EXIT_DONE, EXIT_PARTLY

if TYPE_CHECKING:
    from pinakes.evaluate.weights import Fitted

_SHOWN = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--fit-weights", action="store_true", help="weigh spaces by how reliable they are, and say what that gains"
    )
    group.add_argument("--equal-weights", action="store_true", help="take back weights that were saved")
    group.add_argument(
        "--leaks", metavar="DIR", help="name what this library shares with another one; exit code 4 if there is any"
    )
    parser.add_argument("--save", action="store_true", help="with --fit-weights: searches weigh spaces so from now on")


def weights(options: argparse.Namespace, output: Output) -> int:
    """Fit weights, or take them back."""
    from pinakes.cli.evaluate_library import measuring
    from pinakes.library.weighing import fitted, save

    with open_library(options) as library, Progress("fitting", quiet=options.json) as progress:
        if options.equal_weights:
            save(library, None)
            output.line("All spaces weigh the same again.")
            return EXIT_DONE
        found = fitted(library, measuring(options, progress))
        if options.save:
            save(library, found)
    output.record(found.as_dict())
    for line in _weights(found, output, saved=options.save):
        output.line(line)
    return EXIT_DONE


def _weights(found: Fitted, output: Output, *, saved: bool) -> Iterator[str]:
    rows = [
        [
            printable(one.space),
            f"{one.source} to {one.target}",
            f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f})",
            f"{one.queries:,}",
            f"{found.weights[one.space]:.3f}",
        ]
        for one in found.reliabilities
    ]
    yield from table(("space", "direction", "reliability", "queries", "weight"), rows)
    yield ""
    yield f"{found.metric} of {found.queries:,} queries that had no part in their weights ({found.fusion}):"
    for one in found.gains:
        between = f"({one.low:+.4f} to {one.high:+.4f})"
        yield f"  {one.difference:+.4f} {between} over {one.over} with {one.other:.4f}"
    yield ""
    said = " ".join(f"--weight {name}={weight:g}" for name, weight in found.weights.items())
    told = "Saved: searches weigh so unless they say otherwise." if saved else "Not saved. To search so: --save, or"
    yield from textwrap.wrap(told, output.width)
    if not saved:
        yield printable(f"  pinakes search --fusion {found.fusion} {said} ...")


def leaks(options: argparse.Namespace, output: Output) -> int:
    """Name what two libraries share."""
    from pinakes.evaluate.leaks import KINDS, between, marks
    from pinakes.library import Library

    with (
        open_library(options) as one,
        Library.open(options.leaks, settings=settings_of(options)) as other,
        one._catalogue.reading() as here,
        other._catalogue.reading() as there,
    ):
        found = between(marks(here), marks(there))
    for leak in found:
        output.record(leak.as_dict())
    for leak in found[:_SHOWN]:
        output.line(f"item:{leak.here} here and item:{leak.there} there: {KINDS[leak.kind]}")
    if len(found) > _SHOWN:
        output.line(f"and {len(found) - _SHOWN:,} more")
    if not found:
        output.line("They share no file, no text and no identifier.")
    return EXIT_PARTLY if found else EXIT_DONE
