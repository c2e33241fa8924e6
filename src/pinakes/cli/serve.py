"""pinakes serve: the library as pages for the browser, and as an API."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pinakes.cli.add import show_failures
from pinakes.cli.columns import near, plural
from pinakes.cli.library_options import open_library
from pinakes.cli.output import Output, printable
from pinakes.cli.progress import Progress
from pinakes.cli.reading import count
from pinakes.errors import EXIT_DONE
from pinakes.settings import parse

if TYPE_CHECKING:
    from pinakes.library import Library

HELP = "open the library in the browser"
EPILOG = (
    "Without accounts, pages are served to this machine alone, to one person. With accounts (`pinakes users add`) "
    "everyone logs in, and --host lets others come. Ctrl-C ends it, after what is being answered."
)
EXAMPLES = (
    ("the default library", "pinakes serve"),
    ("add a folder first, then open it", "pinakes serve ~/Pictures"),
    (
        "a library of its own, on another port, without opening the browser",
        "pinakes serve --library archive --port 9000",
    ),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files, folders, archives and tables to add first")
    parser.add_argument("--collection", default="main", metavar="NAME", help="collection to add to (default: main)")
    configure_serving(parser)


def configure_serving(parser: argparse.ArgumentParser) -> None:
    """Arguments of every command that serves."""
    parser.add_argument("--host", metavar="ADDRESS", help="address to listen on (default: the setting host)")
    parser.add_argument("--port", type=count, metavar="N", help="port to listen on; 0: any (default: the setting port)")
    parser.add_argument(
        "--processes", type=count, metavar="N", help="processes that answer (default: the setting processes)"
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    parser.add_argument(
        "--allow-anonymous", action="store_true", help="let others search too, on an address that they can reach"
    )


def run(options: argparse.Namespace, output: Output) -> int:
    """Add, then serve until asked to stop."""
    with open_library(options, create=True) as library:
        if options.paths:
            _add(library, options, output)
        return served(library, options, output)


def served(library: Library, options: argparse.Namespace, output: Output) -> int:
    """Serve a library until asked to stop."""
    from pinakes.accounts import people
    from pinakes.web.processes import serve_by
    from pinakes.web.serve import listening, serve

    settings = library.settings
    host = settings.host if options.host is None else options.host
    port = settings.port if options.port is None else options.port
    with library.catalogue.reading() as connection:
        accounts = people.any_accounts(connection)
    anonymous = options.allow_anonymous or settings.anonymous == "yes"
    listener = listening(host, port, anonymous=anonymous, accounts=accounts)

    def ready(address: str) -> None:
        output.record({"address": address})
        output.line(f"{printable(near(str(library.folder)))} is at {output.bold(address)}  (Ctrl-C ends it)")
        output.flush()

    browse = not options.no_browser and not options.json
    processes = settings.processes if options.processes is None else parse("processes", options.processes)
    if processes > 1:
        serve_by(processes, library, listener, browse=browse, ready=ready, anonymous=options.allow_anonymous)
    else:
        serve(library, listener, browse=browse, ready=ready, anonymous=options.allow_anonymous)
    return EXIT_DONE


def _add(library: Library, options: argparse.Namespace, output: Output) -> None:
    with (
        Progress("adding", quiet=options.json) as progress,
        library.adding(*options.paths, collection=options.collection) as running,
    ):
        for told in running:
            progress.step(1, int(told.outcome == "failed"))
    report = running.report
    output.record({"report": report.as_dict()})
    if report.changed:
        output.line(f"{plural(report.changed, 'file')} added or changed.")
    show_failures(report.failures, report.failed, output)
