"""pinakes demo: a small illustrated library, made on the spot, and three searches in it."""

from __future__ import annotations

import argparse
from pathlib import Path

from pinakes.cli.library_options import settings_of
from pinakes.cli.output import Output, printable
from pinakes.cli.progress import Progress
from pinakes.errors import EXIT_DONE

HELP = "make the sample library and show three searches in it"
EPILOG = "The sample is drawn, written and composed by this program from one number; nothing is fetched."


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--no-serve", action="store_true", help="return after the searches")
    parser.add_argument("--works", type=int, default=400, metavar="N", help="works in the library (default: 400)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="number from which it is made (default: 1)")
    parser.add_argument("--sheet", metavar="FILE", help="draw a sheet of the whole library into a file")


def run(options: argparse.Namespace, output: Output) -> int:
    """Make it, add it, search it."""
    from pinakes.library import Library
    from pinakes.library.paths import library_folder
    from pinakes.settings import user_folder
    from pinakes.sources.sample import DEMO_QUERIES, contact_sheet, generate

    data = user_folder("data")
    folder = Path(options.library) if options.library else (data / "demo" if data else library_folder(None))
    with Progress("drawing", options.works, quiet=options.json) as progress:
        sample = generate(
            folder / "sample",
            options.seed,
            options.works,
            lambda done, _total: progress.step(done - progress.done),
        )
    with Library.open(folder, create=True, settings=settings_of(options)) as library:
        with (
            Progress("adding", options.works, quiet=options.json) as progress,
            library.adding(sample.collection / "works.csv", sample.collection, collection="sample") as running,
        ):
            for told in running:
                progress.step(1, int(told.outcome == "failed"))
        report = running.report
        output.record({"library": str(folder), "report": report.as_dict()})
        output.line(f"{folder}: {report.done:,} files, {report.parts:,} parts, {report.failed} could not be read.")
        for query in DEMO_QUERIES[:3]:
            asked = " ".join(_found_in(sample.collection, word) for word in query.split())
            output.line()
            output.line(output.bold(f"pinakes search --library {folder} '{asked}'"))
            for hit in library.search(asked, limit=5):
                output.record({"query": asked, **hit.as_dict()})
                output.line(f"{hit.rank:2} {hit.score:.2f}  {printable(hit.title)}  {output.dim(hit.modality)}")
    if options.sheet:
        contact_sheet(sample, 8, Path(options.sheet))
    return EXIT_DONE


def _found_in(collection: Path, word: str) -> str:
    """A word of a query, or the path of the sample's file that it names."""
    return str(collection / word) if (collection / word).is_file() else word
