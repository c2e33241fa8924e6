"""pinakes models: the encoders that there are, that were fetched, and that the library uses."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from pinakes.cli.common import add_common
from pinakes.cli.library_options import loaded_settings, open_library
from pinakes.cli.output import Output
from pinakes.cli.progress import Progress
from pinakes.errors import EXIT_DONE, EXIT_PARTLY

HELP = "list, fetch, use and remove models"
EPILOG = "Nothing is fetched unless asked: `pull` is the only command that uses the network."


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="all known encoders, with modalities, languages, size, speed and licence")
    pull = actions.add_parser("pull", help="fetch a model by its name, or take it from a local folder")
    pull.add_argument("name", metavar="NAME", help="name in the table, owner/name on the hub, or a folder")
    pull.add_argument("--revision", default="main", help="revision on the hub (default: main)")
    pull.add_argument("--variant", default="", help="variant of the files, such as fp16 or quantized")
    pull.add_argument("--link", action="store_true", help="link to a local folder instead of copying it")
    use = actions.add_parser("use", help="encode the library with a model; the old one answers meanwhile")
    use.add_argument("name", metavar="NAME")
    use.add_argument("--beside", action="store_true", help="keep the models that it would replace")
    use.add_argument("--background", action="store_true", help="return at once; `pinakes status` shows how far it is")
    use.add_argument("--bits", type=int, default=0, metavar="N", help="bits of the codes, 64 to 1024")
    use.add_argument("--hasher", default="", metavar="NAME", help="how codes are made: rotation or itq")
    remove = actions.add_parser("remove", help="delete a fetched model")
    remove.add_argument("name", metavar="NAME")
    for action in (listing, pull, use, remove):
        add_common(action)


def run(options: argparse.Namespace, output: Output) -> int:
    """Run the action."""
    return {"list": _list, "pull": _pull, "use": _use, "remove": _remove}[options.action](options, output)


def _list(options: argparse.Namespace, output: Output) -> int:
    from pinakes.library.models import table

    rows = table(loaded_settings(options))
    for row in rows:
        output.record(row)
    widths = (28, 18, 14, 6, 9, 8, 14)
    heads = ("name", "modalities", "languages", "dim", "size", "speed", "licence")
    output.line(output.bold("  ".join(head.ljust(width) for head, width in zip(heads, widths, strict=True))))
    for row in rows:
        cells = (
            ("* " if row["installed"] else "  ") + str(row["name"]),
            ", ".join(row["modalities"]),
            ", ".join(row["languages"][:3]) + (", ..." if len(row["languages"]) > 3 else ""),
            str(row["dim"] or ""),
            f"{row['megabytes']:,} MB" if row["megabytes"] else "",
            row["speed"],
            row["licence"],
        )
        output.line("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())
    output.line(output.dim("* ready to use. Sizes and speeds of models that were not fetched are approximate."))
    return EXIT_DONE


def _pull(options: argparse.Namespace, output: Output) -> int:
    from pinakes.library.models import pull

    with Progress("fetching", quiet=options.json, unit=" B") as progress:

        def step(done: int, total: int) -> None:
            progress.total = total
            progress.step(done - progress.done)

        token = os.environ.get("HF_TOKEN", "")
        settings = loaded_settings(options)
        model = pull(settings, options.name, options.variant, options.revision, token, step, link=options.link)
    output.record({"model": model.name, "folder": str(model.folder)})
    output.line(f"{model.name} lies in {model.folder}. Use it with: pinakes models use {model.name}")
    return EXIT_DONE


def _use(options: argparse.Namespace, output: Output) -> int:
    if options.background:
        return _in_background(options, output)
    with open_library(options) as library, Progress("encoding", quiet=options.json) as progress:
        running = library.using(options.name, beside=options.beside)
        with running:
            for told in running:
                progress.step(1, int(told.outcome == "failed"))
                output.record({"outcome": told.outcome, "path": os.fsdecode(told.path)})
        if options.bits or options.hasher:
            library.recode(options.name, bits=options.bits, hasher=options.hasher or "rotation")
    report = running.report
    output.record({"report": report.as_dict()})
    output.line(f"{options.name}: {report.parts:,} parts encoded, {report.failed:,} files failed.")
    return EXIT_PARTLY if report.failed else EXIT_DONE


def _in_background(options: argparse.Namespace, output: Output) -> int:
    """Start the same command in a process of its own, which outlives the terminal; it can be stopped and resumed."""
    with open_library(options) as library:
        folder = library.folder
    command = [sys.executable, "-m", "pinakes", "models", "use", options.name, "--library", str(folder)]
    command += ["--beside"] if options.beside else []
    command += [f"--set={pair}" for pair in options.set]
    process = subprocess.Popen(  # noqa: S603 -- this very program, no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    output.record({"process": process.pid})
    output.line(f"Process {process.pid} encodes the library; `pinakes status` shows how far it is.")
    return EXIT_DONE


def _remove(options: argparse.Namespace, output: Output) -> int:
    from pinakes.library.models import remove

    folder = remove(loaded_settings(options), options.name)
    output.record({"removed": options.name})
    output.line(f"Removed {folder}.")
    return EXIT_DONE
