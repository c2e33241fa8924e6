"""pinakes demo: a small illustrated library, made on the spot, and three searches in it."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from pinakes.cli import hits
from pinakes.cli.columns import near, plural
from pinakes.cli.demo_looks import search_by_looks
from pinakes.cli.library_options import settings_of
from pinakes.cli.output import Output, printable
from pinakes.cli.progress import Progress
from pinakes.cli.reading import count
from pinakes.cli.serve import configure_serving, served
from pinakes.errors import EXIT_DONE

if TYPE_CHECKING:
    from pinakes.ingest.events import Report
    from pinakes.library import Library

HELP = "make the sample library, show three searches in it, and open it in the browser"
EPILOG = (
    "About 400 plates, texts in English and Chinese, sounds, films and books, drawn, written and composed by this "
    "program from one number; nothing is fetched. Run again, it only searches; Ctrl-C ends it."
)
EXAMPLES = (
    ("in the user's data folder", "pinakes demo"),
    ("in a folder of your choice, with a picture of it all", "pinakes demo --library demo-library --sheet sheet.png"),
)
_SHOWN = 4


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--no-serve", action="store_true", help="return after the searches")
    parser.add_argument("--works", type=count, default=400, metavar="N", help="works in the library (default: 400)")
    parser.add_argument("--seed", type=count, default=1, metavar="N", help="number from which it is made (default: 1)")
    configure_serving(parser)
    parser.add_argument("--sheet", metavar="FILE", help="draw a sheet of the whole library into a PNG or JPEG file")


def run(options: argparse.Namespace, output: Output) -> int:
    """Make it, add it, search it."""
    from pinakes.library import Library
    from pinakes.sources.sample import DEMO_QUERIES

    folder = _folder(options)
    collection = _drawn(options, folder / "sample", output)
    with Library.open(folder, create=True, settings=settings_of(options)) as library:
        report = _added(library, collection, options, output)
        output.record({"library": str(folder), "report": report.as_dict()})
        _tell(library, output)
        for query in DEMO_QUERIES:
            _search(library, collection, query, output)
        search_by_looks(library, output)
        _farewell(folder, output)
        return EXIT_DONE if options.no_serve else served(library, options, output)


def _folder(options: argparse.Namespace) -> Path:
    from pinakes.library.paths import library_folder, refuse_file
    from pinakes.settings import user_folder

    data = None if options.library else user_folder("data")
    folder = data / "demo" if data else library_folder(options.library)
    refuse_file(folder)
    return folder


def _drawn(options: argparse.Namespace, folder: Path, output: Output) -> Path:
    """The folder of the sample's works, which are drawn unless they are there."""
    from pinakes.sources.sample import contact_sheet, generate, is_made

    if is_made(folder, options.seed, options.works) and not options.sheet:
        return folder / "collection"
    with Progress("drawing", options.works, quiet=options.json) as progress:
        sample = generate(folder, options.seed, options.works, lambda done, _: progress.step(done - progress.done))
    if options.sheet:
        contact_sheet(sample, 8, Path(options.sheet))
        output.line(f"{printable(near(options.sheet))}: a sheet of the whole library.")
    return sample.collection


def _added(library: Library, collection: Path, options: argparse.Namespace, output: Output) -> Report:
    paths = (collection / "works.csv", collection)
    with (
        Progress("adding", quiet=options.json) as progress,
        library.adding(*paths, collection="sample") as running,
    ):
        progress.total = options.works
        # The folder offers once more what the table has described.
        met: set[bytes] = set()
        for told in running:
            progress.step(int(told.path not in met))
            met.add(told.path)
    return running.report


def _tell(library: Library, output: Output) -> None:
    """What there is now, and that the one file which can not be read is meant to be like that."""
    status = library.status()
    where = near(str(library.folder))
    output.line(f"{printable(where)}: {plural(status['items'], 'work')} in {plural(status['parts'], 'part')}.")
    if status["failures"]:
        output.line(
            f"{plural(status['failures'], 'more file')} could not be read: it is empty on purpose, to show how that is "
            f"reported.\n  pinakes status --failures --library {_quoted(where)}"
        )


def _search(library: Library, collection: Path, query: str, output: Output) -> None:
    """Search as the command would, under the command itself."""
    asked = [near(str(_named(collection, word))) if "/" in word else word for word in query.split()]
    # Words side by side are one term; a sign stands between terms.
    terms = asked if "+" in asked else [" ".join(asked)]
    library_name = _quoted(near(str(library.folder)))
    output.line()
    output.line(output.bold(f"$ pinakes search --library {library_name} {' '.join(map(_quoted, terms))}"))
    for hit in library.search(terms, limit=_SHOWN):
        output.record({"query": " ".join(terms), **hit.as_dict()})
        hits.show(hit, output, why=False, pictures=True)


def _named(collection: Path, name: str) -> Path:
    """The file that a query names, or, in a sample too small to have it, the first of its kind."""
    path = collection / name
    others = (other for other in sorted(path.parent.iterdir()) if other.suffix != ".json" and other.is_file())
    return path if path.is_file() else next(others, path)


def _farewell(folder: Path, output: Output) -> None:
    name = _quoted(near(str(folder)))
    output.line()
    output.line("Go on with searches of your own:")
    output.line(f"  pinakes search --library {name} '红色的小船'")
    output.line(f"  pinakes search --library {name} 'lighthouse date<1910 modality=image' --why")
    output.line("and with a library of your own: pinakes add ~/Pictures")


def _quoted(word: str) -> str:
    return word if word in ("+", "-") else shlex.quote(printable(word))
